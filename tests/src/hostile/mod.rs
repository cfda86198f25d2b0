//! Requests that nobody sends by mistake, from a seeded generator: the same ones in every run.
//!
//! Not one of them carries the proof that the policies ask for, so not one may reach the workload; and whatever they do,
//! the filter's VM must live.

mod ammunition;
mod certificates;
mod kinds;
pub mod prng;
mod tokens;
mod xfcc;

pub use ammunition::{Ammunition, ISSUER};
pub use kinds::{Kind, Shot, Target, aim};
pub use prng::Prng;
