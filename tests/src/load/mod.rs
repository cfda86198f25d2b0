//! The dynamic module while everything about it changes: steady requests, two policies that take turns, updates that are
//! refused, faults, and listeners that go and come.
//!
//! [`traffic`] sends the requests and judges each answer by what either policy would say; [`run`](run()) makes the updates.

mod run;
mod stage;
mod traffic;

pub use run::{Options, Summary, run};
pub use stage::Way;
pub use traffic::Counts;
