//! OPA itself, in this process: its engine as a C library ([`doorward_opa`]), the judge of what Rego means.
//!
//! The library reads
//! modules as Rego v1 only, and evaluates with *strict built-in errors*: an evaluation that met an error in a built-in ends
//! with that error, where OPA's default is to leave the call undefined. See [`EvalErrorKind`] for how the two are told
//! apart.

mod answer;
mod engine;

pub use answer::{Answer, EvalError, EvalErrorKind, Place, Refusal};
pub use doorward_opa::find;
pub use engine::Opa;
