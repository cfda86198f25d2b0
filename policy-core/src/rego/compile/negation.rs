//! `not` as `import future.keywords.not` has it: everything that the expression needs is inside of the negation, so
//! that it holds also where a part of the expression is undefined.
//!
//! `not f(input.x)` becomes `[true | f(input.x)] = []`. Its variables must have their values elsewhere, as with the
//! `not` of old: for each of them the body gets a condition that says no more than that.

use super::build::{equality, expr, term, var};
use crate::rego::check::{Scope, expr_vars, is_reserved};
use crate::rego::syntax::{Body, Expr, ExprKind, Module, Term, TermKind};

/// Whether the module's imports ask for it. In v1 the import of all of the future's keywords does too.
pub(super) fn is_wanted(module: &Module) -> bool {
    module.imports.iter().any(|import| {
        let path: Vec<&str> = import.path.iter().map(|part| &**part).collect();
        match path.as_slice() {
            ["future", "keywords", "not"] => true,
            ["future", "keywords"] => module.is_v1,
            _ => false,
        }
    })
}

/// Rewrites the negations of a module.
pub(super) fn rewrite(module: &mut Module) {
    for rule in &mut module.rules {
        let mut next = Some(rule);
        while let Some(rule) = next {
            let head = &mut rule.head;
            let terms = head.reference.iter_mut().chain(head.args.iter_mut().flatten());
            terms.chain(&mut head.key).chain(&mut head.value).for_each(inside);
            body(&mut rule.body);
            next = rule.otherwise.as_deref_mut();
        }
    }
}

fn body(exprs: &mut Body) {
    let mut result = Body::with_capacity(exprs.len());
    for mut expr in std::mem::take(exprs) {
        match &mut expr.kind {
            ExprKind::Term(term) => inside(term),
            ExprKind::Call(call) => call.args.iter_mut().for_each(inside),
            ExprKind::Some(some) => some.symbols.iter_mut().for_each(inside),
            ExprKind::Every(every) => {
                inside(&mut every.domain);
                body(&mut every.body);
            }
        }
        expr.with.iter_mut().for_each(|with| inside(&mut with.value));
        if expr.is_negated { negation(expr, &mut result) } else { result.push(expr) }
    }
    *exprs = result;
}

fn negation(mut negated: Expr, result: &mut Body) {
    let at = negated.at;
    negated.is_negated = false;
    for name in expr_vars(&negated, Scope::Safety) {
        if !is_reserved(&name) {
            result.push(equality(at, var(at, name.clone()), var(at, name)));
        }
    }
    let found = Box::new(term(at, TermKind::Bool(true)));
    let ways = term(at, TermKind::ArrayCompr(found, vec![negated]));
    let none = term(at, TermKind::Array(Vec::new()));
    result.push(expr(at, equality(at, ways, none).kind));
}

/// The bodies in a term.
fn inside(term: &mut Term) {
    match &mut term.kind {
        TermKind::Ref(items) | TermKind::Array(items) | TermKind::Set(items) => {
            items.iter_mut().for_each(inside);
        }
        TermKind::Object(entries) => {
            for (key, value) in entries {
                inside(key);
                inside(value);
            }
        }
        TermKind::ArrayCompr(item, exprs) | TermKind::SetCompr(item, exprs) => {
            inside(item);
            body(exprs);
        }
        TermKind::ObjectCompr(key, value, exprs) => {
            inside(key);
            inside(value);
            body(exprs);
        }
        TermKind::Call(call) => call.args.iter_mut().for_each(inside),
        TermKind::Template(_)
        | TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_) => {}
    }
}
