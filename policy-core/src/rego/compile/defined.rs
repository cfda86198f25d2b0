//! Documents that are always defined, as far as OPA sees it without evaluating anything.

use std::collections::HashSet;

use super::build::head_name;
use super::walk::is_comprehension;
use crate::rego::check::{Key, RuleTree};
use crate::rego::syntax::{Body, Expr, ExprKind, Module, Rule, Term, TermKind};

/// The paths below `data` of documents that are always defined.
#[derive(Debug)]
pub(super) struct Defined {
    paths: HashSet<Vec<Key>>,
}

impl Defined {
    /// Sets, documents with a default, and rules of one definition that have a constant value and no condition.
    pub(super) fn new(modules: &[Module]) -> Self {
        let tree = RuleTree::new(modules);
        let is_defined = |rules: &[&Rule]| match rules {
            [rule] => is_always(rule),
            rules => rules.iter().any(|rule| rule.is_default || is_set(rule)),
        };
        let paths = tree.paths().into_iter().filter_map(|(path, node)| {
            let rules: Vec<&Rule> = tree.rules_at(node).iter().map(|at| tree.rule(*at)).collect();
            let whole = path.len().saturating_add(1);
            let is_whole = rules.iter().all(|rule| rule.head.reference.len() == whole);
            (is_whole && is_defined(&rules)).then_some(path)
        });
        Self { paths: paths.collect() }
    }

    /// Whether a term is a reference to such a document.
    pub(super) fn has(&self, term: &Term) -> bool {
        let TermKind::Ref(parts) = &term.kind else { return false };
        if head_name(parts).is_none_or(|name| &**name != "data") {
            return false;
        }
        let path: Option<Vec<Key>> = parts.iter().skip(1).map(key).collect();
        path.is_some_and(|path| self.paths.contains(&path))
    }
}

/// A constant step of a path.
pub(super) fn key(term: &Term) -> Option<Key> {
    match &term.kind {
        TermKind::Null => Some(Key::Null),
        TermKind::Bool(value) => Some(Key::Bool(*value)),
        TermKind::Number(digits) => Some(Key::Number(digits.clone())),
        TermKind::String(text) => Some(Key::String(text.clone())),
        TermKind::Var(_)
        | TermKind::Ref(_)
        | TermKind::Array(_)
        | TermKind::Object(_)
        | TermKind::Set(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => None,
    }
}

fn is_set(rule: &Rule) -> bool {
    rule.head.key.is_some()
}

fn is_always(rule: &Rule) -> bool {
    if rule.is_default || is_set(rule) {
        return true;
    }
    let is_value = |value: &Term| {
        let is_computed =
            matches!(value.kind, TermKind::Ref(_) | TermKind::Call(_)) || is_comprehension(value);
        !is_computed && is_ground(value)
    };
    rule.head.args.is_none() && rule.head.value.as_ref().is_none_or(is_value) && is_true(&rule.body)
}

fn is_true(body: &Body) -> bool {
    let is_true = |term: &Term| matches!(term.kind, TermKind::Bool(true));
    match body.as_slice() {
        [Expr { kind: ExprKind::Term(term), is_negated: false, .. }] => is_true(term),
        _ => false,
    }
}

/// Whether a term has no variables, as OPA counts them: what a reference starts with is none.
fn is_ground(term: &Term) -> bool {
    match &term.kind {
        TermKind::Var(_) | TermKind::Template(_) => false,
        TermKind::Ref(parts) => parts.iter().skip(1).all(is_ground),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().all(is_ground),
        TermKind::Object(pairs) => pairs.iter().all(|(key, value)| is_ground(key) && is_ground(value)),
        TermKind::Call(call) => is_ground(&call.operator) && call.args.iter().all(is_ground),
        TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) => {
            is_ground(element) && is_ground_body(body)
        }
        TermKind::ObjectCompr(key, value, body) => is_ground(key) && is_ground(value) && is_ground_body(body),
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => true,
    }
}

fn is_ground_body(body: &Body) -> bool {
    body.iter().all(|expr| match &expr.kind {
        ExprKind::Term(term) => is_ground(term),
        ExprKind::Call(call) => call.args.iter().all(is_ground),
        ExprKind::Some(_) | ExprKind::Every(_) => true,
    })
}
