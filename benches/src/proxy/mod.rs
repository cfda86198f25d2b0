//! What Envoy spends on a request: real proxies with different filters, asked in turn, and the CPU time that each took.
//!
//! ```text
//! cases ─▶ bootstrap ─▶ one Envoy for each filter ─▶ rounds (load, cpu) ─▶ report
//! ```
//! CPU time and not latency: it is what a fleet pays, and on a busy machine it changes less. Each process is charged with
//! all its threads, user and system.

mod bootstrap;
mod cases;
mod cpu;
mod load;
mod rounds;

pub use cases::{Asked, CASES, Case, Kind, Modules, Variant, variants};
pub use rounds::{Plan, Round, Series, measure};
