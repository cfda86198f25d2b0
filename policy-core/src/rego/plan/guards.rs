//! Conditions of a rule that can be looked up: what has to be true of which part of the input.

use super::ir::{
    Call, Group, Hazard, Hop, Operand, Pattern, PlannedRule, Reg, Root, SlotId, StepKind, Steps, Target, Walk,
};
use crate::rego::value::{Number, Value};

/// Something that a request or a caller gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rego) struct Source {
    pub(in crate::rego) origin: Origin,
    /// The way from there, by constant keys.
    pub(in crate::rego) path: Vec<Value<'static>>,
}

/// Where a source starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego) enum Origin {
    Slot(SlotId),
    /// An argument of a function, or a key that was asked for.
    Arg(usize),
}

/// What has to be true of a source.
#[derive(Clone, Debug)]
pub(in crate::rego) enum Test {
    /// It is one of these.
    In(Vec<Value<'static>>),
    /// It is text that starts so.
    Prefix(String),
    /// It is text that the whole pattern matches: an expression in the syntax of the `regex` crate.
    Pattern(String),
}

/// One condition of a rule.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Guard {
    pub(in crate::rego) source: Source,
    pub(in crate::rego) test: Test,
}

/// The conditions of one definition that can be looked up.
///
/// Only those before which nothing can end the evaluation with an error: a rule that is left out because of them could
/// not have been noticed. With an `else` branch a rule that does not hold still matters, so it has none.
pub(in crate::rego) fn of(group: &Group, rule: &PlannedRule, known: Known<'_>) -> Vec<Guard> {
    if rule.otherwise.is_some() {
        return Vec::new();
    }
    let mut finder = Finder { sources: Vec::new(), guards: Vec::new(), constants: Vec::new(), known };
    let (patterns, body) = match &rule.given {
        Some(given) if group.kind.is_collection() => (&given.keys, &given.body),
        _ => (&rule.args, &rule.body),
    };
    for (index, pattern) in patterns.iter().enumerate() {
        finder.pattern(&Source { origin: Origin::Arg(index), path: Vec::new() }, pattern);
    }
    finder.steps(body);
    finder.guards
}

/// What a search for conditions goes by.
#[derive(Clone, Copy)]
pub(in crate::rego) struct Known<'a> {
    /// The values of groups that depend on no request.
    pub(in crate::rego) constants: &'a [Option<Value<'static>>],
    pub(in crate::rego) is_strict: bool,
}

struct Finder<'a> {
    /// Which registers hold which source, and which constants.
    sources: Vec<(Reg, Source)>,
    constants: Vec<(Reg, Value<'static>)>,
    guards: Vec<Guard>,
    known: Known<'a>,
}

impl Finder<'_> {
    fn steps(&mut self, steps: &Steps) {
        for step in steps {
            match &step.kind {
                StepKind::Walk(walk) => {
                    if !self.walk(walk) {
                        return;
                    }
                }
                StepKind::Match(operand, pattern) => {
                    if let Some(source) = self.source(operand) {
                        self.pattern(&source, pattern);
                    } else if let (Some(value), Pattern::Equal(operand)) = (self.constant(operand), pattern)
                        && let Some(source) = self.source(operand)
                    {
                        self.guards.push(Guard { source, test: Test::In(vec![value]) });
                    }
                }
                StepKind::Call(call) => {
                    let (Target::Builtin(name, _) | Target::Pattern(name, ..)) = &call.target else { return };
                    // A failure of it would be an error that leaving the rule out would hide.
                    if self.known.is_strict && !matches!(*name, "internal.member_2") {
                        return;
                    }
                    self.call(name, call);
                }
                StepKind::Holds(_) => {}
                StepKind::Not(_, hazard) => {
                    if !(*hazard == Hazard::None || (*hazard == Hazard::Strict && !self.known.is_strict)) {
                        return;
                    }
                }
                StepKind::Every { .. }
                | StepKind::Comprehend(_)
                | StepKind::Relate { .. }
                | StepKind::With(..)
                | StepKind::Print(_) => return,
            }
        }
    }

    /// Whether what comes after the walk may be looked at.
    fn walk(&mut self, walk: &Walk) -> bool {
        let keys: Option<Vec<Value<'static>>> = walk
            .path
            .iter()
            .map(|hop| match hop {
                Hop::Key(Operand::Const(key)) => Some(key.clone()),
                Hop::Key(_) | Hop::Each(_) => None,
            })
            .collect();
        match &walk.root {
            Root::Slot(slot) => {
                if let Some(path) = keys {
                    self.pattern(&Source { origin: Origin::Slot(*slot), path }, &walk.end);
                }
                true
            }
            Root::Operand(operand) => {
                if let (Some(source), Some(keys)) = (self.source(operand), keys) {
                    let path = source.path.iter().cloned().chain(keys).collect();
                    self.pattern(&Source { path, ..source }, &walk.end);
                } else if let Operand::Const(collection) = operand {
                    self.member(collection, &walk.path, false);
                }
                true
            }
            Root::Data(_, value) => {
                if let Some(collection) = value {
                    self.member(collection, &walk.path, true);
                    if let (Some(path), Pattern::Bind(register)) = (keys, &walk.end) {
                        let value = path.iter().try_fold(collection.clone(), |value, key| value.stored(key));
                        self.constants.extend(value.map(|value| (*register, value)));
                    }
                }
                true
            }
            Root::Group(group) => {
                let known = usize::try_from(*group).ok().and_then(|at| self.known.constants.get(at));
                let Some(Some(value)) = known else {
                    // Rules may end the evaluation with an error.
                    return false;
                };
                self.member(value, &walk.path, false);
                if let (Some(path), Pattern::Bind(register)) = (keys, &walk.end) {
                    let value = path.iter().try_fold(value.clone(), |value, key| value.child(key));
                    self.constants.extend(value.map(|value| (*register, value)));
                }
                true
            }
            Root::Tree(_) => false,
        }
    }

    /// `set[x]`: what is asked for has to be one of the keys.
    fn member(&mut self, collection: &Value<'static>, path: &[Hop], is_stored: bool) {
        let Some((Hop::Key(key), _)) = path.split_first() else { return };
        let Some(source) = self.source(key) else { return };
        let mut keys: Vec<Value<'static>> = match collection {
            Value::Object(object) => object.entries().iter().map(|(key, _)| key.clone()).collect(),
            Value::Set(set) => set.items().to_vec(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => return,
        };
        if is_stored {
            // In the store a number finds the key that is written like it.
            let numbers: Vec<_> = keys.iter().filter_map(|key| Number::parse(key.as_str()?)).collect();
            keys.extend(numbers.into_iter().map(Value::Number));
        }
        self.guards.push(Guard { source, test: Test::In(keys) });
    }

    fn pattern(&mut self, source: &Source, pattern: &Pattern) {
        match pattern {
            Pattern::Equal(operand) => {
                if let Some(value) = self.constant(operand) {
                    self.guards.push(Guard { source: source.clone(), test: Test::In(vec![value]) });
                }
            }
            Pattern::Bind(register) => self.sources.push((*register, source.clone())),
            Pattern::Array(items) => {
                for (index, item) in (0..).zip(items) {
                    let mut inner = source.clone();
                    inner.path.push(Value::integer(index));
                    self.pattern(&inner, item);
                }
            }
            Pattern::Object(entries) => {
                for (key, item) in entries {
                    if let Operand::Const(key) = key {
                        let mut inner = source.clone();
                        inner.path.push(key.clone());
                        self.pattern(&inner, item);
                    }
                }
            }
            Pattern::Any | Pattern::Holds => {}
        }
    }

    fn call(&mut self, name: &str, call: &Call) {
        let is_test = match &call.result {
            Pattern::Holds => true,
            Pattern::Equal(Operand::Const(value)) => value.as_bool() == Some(true),
            Pattern::Any | Pattern::Bind(_) | Pattern::Equal(_) | Pattern::Array(_) | Pattern::Object(_) => {
                false
            }
        };
        if !is_test {
            return;
        }
        let found = match (name, call.args.as_slice()) {
            ("startswith", [text, prefix]) => {
                let prefix = self.constant(prefix).and_then(|prefix| prefix.as_str().map(str::to_owned));
                self.source(text).zip(prefix.map(Test::Prefix))
            }
            ("internal.member_2", [item, collection]) => {
                let items = self.constant(collection).and_then(|collection| match collection {
                    Value::Array(items) => Some(items.items().to_vec()),
                    Value::Set(items) => Some(items.items().to_vec()),
                    Value::Object(entries) => {
                        Some(entries.entries().iter().map(|(_, value)| value.clone()).collect())
                    }
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
                });
                self.source(item).zip(items.map(Test::In))
            }
            ("glob.match", [pattern, delimiters, text]) => {
                let pattern = self.constant(pattern).zip(self.constant(delimiters));
                let pattern =
                    pattern.and_then(|(pattern, delimiters)| super::patterns::glob(&pattern, &delimiters));
                self.source(text).zip(pattern.map(Test::Pattern))
            }
            ("regex.match", [pattern, text]) => {
                let pattern = self.constant(pattern).and_then(|pattern| super::patterns::regex(&pattern));
                self.source(text).zip(pattern.map(Test::Pattern))
            }
            _ => None,
        };
        self.guards.extend(found.map(|(source, test)| Guard { source, test }));
    }

    fn source(&self, operand: &Operand) -> Option<Source> {
        let Operand::Reg(register) = operand else { return None };
        self.sources.iter().rev().find(|(known, _)| known == register).map(|(_, source)| source.clone())
    }

    fn constant(&self, operand: &Operand) -> Option<Value<'static>> {
        match operand {
            Operand::Const(value) => Some(value.clone()),
            Operand::Reg(register) => self
                .constants
                .iter()
                .rev()
                .find(|(known, _)| known == register)
                .map(|(_, value)| value.clone()),
            Operand::Array(_) | Operand::Object(_) | Operand::Set(_) => None,
        }
    }
}
