//! Collections of the data document that are searched by what their elements have.
//!
//! `some b in data.bindings; b.id == input.id`: the elements by their `id`, made when the policy loads.

use super::guards::{Origin, Source};
use super::index::Prefixes;
use super::ir::{Call, Hop, Operand, Pattern, Plan, PlannedRule, Root, Step, StepKind, Steps, Target, Walk};
use super::table::{Table, table};
use crate::rego::value::Value;

/// Elements from which the table pays.
const ELEMENTS_FROM: usize = 8;

/// The elements of a collection by what they have.
#[derive(Debug)]
pub(in crate::rego) struct Search {
    /// What the element must have.
    pub(in crate::rego) wanted: Wanted,
    /// What the element's key must match.
    pub(in crate::rego) key: Pattern,
    /// The rest of the walk, from the element.
    pub(in crate::rego) beyond: Vec<Hop>,
    pub(in crate::rego) elements: Table<Value<'static>, Vec<(Value<'static>, Value<'static>)>>,
    /// For `startswith(text, element)` the elements by their text, instead.
    pub(in crate::rego) starts: Option<Starts>,
    /// What they are sorted by, for whoever reads the plan.
    pub(in crate::rego) by: Vec<Value<'static>>,
}

/// The elements that are text, as what another text starts with.
#[derive(Debug)]
pub(in crate::rego) struct Starts {
    /// The numbers of elements in `all`.
    pub(in crate::rego) prefixes: Prefixes,
    /// With their keys, in the order of the collection.
    pub(in crate::rego) all: Vec<(Value<'static>, Value<'static>)>,
}

impl Starts {
    fn of(collection: &Value<'static>) -> Option<Self> {
        let all = all(collection).filter(|all| all.len() >= ELEMENTS_FROM)?;
        // Of anything but text it would be an error to ask.
        let texts = all.iter().map(|(_, element)| element.as_str().map(str::to_owned));
        let texts = texts.collect::<Option<Vec<String>>>()?;
        Some(Self { prefixes: Prefixes::of(texts.into_iter().zip(0..)), all })
    }
}

/// What an element must have, as far as it is known before the elements are.
#[derive(Debug)]
pub(in crate::rego) enum Wanted {
    Operand(Operand),
    Source(Source),
}

/// Gives every search of a large collection its table.
pub(super) fn build(plan: &mut Plan, is_strict: bool) {
    let constants: Vec<Option<Value<'static>>> =
        plan.groups.iter().map(|group| group.constant.clone().flatten()).collect();
    let builder = Builder { is_strict, constants: &constants };
    for group in &mut plan.groups {
        for rule in group.rules.iter_mut().chain(&mut group.default) {
            let mut link = Some(rule);
            while let Some(rule) = link {
                builder.rule(rule);
                link = rule.otherwise.as_deref_mut();
            }
        }
    }
}

struct Builder<'a> {
    is_strict: bool,
    constants: &'a [Option<Value<'static>>],
}

impl Builder<'_> {
    fn rule(&self, rule: &mut PlannedRule) {
        self.steps(&mut rule.body);
        if let Some(given) = &mut rule.given {
            self.steps(&mut given.body);
        }
    }

    fn steps(&self, steps: &mut Steps) {
        for at in 0..steps.len() {
            let Some((before, after)) = steps.split_at_mut_checked(at.saturating_add(1)) else { return };
            let Some(step) = before.last_mut() else { return };
            match &mut step.kind {
                StepKind::Walk(walk) => walk.search = self.search(walk, after).map(Box::new),
                StepKind::Not(inner, _) | StepKind::Every { steps: inner, .. } | StepKind::With(_, inner) => {
                    self.steps(inner)
                }
                StepKind::Comprehend(comprehension) => self.steps(&mut comprehension.steps),
                StepKind::Holds(_)
                | StepKind::Match(..)
                | StepKind::Call(_)
                | StepKind::Relate { .. }
                | StepKind::Print(_) => {}
            }
        }
    }

    fn search(&self, walk: &Walk, after: &[Step]) -> Option<Search> {
        let collection = match &walk.root {
            Root::Data(_, value) => value.as_ref()?,
            Root::Operand(Operand::Const(value)) => value,
            Root::Group(group) => self.constants.get(usize::try_from(*group).ok()?)?.as_ref()?,
            Root::Operand(_) | Root::Slot(_) | Root::Tree(_) => return None,
        };
        // Constant keys down to the collection, then one over all its elements.
        let each = walk.path.iter().position(|hop| matches!(hop, Hop::Each(_)))?;
        let (down, rest) = walk.path.split_at(each);
        let mut collection = collection.clone();
        for hop in down {
            let Hop::Key(Operand::Const(key)) = hop else { return None };
            collection = collection.stored(key)?;
        }
        let (Hop::Each(key), beyond) = rest.split_first()? else { return None };
        let mut prefix = Vec::new();
        for hop in beyond {
            let Hop::Key(Operand::Const(key)) = hop else { return None };
            // The store finds keys otherwise than values do.
            key.as_str()?;
            prefix.push(key.clone());
        }
        let (path, wanted) = match &walk.end {
            Pattern::Equal(operand) if is_early(operand, key) => (prefix, Wanted::Operand(operand.clone())),
            Pattern::Bind(register) => {
                let Some((path, wanted)) = self.condition(*register, key, after) else {
                    let wanted = self.text(*register, key, after).filter(|_| beyond.is_empty())?;
                    let starts = Some(Starts::of(&collection)?);
                    let (key, elements) = (key.clone(), table());
                    return Some(Search {
                        wanted,
                        key,
                        beyond: Vec::new(),
                        elements,
                        starts,
                        by: Vec::new(),
                    });
                };
                (prefix.into_iter().chain(path).collect(), wanted)
            }
            Pattern::Any | Pattern::Holds | Pattern::Equal(_) | Pattern::Array(_) | Pattern::Object(_) => {
                return None;
            }
        };
        let elements = by(&collection, &path)?;
        Some(Search { wanted, key: key.clone(), beyond: beyond.to_vec(), elements, starts: None, by: path })
    }

    /// The text that has to start with the element, if that is what the steps after the walk ask first.
    fn text(&self, element: u32, key: &Pattern, after: &[Step]) -> Option<Wanted> {
        let mut bound = vec![element];
        bind(key, &mut bound);
        let mut sources: Vec<(u32, Source)> = Vec::new();
        for step in after {
            match &step.kind {
                StepKind::Walk(Walk {
                    root: Root::Slot(slot), path, end: Pattern::Bind(register), ..
                }) => {
                    sources.push((*register, Source { origin: Origin::Slot(*slot), path: constants(path)? }));
                    bound.push(*register);
                }
                StepKind::Call(Call { target: Target::Builtin("startswith", _), args, result }) => {
                    let [text, Operand::Reg(prefix)] = args.as_slice() else { return None };
                    let is_test = match result {
                        Pattern::Holds => true,
                        Pattern::Equal(Operand::Const(value)) => value.as_bool() == Some(true),
                        Pattern::Any
                        | Pattern::Bind(_)
                        | Pattern::Equal(_)
                        | Pattern::Array(_)
                        | Pattern::Object(_) => false,
                    };
                    if self.is_strict || *prefix != element || !is_test {
                        return None;
                    }
                    let source = sources
                        .into_iter()
                        .find(|(register, _)| matches!(text, Operand::Reg(text) if text == register));
                    return match source {
                        Some((_, source)) => Some(Wanted::Source(source)),
                        None if is_free(text, &bound) => Some(Wanted::Operand(text.clone())),
                        None => None,
                    };
                }
                StepKind::Walk(_)
                | StepKind::Call(_)
                | StepKind::Holds(_)
                | StepKind::Match(..)
                | StepKind::Not(..)
                | StepKind::Every { .. }
                | StepKind::Comprehend(_)
                | StepKind::Relate { .. }
                | StepKind::With(..)
                | StepKind::Print(_) => return None,
            }
        }
        None
    }

    /// A condition on the element among the steps after the walk, if nothing before it can be noticed.
    fn condition(
        &self,
        element: u32,
        key: &Pattern,
        after: &[Step],
    ) -> Option<(Vec<Value<'static>>, Wanted)> {
        let mut bound = vec![element];
        if let Pattern::Bind(register) = key {
            bound.push(*register);
        }
        // Registers that hold a part of the element.
        let mut parts: Vec<(u32, Vec<Value<'static>>)> = vec![(element, Vec::new())];
        for step in after {
            match &step.kind {
                StepKind::Walk(Walk { root: Root::Operand(Operand::Reg(register)), path, end, .. }) => {
                    let keys = constants(path);
                    let part =
                        parts.iter().find(|(known, _)| known == register).map(|(_, path)| path.clone());
                    let full =
                        part.zip(keys).map(|(part, keys)| part.into_iter().chain(keys).collect::<Vec<_>>());
                    match (full, end) {
                        (Some(path), Pattern::Equal(operand)) if is_free(operand, &bound) => {
                            return Some((path, Wanted::Operand(operand.clone())));
                        }
                        (Some(path), Pattern::Bind(register)) => {
                            parts.push((*register, path));
                            bound.push(*register);
                        }
                        (_, end) => bind(end, &mut bound),
                    }
                }
                StepKind::Walk(Walk { root: root @ (Root::Slot(_) | Root::Data(..)), path, end, .. }) => {
                    // The other side of the condition comes second.
                    if let Pattern::Equal(Operand::Reg(register)) = end
                        && let Some((_, found)) = parts.iter().find(|(known, _)| known == register)
                        && let Root::Slot(slot) = root
                        && let Some(keys) = constants(path)
                    {
                        let source = Source { origin: Origin::Slot(*slot), path: keys };
                        return Some((found.clone(), Wanted::Source(source)));
                    }
                    for hop in path {
                        if let Hop::Each(pattern) = hop {
                            bind(pattern, &mut bound);
                        }
                    }
                    bind(end, &mut bound);
                }
                StepKind::Match(Operand::Reg(register), Pattern::Equal(operand)) => {
                    let part =
                        parts.iter().find(|(known, _)| known == register).map(|(_, path)| path.clone());
                    if let Some(path) = part
                        && is_free(operand, &bound)
                    {
                        return Some((path, Wanted::Operand(operand.clone())));
                    }
                    if let Operand::Reg(other) = operand
                        && let Some((_, path)) = parts.iter().find(|(known, _)| known == other)
                        && !bound.contains(register)
                    {
                        return Some((path.clone(), Wanted::Operand(Operand::Reg(*register))));
                    }
                }
                StepKind::Holds(_) => {}
                StepKind::Match(_, pattern) => bind(pattern, &mut bound),
                StepKind::Call(call) => {
                    if self.is_strict || matches!(call.target, Target::Group(_)) {
                        return None;
                    }
                    bind(&call.result, &mut bound);
                }
                StepKind::Walk(_)
                | StepKind::Not(..)
                | StepKind::Every { .. }
                | StepKind::Comprehend(_)
                | StepKind::Relate { .. }
                | StepKind::With(..)
                | StepKind::Print(_) => return None,
            }
        }
        None
    }
}

/// The keys of a path that has only constant ones.
fn constants(path: &[Hop]) -> Option<Vec<Value<'static>>> {
    path.iter()
        .map(|hop| match hop {
            Hop::Key(Operand::Const(key)) => Some(key.clone()),
            Hop::Key(_) | Hop::Each(_) => None,
        })
        .collect()
}

/// Whether the operand has its value before the walk.
fn is_early(operand: &Operand, key: &Pattern) -> bool {
    let mut bound = Vec::new();
    bind(key, &mut bound);
    is_free(operand, &bound)
}

/// Whether the operand is a constant or a register that none of these steps writes.
fn is_free(operand: &Operand, bound: &[u32]) -> bool {
    match operand {
        Operand::Const(_) => true,
        Operand::Reg(register) => !bound.contains(register),
        Operand::Array(_) | Operand::Object(_) | Operand::Set(_) => false,
    }
}

fn bind(pattern: &Pattern, bound: &mut Vec<u32>) {
    match pattern {
        Pattern::Bind(register) => bound.push(*register),
        Pattern::Array(items) => items.iter().for_each(|item| bind(item, bound)),
        Pattern::Object(entries) => entries.iter().for_each(|(_, item)| bind(item, bound)),
        Pattern::Any | Pattern::Holds | Pattern::Equal(_) => {}
    }
}

type Elements = Table<Value<'static>, Vec<(Value<'static>, Value<'static>)>>;

/// The elements of a collection by what lies at a path in each.
fn by(collection: &Value<'static>, path: &[Value<'static>]) -> Option<Elements> {
    let all = all(collection).filter(|all| all.len() >= ELEMENTS_FROM)?;
    let mut elements: Elements = table();
    for (key, element) in all {
        let found = path.iter().try_fold(element.clone(), |value, key| value.child(key));
        if let Some(found) = found {
            elements.entry(found).or_default().push((key, element));
        }
    }
    Some(elements)
}

/// The elements of a collection with their keys.
fn all(collection: &Value<'static>) -> Option<Vec<(Value<'static>, Value<'static>)>> {
    Some(match collection {
        Value::Array(items) => {
            (0_i64..).zip(items.items()).map(|(at, item)| (Value::integer(at), item.clone())).collect()
        }
        Value::Object(object) => object.entries().to_vec(),
        Value::Set(set) => set.items().iter().map(|item| (item.clone(), item.clone())).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    })
}
