//! Brings what was parsed into the shapes that the stages expect.

use super::build::{is_root, operator, take};
use super::order::{sort_object, sort_set};
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Rule, TemplatePart, Term, TermKind};

/// Shapes one rule and those after its `else`: functions are called by references, `input` and `data` are
/// references wherever they stand, and sets and objects have their elements in order and once.
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
        ExprKind::Term(shaped) => term(shaped),
        ExprKind::Call(shaped) => call(shaped),
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
    if let TermKind::Var(name) = &call.operator.kind {
        call.operator = operator(call.operator.at, name);
    }
    // The parts of a function's name are no documents.
    if let TermKind::Ref(parts) = &mut call.operator.kind {
        parts.iter_mut().skip(1).for_each(term);
    }
    call.args.iter_mut().for_each(term);
}

fn term(shaped: &mut Term) {
    match &mut shaped.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {}
        TermKind::Var(name) => {
            if is_root(name) {
                shaped.kind = TermKind::Ref(vec![take(&mut shaped.clone())]);
            }
        }
        TermKind::Ref(parts) => {
            let mut parts = parts.iter_mut();
            if let Some(head) = parts.next()
                && !matches!(head.kind, TermKind::Var(_))
            {
                term(head);
            }
            parts.for_each(term);
        }
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
        TermKind::Call(shaped) => call(shaped),
        TermKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expr(shaped) = part {
                    expr(shaped);
                }
            }
        }
    }
}
