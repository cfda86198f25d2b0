//! Sets and objects that rules define element by element.

use std::collections::BTreeMap;

use smallvec::SmallVec;

use super::halt::{Ended, Flow, Halt, Res};
use super::machine::Machine;
use super::scope::Memo;
use super::trace::Tracer;
use crate::rego::plan::ir::{Group, GroupKind, Hop, Operand, Pattern, PlannedRule, Step};
use crate::rego::syntax::Loc;
use crate::rego::value::{ObjectBuilder, SetBuilder, Value};

/// A value as a key of a map, in Rego's order.
#[derive(PartialEq, Eq)]
struct Key<'e>(Value<'e>);

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp_to(&other.0)
    }
}

/// A document while it is built.
enum Part<'e> {
    Value(Value<'e>),
    Object(BTreeMap<Key<'e>, Part<'e>>),
    Set(SetBuilder<'e>),
}

impl<'e> Part<'e> {
    fn build(self) -> Value<'e> {
        match self {
            Self::Value(value) => value,
            Self::Set(set) => Value::Set(set.build()),
            Self::Object(entries) => {
                let mut object = ObjectBuilder::new();
                for (key, part) in entries {
                    object.insert(key.0, part.build());
                }
                Value::Object(object.build())
            }
        }
    }
}

/// An object while rules add to it, with the paths at which they did.
struct Builder<'e> {
    root: BTreeMap<Key<'e>, Part<'e>>,
}

impl<'e> Builder<'e> {
    /// Adds a value at a path, or an element to the set at a path; `false` if that contradicts what is there.
    fn add(&mut self, path: Vec<Value<'e>>, value: Value<'e>, is_element: bool) -> bool {
        let mut keys = path.into_iter();
        let Some(mut key) = keys.next() else { return false };
        let mut object = &mut self.root;
        for next in keys {
            let part = object.entry(Key(key)).or_insert_with(|| Part::Object(BTreeMap::new()));
            // A rule that gave this place a value, or a set, has said all there is.
            let Part::Object(inner) = part else { return false };
            object = inner;
            key = next;
        }
        let key = Key(key);
        if is_element {
            match object.entry(key).or_insert_with(|| Part::Set(SetBuilder::new())) {
                Part::Set(set) => set.insert(value),
                Part::Value(Value::Set(known)) => {
                    if !known.contains(&value) {
                        return false;
                    }
                }
                Part::Value(_) | Part::Object(_) => return false,
            }
            return true;
        }
        // Of equal keys that are written differently the first stays.
        match object.remove_entry(&key) {
            None => {
                object.insert(key, Part::Value(value));
                true
            }
            Some((key, part)) => {
                let known = part.build();
                let same = known == value;
                object.insert(key, Part::Value(known));
                same
            }
        }
    }
}

/// The keys that a reference gives, as far as rules have keys: `None` for one that is not given.
type Keys<'e> = SmallVec<[Option<Value<'e>>; 4]>;

/// What is done with an element: its path, and its value.
type OnElement<'a, 'e, T> = &'a mut dyn FnMut(&mut Machine<'e, T>, Vec<Value<'e>>, Value<'e>) -> Res<()>;

impl<'e, T: Tracer> Machine<'e, T> {
    /// The set or object of a group: all of it, or what the hops ask for.
    pub(super) fn collection(&mut self, group: u32, hops: &'e [Hop], at: Loc) -> Res<Value<'e>> {
        if let Memo::Known(value) = self.memo(group) {
            return Ok(value);
        }
        let Some(known) = self.group_at(group) else { return Ok(Value::Null) };
        if let Some(Some(value)) = &known.constant
            && self.scope == 0
        {
            return Ok(value.lend());
        }
        let is_keyed = matches!(hops.first(), Some(Hop::Key(_)));
        let mut keys = Keys::new();
        if is_keyed {
            for hop in hops.iter().take(longest(known)) {
                keys.push(match hop {
                    Hop::Key(key) => Some(self.operand(key, at)?),
                    Hop::Each(Pattern::Equal(operand)) => Some(self.operand(operand, at)?),
                    Hop::Each(_) => None,
                });
            }
        }
        let value = self.deeper(at, |machine| machine.collect(known, &keys, at))?;
        if !is_keyed {
            self.remember(group, Memo::Known(value.clone()));
        }
        Ok(value)
    }

    fn collect(&mut self, group: &'e Group, keys: &Keys<'e>, at: Loc) -> Res<Value<'e>> {
        let given: SmallVec<[Value<'e>; 4]> = keys.iter().map_while(Clone::clone).collect();
        // The one element that was asked for is enough, where no other rule could contradict it.
        let is_enough = given.len() >= longest(group).max(1) && self.is_harmless(group.hazard);
        let candidates = self.candidates(group, &given, at)?;
        let mut index = 0_usize;
        if group.kind == GroupKind::Set {
            let mut set = SetBuilder::new();
            while let Some(rule) = candidates.of(group, index) {
                index = index.saturating_add(1);
                let found = self.each_element(rule, keys, is_enough, &mut |machine, _, value| {
                    machine.make(1, rule.at)?;
                    set.insert(value);
                    Ok(())
                })?;
                if found && is_enough {
                    break;
                }
            }
            return Ok(Value::Set(set.build()));
        }
        let mut object = Builder { root: BTreeMap::new() };
        while let Some(rule) = candidates.of(group, index) {
            index = index.saturating_add(1);
            let found = self.each_element(rule, keys, is_enough, &mut |machine, path, value| {
                machine.make(path.len().saturating_add(4), rule.at)?;
                if object.add(path, value, rule.key.is_some()) {
                    Ok(())
                } else {
                    Err(Halt::new(Ended::KeyConflict, rule.at))
                }
            })?;
            if found && is_enough {
                break;
            }
        }
        Ok(Part::Object(object.root).build())
    }

    /// Every element that a rule defines, as far as it has the keys: its path, and its value. Whether there was any.
    fn each_element(
        &mut self,
        rule: &'e PlannedRule,
        keys: &Keys<'e>,
        is_enough: bool,
        found: OnElement<'_, 'e, T>,
    ) -> Res<bool> {
        if !self.meets(rule, &[], rule.at)? {
            return Ok(false);
        }
        self.tracer.considers(rule.at);
        let wanted = rule.path.len().saturating_add(usize::from(rule.key.is_some()));
        let is_given = keys.iter().take_while(|key| key.is_some()).count() >= wanted;
        let (patterns, body): (&'e [Pattern], &'e [Step]) = match &rule.given {
            Some(given) if is_given => (&given.keys, &given.body),
            _ => (&[], &rule.body),
        };
        let mut any = false;
        self.in_frame(rule.registers, |machine| {
            for (key, pattern) in keys.iter().zip(patterns) {
                if let Some(key) = key
                    && !machine.matches(key.clone(), pattern, rule.at)?
                {
                    return Ok(());
                }
            }
            machine.run(body, &mut |machine| {
                let mut path = Vec::with_capacity(rule.path.len());
                for (index, part) in rule.path.iter().enumerate() {
                    let part = machine.operand(part, rule.at)?;
                    if is_other(keys, index, &part) {
                        return Ok(Flow::More);
                    }
                    path.push(part);
                }
                let value: &'e Operand = rule.key.as_ref().unwrap_or(&rule.value);
                let value = machine.operand(value, rule.at)?;
                // An element of a set is a key too, if the reference goes as far.
                if rule.key.is_some() && is_other(keys, rule.path.len(), &value) {
                    return Ok(Flow::More);
                }
                machine.tracer.holds(rule.at);
                any = true;
                found(machine, path, value)?;
                Ok(if is_enough { Flow::Enough } else { Flow::More })
            })?;
            Ok(())
        })?;
        self.tracer.leaves(rule.at);
        Ok(any)
    }
}

/// Whether another key is asked for at this place.
fn is_other(keys: &Keys<'_>, index: usize, part: &Value<'_>) -> bool {
    matches!(keys.get(index), Some(Some(key)) if key != part)
}

/// The most keys that a rule of the group has.
fn longest(group: &Group) -> usize {
    let keys = |rule: &PlannedRule| rule.path.len().saturating_add(usize::from(rule.key.is_some()));
    group.rules.iter().map(keys).max().unwrap_or(0)
}
