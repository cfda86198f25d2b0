//! Walking over syntax trees.

use crate::rego::syntax::{Body, Call, Expr, ExprKind, Rule, TemplatePart, Term, TermKind, With};

/// What a walk meets.
#[derive(Clone, Copy)]
pub(super) enum Node<'a> {
    Rule(&'a Rule),
    Expr(&'a Expr),
    With(&'a With),
    Term(&'a Term),
}

/// Whether a walk goes on below a node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    Enter,
    Skip,
}

/// Visits a node and everything below it, parents first, in the order of the text.
pub(super) fn walk<'a>(node: Node<'a>, visit: &mut impl FnMut(Node<'a>) -> Below) {
    if visit(node) == Below::Skip {
        return;
    }
    match node {
        Node::Rule(rule) => {
            rule.head.reference.iter().skip(1).for_each(|part| walk(Node::Term(part), visit));
            rule.head.args.iter().flatten().for_each(|arg| walk(Node::Term(arg), visit));
            rule.head.key.iter().for_each(|key| walk(Node::Term(key), visit));
            rule.head.value.iter().for_each(|value| walk(Node::Term(value), visit));
            walk_body(&rule.body, visit);
            if let Some(otherwise) = &rule.otherwise {
                walk(Node::Rule(otherwise), visit);
            }
        }
        Node::Expr(expr) => {
            match &expr.kind {
                ExprKind::Term(term) => walk(Node::Term(term), visit),
                ExprKind::Call(call) => walk_call(call, visit),
                ExprKind::Some(some) => walk_terms(&some.symbols, visit),
                ExprKind::Every(every) => {
                    every.key.iter().for_each(|key| walk(Node::Term(key), visit));
                    walk(Node::Term(&every.value), visit);
                    walk(Node::Term(&every.domain), visit);
                    walk_body(&every.body, visit);
                }
            }
            expr.with.iter().for_each(|with| walk(Node::With(with), visit));
        }
        Node::With(with) => {
            walk(Node::Term(&with.target), visit);
            walk(Node::Term(&with.value), visit);
        }
        Node::Term(term) => match &term.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_) => {}
            TermKind::Ref(parts) => walk_terms(parts, visit),
            TermKind::Array(items) | TermKind::Set(items) => walk_terms(items, visit),
            TermKind::Object(pairs) => {
                for (key, value) in pairs {
                    walk(Node::Term(key), visit);
                    walk(Node::Term(value), visit);
                }
            }
            TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) => {
                walk(Node::Term(element), visit);
                walk_body(body, visit);
            }
            TermKind::ObjectCompr(key, value, body) => {
                walk(Node::Term(key), visit);
                walk(Node::Term(value), visit);
                walk_body(body, visit);
            }
            TermKind::Call(call) => walk_call(call, visit),
            TermKind::Template(parts) => {
                for part in parts {
                    if let TemplatePart::Expr(expr) = part {
                        walk(Node::Expr(expr), visit);
                    }
                }
            }
        },
    }
}

/// Visits every expression of a body.
pub(super) fn walk_body<'a>(body: &'a Body, visit: &mut impl FnMut(Node<'a>) -> Below) {
    body.iter().for_each(|expr| walk(Node::Expr(expr), visit));
}

fn walk_terms<'a>(terms: &'a [Term], visit: &mut impl FnMut(Node<'a>) -> Below) {
    terms.iter().for_each(|term| walk(Node::Term(term), visit));
}

fn walk_call<'a>(call: &'a Call, visit: &mut impl FnMut(Node<'a>) -> Below) {
    walk(Node::Term(&call.operator), visit);
    walk_terms(&call.args, visit);
}

/// Whether a term must be evaluated to become a value: it has a reference or a comprehension in it.
pub(super) fn requires_eval(term: &Term) -> bool {
    let mut found = false;
    walk(Node::Term(term), &mut |node| {
        if let Node::Term(term) = node {
            found |= matches!(term.kind, TermKind::Ref(_)) || is_comprehension(term);
        }
        if found { Below::Skip } else { Below::Enter }
    });
    found
}

/// Whether a term is a comprehension.
pub(super) fn is_comprehension(term: &Term) -> bool {
    matches!(term.kind, TermKind::ArrayCompr(..) | TermKind::SetCompr(..) | TermKind::ObjectCompr(..))
}
