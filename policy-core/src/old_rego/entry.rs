//! How the decision is reached: the rule to evaluate, or one of ours that refers to what is asked for.

use std::collections::BTreeSet;

use regorus::Value as Inner;

use super::decision::{DecisionPath, reference};
use super::error::{RegoError, RegoErrorKind};
use super::program::{Path, Program, RuleKind};

/// The package of the rule that we add where the decision is not one rule's value.
pub(super) const PACKAGE: &str = "__doorward_decision";

/// Puts empty objects where rules with longer names would be, as OPA does: regorus leaves them out.
pub(super) fn with_objects(value: Inner, objects: &[Path]) -> Inner {
    let mut value = value;
    for path in objects {
        if value == Inner::Undefined {
            value = Inner::new_object();
        }
        let mut at = &mut value;
        for step in path {
            let Ok(entries) = at.as_object_mut() else { break };
            let key = Inner::from(step.as_str());
            if entries.get(&key).is_none() {
                entries.insert(key.clone(), Inner::new_object());
            }
            let Some(next) = entries.get_mut(&key) else { break };
            at = next;
        }
    }
    value
}

/// How the decision is reached.
pub(super) enum Entry {
    /// It is the value of one rule.
    Rule(String),
    /// It lies inside of a rule's value: a rule of ours refers to it.
    Inside(String),
    /// It is the object that several rules make up: a rule of ours refers to it. With the objects in it.
    Object(String, Vec<Path>),
}

impl Entry {
    pub(super) fn of(program: &Program, decision: &DecisionPath) -> Result<Self, RegoError> {
        let path = decision.segments();
        let refused = |message: String, hint: String| {
            Err(RegoError::whole("policy", RegoErrorKind::Decision, message, hint))
        };
        if let Some(rule) = program.rules.get(path) {
            if let RuleKind::Function { .. } = rule.kind {
                return refused(
                    format!("the decision {decision} is a function"),
                    String::from("name a rule that calls it"),
                );
            }
            return Ok(Self::Rule(reference(path)));
        }
        // Rules below the path, which is not a whole package; or the path leads into one rule's value.
        let below =
            program.rules_under(path).any(|(_, rule)| !matches!(rule.kind, RuleKind::Function { .. }));
        let package = program.modules.iter().any(|module| module.package.starts_with(path));
        let above = (0..path.len()).rev().find_map(|n| program.rules.get(path.get(..n)?));
        let inside = above.is_some_and(|rule| !matches!(rule.kind, RuleKind::Function { .. }));
        if inside {
            return Ok(Self::Inside(reference(path)));
        }
        if below && !package {
            return Ok(Self::Object(reference(path), objects_in(program, path)));
        }
        let rules: Vec<String> = program
            .rules
            .iter()
            .filter(|(_, rule)| !matches!(rule.kind, RuleKind::Function { .. }))
            .map(|(path, _)| path.join("/"))
            .collect();
        let message = if package {
            format!("the decision {decision} is a package, not a rule")
        } else {
            format!("there is no rule {decision}")
        };
        refused(message, listing(&rules))
    }

    /// The module to add, if any.
    pub(super) fn module(&self) -> Option<String> {
        match self {
            Self::Rule(_) => None,
            Self::Inside(reference) | Self::Object(reference, _) => {
                Some(format!("package {PACKAGE}\nresult := {reference}\n"))
            }
        }
    }

    /// The rule to evaluate.
    pub(super) fn rule(&self) -> String {
        match self {
            Self::Rule(rule) => rule.clone(),
            Self::Inside(_) | Self::Object(..) => format!("data.{PACKAGE}.result"),
        }
    }

    /// The objects that the decision has in any case.
    pub(super) fn objects(&self) -> Vec<Path> {
        match self {
            Self::Rule(_) | Self::Inside(_) => Vec::new(),
            Self::Object(_, objects) => objects.clone(),
        }
    }
}

/// The objects on the way from a path to the rules below it, each by its path from there; the outermost is empty.
fn objects_in(program: &Program, path: &[String]) -> Vec<Path> {
    let mut objects = BTreeSet::new();
    for (rule, view) in program.rules_under(path) {
        if matches!(view.kind, RuleKind::Function { .. }) {
            continue;
        }
        let inside = rule.get(path.len()..).unwrap_or_default();
        for length in 0..inside.len() {
            objects.insert(inside.get(..length).unwrap_or_default().to_vec());
        }
    }
    objects.into_iter().collect()
}

/// What decisions there are, for the one who mistyped one.
fn listing(rules: &[String]) -> String {
    const SHOWN: usize = 20;
    if rules.is_empty() {
        return String::from("the policy has no rules");
    }
    let more = rules.len().saturating_sub(SHOWN);
    let names = rules.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 {
        format!("the rules are: {names} and {more} more")
    } else {
        format!("the rules are: {names}")
    }
}
