//! OPA itself, in this process: its engine as a C library, the judge of what Rego means.
//!
//! The library is that of the Python wheel `opa-golib-python-bindings`; `build.sh` keeps it in the cache folder. It reads
//! modules as Rego v1 only, and evaluates with *strict built-in errors*: an evaluation that met an error in a built-in ends
//! with that error, where OPA's default is to leave the call undefined. See [`EvalErrorKind`] for how the two are told
//! apart.

mod answer;
mod engine;
mod find;
mod library;

pub use answer::{Answer, EvalError, EvalErrorKind, Place, Refusal};
pub use engine::Opa;
pub use find::find;
