//! What depends on no request is worked out when the policy loads.

use super::groups::tree_groups;
use super::ir::{GroupId, GroupKind, Plan, PlannedRule, Root, Step, StepKind, Target, Tree, Walk};
use crate::rego::builtins::signature;
use crate::rego::evaluate::{Scratch, Session, Settings, Silent};
use crate::rego::value::Value;
use crate::time::UnixTime;

/// Steps that working out one document may take; one that needs more is left to the requests.
const STEPS: u64 = 200_000;

/// Bytes that it may take.
const BYTES: u64 = 16 * 1024 * 1024;

/// Values in a document that is kept: as many as the largest data document may have is too many for one rule.
const NODES: usize = 100_000;

/// Works out every document that needs nothing but the policy and its data, those that others need first.
pub(super) fn fold(plan: &mut Plan, order: &[GroupId], is_strict: bool) {
    let mut is_constant = vec![false; plan.groups.len()];
    for id in order {
        let Ok(at) = usize::try_from(*id) else { continue };
        let Some(group) = plan.groups.get(at) else { continue };
        let judge = Judge { is_constant: &is_constant, tree: &plan.tree };
        let mut rules = group.rules.iter().chain(&group.default);
        if !rules.all(|rule| judge.rule(rule)) {
            continue;
        }
        let is_function = matches!(group.kind, GroupKind::Function(_));
        let value = if is_function { None } else { value(plan, at, is_strict) };
        if !is_function && value.is_none() {
            continue;
        }
        if let Some(place) = is_constant.get_mut(at) {
            *place = true;
        }
        if let (Some(value), Some(group)) = (value, plan.groups.get_mut(at)) {
            group.constant = Some(value);
        }
    }
}

/// The document's value, or that it has none; `None` if the evaluation came to no end.
fn value(plan: &Plan, at: usize, is_strict: bool) -> Option<Option<Value<'static>>> {
    let group = plan.groups.get(at)?;
    let settings = Settings {
        steps: STEPS,
        bytes: BYTES,
        now: UnixTime::from_secs(0),
        seed: 0,
        is_strict,
        prints: 0,
        print_bytes: 0,
    };
    let path: Vec<_> = group.path.iter().map(Value::lend).collect();
    let slots = plan.slots.iter().map(|_| None).collect();
    let finished = Session { plan, settings }.run(&path, slots, Silent, &mut Scratch::default());
    let value = finished.value.ok()?;
    // What shares its parts many times over is small until it is copied.
    let mut left = NODES;
    if value.as_ref().is_some_and(|value| !is_within(value, &mut left)) {
        return None;
    }
    Some(value.map(|value| super::indexed(value.into_owned())))
}

/// Whether the value has no more than so many values in it.
fn is_within(value: &Value<'_>, left: &mut usize) -> bool {
    let Some(rest) = left.checked_sub(1) else { return false };
    *left = rest;
    match value {
        Value::Array(_) | Value::Set(_) => {
            value.items().into_iter().flatten().all(|item| is_within(item, left))
        }
        Value::Object(object) => {
            object.entries().iter().all(|(key, value)| is_within(key, left) && is_within(value, left))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

struct Judge<'a> {
    is_constant: &'a [bool],
    tree: &'a Tree,
}

impl Judge<'_> {
    fn rule(&self, rule: &PlannedRule) -> bool {
        let mut chain = std::iter::successors(Some(rule), |rule| rule.otherwise.as_deref());
        chain.all(|rule| {
            self.steps(&rule.body) && rule.given.as_ref().is_none_or(|given| self.steps(&given.body))
        })
    }

    fn steps(&self, steps: &[Step]) -> bool {
        steps.iter().all(|step| self.step(&step.kind))
    }

    fn step(&self, kind: &StepKind) -> bool {
        match kind {
            StepKind::Holds(_) | StepKind::Match(..) | StepKind::Relate { .. } => true,
            StepKind::Walk(walk) => self.walk(walk),
            StepKind::Call(call) => match &call.target {
                Target::Builtin(name, _) | Target::Pattern(name, ..) => {
                    signature::find(name).is_some_and(|signature| !signature.nondeterministic)
                }
                Target::Group(group) => self.group(*group),
            },
            StepKind::Not(inner, _) | StepKind::Every { steps: inner, .. } => self.steps(inner),
            StepKind::Comprehend(comprehension) => self.steps(&comprehension.steps),
            // What is replaced may be the input; what is printed is printed for each request.
            StepKind::With(..) | StepKind::Print(_) => false,
        }
    }

    fn walk(&self, walk: &Walk) -> bool {
        match &walk.root {
            Root::Slot(_) => false,
            Root::Operand(_) | Root::Data(..) => true,
            Root::Group(group) => self.group(*group),
            Root::Tree(path) => {
                let tree = path.iter().try_fold(self.tree, |tree, key| tree.child(key));
                tree.is_none_or(|tree| tree_groups(tree).into_iter().all(|group| self.group(group)))
            }
        }
    }

    fn group(&self, group: GroupId) -> bool {
        usize::try_from(group).ok().and_then(|at| self.is_constant.get(at)).copied().unwrap_or(false)
    }
}
