//! `==` becomes `=`: once it is known that both sides are bound, they mean the same.

use super::build::{EQ, EQUAL, calls, operator};
use super::order::{sort_object, sort_set};
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Module, Term, TermKind};

/// Rewrites the comparisons of all modules.
pub(super) fn rewrite(modules: &mut [Module]) {
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            let head = &mut rule.head;
            let parts = head.reference.iter_mut().skip(1).chain(head.args.iter_mut().flatten());
            parts.chain(&mut head.key).chain(&mut head.value).for_each(rewrite_term);
            rewrite_body(&mut rule.body);
            next = rule.otherwise.as_deref_mut();
        }
    }
}

fn rewrite_body(body: &mut Body) {
    body.iter_mut().for_each(rewrite_expr);
}

fn rewrite_expr(expr: &mut Expr) {
    match &mut expr.kind {
        ExprKind::Term(term) => rewrite_term(term),
        ExprKind::Call(call) => {
            if calls(call, EQUAL) && call.args.len() == 2 {
                call.operator = operator(call.operator.at, EQ);
            }
            rewrite_call(call);
        }
        ExprKind::Some(_) => {}
        ExprKind::Every(every) => {
            rewrite_term(&mut every.domain);
            rewrite_body(&mut every.body);
        }
    }
    for with in &mut expr.with {
        rewrite_term(&mut with.target);
        rewrite_term(&mut with.value);
    }
}

fn rewrite_call(call: &mut Call) {
    call.args.iter_mut().for_each(rewrite_term);
}

fn rewrite_term(term: &mut Term) {
    match &mut term.kind {
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_)
        | TermKind::Template(_) => {}
        TermKind::Ref(items) | TermKind::Array(items) => items.iter_mut().for_each(rewrite_term),
        TermKind::Set(items) => {
            items.iter_mut().for_each(rewrite_term);
            sort_set(items);
        }
        TermKind::Object(pairs) => {
            for (key, value) in pairs.iter_mut() {
                rewrite_term(key);
                rewrite_term(value);
            }
            sort_object(pairs);
        }
        TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) => {
            rewrite_term(element);
            rewrite_body(body);
        }
        TermKind::ObjectCompr(key, value, body) => {
            rewrite_term(key);
            rewrite_term(value);
            rewrite_body(body);
        }
        TermKind::Call(call) => rewrite_call(call),
    }
}
