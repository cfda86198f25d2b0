//! What an evaluation may use, and what it gives.

use std::fmt;

use thiserror::Error;

use super::builtins;
use super::parse::position;
use super::value::Value;

/// How much work one evaluation may do.
///
/// Counted in steps of the interpreter, not in time, so that the same request is decided the same way on every
/// machine: about one step for each expression, statement and iteration, and one for every 64 bytes that a built-in
/// handles. A step takes 0.1 to 0.3 µs natively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub(super) steps: u64,
}

impl Budget {
    /// Enough for a policy of several thousand rules, and some 0.1 s at most.
    pub const DEFAULT: Self = Self { steps: 500_000 };

    /// A budget of so many steps; the interpreter looks at it every 16.
    #[must_use]
    pub const fn steps(steps: u64) -> Self {
        Self { steps }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What one evaluation gave. `Debug` does not show what was printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The value of the decision.
    pub outcome: Outcome,
    /// What the policy printed, as far as it is kept: for the debug log, because it may hold parts of the request.
    pub prints: Vec<String>,
    /// How many lines more it printed.
    pub prints_dropped: u64,
}

impl fmt::Debug for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Evaluation({:?}, {} lines printed)", self.outcome, self.prints.len())
    }
}

/// The value of a decision. Three cases that must not be taken for one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The rule has this value.
    Defined(Value),
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
    /// More steps than the budget has.
    #[error("the evaluation is over its budget")]
    Budget,
    /// A rule or function with two different values.
    #[error("a rule or function has several values")]
    Conflict,
    /// An operation on values that it is not made for.
    #[error("an operation failed")]
    Operation,
}

impl EvalError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.reason {
            EvalErrorReason::Budget => "rego_budget",
            EvalErrorReason::Conflict => "rego_conflict",
            EvalErrorReason::Operation => "rego_operation",
        }
    }
}

impl EvalError {
    pub(super) fn unplaced(reason: EvalErrorReason) -> Self {
        Self { reason, file: String::new(), line: 0, column: 0 }
    }

    /// Takes the kind and the place from regorus' message, and nothing else: the rest may hold values.
    pub(super) fn of(message: &str) -> Self {
        let conflict = message.contains("multiple outputs")
            || message.contains("rule conflicts with rule")
            || message.contains("value for key");
        let mut error = Self::unplaced(if message.contains(builtins::OVER_BUDGET) {
            EvalErrorReason::Budget
        } else if conflict {
            EvalErrorReason::Conflict
        } else {
            EvalErrorReason::Operation
        });
        if let Some(at) = position(message) {
            at.file.clone_into(&mut error.file);
            error.line = at.line;
            error.column = at.column;
        }
        error
    }
}
