//! Calls inside terms become expressions of their own: `f(g(x)) == 1` is `g(x, a); f(a, b); b == 1`, so that what is
//! undefined inside makes the whole undefined.

use super::build::{equality, var};
use super::fresh::Fresh;
use super::order::{sort_object, sort_set};
use super::walk::is_comprehension;
use super::work::Work;
use crate::rego::error::Fault;
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Module, Rule, Term, TermKind, With};

/// Takes the calls out of all terms.
pub(super) fn rewrite(modules: &mut [Module], fresh: &mut Fresh, work: &mut Work) -> Vec<Fault> {
    let mut calls = Calls { fresh, work };
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            calls.work.begin(rule.at);
            calls.rule(rule);
            next = rule.otherwise.as_deref_mut();
        }
    }
    calls.work.fault().into_iter().collect()
}

struct Calls<'a> {
    fresh: &'a mut Fresh,
    work: &'a mut Work,
}

impl Calls<'_> {
    fn rule(&mut self, rule: &mut Rule) {
        let head = &mut rule.head;
        for term in head.args.iter_mut().flatten().chain(&mut head.key).chain(&mut head.value) {
            self.expand_head(term, &mut rule.body);
        }
        self.body(&mut rule.body);
    }

    fn body(&mut self, body: &mut Body) {
        let mut result = Body::with_capacity(body.len());
        for expr in std::mem::take(body) {
            self.expr(expr, &mut result);
        }
        *body = result;
    }

    /// Appends to `result` what the expression needs, and the expression.
    fn expr(&mut self, mut expr: Expr, result: &mut Body) {
        for with in &mut expr.with {
            self.expand(&mut with.value, result);
        }
        let first = result.len();
        match &mut expr.kind {
            ExprKind::Term(term) => self.expand(term, result),
            ExprKind::Call(call) => call.args.iter_mut().for_each(|arg| self.expand(arg, result)),
            ExprKind::Some(_) => {}
            ExprKind::Every(every) => {
                let at = every.domain.at;
                let name = self.fresh.name();
                let domain = std::mem::replace(&mut every.domain, var(at, name.clone()));
                let bound = equality(at, var(at, name), domain);
                let with = self.work.copy(&expr.with);
                self.expr(Expr { with, ..bound }, result);
                self.body(&mut every.body);
                return result.push(expr);
            }
        }
        self.evaluate_with(result, first, &expr.with);
        result.push(expr);
    }

    /// What was taken out of an expression is evaluated with the same replacements.
    fn evaluate_with(&mut self, body: &mut Body, first: usize, with: &[With]) {
        if !with.is_empty() {
            body.iter_mut().skip(first).for_each(|expr| expr.with = self.work.copy(with));
        }
    }

    /// The same for what a body gives: a body that is only `true` gives way.
    fn expand_head(&mut self, term: &mut Term, body: &mut Body) {
        let before = body.len();
        self.expand(term, body);
        if body.len() > before {
            super::heads::give_way(body, before);
        }
    }

    /// Takes the calls out of a term: what computes them goes to `body`.
    fn expand(&mut self, term: &mut Term, body: &mut Body) {
        match &mut term.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Template(_) => {}
            TermKind::Ref(parts) => {
                parts.iter_mut().for_each(|part| self.expand(part, body));
                if let Some(head) = parts.first_mut().filter(|head| is_composite(head)) {
                    super::heads::move_out(head, body, self.fresh);
                }
            }
            TermKind::Array(items) => items.iter_mut().for_each(|item| self.expand(item, body)),
            TermKind::Set(items) => {
                items.iter_mut().for_each(|item| self.expand(item, body));
                sort_set(items);
            }
            TermKind::Object(pairs) => {
                for (key, value) in pairs.iter_mut() {
                    self.expand(key, body);
                    self.expand(value, body);
                }
                sort_object(pairs);
            }
            TermKind::ArrayCompr(element, inner) | TermKind::SetCompr(element, inner) => {
                self.expand_head(element, inner);
                self.body(inner);
            }
            TermKind::ObjectCompr(key, value, inner) => {
                self.expand_head(key, inner);
                self.expand_head(value, inner);
                self.body(inner);
            }
            TermKind::Call(call) => {
                call.args.iter_mut().for_each(|arg| self.expand(arg, body));
                let name = self.fresh.name();
                let at = term.at;
                let TermKind::Call(call) = std::mem::replace(&mut term.kind, TermKind::Var(name.clone()))
                else {
                    return;
                };
                let Call { operator, mut args } = *call;
                args.push(var(at, name));
                body.push(super::build::expr(at, ExprKind::Call(Call { operator, args })));
            }
        }
    }
}

/// Whether a reference cannot start with such a term.
fn is_composite(term: &Term) -> bool {
    matches!(term.kind, TermKind::Array(_) | TermKind::Object(_) | TermKind::Set(_) | TermKind::Call(_))
        || is_comprehension(term)
}
