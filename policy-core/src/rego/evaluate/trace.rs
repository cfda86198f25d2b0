//! What an evaluation tells to whoever wants to explain it.

use crate::rego::syntax::Loc;

/// Listens to an evaluation. The one that does not listen costs nothing.
pub(in crate::rego) trait Tracer {
    /// A definition is about to be tried.
    fn considers(&mut self, rule: Loc);
    /// A step of a body is about to be carried out.
    fn reaches(&mut self, step: Loc);
    /// The body of the definition held.
    fn holds(&mut self, rule: Loc);
    /// The definition will not be tried any further.
    fn leaves(&mut self, rule: Loc);
}

/// Does not listen.
#[derive(Debug, Default)]
pub(in crate::rego) struct Silent;

impl Tracer for Silent {
    fn considers(&mut self, _: Loc) {}
    fn reaches(&mut self, _: Loc) {}
    fn holds(&mut self, _: Loc) {}
    fn leaves(&mut self, _: Loc) {}
}
