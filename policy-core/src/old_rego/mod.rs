//! Rego: policies are compiled once, and evaluated for every request.
//!
//! The engine behind this module is regorus' interpreter (never its bytecode machine, which allows what OPA denies).
//! Nothing of it is visible outside. Where the interpreter is known to decide otherwise than OPA, or to hang or to
//! exhaust the stack, the policy is refused when it is loaded.

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "invariant: regorus is pinned exactly, so no variant comes unseen"
)]
mod builtins;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "invariant: regorus is pinned exactly, so no variant comes unseen"
)]
mod check;
mod decision;
mod entry;
mod error;
mod limits;
mod meter;
mod outcome;
mod parse;
mod policy;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "invariant: regorus is pinned exactly, so no variant comes unseen"
)]
mod program;
mod reads;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "invariant: regorus is pinned exactly, so no variant comes unseen"
)]
mod rewrite;
mod value;
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "invariant: regorus is pinned exactly, so no variant comes unseen"
)]
mod visit;

#[cfg(test)]
mod tests;

// Compile a policy.
pub use decision::{DecisionPath, DecisionPathError};
pub use error::{RegoError, RegoErrorKind};
pub use limits::Limits;
pub use policy::{Module, Policy, RegoVersion};
// Evaluate it.
pub use outcome::{Budget, EvalError, EvalErrorReason, Evaluation, Outcome};
pub use reads::Reads;
pub use value::{Key, ObjectBuilder, Value, ValueError};
