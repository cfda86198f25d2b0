//! What a decision costs.
//!
//! ```text
//! make ─▶ cases.json ─┬▶ criterion (benches/criterion.rs)
//!                     ├▶ measure, native ─┬▶ table ─▶ README.md
//!                     └▶ measure, as wasm ┘
//! ```
//! There is one list of cases, made as data: keys and certificates are made natively, once, and both builds are asked
//! exactly the same. `proxy` is apart from it: there, real Envoys are asked.

mod allocations;
pub mod cases;
mod engines;
mod host;
#[cfg(feature = "make")]
pub mod make;
pub mod measure;
#[cfg(feature = "make")]
pub mod proxy;
pub mod ready;
#[cfg(feature = "make")]
pub mod report;

pub use allocations::Counting;
pub use engines::Engines;
