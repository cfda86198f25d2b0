//! The elements of sets and the keys of objects come in order, and once each: so the later stages find them.

use super::order::{sort_object, sort_set};
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Rule, TemplatePart, Term, TermKind};

/// Orders what is in one rule and in those after its `else`.
pub(super) fn rule(rule: &mut Rule) {
    let mut next = Some(rule);
    while let Some(rule) = next {
        rule.head.reference.iter_mut().skip(1).for_each(term);
        rule.head.args.iter_mut().flatten().for_each(term);
        rule.head.key.iter_mut().for_each(term);
        rule.head.value.iter_mut().for_each(term);
        body(&mut rule.body);
        next = rule.otherwise.as_deref_mut();
    }
}

fn body(exprs: &mut Body) {
    exprs.iter_mut().for_each(expr);
}

fn expr(expr: &mut Expr) {
    match &mut expr.kind {
        ExprKind::Term(ordered) => term(ordered),
        ExprKind::Call(ordered) => call(ordered),
        ExprKind::Some(some) => some.symbols.iter_mut().for_each(term),
        ExprKind::Every(every) => {
            every.key.iter_mut().for_each(term);
            term(&mut every.value);
            term(&mut every.domain);
            body(&mut every.body);
        }
    }
    for with in &mut expr.with {
        term(&mut with.target);
        term(&mut with.value);
    }
}

fn call(call: &mut Call) {
    term(&mut call.operator);
    call.args.iter_mut().for_each(term);
}

fn term(ordered: &mut Term) {
    match &mut ordered.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) | TermKind::Var(_) => {
        }
        TermKind::Ref(parts) => parts.iter_mut().for_each(term),
        TermKind::Array(items) => items.iter_mut().for_each(term),
        TermKind::Set(items) => {
            items.iter_mut().for_each(term);
            sort_set(items);
        }
        TermKind::Object(pairs) => {
            for (key, value) in pairs.iter_mut() {
                term(key);
                term(value);
            }
            sort_object(pairs);
        }
        TermKind::ArrayCompr(element, exprs) | TermKind::SetCompr(element, exprs) => {
            term(element);
            body(exprs);
        }
        TermKind::ObjectCompr(key, value, exprs) => {
            term(key);
            term(value);
            body(exprs);
        }
        TermKind::Call(ordered) => call(ordered),
        TermKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expr(ordered) = part {
                    expr(ordered);
                }
            }
        }
    }
}
