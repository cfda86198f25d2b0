//! Rules that contradict each other.

use std::collections::BTreeSet;

use super::names::ref_text;
use super::tree::{NodeId, RuleAt, RuleTree, is_constant_path};
use super::{documents, packages};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Head, Module};
use crate::rego::value::Value;

/// Rules of different kinds at one path, rules inside the documents of others, several defaults, packages inside the
/// documents of rules, and data where rules define what is there.
pub(in crate::rego) fn rule_conflicts(modules: &[Module], data: &Value<'static>) -> Vec<Fault> {
    let tree = RuleTree::new(modules);
    let mut faults: Vec<Fault> = tree.nodes().filter_map(|node| conflict_at(&tree, node)).collect();
    faults.sort_by_key(|fault| fault.at);
    faults.extend(documents::conflicts(&tree, data));
    faults.extend(packages::conflicts(modules));
    // What only this engine refuses is told if OPA refuses nothing.
    if faults.iter().any(|fault| fault.kind != RegoErrorKind::Refused) {
        faults.retain(|fault| fault.kind != RegoErrorKind::Refused);
    }
    faults
}

fn conflict_at(tree: &RuleTree<'_>, node: NodeId) -> Option<Fault> {
    let rules = tree.rules_at(node);
    let first = tree.rule(*rules.first()?);
    let name = rules.last().map(|rule| ref_text(&tree.rule(*rule).head.reference)).unwrap_or_default();
    let heads = || rules.iter().map(|rule| &tree.rule(*rule).head);

    // A rule without variables in its path has its document for itself; others share it, but not with functions.
    let is_whole = heads().any(|head| is_constant_path(&head.reference));
    let is_function = |head: &Head| head.args.as_ref().is_some_and(|args| !args.is_empty());
    let below: BTreeSet<String> = tree
        .children(node)
        .flat_map(|(_, child)| tree.rules_below(child))
        .map(|rule| &tree.rule(rule).head)
        .filter(|head| is_whole || is_function(head))
        .map(|head| ref_text(&head.reference))
        .collect();
    if let Some(other) = below.first() {
        let message = format!("rule {name} conflicts with rule {other}");
        return Some(Fault::new(first.at, RegoErrorKind::Type, message));
    }

    let kinds: BTreeSet<bool> = heads().map(is_set).collect();
    let arities: BTreeSet<usize> = heads().map(|head| head.args.as_ref().map_or(0, Vec::len)).collect();
    let constant: BTreeSet<bool> = heads().map(|head| is_constant_path(&head.reference)).collect();
    if [kinds.len(), arities.len(), constant.len()].into_iter().any(|different| different > 1) {
        return Some(Fault::new(first.at, RegoErrorKind::Type, format!("conflicting rules {name} found")));
    }

    let defaults: Vec<RuleAt> = rules.iter().copied().filter(|rule| tree.rule(*rule).is_default).collect();
    let [first_default, _, ..] = defaults.as_slice() else { return None };
    let lines: Vec<String> = defaults.iter().map(|rule| tree.rule(*rule).at.line.to_string()).collect();
    let message = format!("multiple default rules {name} found in lines {}", lines.join(", "));
    Some(Fault::new(tree.module(*first_default).package.at, RegoErrorKind::Type, message))
}

fn is_set(head: &Head) -> bool {
    head.value.is_none()
}
