//! The wasm module and the dynamic one, side by side: the same bytes to both, and every answer, everything that the
//! workload received and every decision record must be equal.
//!
//! [`configurations`] says by which configurations, [`generate`] makes the requests from a seed, [`player`] sends them to
//! one Envoy and collects what came of them, [`front`] makes HTTP/2 of some, [`run`](run()) compares two Envoys.

pub mod configurations;
pub mod front;
pub mod generate;
pub mod player;
pub mod run;

pub use run::{Options, Summary, run};
