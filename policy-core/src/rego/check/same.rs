//! Whether two pieces of syntax say the same, wherever they stand.

use crate::rego::syntax::{Call, Every, Expr, ExprKind, TemplatePart, Term, TermKind, With};

pub(super) fn same_expr(a: &Expr, b: &Expr) -> bool {
    let same_kind = match (&a.kind, &b.kind) {
        (ExprKind::Term(a), ExprKind::Term(b)) => same_term(a, b),
        (ExprKind::Call(a), ExprKind::Call(b)) => same_call(a, b),
        (ExprKind::Some(a), ExprKind::Some(b)) => same_terms(&a.symbols, &b.symbols),
        (ExprKind::Every(a), ExprKind::Every(b)) => same_every(a, b),
        (ExprKind::Term(_) | ExprKind::Call(_) | ExprKind::Some(_) | ExprKind::Every(_), _) => false,
    };
    let same_with = |(a, b): (&With, &With)| same_term(&a.target, &b.target) && same_term(&a.value, &b.value);
    same_kind
        && a.is_negated == b.is_negated
        && a.with.len() == b.with.len()
        && a.with.iter().zip(&b.with).all(same_with)
}

fn same_body(a: &[Expr], b: &[Expr]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_expr(a, b))
}

fn same_every(a: &Every, b: &Every) -> bool {
    let same_key = match (&a.key, &b.key) {
        (Some(a), Some(b)) => same_term(a, b),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    same_key
        && same_term(&a.value, &b.value)
        && same_term(&a.domain, &b.domain)
        && same_body(&a.body, &b.body)
}

fn same_call(a: &Call, b: &Call) -> bool {
    same_term(&a.operator, &b.operator) && same_terms(&a.args, &b.args)
}

fn same_terms(a: &[Term], b: &[Term]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_term(a, b))
}

pub(super) fn same_term(a: &Term, b: &Term) -> bool {
    match (&a.kind, &b.kind) {
        (TermKind::Null, TermKind::Null) => true,
        (TermKind::Bool(a), TermKind::Bool(b)) => a == b,
        (TermKind::Number(a), TermKind::Number(b))
        | (TermKind::String(a), TermKind::String(b))
        | (TermKind::Var(a), TermKind::Var(b)) => a == b,
        (TermKind::Ref(a), TermKind::Ref(b))
        | (TermKind::Array(a), TermKind::Array(b))
        | (TermKind::Set(a), TermKind::Set(b)) => same_terms(a, b),
        (TermKind::Object(a), TermKind::Object(b)) => {
            let same =
                |(a, b): (&(Term, Term), &(Term, Term))| same_term(&a.0, &b.0) && same_term(&a.1, &b.1);
            a.len() == b.len() && a.iter().zip(b).all(same)
        }
        (TermKind::ArrayCompr(a, body), TermKind::ArrayCompr(b, other))
        | (TermKind::SetCompr(a, body), TermKind::SetCompr(b, other)) => {
            same_term(a, b) && same_body(body, other)
        }
        (TermKind::ObjectCompr(key, value, body), TermKind::ObjectCompr(other_key, other_value, other)) => {
            same_term(key, other_key) && same_term(value, other_value) && same_body(body, other)
        }
        (TermKind::Call(a), TermKind::Call(b)) => same_call(a, b),
        (TermKind::Template(a), TermKind::Template(b)) => {
            let same = |(a, b): (&TemplatePart, &TemplatePart)| match (a, b) {
                (TemplatePart::Text(a), TemplatePart::Text(b)) => a == b,
                (TemplatePart::Expr(a), TemplatePart::Expr(b)) => same_expr(a, b),
                (TemplatePart::Text(_) | TemplatePart::Expr(_), _) => false,
            };
            a.len() == b.len() && a.iter().zip(b).all(same)
        }
        (
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Ref(_)
            | TermKind::Array(_)
            | TermKind::Object(_)
            | TermKind::Set(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_),
            _,
        ) => false,
    }
}
