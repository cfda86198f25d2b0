//! Why a policy decided as it did: which definitions were tried, which held, and at which condition the others failed.
//!
//! An evaluation that is to be explained has a [`Recorder`] for its tracer; every other has the one that does not
//! listen, and pays nothing.

mod record;
mod show;

pub(in crate::rego) use record::{Frame, Recorder};

use super::workbench::Place;

/// What an evaluation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The definitions that were tried, in their order.
    pub attempts: Vec<Attempt>,
    /// How many attempts more there were than are kept.
    pub dropped: u64,
}

/// One definition of a rule or function that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Where the definition stands.
    pub at: Place,
    /// Its head as it was written: `allow`, `f(x) := y`.
    pub head: String,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// Where other ways of a body that held did not: the elements of a collection that some condition left out.
    pub other_ways: Vec<Condition>,
    /// What was tried to find that out, in order.
    pub inner: Vec<Attempt>,
}

/// A condition of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Where it stands.
    pub at: Place,
    /// As it was written.
    pub text: String,
}

/// What came of a definition that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// Its body held.
    Held,
    /// A condition did not hold: the last one that was reached.
    Failed(Condition),
    /// What it was asked for (arguments, a key) is not what its head has.
    Mismatched,
}
