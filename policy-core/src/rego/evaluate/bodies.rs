//! Steps with steps inside of them: `every`, comprehensions, `walk` and `with`.

use super::halt::{Ended, Flow, Halt, Res};
use super::machine::{Machine, Sink};
use super::scope::{Memo, Mock, Mocked, Scope};
use super::trace::Tracer;
use super::walk::element;
use crate::rego::plan::ir::{
    Comprehension, ComprehensionKind, Operand, Pattern, Replacement, ReplacementTarget, ReplacementValue,
    Step, Steps,
};
use crate::rego::syntax::{Loc, Name};
use crate::rego::value::{ObjectBuilder, SetBuilder, Value};

impl<'e, T: Tracer> Machine<'e, T> {
    /// Whether the steps hold for every element. A domain that is no collection has no elements to say that of.
    pub(super) fn every(
        &mut self,
        domain: &Value<'e>,
        patterns: (&'e Pattern, &'e Pattern),
        steps: &'e Steps,
        at: Loc,
    ) -> Res<bool> {
        if !matches!(domain, Value::Array(_) | Value::Object(_) | Value::Set(_)) {
            return Ok(false);
        }
        let mut index = 0_usize;
        while let Some((key, value)) = element(domain, index) {
            index = index.saturating_add(1);
            self.step(at)?;
            if !self.matches(key, patterns.0, at)? || !self.matches(value, patterns.1, at)? {
                continue;
            }
            let mut held = false;
            self.run(steps, &mut |_| {
                held = true;
                Ok(Flow::Enough)
            })?;
            if !held {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether what a comprehension is compared with may be equal to what it collects.
    pub(super) fn may_be(&mut self, against: &'e Operand, kind: &ComprehensionKind, at: Loc) -> Res<bool> {
        // For OPA a set may be equal to anything that is still to be evaluated.
        Ok(match self.operand(against, at)? {
            Value::Set(_) => true,
            Value::Array(_) => matches!(kind, ComprehensionKind::Array(_)),
            Value::Object(_) => matches!(kind, ComprehensionKind::Object(..)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        })
    }

    /// What a comprehension collects.
    pub(super) fn comprehend(&mut self, comprehension: &'e Comprehension, at: Loc) -> Res<Value<'e>> {
        match &comprehension.kind {
            ComprehensionKind::Array(item) => {
                let mut items = Vec::new();
                self.run(&comprehension.steps, &mut |machine| {
                    machine.make(1, at)?;
                    items.push(machine.operand(item, at)?);
                    Ok(Flow::More)
                })?;
                Ok(Value::array(items))
            }
            ComprehensionKind::Set(item) => {
                let mut items = SetBuilder::new();
                self.run(&comprehension.steps, &mut |machine| {
                    machine.make(1, at)?;
                    items.insert(machine.operand(item, at)?);
                    Ok(Flow::More)
                })?;
                Ok(Value::Set(items.build()))
            }
            ComprehensionKind::Object(key, value) => {
                let mut entries = ObjectBuilder::new();
                self.run(&comprehension.steps, &mut |machine| {
                    machine.make(2, at)?;
                    entries.insert(machine.operand(key, at)?, machine.operand(value, at)?);
                    Ok(Flow::More)
                })?;
                let object = entries.build_unique().ok_or(Halt::new(Ended::KeyConflict, at))?;
                Ok(Value::Object(object))
            }
        }
    }

    /// The built-in `walk`: every path and value below a value.
    pub(super) fn relate(
        &mut self,
        value: Value<'e>,
        pattern: &'e Pattern,
        after: &'e [Step],
        at: Loc,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        let mut path = Vec::new();
        self.relate_from(value, &mut path, pattern, after, at, sink)
    }

    fn relate_from(
        &mut self,
        value: Value<'e>,
        path: &mut Vec<Value<'e>>,
        pattern: &'e Pattern,
        after: &'e [Step],
        at: Loc,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        self.make(path.len().saturating_add(2), at)?;
        let pair = Value::array(vec![Value::array(path.clone()), value.clone()]);
        if self.matches(pair, pattern, at)? && self.run(after, sink)? == Flow::Enough {
            return Ok(Flow::Enough);
        }
        let mut index = 0_usize;
        while let Some((key, inner)) = element(&value, index) {
            index = index.saturating_add(1);
            path.push(key);
            let flow = self.deeper(at, |machine| machine.relate_from(inner, path, pattern, after, at, sink));
            path.pop();
            if flow? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }

    /// Carries out steps in a scope of their own, and what comes after them in this one.
    pub(super) fn with(
        &mut self,
        replacements: &'e [Replacement],
        inner: &'e Steps,
        after: &'e [Step],
        at: Loc,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        let outer = self.scope;
        let new = self.opened(replacements, at)?;
        let scope = self.scopes.len();
        self.scopes.push(new);
        self.scope = scope;
        let flow = self.deeper(at, |machine| {
            machine.run(inner, &mut |machine| {
                machine.scope = outer;
                let flow = machine.run(after, sink);
                machine.scope = scope;
                flow
            })
        });
        self.scopes.truncate(scope);
        self.scope = outer;
        flow
    }

    fn opened(&mut self, replacements: &'e [Replacement], at: Loc) -> Res<Scope<'e>> {
        let mut scope = Scope { memo: vec![Memo::Unknown; self.plan.groups.len()], ..Scope::default() };
        self.make(self.plan.groups.len(), at)?;
        if let Some(outer) = self.scope() {
            scope.slots.clone_from(&outer.slots);
            scope.data.clone_from(&outer.data);
            scope.targets.clone_from(&outer.targets);
            scope.mocks.clone_from(&outer.mocks);
        }
        for replacement in replacements {
            let value = match &replacement.value {
                ReplacementValue::Operand(operand) => Mock::Value(self.operand(operand, at)?),
                ReplacementValue::Builtin(name, run) => Mock::Builtin(name, *run),
                ReplacementValue::Function(group) => Mock::Function(*group),
            };
            match (&replacement.target, value) {
                (ReplacementTarget::Builtin(name), mock) => {
                    scope.mocks.push((Mocked::Builtin(name.clone()), mock));
                }
                (ReplacementTarget::Function(group), mock) => {
                    scope.mocks.push((Mocked::Function(*group), mock));
                }
                (ReplacementTarget::Input(path), Mock::Value(value)) => {
                    self.make(path.len().saturating_add(scope.slots.len()), at)?;
                    replace_slots(&self.plan.slots, &mut scope.slots, path, &value);
                }
                (ReplacementTarget::Data(path), Mock::Value(value)) => {
                    let path: Vec<_> = path.iter().map(Value::lend).collect();
                    self.make(path.len(), at)?;
                    scope.data = Some(put(scope.data.as_ref(), &path, &value));
                    scope.targets.push(path);
                }
                (ReplacementTarget::Input(_) | ReplacementTarget::Data(_), _) => {}
            }
        }
        Ok(scope)
    }
}

/// The document with a value put at a path; objects on the way are made, in the place of whatever else was there.
fn put<'e>(document: Option<&Value<'e>>, path: &[Value<'e>], value: &Value<'e>) -> Value<'e> {
    let Some((key, rest)) = path.split_first() else { return value.clone() };
    let mut entries = ObjectBuilder::new();
    let mut below = None;
    if let Some(Value::Object(object)) = document {
        for (known, value) in object.entries() {
            entries.insert(known.clone(), value.clone());
        }
        below = object.get(key);
    }
    entries.insert(key.clone(), put(below, rest, value));
    Value::Object(entries.build())
}

/// The parts of the input with a value put at a path of the whole.
fn replace_slots<'e>(
    paths: &'e [Vec<Name>],
    slots: &mut [Option<Value<'e>>],
    target: &'e [Name],
    value: &Value<'e>,
) {
    for (path, slot) in paths.iter().zip(slots) {
        let shared = path.iter().zip(target).take_while(|(a, b)| a == b).count();
        if shared == target.len() {
            // The slot lies in what is replaced.
            let below = path.get(shared..).unwrap_or_default();
            *slot = below.iter().try_fold(value.clone(), |value, key| value.child(&Value::text(key)));
        } else if shared == path.len() {
            // What is replaced lies in the slot.
            let below: Vec<_> =
                target.get(shared..).unwrap_or_default().iter().map(|key| Value::text(key)).collect();
            *slot = Some(put(slot.as_ref(), &below, value));
        }
    }
}
