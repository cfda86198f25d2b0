//! Only what can match: candidates among rules, and elements of a collection.

use smallvec::SmallVec;

use super::halt::{Flow, Halt, Res};
use super::machine::{Machine, Sink};
use super::rules::Candidates;
use super::trace::Tracer;
use super::walk::Way;
use crate::rego::plan::guards::{Origin, Source};
use crate::rego::plan::index::{Index, Node, Question};
use crate::rego::plan::ir::{Step, Walk};
use crate::rego::plan::search::{Search, Starts, Wanted};
use crate::rego::plan::table::Table;
use crate::rego::syntax::Loc;
use crate::rego::value::Value;

impl<'e, T: Tracer> Machine<'e, T> {
    /// The rules that the index finds, in their order.
    pub(super) fn indexed(&mut self, index: &'e Index, args: &[Value<'e>], at: Loc) -> Res<Candidates> {
        if index.wants_args && args.is_empty() {
            return Ok(Candidates::All);
        }
        // What replaces functions or data may change what a condition means.
        if self.scope > 0
            && self.scope().is_some_and(|scope| !scope.mocks.is_empty() || !scope.targets.is_empty())
        {
            return Ok(Candidates::All);
        }
        let mut found = SmallVec::new();
        self.ask(index, &index.root, args, &mut found, at)?;
        found.sort_unstable();
        found.dedup();
        Ok(Candidates::Some(found))
    }

    fn ask(
        &mut self,
        index: &'e Index,
        node: &'e Node,
        args: &[Value<'e>],
        found: &mut SmallVec<[u32; 8]>,
        at: Loc,
    ) -> Res<()> {
        let mut node = node;
        loop {
            self.step(at)?;
            let question = match node {
                Node::Rules(rules) => {
                    found.extend_from_slice(rules);
                    return Ok(());
                }
                Node::Ask(question) => question,
            };
            let value = index.sources.get(question.source).and_then(|source| self.source(source, args));
            if let Some(value) = value {
                if let Some(next) = lookup(question, &value) {
                    self.ask(index, next, args, found, at)?;
                }
                if let Some(text) = value.as_str() {
                    if let Some(prefixes) = &question.prefixes {
                        prefixes.each(text, &mut |rule| found.push(rule));
                    }
                    if let Some(patterns) = &question.patterns {
                        self.meter.reads(text.len()).map_err(|failure| Halt::limit(&failure, at))?;
                        patterns.each(text, &mut |rule| found.push(rule));
                    }
                }
            }
            node = &question.rest;
        }
    }

    /// The value of a source, without a copy where it is lent.
    fn source(&self, source: &'e Source, args: &[Value<'e>]) -> Option<Value<'e>> {
        let value = match source.origin {
            Origin::Slot(slot) => self.scope()?.slots.get(usize::try_from(slot).ok()?)?.clone()?,
            Origin::Arg(index) => args.get(index)?.clone(),
        };
        source.path.iter().try_fold(value, |value, key| value.child(key))
    }

    /// The elements of a searched collection that have what is looked for.
    pub(super) fn searched(
        &mut self,
        walk: &'e Walk,
        after: &'e [Step],
        at: Loc,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        let Some(search) = &walk.search else { return self.walk(walk, after, at, sink) };
        let wanted = match &search.wanted {
            Wanted::Operand(operand) => self.operand(operand, at)?,
            Wanted::Source(source) => match self.source(source, &[]) {
                Some(value) => value,
                None => return Ok(Flow::More),
            },
        };
        if let Some(starts) = &search.starts {
            return self.started(walk, search, starts, &wanted, after, at, sink);
        }
        let Some(elements) = find(search, &wanted) else { return Ok(Flow::More) };
        for (key, element) in elements {
            self.step(at)?;
            let way = Way { hops: &search.beyond, end: &walk.end, after, at, is_stored: false };
            if self.matches(key.lend(), &search.key, at)?
                && self.walk_value(element.lend(), way, sink)? == Flow::Enough
            {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }

    /// The elements that a text starts with, in their order.
    #[expect(clippy::too_many_arguments, reason = "what a walk has, and what was looked up for it")]
    fn started(
        &mut self,
        walk: &'e Walk,
        search: &'e Search,
        starts: &'e Starts,
        text: &Value<'e>,
        after: &'e [Step],
        at: Loc,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        // What is no text is an error for each element; and `with` may put another function in the place of this one.
        let has_mocks = self.scope > 0 && self.scope().is_some_and(|scope| !scope.mocks.is_empty());
        let Some(text) = text.as_str().filter(|_| !has_mocks) else {
            return self.walk(walk, after, at, sink);
        };
        self.meter.reads(text.len()).map_err(|failure| Halt::limit(&failure, at))?;
        let mut found: SmallVec<[u32; 8]> = SmallVec::new();
        starts.prefixes.each(text, &mut |number| found.push(number));
        found.sort_unstable();
        for number in found {
            let element = usize::try_from(number).ok().and_then(|number| starts.all.get(number));
            let Some((key, element)) = element else { continue };
            self.step(at)?;
            let way = Way { hops: &search.beyond, end: &walk.end, after, at, is_stored: false };
            if self.matches(key.lend(), &search.key, at)?
                && self.walk_value(element.lend(), way, sink)? == Flow::Enough
            {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }
}

/// The node for a value. (A function of its own, so that the table's keys live as long as the value.)
fn lookup<'e>(question: &'e Question, value: &Value<'e>) -> Option<&'e Node> {
    let table: &'e Table<Value<'e>, Node> = &question.equal;
    table.get(value)
}

fn find<'e>(search: &'e Search, value: &Value<'e>) -> Option<&'e [(Value<'static>, Value<'static>)]> {
    let table: &'e Table<Value<'e>, Vec<(Value<'static>, Value<'static>)>> = &search.elements;
    table.get(value).map(Vec::as_slice)
}
