//! What a comprehension gives moves into its body if it must be evaluated: `[x.y | b]` is `[v | b; v = x.y]`.

use super::fresh::Fresh;
use super::heads::move_out_of_head;
use super::order::{sort_object, sort_set};
use super::walk::requires_eval;
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Module, Term, TermKind};

/// Rewrites the comprehensions of all modules.
pub(super) fn rewrite(modules: &mut [Module], fresh: &mut Fresh) {
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            let head = &mut rule.head;
            let parts = head.reference.iter_mut().skip(1).chain(head.args.iter_mut().flatten());
            parts.chain(&mut head.key).chain(&mut head.value).for_each(|term| rewrite_term(term, fresh));
            rewrite_body(&mut rule.body, fresh);
            next = rule.otherwise.as_deref_mut();
        }
    }
}

fn rewrite_body(body: &mut Body, fresh: &mut Fresh) {
    body.iter_mut().for_each(|expr| rewrite_expr(expr, fresh));
}

fn rewrite_expr(expr: &mut Expr, fresh: &mut Fresh) {
    match &mut expr.kind {
        ExprKind::Term(term) => rewrite_term(term, fresh),
        ExprKind::Call(call) => rewrite_call(call, fresh),
        ExprKind::Some(_) => {}
        ExprKind::Every(every) => {
            rewrite_term(&mut every.domain, fresh);
            rewrite_body(&mut every.body, fresh);
        }
    }
    for with in &mut expr.with {
        rewrite_term(&mut with.target, fresh);
        rewrite_term(&mut with.value, fresh);
    }
}

fn rewrite_call(call: &mut Call, fresh: &mut Fresh) {
    rewrite_term(&mut call.operator, fresh);
    call.args.iter_mut().for_each(|arg| rewrite_term(arg, fresh));
}

fn rewrite_term(term: &mut Term, fresh: &mut Fresh) {
    match &mut term.kind {
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_)
        | TermKind::Template(_) => {}
        TermKind::Ref(items) | TermKind::Array(items) => {
            items.iter_mut().for_each(|item| rewrite_term(item, fresh));
        }
        TermKind::Set(items) => {
            items.iter_mut().for_each(|item| rewrite_term(item, fresh));
            sort_set(items);
        }
        TermKind::Object(pairs) => {
            for (key, value) in pairs.iter_mut() {
                rewrite_term(key, fresh);
                rewrite_term(value, fresh);
            }
            sort_object(pairs);
        }
        TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) => {
            settle(&mut [element], body, fresh);
        }
        TermKind::ObjectCompr(key, value, body) => settle(&mut [key, value], body, fresh),
        TermKind::Call(call) => rewrite_call(call, fresh),
    }
}

/// The comprehension itself first, then those inside it.
fn settle(results: &mut [&mut Box<Term>], body: &mut Body, fresh: &mut Fresh) {
    for result in results.iter_mut().filter(|result| requires_eval(result)) {
        move_out_of_head(result, body, fresh);
    }
    for result in results {
        rewrite_term(result, fresh);
    }
    rewrite_body(body, fresh);
}
