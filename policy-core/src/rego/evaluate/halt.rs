//! How an evaluation ends without a decision.

use crate::rego::builtins::Failure;
use crate::rego::syntax::Loc;

/// What ended an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego) enum Ended {
    /// More steps, memory or depth than the limits allow.
    Limit(&'static str),
    /// A complete rule with two values.
    RuleConflict,
    /// A function with two values for the same arguments.
    FunctionConflict,
    /// An object with two values for a key.
    KeyConflict,
    /// A built-in function failed, and that counts as an error.
    Builtin,
}

/// The end of an evaluation, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego) struct Halt {
    pub(in crate::rego) why: Ended,
    pub(in crate::rego) at: Loc,
}

/// Boxed: an evaluation that goes on hands these up at every step, and what it hands up should be small.
pub(in crate::rego) type Res<T> = Result<T, Box<Halt>>;

impl Halt {
    pub(super) fn new(why: Ended, at: Loc) -> Box<Self> {
        Box::new(Self { why, at })
    }

    /// A limit that the meter found.
    pub(super) fn limit(failure: &Failure, at: Loc) -> Box<Self> {
        match failure {
            Failure::Limit(which) => Self::new(Ended::Limit(which), at),
            Failure::Operand(_) => Self::new(Ended::Builtin, at),
        }
    }
}

/// Whether to look for further ways in which a body holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego) enum Flow {
    More,
    Enough,
}
