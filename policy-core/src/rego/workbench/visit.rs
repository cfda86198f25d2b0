//! Every expression of a module as its author wrote it.

use crate::rego::syntax::{Body, Call, Expr, ExprKind, Head, Module, Rule, TemplatePart, Term, TermKind};

/// What is visited.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Rule(&'a Rule),
    Expr(&'a Expr),
}

/// Visits every rule, with those after `else`, and every expression in it, outermost first.
pub(super) fn visit_module<'a>(module: &'a Module, visit: &mut dyn FnMut(Part<'a>)) {
    module.rules.iter().for_each(|rule| visit_rule(rule, visit));
}

/// The same of one rule.
pub(super) fn visit_rule<'a>(rule: &'a Rule, visit: &mut dyn FnMut(Part<'a>)) {
    let mut link = Some(rule);
    while let Some(rule) = link {
        visit(Part::Rule(rule));
        let Head { reference, args, key, value, .. } = &rule.head;
        let terms = reference.iter().chain(args.iter().flatten()).chain(key).chain(value);
        terms.for_each(|item| term(item, visit));
        visit_body(&rule.body, visit);
        link = rule.otherwise.as_deref();
    }
}

/// The same of a body.
pub(super) fn visit_body<'a>(body: &'a Body, visit: &mut dyn FnMut(Part<'a>)) {
    body.iter().for_each(|item| expr(item, visit));
}

fn expr<'a>(item: &'a Expr, visit: &mut dyn FnMut(Part<'a>)) {
    visit(Part::Expr(item));
    match &item.kind {
        ExprKind::Term(inner) => term(inner, visit),
        ExprKind::Call(inner) => call(inner, visit),
        ExprKind::Some(some) => some.symbols.iter().for_each(|symbol| term(symbol, visit)),
        ExprKind::Every(every) => {
            term(&every.domain, visit);
            visit_body(&every.body, visit);
        }
    }
    for with in &item.with {
        term(&with.value, visit);
    }
}

fn call<'a>(inner: &'a Call, visit: &mut dyn FnMut(Part<'a>)) {
    term(&inner.operator, visit);
    inner.args.iter().for_each(|arg| term(arg, visit));
}

fn term<'a>(item: &'a Term, visit: &mut dyn FnMut(Part<'a>)) {
    match &item.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) | TermKind::Var(_) => {
        }
        TermKind::Ref(items) | TermKind::Array(items) | TermKind::Set(items) => {
            items.iter().for_each(|inner| term(inner, visit));
        }
        TermKind::Object(entries) => {
            for (key, value) in entries {
                term(key, visit);
                term(value, visit);
            }
        }
        TermKind::ArrayCompr(head, body) | TermKind::SetCompr(head, body) => {
            term(head, visit);
            visit_body(body, visit);
        }
        TermKind::ObjectCompr(key, value, body) => {
            term(key, visit);
            term(value, visit);
            visit_body(body, visit);
        }
        TermKind::Call(inner) => call(inner, visit),
        TermKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expr(inner) = part {
                    expr(inner, visit);
                }
            }
        }
    }
}
