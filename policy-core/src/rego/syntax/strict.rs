//! What v1 asks of a rule beyond the grammar.

use super::nodes::Nodes;
use super::parser::{ParsedRule, RuleBody};
use super::token::is_v1_keyword;

/// What is wrong with a definition if its module is written in v1.
pub(super) fn faults(nodes: &Nodes, rule: &ParsedRule) -> Vec<String> {
    let head = &rule.head;
    let what = if head.has_args() { "function" } else { "rule" };
    let body_is_missing = matches!(rule.body, RuleBody::Nothing { is_missing: true, .. });
    let mut faults = Vec::new();
    if let [name] = head.reference.as_slice()
        && let Some(name) = nodes.var(*name)
        && is_v1_keyword(name)
    {
        faults.push(format!("{name} keyword cannot be used for rule name"));
    }
    if body_is_missing && head.has_generated_value {
        faults.push(format!("{what} must have value assignment and/or body declaration"));
    }
    if !body_is_missing && !head.has_if && !rule.is_default {
        faults.push(format!("`if` keyword is required before {what} body"));
    }
    if head.value.is_none() && head.key.is_some() && !head.has_contains {
        faults.push(String::from("`contains` keyword is required for partial set rules"));
    }
    faults
}
