//! Whether there is something at the path of the decision.

use super::groups::{Families, tree_groups};
use super::ir::GroupKind;
use crate::rego::decision::reference;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Loc, Module};
use crate::rego::value::Value;

/// Refuses a decision that no rule defines.
///
/// # Errors
/// With the rules that there are, for the one who mistyped one.
pub(super) fn check(
    families: &Families<'_>,
    modules: &[Module],
    path: &[Value<'static>],
) -> Result<(), Fault> {
    let names: Vec<String> = path.iter().filter_map(|key| key.as_str().map(str::to_owned)).collect();
    let decision = reference(&names);
    let refused = |message: String| Fault::new(Loc::POLICY, RegoErrorKind::Decision, message);
    let mut node = &families.tree;
    for key in path {
        if node.group.is_some() {
            break;
        }
        let Some(child) = node.child(key) else {
            return Err(refused(format!("there is no rule {decision}")).hint(listing(families)));
        };
        node = child;
    }
    if let Some(group) = node.group {
        return match families.family(group).map(|family| family.kind) {
            Some(GroupKind::Function(_)) => {
                Err(refused(format!("the decision {decision} is a function"))
                    .hint("name a rule that calls it"))
            }
            _ => Ok(()),
        };
    }
    let is_package = modules.iter().any(|module| {
        module.package.path.len() >= path.len()
            && module.package.path.iter().zip(&names).all(|(segment, name)| **segment == **name)
    });
    if is_package || tree_groups(node).is_empty() {
        let message = format!("the decision {decision} is a package, not a rule");
        return Err(refused(message).hint(listing(families)));
    }
    Ok(())
}

/// What decisions there are.
fn listing(families: &Families<'_>) -> String {
    const SHOWN: usize = 20;
    let name = |path: &[Value<'static>]| path.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("/");
    let rules: Vec<String> = families
        .families
        .iter()
        .filter(|family| !matches!(family.kind, GroupKind::Function(_)))
        .map(|family| name(&family.path))
        .collect();
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
