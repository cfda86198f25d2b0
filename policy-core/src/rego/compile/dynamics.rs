//! References and comprehensions inside terms are evaluated before the expression that uses them.
//!
//! This decides what `not` means: `not f(input.x)` is `a = input.x; not f(a)`, undefined if `input.x` is, while
//! `not input.x` and the two sides of `not input.x = 1` stay as they are, and hold if `input.x` is undefined.

use super::build::{EQ, calls, equality, var};
use super::fresh::Fresh;
use super::order::{sort_object, sort_set};
use super::work::Work;
use crate::rego::error::Fault;
use crate::rego::syntax::{Body, Expr, ExprKind, Module, Term, TermKind, With};

/// Rewrites the bodies of all modules.
pub(super) fn rewrite(modules: &mut [Module], fresh: &mut Fresh, work: &mut Work) -> Vec<Fault> {
    let tools = &mut Tools { fresh, work };
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            tools.work.begin(rule.at);
            rewrite_body(&mut rule.body, tools);
            next = rule.otherwise.as_deref_mut();
        }
    }
    tools.work.fault().into_iter().collect()
}

struct Tools<'a> {
    fresh: &'a mut Fresh,
    work: &'a mut Work,
}

fn rewrite_body(body: &mut Body, tools: &mut Tools<'_>) {
    let mut result = Body::with_capacity(body.len());
    for mut expr in std::mem::take(body) {
        rewrite_expr(&mut expr, tools, &mut result);
        result.push(expr);
    }
    *body = result;
}

/// Appends to `body` what must be evaluated before the expression.
fn rewrite_expr(expr: &mut Expr, tools: &mut Tools<'_>, body: &mut Body) {
    let mut hoist = Hoist { with: &expr.with, tools, body };
    match &mut expr.kind {
        ExprKind::Term(term) => hoist.inside(term),
        ExprKind::Call(call) if calls(call, EQ) => {
            if call.args.len() == 2 {
                call.args.iter_mut().for_each(|arg| hoist.inside(arg));
            }
        }
        ExprKind::Call(call) => call.args.iter_mut().for_each(|arg| hoist.term(arg)),
        ExprKind::Some(_) => {}
        ExprKind::Every(every) => {
            hoist.term(&mut every.domain);
            rewrite_body(&mut every.body, tools);
        }
    }
}

/// Moves terms out of an expression, to be evaluated with the same replacements.
struct Hoist<'a, 't> {
    with: &'a [With],
    tools: &'a mut Tools<'t>,
    body: &'a mut Body,
}

impl Hoist<'_, '_> {
    /// A term that is evaluated where it stands: only what is inside moves out.
    fn inside(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Ref(parts) => parts.iter_mut().skip(1).for_each(|part| self.term(part)),
            TermKind::ArrayCompr(_, body)
            | TermKind::SetCompr(_, body)
            | TermKind::ObjectCompr(_, _, body) => {
                rewrite_body(body, self.tools);
            }
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Array(_)
            | TermKind::Object(_)
            | TermKind::Set(_)
            | TermKind::Call(_)
            | TermKind::Template(_) => self.term(term),
        }
    }

    /// A term that must be a value when the expression is evaluated.
    fn term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Call(_)
            | TermKind::Template(_) => {}
            TermKind::Ref(parts) => {
                parts.iter_mut().skip(1).for_each(|part| self.term(part));
                self.bind(term);
            }
            TermKind::Array(items) => items.iter_mut().for_each(|item| self.term(item)),
            TermKind::Set(items) => {
                items.iter_mut().for_each(|item| self.term(item));
                sort_set(items);
            }
            TermKind::Object(pairs) => {
                for (key, value) in pairs.iter_mut() {
                    self.term(key);
                    self.term(value);
                }
                sort_object(pairs);
            }
            TermKind::ArrayCompr(_, body)
            | TermKind::SetCompr(_, body)
            | TermKind::ObjectCompr(_, _, body) => {
                rewrite_body(body, self.tools);
                self.bind(term);
            }
        }
    }

    fn bind(&mut self, place: &mut Term) {
        let at = place.at;
        let name = self.tools.fresh.name();
        let value = std::mem::replace(place, var(at, name.clone()));
        self.body.push(Expr { with: self.tools.work.copy(self.with), ..equality(at, var(at, name), value) });
    }
}
