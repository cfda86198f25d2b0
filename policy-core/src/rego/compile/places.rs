//! Places that OPA's order of definitions goes by.

use super::resolve::LastUses;
use crate::rego::syntax::{Expr, ExprKind, Module, Term, TermKind};

/// Puts the start of every reference that an import stands for at the place of the import's last use in its module.
///
/// OPA shares the start among all uses, and each use moves it to its own place. This comes last: faults are told at the
/// places where they are.
pub(super) fn move_to_last_uses(modules: &mut [Module], uses: &LastUses) {
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            rule.body.iter_mut().for_each(|expr| move_expr(expr, uses));
            next = rule.otherwise.as_deref_mut();
        }
    }
}

fn move_expr(expr: &mut Expr, uses: &LastUses) {
    match &mut expr.kind {
        ExprKind::Term(term) => move_term(term, uses),
        ExprKind::Call(call) => call.args.iter_mut().for_each(|arg| move_term(arg, uses)),
        ExprKind::Some(_) | ExprKind::Every(_) => {}
    }
}

fn move_term(term: &mut Term, uses: &LastUses) {
    if let TermKind::Ref(parts) = &mut term.kind
        && let Some(head) = parts.first_mut()
        && let Some(last) = uses.get(&head.at)
    {
        head.at = *last;
    }
}
