//! What an evaluation may use, and what it gives.

use std::fmt;

use thiserror::Error;

use super::evaluate::{Ended, Halt};
use super::value::Value;
use crate::time::UnixTime;

/// How much work one evaluation may do.
///
/// Counted in steps, not in time, so that the same request is decided the same way on every machine: one for each
/// condition that is tried and each element that is visited, and one for every 64 bytes that a built-in function
/// handles. A step takes 0.02 to 0.2 µs natively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub(super) steps: u64,
    pub(super) bytes: u64,
}

impl Budget {
    /// Some 0.1 s at most, and 64 MiB.
    pub const DEFAULT: Self = Self { steps: 500_000, bytes: 64 * 1024 * 1024 };

    /// A budget of so many steps, with the memory of the default.
    #[must_use]
    pub const fn steps(steps: u64) -> Self {
        Self { steps, ..Self::DEFAULT }
    }

    /// The same with so many bytes of memory for what an evaluation makes: collections and text.
    #[must_use]
    pub const fn with_bytes(self, bytes: u64) -> Self {
        Self { bytes, ..self }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What an evaluation is told beside its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The instant of the request: `time.now_ns()`.
    pub now: UnixTime,
    /// Where `rand.intn` and `uuid.rfc4122` start from. The same seed gives the same values.
    pub seed: u64,
}

/// What one evaluation gave. `Debug` does not show what was printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Evaluation<'e> {
    /// The value of the decision.
    pub outcome: Outcome<'e>,
    /// What the policy printed, as far as it is kept: for the debug log, because it may hold parts of the request.
    pub prints: Vec<String>,
    /// How many lines more it printed.
    pub prints_dropped: u64,
}

impl fmt::Debug for Evaluation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Evaluation({:?}, {} lines printed)", self.outcome, self.prints.len())
    }
}

/// The value of a decision. Three cases that must not be taken for one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<'e> {
    /// The rule has this value.
    Defined(Value<'e>),
    /// No definition of the rule held and there is no default.
    Undefined,
    /// The evaluation did not come to an end.
    Error(EvalError),
}

/// Why an evaluation came to no end, and where. Echoes nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason} (at {file}:{line}:{column})")]
pub struct EvalError {
    /// What happened.
    pub reason: EvalErrorReason,
    /// The module; empty if not known.
    pub file: String,
    /// The line, from 1; 0 if not known.
    pub line: u32,
    /// The column, from 1; 0 if not known.
    pub column: u32,
}

/// What ended an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EvalErrorReason {
    /// More steps, memory or depth than there may be.
    #[error("{0}")]
    Budget(&'static str),
    /// A rule, a function or an object with two different values.
    #[error("{0}")]
    Conflict(&'static str),
    /// A built-in function failed, in an evaluation that takes that for an error.
    #[error("a built-in function failed")]
    Operation,
}

impl EvalError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.reason {
            EvalErrorReason::Budget(_) => "rego_budget",
            EvalErrorReason::Conflict(_) => "rego_conflict",
            EvalErrorReason::Operation => "rego_operation",
        }
    }

    pub(super) fn of(halt: Halt, files: &[String]) -> Self {
        let reason = match halt.why {
            Ended::Limit(which) => EvalErrorReason::Budget(which),
            Ended::RuleConflict => EvalErrorReason::Conflict("a rule has several values"),
            Ended::FunctionConflict => EvalErrorReason::Conflict("a function has several values"),
            Ended::KeyConflict => EvalErrorReason::Conflict("a key of an object has several values"),
            Ended::Builtin => EvalErrorReason::Operation,
        };
        let file = usize::try_from(halt.at.file).ok().and_then(|at| files.get(at)).cloned();
        Self { reason, file: file.unwrap_or_default(), line: halt.at.line, column: halt.at.column }
    }
}
