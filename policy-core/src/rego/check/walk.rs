//! Visits the expressions and references of a rule, depth first, in the order of the text.

use crate::rego::syntax::{Call, Expr, ExprKind, Module, Rule, TemplatePart, Term, TermKind};

/// The definitions of a module, each with its `else` branches after it.
pub(super) fn definitions(module: &Module) -> impl Iterator<Item = &Rule> {
    module.rules.iter().flat_map(branches)
}

/// A definition and its `else` branches.
pub(super) fn branches(rule: &Rule) -> impl Iterator<Item = &Rule> {
    std::iter::successors(Some(rule), |rule| rule.otherwise.as_deref())
}

/// What a walk finds.
pub(super) trait Visitor {
    /// Sees an expression. `false`: do not enter it.
    fn expr(&mut self, _expr: &Expr) -> bool {
        true
    }

    /// Sees a reference (or a variable that stands alone), before what is in it.
    fn reference(&mut self, _reference: &[Term]) {}
}

/// Walks one definition without its `else` branches. The head's reference is the rule's name, not a use of one.
pub(super) fn walk_rule(rule: &Rule, visitor: &mut impl Visitor) {
    rule.head.args.iter().flatten().for_each(|arg| walk_term(arg, visitor));
    rule.head.key.iter().for_each(|key| walk_term(key, visitor));
    rule.head.value.iter().for_each(|value| walk_term(value, visitor));
    walk_body(&rule.body, visitor);
}

fn walk_body(body: &[Expr], visitor: &mut impl Visitor) {
    body.iter().for_each(|expr| walk_expr(expr, visitor));
}

fn walk_expr(expr: &Expr, visitor: &mut impl Visitor) {
    if !visitor.expr(expr) {
        return;
    }
    match &expr.kind {
        ExprKind::Term(term) => walk_term(term, visitor),
        ExprKind::Call(call) => walk_call(call, visitor),
        ExprKind::Some(decl) => decl.symbols.iter().for_each(|symbol| walk_term(symbol, visitor)),
        ExprKind::Every(every) => {
            every.key.iter().for_each(|key| walk_term(key, visitor));
            walk_term(&every.value, visitor);
            walk_term(&every.domain, visitor);
            walk_body(&every.body, visitor);
        }
    }
    for with in &expr.with {
        walk_term(&with.target, visitor);
        walk_term(&with.value, visitor);
    }
}

fn walk_call(call: &Call, visitor: &mut impl Visitor) {
    walk_term(&call.operator, visitor);
    call.args.iter().for_each(|arg| walk_term(arg, visitor));
}

fn walk_term(term: &Term, visitor: &mut impl Visitor) {
    match &term.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {}
        TermKind::Var(_) => visitor.reference(std::slice::from_ref(term)),
        TermKind::Ref(parts) => {
            visitor.reference(parts);
            // The head was seen as a part of the reference.
            let skipped = usize::from(matches!(parts.first(), Some(Term { kind: TermKind::Var(_), .. })));
            for part in parts.iter().skip(skipped) {
                if !matches!(part.kind, TermKind::Var(_)) {
                    walk_term(part, visitor);
                }
            }
        }
        TermKind::Array(items) | TermKind::Set(items) => {
            items.iter().for_each(|item| walk_term(item, visitor))
        }
        TermKind::Object(entries) => {
            for (key, value) in entries {
                walk_term(key, visitor);
                walk_term(value, visitor);
            }
        }
        TermKind::ArrayCompr(head, body) | TermKind::SetCompr(head, body) => {
            walk_term(head, visitor);
            walk_body(body, visitor);
        }
        TermKind::ObjectCompr(key, value, body) => {
            walk_term(key, visitor);
            walk_term(value, visitor);
            walk_body(body, visitor);
        }
        TermKind::Call(call) => walk_call(call, visitor),
        TermKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expr(expr) = part {
                    walk_expr(expr, visitor);
                }
            }
        }
    }
}
