//! Rego: policies are compiled once, and evaluated for every request.
//!
//! ```text
//! text ─▶ syntax ─▶ compile (names, rewriting) ─▶ check, types ─▶ plan (slots, indexes) ─▶ evaluate
//! ```
//! Each arrow is a folder. The meaning is OPA's: a policy that would decide otherwise here is refused when it loads.

mod builtins;
mod check;
mod compile;
mod decision;
mod error;
mod evaluate;
mod limits;
mod plan;
mod syntax;
mod types;
mod value;

pub use decision::{DecisionPath, DecisionPathError};
pub use error::{RegoError, RegoErrorKind};
pub use limits::Limits;
pub use syntax::RegoVersion;
pub use value::{Array, Number, Object, ObjectBuilder, Set, SetBuilder, Text, Value};
