//! Calls inside terms become expressions of their own: `f(g(x)) == 1` is `g(x, a); f(a, b); b == 1`, so that what is
//! undefined inside makes the whole undefined.

use super::build::{equality, var};
use super::fresh::Fresh;
use super::order::{sort_object, sort_set};
use super::walk::is_comprehension;
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Module, Rule, Term, TermKind, With};

/// Takes the calls out of all terms.
pub(super) fn rewrite(modules: &mut [Module], fresh: &mut Fresh) {
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            rewrite_rule(rule, fresh);
            next = rule.otherwise.as_deref_mut();
        }
    }
}

fn rewrite_rule(rule: &mut Rule, fresh: &mut Fresh) {
    let head = &mut rule.head;
    for term in head.args.iter_mut().flatten().chain(&mut head.key).chain(&mut head.value) {
        expand(term, fresh, &mut rule.body);
    }
    rewrite_body(&mut rule.body, fresh);
}

fn rewrite_body(body: &mut Body, fresh: &mut Fresh) {
    let mut result = Body::with_capacity(body.len());
    for expr in std::mem::take(body) {
        rewrite_expr(expr, fresh, &mut result);
    }
    *body = result;
}

/// Appends to `result` what the expression needs, and the expression.
fn rewrite_expr(mut expr: Expr, fresh: &mut Fresh, result: &mut Body) {
    for with in &mut expr.with {
        expand(&mut with.value, fresh, result);
    }
    let first = result.len();
    match &mut expr.kind {
        ExprKind::Term(term) => expand(term, fresh, result),
        ExprKind::Call(call) => call.args.iter_mut().for_each(|arg| expand(arg, fresh, result)),
        ExprKind::Some(_) => {}
        ExprKind::Every(every) => {
            let at = every.domain.at;
            let name = fresh.name();
            let domain = std::mem::replace(&mut every.domain, var(at, name.clone()));
            let bound = equality(at, var(at, name), domain);
            rewrite_expr(Expr { with: expr.with.clone(), ..bound }, fresh, result);
            rewrite_body(&mut every.body, fresh);
            return result.push(expr);
        }
    }
    evaluate_with(result, first, &expr.with);
    result.push(expr);
}

/// What was taken out of an expression is evaluated with the same replacements.
fn evaluate_with(body: &mut Body, first: usize, with: &[With]) {
    if !with.is_empty() {
        body.iter_mut().skip(first).for_each(|expr| expr.with = with.to_vec());
    }
}

/// Takes the calls out of a term: what computes them goes to `body`.
fn expand(term: &mut Term, fresh: &mut Fresh, body: &mut Body) {
    match &mut term.kind {
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_)
        | TermKind::Template(_) => {}
        TermKind::Ref(parts) => {
            parts.iter_mut().for_each(|part| expand(part, fresh, body));
            if let Some(head) = parts.first_mut().filter(|head| is_composite(head)) {
                super::heads::move_out(head, body, fresh);
            }
        }
        TermKind::Array(items) => items.iter_mut().for_each(|item| expand(item, fresh, body)),
        TermKind::Set(items) => {
            items.iter_mut().for_each(|item| expand(item, fresh, body));
            sort_set(items);
        }
        TermKind::Object(pairs) => {
            for (key, value) in pairs.iter_mut() {
                expand(key, fresh, body);
                expand(value, fresh, body);
            }
            sort_object(pairs);
        }
        TermKind::ArrayCompr(element, inner) | TermKind::SetCompr(element, inner) => {
            expand(element, fresh, inner);
            rewrite_body(inner, fresh);
        }
        TermKind::ObjectCompr(key, value, inner) => {
            expand(key, fresh, inner);
            expand(value, fresh, inner);
            rewrite_body(inner, fresh);
        }
        TermKind::Call(call) => {
            call.args.iter_mut().for_each(|arg| expand(arg, fresh, body));
            let name = fresh.name();
            let at = term.at;
            let TermKind::Call(call) = std::mem::replace(&mut term.kind, TermKind::Var(name.clone())) else { return };
            let Call { operator, mut args } = *call;
            args.push(var(at, name));
            body.push(super::build::expr(at, ExprKind::Call(Call { operator, args })));
        }
    }
}

/// Whether a reference cannot start with such a term.
fn is_composite(term: &Term) -> bool {
    matches!(term.kind, TermKind::Array(_) | TermKind::Object(_) | TermKind::Set(_) | TermKind::Call(_))
        || is_comprehension(term)
}
