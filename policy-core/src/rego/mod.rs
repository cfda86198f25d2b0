//! Rego: policies are compiled once, and evaluated for every request.
//!
//! ```text
//! text ─▶ syntax ─▶ compile (names, rewriting) ─▶ check, types ─▶ plan (slots, indexes) ─▶ evaluate
//! ```
//! Each arrow is a folder. The meaning is OPA's: a policy that would decide otherwise here is refused when it loads.

mod advice;
mod builtins;
mod bundle;
mod check;
mod compile;
mod decision;
mod error;
mod evaluate;
mod explain;
mod limits;
mod outcome;
mod plan;
mod policy;
mod syntax;
#[cfg(test)]
mod tests;
mod types;
mod value;
pub mod workbench;

// Compile a policy.
pub use bundle::{CompiledError, CompiledPolicy};
pub use decision::{DecisionPath, DecisionPathError};
pub use error::{RegoError, RegoErrorKind};
pub use limits::Limits;
pub use policy::{BuiltinErrors, Module, Policy, Workspace};
pub use syntax::RegoVersion;
// Evaluate it.
pub use outcome::{Budget, EvalError, EvalErrorReason, Evaluation, Moment, Outcome};
pub use value::{Array, JsonError, JsonLimits, Number, Object, ObjectBuilder, Set, SetBuilder, Text, Value};
