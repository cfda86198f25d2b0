//! Rules, packages and imports that contradict each other, and how many rules there are.

use crate::old_rego::builtins;
use crate::old_rego::decision::reference;
use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::limits::Limits;
use crate::old_rego::program::{Program, RuleKind};

/// Refuses them.
pub(super) fn check(program: &Program, limits: &Limits, errors: &mut Vec<RegoError>) {
    let count: usize = program.rules.values().map(|rule| rule.definitions.len()).sum();
    if count > limits.rules
        && let Some(module) = program.modules.first()
    {
        errors.push(RegoError::at(
            &module.node.package.span,
            RegoErrorKind::Limit,
            format!("the policy has more than {} rules", limits.rules),
            "express them as one rule over a table in the data document",
        ));
    }
    for (path, rule) in &program.rules {
        let Some(definition) = rule.definitions.first() else { continue };
        let mut conflict = |kind: RegoErrorKind, message: String, hint: &str| {
            errors.push(RegoError::at(definition.rule.span(), kind, message, hint));
        };
        let own_name = path.get(definition_depth(program, definition.module)..).unwrap_or_default().join(".");
        if matches!(rule.kind, RuleKind::Function { .. }) && builtins::find(&own_name).is_some() {
            conflict(
                RegoErrorKind::Refused,
                format!("the function `{own_name}` has the name of a built-in"),
                "give it another name",
            );
        }
        if let Some(package) = program.modules.iter().find(|module| module.package.starts_with(path)) {
            conflict(
                RegoErrorKind::Type,
                format!("rule {} conflicts with package {}", reference(path), reference(&package.package)),
                "rename the rule or the package",
            );
        }
        if let Some((below, _)) = program.rules_under(path).find(|(other, _)| *other != path) {
            if rule.kind == RuleKind::Object {
                conflict(
                    RegoErrorKind::Refused,
                    format!(
                        "{} has computed keys, and a rule for one key: {}",
                        reference(path),
                        reference(below)
                    ),
                    "give all of them computed keys, as in `p[k] := 1 if { k := \"a\"; ... }`",
                );
            } else {
                conflict(
                    RegoErrorKind::Type,
                    format!("rule {} conflicts with rule {}", reference(path), reference(below)),
                    "rename one of them",
                );
            }
        }
        if let Some(name) = path.get(definition_depth(program, definition.module))
            && program.module(definition.module).is_some_and(|module| module.imports.contains_key(name))
        {
            conflict(
                RegoErrorKind::Type,
                format!("the import `{name}` has the name of a rule of the package"),
                "give the import another name with `as`",
            );
        }
    }
}

/// Where in the path of a rule its own name begins.
fn definition_depth(program: &Program, module: usize) -> usize {
    program.module(module).map_or(0, |module| module.package.len())
}
