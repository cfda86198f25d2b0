//! Data where rules define what is there.

use super::names::ref_text;
use super::tree::{Key, NodeId, ROOT, RuleTree};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::value::Value;

/// What the data has at a path.
#[derive(Clone)]
enum Found {
    /// This.
    Value(Value<'static>),
    /// Nothing, and the last thing on the way was an object, so that there could be something.
    Nothing,
    /// Nothing, and there cannot be: the last thing on the way is no object.
    Blocked,
}

/// Rules at whose paths there is data, or above which there is data that is no object. Only the first on each path.
pub(super) fn conflicts(tree: &RuleTree<'_>, data: &Value<'static>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut work = vec![(ROOT, Found::Value(data.clone()), String::new())];
    while let Some((node, found, path)) = work.pop() {
        let taken = matches!(found, Found::Value(_) | Found::Blocked) && node != ROOT;
        if let (true, Some(first)) = (taken, tree.rules_at(node).first()) {
            let message = format!("conflicting rule for data path {path} found");
            faults.push(Fault::new(tree.rule(*first).at, RegoErrorKind::Compile, message));
            continue;
        }
        for (key, child) in tree.children(node) {
            match key {
                Key::String(name) => {
                    let path = if path.is_empty() { name.to_string() } else { format!("{path}/{name}") };
                    work.push((child, step(&found, name, node == ROOT), path));
                }
                // OPA does not look for data at such keys: they cannot be there, but what is in their way can.
                Key::Null | Key::Bool(_) | Key::Number(_) => {
                    faults.extend(blocked(tree, node, child, &found))
                }
            }
        }
    }
    faults.sort_by_key(|fault| fault.at);
    faults
}

fn step(found: &Found, name: &str, is_root: bool) -> Found {
    match found {
        Found::Value(value) => match child(value, name) {
            Some(value) => Found::Value(value),
            None if value.is_object() || is_root => Found::Nothing,
            None => Found::Blocked,
        },
        Found::Nothing => Found::Nothing,
        Found::Blocked => Found::Blocked,
    }
}

/// What lies below a value; in an array by an index that is written as text, as in OPA's store.
fn child(value: &Value<'static>, name: &str) -> Option<Value<'static>> {
    match value {
        Value::Object(object) => object.child(&Value::text(name)),
        Value::Array(items) => {
            let is_canonical = name == "0" || !name.starts_with(['0', '+', '-']);
            items.at(name.parse().ok().filter(|_| is_canonical)?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Set(_) => None,
    }
}

/// OPA takes such a policy, and evaluates it with the data hidden or not, depending on the way of asking.
fn blocked(tree: &RuleTree<'_>, node: NodeId, child: NodeId, found: &Found) -> Option<Fault> {
    let is_blocked = match found {
        Found::Value(value) => !value.is_object(),
        Found::Nothing => false,
        Found::Blocked => true,
    };
    let first = *tree.rules_below(child).first()?;
    let rule = tree.rule(first);
    let message = format!("rule {} is where the data has something else", ref_text(&rule.head.reference));
    let fault =
        || Fault::new(rule.at, RegoErrorKind::Refused, message).hint("rename the rule, or move the data");
    (is_blocked && node != ROOT).then(fault)
}
