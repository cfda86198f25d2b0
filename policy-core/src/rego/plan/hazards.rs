//! How evaluations can come to an end: which steps can fail, and which rules can contradict each other.

use super::ir::{
    ComprehensionKind, Group, GroupId, GroupKind, Hazard, Hop, Operand, PlannedRule, Root, Step, StepKind,
    Target, Tree,
};
use crate::rego::value::Value;

/// Judges every group, those that others need first.
pub(super) fn judge(groups: &mut [Group], tree: &Tree, order: &[GroupId], is_strict: bool) {
    let mut known = vec![Hazard::Conflict; groups.len()];
    for id in order {
        let Ok(at) = usize::try_from(*id) else { continue };
        let Some(group) = groups.get_mut(at) else { continue };
        let hazard = Judge { known: &known, tree, is_strict }.group(group);
        group.hazard = hazard;
        if let Some(place) = known.get_mut(at) {
            *place = hazard;
        }
    }
}

struct Judge<'a> {
    known: &'a [Hazard],
    tree: &'a Tree,
    is_strict: bool,
}

impl Judge<'_> {
    fn group(&self, group: &mut Group) -> Hazard {
        group.is_uniform = is_uniform(&group.rules);
        let mut worst = match group.kind {
            GroupKind::Set => Hazard::None,
            GroupKind::Object => Hazard::Conflict,
            GroupKind::Complete | GroupKind::Function(_) => {
                let may_differ = match group.rules.as_slice() {
                    [rule] => std::iter::successors(Some(rule), |rule| rule.otherwise.as_deref())
                        .any(|rule| !matches!(rule.value, Operand::Const(_)) && has_ways(&rule.body)),
                    _ => true,
                };
                if may_differ && !group.is_uniform { Hazard::Conflict } else { Hazard::None }
            }
        };
        let is_collection = group.kind.is_collection();
        for rule in group.rules.iter_mut() {
            let mut link = Some(rule);
            while let Some(rule) = link {
                let mut own = self.steps(&mut rule.body);
                if let Some(given) = &mut rule.given {
                    own = own.max(self.steps(&mut given.body));
                }
                let is_harmless = own == Hazard::None || (own == Hazard::Strict && !self.is_strict);
                if is_harmless && is_collection {
                    rule.needs.clear();
                }
                group.has_needs |= !is_harmless;
                worst = worst.max(own);
                link = rule.otherwise.as_deref_mut();
            }
        }
        // Which definitions OPA tries decides which values it compares: all of them count, or none.
        if !group.has_needs {
            for rule in group.rules.iter_mut() {
                let mut link = Some(rule);
                while let Some(rule) = link {
                    rule.needs.clear();
                    link = rule.otherwise.as_deref_mut();
                }
            }
        }
        if let Some(default) = &mut group.default {
            default.needs.clear();
            worst = worst.max(self.steps(&mut default.body));
        }
        worst
    }

    fn of(&self, group: GroupId) -> Hazard {
        usize::try_from(group).ok().and_then(|at| self.known.get(at)).copied().unwrap_or(Hazard::Conflict)
    }

    fn steps(&self, steps: &mut [Step]) -> Hazard {
        steps.iter_mut().map(|step| self.step(&mut step.kind)).max().unwrap_or(Hazard::None)
    }

    fn step(&self, kind: &mut StepKind) -> Hazard {
        match kind {
            StepKind::Holds(_) | StepKind::Match(..) | StepKind::Relate { .. } => Hazard::None,
            // What is printed is to be printed.
            StepKind::Print(_) | StepKind::With(..) => {
                if let StepKind::With(_, inner) = kind {
                    self.steps(inner);
                }
                Hazard::Conflict
            }
            StepKind::Walk(walk) => match &walk.root {
                Root::Slot(_) | Root::Operand(_) | Root::Data(..) => Hazard::None,
                Root::Group(group) => self.of(*group),
                Root::Tree(path) => {
                    let tree = path.iter().try_fold(self.tree, |tree, key: &Value<'_>| tree.child(key));
                    tree.map_or(Hazard::None, |tree| self.tree(tree))
                }
            },
            StepKind::Call(call) => match &call.target {
                Target::Builtin(..) | Target::Pattern(..) => Hazard::Strict,
                Target::Group(group) => self.of(*group),
            },
            StepKind::Not(inner, hazard) => {
                *hazard = self.steps(inner);
                *hazard
            }
            StepKind::Every { steps, .. } => self.steps(steps),
            StepKind::Comprehend(comprehension) => {
                let inner = self.steps(&mut comprehension.steps);
                match comprehension.kind {
                    ComprehensionKind::Object(..) => Hazard::Conflict,
                    ComprehensionKind::Array(_) | ComprehensionKind::Set(_) => inner,
                }
            }
        }
    }

    fn tree(&self, tree: &Tree) -> Hazard {
        let below = tree.children.iter().map(|(_, child)| self.tree(child));
        below.chain(tree.group.map(|group| self.of(group))).max().unwrap_or(Hazard::None)
    }
}

/// Whether the steps can hold in more than one way.
fn has_ways(steps: &[Step]) -> bool {
    steps.iter().any(|step| match &step.kind {
        StepKind::Walk(walk) => {
            matches!(walk.root, Root::Tree(_)) || walk.path.iter().any(|hop| matches!(hop, Hop::Each(_)))
        }
        StepKind::Relate { .. } => true,
        StepKind::With(_, inner) => has_ways(inner),
        StepKind::Holds(_)
        | StepKind::Match(..)
        | StepKind::Call(_)
        | StepKind::Not(..)
        | StepKind::Every { .. }
        | StepKind::Comprehend(_)
        | StepKind::Print(_) => false,
    })
}

/// Whether all definitions, with their `else` branches, have one and the same constant value.
fn is_uniform(rules: &[PlannedRule]) -> bool {
    let mut first: Option<&Value<'static>> = None;
    for rule in rules {
        let mut link = Some(rule);
        while let Some(rule) = link {
            let Operand::Const(value) = &rule.value else { return false };
            if *first.get_or_insert(value) != value {
                return false;
            }
            link = rule.otherwise.as_deref();
        }
    }
    first.is_some()
}
