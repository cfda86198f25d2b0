//! References: from a root along a path, once for each way there is.

use super::halt::{Flow, Res};
use super::machine::{Machine, Sink};
use super::trace::Tracer;
use crate::rego::plan::ir::{GroupKind, Hop, Pattern, Root, Step, Walk};
use crate::rego::syntax::Loc;
use crate::rego::value::Value;

/// What is left of a walk, and what comes after it.
#[derive(Clone, Copy)]
pub(super) struct Way<'e> {
    pub(super) hops: &'e [Hop],
    pub(super) end: &'e Pattern,
    pub(super) after: &'e [Step],
    pub(super) at: Loc,
    /// Whether the way is still in the data document, where keys are found as OPA's store finds them.
    pub(super) is_stored: bool,
}

impl<'e, T: Tracer> Machine<'e, T> {
    /// The value at the end of a path that has only keys.
    pub(super) fn reach(&mut self, root: &'e Root, path: &'e [Hop], at: Loc) -> Res<Option<Value<'e>>> {
        let Some(mut value) = self.start(root, path, at)? else { return Ok(None) };
        if self.is_stored(root) {
            return self.reach_stored(value, path, at);
        }
        for hop in path {
            let Hop::Key(key) = hop else { return Ok(None) };
            let next = match key {
                crate::rego::plan::ir::Operand::Const(key) => value.child(key),
                crate::rego::plan::ir::Operand::Reg(register) => value.child(self.register(*register)),
                key @ (crate::rego::plan::ir::Operand::Array(_)
                | crate::rego::plan::ir::Operand::Object(_)
                | crate::rego::plan::ir::Operand::Set(_)) => {
                    let key = self.operand(key, at)?;
                    value.child(&key)
                }
            };
            let Some(next) = next else { return Ok(None) };
            value = next;
        }
        Ok(Some(value))
    }

    /// Whether the root is the data document, and not what `with` put in its place.
    fn is_stored(&self, root: &Root) -> bool {
        matches!(root, Root::Data(path, _) if !self.is_replaced(path))
    }

    fn reach_stored(&mut self, value: Value<'e>, path: &'e [Hop], at: Loc) -> Res<Option<Value<'e>>> {
        let mut value = value;
        for hop in path {
            let Hop::Key(key) = hop else { return Ok(None) };
            let key = self.operand(key, at)?;
            let Some(next) = value.stored(&key) else { return Ok(None) };
            value = next;
        }
        Ok(Some(value))
    }

    /// The value of a root that is no tree. The hops tell which part of a set or object will be asked for.
    fn start(&mut self, root: &'e Root, hops: &'e [Hop], at: Loc) -> Res<Option<Value<'e>>> {
        match root {
            Root::Slot(slot) => {
                let slot = usize::try_from(*slot).ok().and_then(|at| self.scope()?.slots.get(at));
                Ok(slot.cloned().flatten())
            }
            Root::Operand(operand) => Ok(Some(self.operand(operand, at)?)),
            Root::Data(path, value) => {
                if self.is_replaced(path) {
                    let path = path.iter().map(Value::lend).collect::<Vec<_>>();
                    return self.other_data(&path, at);
                }
                Ok(value.as_ref().map(Value::lend))
            }
            Root::Group(group) => self.group(*group, hops, at),
            Root::Tree(path) => {
                let path = path.iter().map(Value::lend).collect::<Vec<_>>();
                self.extent(&path, at)
            }
        }
    }

    /// The part of a group's document that the hops ask for, or all of it.
    pub(super) fn group(&mut self, group: u32, hops: &'e [Hop], at: Loc) -> Res<Option<Value<'e>>> {
        let Some(known) = self.group_at(group) else { return Ok(None) };
        if self.has_other_data() {
            let path = known.path.iter().map(Value::lend).collect::<Vec<_>>();
            if self.is_target(&path) {
                return self.other_data(&path, at);
            }
        }
        match known.kind {
            GroupKind::Complete => self.complete(group, at),
            GroupKind::Function(_) => Ok(None),
            GroupKind::Set | GroupKind::Object => self.collection(group, hops, at).map(Some),
        }
    }

    /// Walks in every way there is, and carries out what comes after.
    pub(super) fn walk(
        &mut self,
        walk: &'e Walk,
        after: &'e [Step],
        at: Loc,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        let is_stored = self.is_stored(&walk.root);
        let way = Way { hops: &walk.path, end: &walk.end, after, at, is_stored };
        if let Root::Tree(path) = &walk.root {
            let mut path = path.iter().map(Value::lend).collect::<Vec<_>>();
            return self.walk_tree(&mut path, way, sink);
        }
        match self.start(&walk.root, &walk.path, at)? {
            Some(value) => self.walk_value(value, way, sink),
            None => Ok(Flow::More),
        }
    }

    /// From a value along the hops.
    pub(super) fn walk_value(&mut self, value: Value<'e>, way: Way<'e>, sink: Sink<'_, 'e, T>) -> Res<Flow> {
        let mut value = value;
        let mut way = way;
        loop {
            let Some((hop, hops)) = way.hops.split_first() else {
                return if self.matches(value, way.end, way.at)? {
                    self.run(way.after, sink)
                } else {
                    Ok(Flow::More)
                };
            };
            way.hops = hops;
            match hop {
                Hop::Key(key) => {
                    let key = self.operand(key, way.at)?;
                    let next = if way.is_stored { value.stored(&key) } else { value.child(&key) };
                    let Some(next) = next else { return Ok(Flow::More) };
                    value = next;
                }
                Hop::Each(pattern) => return self.walk_each(&value, pattern, way, sink),
            }
        }
    }

    /// Every element of a collection whose key matches.
    fn walk_each(
        &mut self,
        value: &Value<'e>,
        pattern: &'e Pattern,
        way: Way<'e>,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        let mut index = 0_usize;
        while let Some((key, element)) = element(value, index) {
            index = index.saturating_add(1);
            self.step(way.at)?;
            if self.matches(key, pattern, way.at)? && self.walk_value(element, way, sink)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }
}

/// The element at a place: its key (an array's index, an object's key, a set's member) and its value.
pub(super) fn element<'e>(value: &Value<'e>, index: usize) -> Option<(Value<'e>, Value<'e>)> {
    match value {
        Value::Array(array) => Some((Value::integer(i64::try_from(index).ok()?), array.at(index)?)),
        Value::Object(object) => object.at(index),
        Value::Set(set) => set.at(index).map(|member| (member.clone(), member)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
