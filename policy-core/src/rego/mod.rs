//! Rego: policies are compiled once, and evaluated for every request.
//!
//! The engine behind this module is regorus' interpreter (never its bytecode machine, which allows what OPA denies).
//! Nothing of it is visible outside. Where the interpreter is known to decide otherwise than OPA, or to hang or to
//! exhaust the stack, the policy is refused when it is loaded.

mod builtins;
mod check;
mod decision;
mod error;
mod limits;
mod meter;
mod parse;
mod policy;
mod program;
mod reads;
mod rewrite;
mod value;
mod visit;

// Compile a policy.
pub use decision::{DecisionPath, DecisionPathError};
pub use error::{RegoError, RegoErrorKind};
pub use limits::Limits;
pub use policy::{Module, Policy, RegoVersion};
// Evaluate it.
pub use policy::{Budget, EvalError, EvalErrorReason, Evaluation, Outcome};
pub use reads::Reads;
pub use value::{Key, ObjectBuilder, Value, ValueError};
