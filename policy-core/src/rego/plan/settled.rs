//! Values of rules that do not depend on which path `walk` finds first.
//!
//! For OPA several values of a rule that has one are a conflict, but it looks for further paths of `walk` only as long as
//! whoever asks for the rule wants more. So such a rule is taken only if all paths give the same value, and nothing
//! after `walk` can end in an error.

use std::collections::BTreeSet;

use super::ir::{Hop, Operand, Pattern, Reg, Root, StepKind, Steps, Walk};

/// Whether the steps can hold in several ways because of `walk`.
pub(super) fn walks(steps: &Steps) -> bool {
    steps.iter().any(|step| match &step.kind {
        StepKind::Relate { .. } => true,
        StepKind::With(_, inner) => walks(inner),
        StepKind::Holds(_)
        | StepKind::Match(..)
        | StepKind::Walk(_)
        | StepKind::Call(_)
        | StepKind::Not(..)
        | StepKind::Every { .. }
        | StepKind::Comprehend(_)
        | StepKind::Print(_) => false,
    })
}

/// Whether the value is the same for every path that `walk` finds, and the steps after it cannot fail.
pub(super) fn is_settled(steps: &Steps, value: &Operand) -> bool {
    let mut open = Open::default();
    let mut has_walked = false;
    for step in steps {
        match &step.kind {
            StepKind::Relate { operand: _, pattern } => {
                has_walked = true;
                open.bind(pattern);
            }
            StepKind::With(_, inner) if has_walked || walks(inner) => return false,
            _ if !has_walked => {}
            StepKind::Holds(_) => {}
            StepKind::Match(operand, pattern) => {
                if open.has(operand) || open.compares(pattern) {
                    open.bind(pattern);
                }
            }
            StepKind::Walk(walk) => {
                if matches!(walk.root, Root::Group(_) | Root::Tree(_)) {
                    return false;
                }
                open.walk(walk);
            }
            StepKind::Call(_)
            | StepKind::Not(..)
            | StepKind::Every { .. }
            | StepKind::Comprehend(_)
            | StepKind::With(..)
            | StepKind::Print(_) => return false,
        }
    }
    !open.has(value)
}

/// Registers that may be otherwise for another path.
#[derive(Default)]
struct Open(BTreeSet<Reg>);

impl Open {
    fn has(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Const(_) => false,
            Operand::Reg(register) => self.0.contains(register),
            Operand::Array(items) | Operand::Set(items) => items.iter().any(|item| self.has(item)),
            Operand::Object(entries) => entries.iter().any(|(key, value)| self.has(key) || self.has(value)),
        }
    }

    fn compares(&self, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Any | Pattern::Holds | Pattern::Bind(_) => false,
            Pattern::Equal(operand) => self.has(operand),
            Pattern::Array(items) => items.iter().any(|item| self.compares(item)),
            Pattern::Object(entries) => {
                entries.iter().any(|(key, value)| self.has(key) || self.compares(value))
            }
        }
    }

    fn bind(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Bind(register) => {
                self.0.insert(*register);
            }
            Pattern::Array(items) => items.iter().for_each(|item| self.bind(item)),
            Pattern::Object(entries) => entries.iter().for_each(|(_, value)| self.bind(value)),
            Pattern::Any | Pattern::Holds | Pattern::Equal(_) => {}
        }
    }

    fn walk(&mut self, walk: &Walk) {
        let is_open = matches!(&walk.root, Root::Operand(operand) if self.has(operand))
            || self.compares(&walk.end)
            || walk.path.iter().any(|hop| match hop {
                Hop::Key(key) => self.has(key),
                // Which elements hold may depend on the path.
                Hop::Each(_) => true,
            });
        if is_open {
            self.bind(&walk.end);
            for hop in &walk.path {
                if let Hop::Each(pattern) = hop {
                    self.bind(pattern);
                }
            }
        }
    }
}
