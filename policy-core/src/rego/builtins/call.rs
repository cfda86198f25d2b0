//! What a built-in function is given, and how it fails.

use super::Patterns;
use crate::rego::value::Value;
use crate::time::UnixTime;

/// A built-in function: arguments in, a value out; `None` is undefined.
///
/// The number of arguments was checked when the policy loaded; their types were not.
pub(in crate::rego) type Run = for<'v> fn(&mut Call<'_>, &[Value<'v>]) -> Result<Option<Value<'v>>, Failure>;

/// Why a built-in function gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rego) enum Failure {
    /// The arguments are not what it is made for. OPA's default is to take the expression for undefined; a strict
    /// evaluation ends here. The text names types and rules, never a value.
    Operand(String),
    /// A limit was reached: the evaluation ends, in every mode.
    Limit(&'static str),
}

impl Failure {
    /// OPA's words for an operand of the wrong type: `operand 1 must be string but got number`.
    pub(in crate::rego) fn operand(position: usize, wanted: &str, got: &Value<'_>) -> Self {
        Self::Operand(format!("operand {position} must be {wanted} but got {}", got.type_name()))
    }
}

/// What an evaluation may still use. Every built-in charges what it reads and makes before it does so.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Meter {
    steps: u64,
    bytes: u64,
}

/// Bytes that a built-in may read or write for the price of one step.
const BYTES_PER_STEP: u64 = 64;

impl Meter {
    pub(in crate::rego) fn new(steps: u64, bytes: u64) -> Self {
        Self { steps, bytes }
    }

    /// Work: one step is about the work of one expression.
    ///
    /// # Errors
    /// When the budget is used up.
    pub(in crate::rego) fn steps(&mut self, steps: u64) -> Result<(), Failure> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => {
                self.steps = 0;
                Err(Failure::Limit("the evaluation is over its budget of steps"))
            }
        }
    }

    /// Text that is read: a step for every 64 bytes.
    ///
    /// # Errors
    /// When the budget is used up.
    pub(in crate::rego) fn reads(&mut self, bytes: usize) -> Result<(), Failure> {
        self.steps(u64::try_from(bytes).unwrap_or(u64::MAX) / BYTES_PER_STEP)
    }

    /// Memory that is about to be taken, in bytes, before it is taken.
    ///
    /// # Errors
    /// When the budget is used up.
    pub(in crate::rego) fn makes(&mut self, bytes: usize) -> Result<(), Failure> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        match self.bytes.checked_sub(bytes) {
            Some(left) => self.bytes = left,
            None => return Err(Failure::Limit("the evaluation is over its budget of memory")),
        }
        self.steps(bytes / BYTES_PER_STEP)
    }

    /// Steps that are left.
    pub(in crate::rego) fn steps_left(&self) -> u64 {
        self.steps
    }
}

/// What a built-in function knows beside its arguments.
pub(in crate::rego) struct Call<'c> {
    pub(in crate::rego) meter: &'c mut Meter,
    /// The instant of the evaluation.
    pub(in crate::rego) now: UnixTime,
    /// Where `rand.intn` and `uuid.rfc4122` start from: the same seed gives the same values.
    pub(in crate::rego) seed: u64,
    /// Compiled patterns, kept between evaluations.
    pub(in crate::rego) patterns: &'c Patterns,
}
