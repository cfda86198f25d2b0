//! Only what can match: candidates among rules, and elements of a collection.

use super::halt::{Flow, Res};
use super::machine::{Machine, Sink};
use super::rules::Candidates;
use super::trace::Tracer;
use crate::rego::plan::index::Index;
use crate::rego::plan::ir::{Step, Walk};
use crate::rego::syntax::Loc;
use crate::rego::value::Value;

impl<'e, T: Tracer> Machine<'e, T> {
    pub(super) fn indexed(&mut self, _index: &'e Index, _args: &[Value<'e>], _at: Loc) -> Res<Candidates> {
        Ok(Candidates::All)
    }

    pub(super) fn searched(
        &mut self,
        walk: &'e Walk,
        after: &'e [Step],
        at: Loc,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        self.walk(walk, after, at, sink)
    }
}
