//! The heads of rules: references with the package in front, and nothing in them that must be evaluated.

use super::build::{equality, is_scalar, reference, string, take, var, var_name};
use super::fresh::Fresh;
use super::walk::requires_eval;
use crate::rego::syntax::{Body, Expr, ExprKind, Module, Name, Rule, Term, TermKind};

/// What stands in the brackets of a head's reference and is neither a scalar nor a variable moves into the body:
/// `p[x.y] if b` is `p[v] if { b; v = x.y }`.
pub(super) fn rewrite_references(modules: &mut [Module], fresh: &mut Fresh) {
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        for part in rule.head.reference.iter_mut().skip(1) {
            if !is_scalar(part) && !matches!(part.kind, TermKind::Var(_)) {
                move_out_of_head(part, &mut rule.body, fresh);
            }
        }
    }
}

/// Puts the package in front of every head's reference, so that it says which document the rule defines.
pub(super) fn qualify(modules: &mut [Module]) {
    for module in modules {
        let package: Vec<Name> =
            std::iter::once(Name::from("data")).chain(module.package.path.iter().cloned()).collect();
        for rule in &mut module.rules {
            let mut next = Some(rule);
            while let Some(rule) = next {
                qualify_rule(rule, &package);
                next = rule.otherwise.as_deref_mut();
            }
        }
    }
}

fn qualify_rule(rule: &mut Rule, package: &[Name]) {
    let at = rule.head.reference.first().map_or(rule.head.at, |part| part.at);
    let mut full = reference(at, package);
    for (position, part) in rule.head.reference.iter_mut().enumerate() {
        full.push(match var_name(part) {
            Some(name) if position == 0 => string(part.at, name.clone()),
            Some(_) | None => take(part),
        });
    }
    rule.head.reference = full;
}

/// Keys, values and arguments that must be evaluated move into the body:
/// `p contains input.x if b` is `p contains v if { b; v = input.x }`.
pub(super) fn rewrite_values(modules: &mut [Module], fresh: &mut Fresh) {
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            let head = &mut rule.head;
            let terms = head.key.iter_mut().chain(&mut head.value).chain(head.args.iter_mut().flatten());
            for term in terms.filter(|term| requires_eval(term)) {
                move_out_of_head(term, &mut rule.body, fresh);
            }
            next = rule.otherwise.as_deref_mut();
        }
    }
}

/// Takes out of a body what stood there before something was appended, if that was only `true`; as in OPA, and there
/// also if that `true` is negated.
pub(super) fn give_way(body: &mut Body, before: usize) {
    if let (1, Some(Expr { kind: ExprKind::Term(Term { kind: TermKind::Bool(true), .. }), .. })) =
        (before, body.first())
    {
        body.remove(0);
    }
}

/// Replaces a part of what a body gives, a rule's head or that of a comprehension, by a variable.
pub(super) fn move_out_of_head(place: &mut Term, body: &mut Body, fresh: &mut Fresh) {
    let before = body.len();
    move_out(place, body, fresh);
    give_way(body, before);
}

/// Replaces a term by a variable that the body binds to it.
pub(super) fn move_out(place: &mut Term, body: &mut Body, fresh: &mut Fresh) {
    let name = fresh.name();
    let at = place.at;
    let value = std::mem::replace(place, var(at, name.clone()));
    body.push(equality(at, var(at, name), value));
}
