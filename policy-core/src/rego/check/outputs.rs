//! Which variables an expression binds when it is evaluated, given those that are bound already.

use super::arity::Arities;
use super::names::is_operator;
use super::unify::unify;
use super::vars::{Collector, Scope, VarSet, term_vars};
use crate::rego::syntax::{Call, Expr, ExprKind, Name, Ref, Term, TermKind, With};

/// Variables that are bound, and some more.
pub(super) struct Known<'a> {
    bound: &'a VarSet,
    more: VarSet,
}

impl<'a> Known<'a> {
    pub(super) fn new(bound: &'a VarSet) -> Self {
        Self { bound, more: VarSet::new() }
    }

    pub(super) fn contains(&self, name: &Name) -> bool {
        self.bound.contains(name) || self.more.contains(name)
    }

    fn has_all(&self, names: &VarSet) -> bool {
        names.iter().all(|name| self.contains(name))
    }

    /// Those that are bound only now.
    fn into_new(self) -> VarSet {
        let mut more = self.more;
        more.retain(|name| !self.bound.contains(name));
        more
    }
}

/// Whether what a reference starts with is bound.
pub(super) fn is_ref_bound(reference: &Ref, known: &Known<'_>) -> bool {
    match reference.first() {
        Some(Term { kind: TermKind::Var(name), .. }) => known.contains(name),
        Some(head) => known.has_all(&term_vars(head, Scope::Safety)),
        None => true,
    }
}

/// Whether all arguments of a call are bound.
pub(super) fn is_call_bound(call: &Call, known: &Known<'_>) -> bool {
    let mut vars = VarSet::new();
    let mut collector = Collector { scope: Scope::Safety, vars: &mut vars };
    if let TermKind::Ref(path) = &call.operator.kind {
        path.iter().skip(1).for_each(|part| collector.term(part));
    }
    collector.terms(&call.args);
    known.has_all(&vars)
}

/// The variables that a body binds, apart from those in `bound`.
pub(in crate::rego) fn body_outputs<'a>(
    body: impl IntoIterator<Item = &'a Expr>,
    arities: &Arities,
    bound: &VarSet,
) -> VarSet {
    let mut outputs = Outputs::new(arities);
    let mut known = bound.clone();
    for expr in body {
        let found = outputs.of(expr, &known);
        known.extend(found);
    }
    known.retain(|name| !bound.contains(name));
    known
}

/// The variables that `left = right` binds, apart from those in `bound`.
pub(in crate::rego) fn equality_outputs(left: &Term, right: &Term, bound: &VarSet) -> VarSet {
    let mut known = Known::new(bound);
    collect_keys(left, bound, &mut known.more);
    collect_keys(right, bound, &mut known.more);
    let unified = unify(&known, left, right);
    known.more.extend(unified);
    known.into_new()
}

/// Asks for the outputs of one expression after the other.
///
/// OPA keeps what it collected for a call until the next call or equality, and counts it there as an output again, even
/// if the call could not be placed. So the order that OPA chooses depends on it, and this type remembers it too; the
/// caller checks that the order is right nevertheless.
pub(super) struct Outputs<'a> {
    arities: &'a Arities,
    left_over: VarSet,
}

impl<'a> Outputs<'a> {
    pub(super) fn new(arities: &'a Arities) -> Self {
        Self { arities, left_over: VarSet::new() }
    }

    /// Whether what was asked before has no influence on what is asked next.
    pub(super) fn is_clean(&self) -> bool {
        self.left_over.is_empty()
    }

    /// The variables that an expression binds when those in `bound` are bound.
    pub(super) fn of(&mut self, expr: &Expr, bound: &VarSet) -> VarSet {
        if expr.is_negated || !expr.with.iter().all(|with| is_with_bound(with, bound)) {
            return VarSet::new();
        }
        match &expr.kind {
            ExprKind::Term(term) => {
                let mut found = VarSet::new();
                collect_keys(term, bound, &mut found);
                collect_with_keys(&expr.with, bound, &mut found);
                found
            }
            ExprKind::Call(call) if is_operator(&call.operator, "eq") => {
                self.equality(call, &expr.with, bound)
            }
            ExprKind::Call(call) => match self.arities.of(&call.operator) {
                Some(arity) => self.call(call, arity, &expr.with, bound),
                None => VarSet::new(),
            },
            ExprKind::Every(every) => {
                collect_keys(&every.domain, bound, &mut self.left_over);
                self.left_over.clone()
            }
            ExprKind::Some(_) => VarSet::new(),
        }
    }

    fn equality(&mut self, call: &Call, with: &[With], bound: &VarSet) -> VarSet {
        let [left, right] = call.args.as_slice() else { return bound.clone() };
        let mut known = Known { bound, more: std::mem::take(&mut self.left_over) };
        collect_keys(left, bound, &mut known.more);
        collect_keys(right, bound, &mut known.more);
        collect_with_keys(with, bound, &mut known.more);
        let unified = unify(&known, left, right);
        known.more.extend(unified);
        known.into_new()
    }

    fn call(&mut self, call: &Call, arity: usize, with: &[With], bound: &VarSet) -> VarSet {
        self.left_over.clear();
        let found = &mut self.left_over;
        call.args.iter().for_each(|arg| collect_keys(arg, bound, found));
        collect_with_keys(with, bound, found);
        let Some((inputs, results)) = call.args.split_at_checked(arity) else { return found.clone() };
        if results.is_empty() {
            return found.clone();
        }
        let mut needed = VarSet::new();
        Collector { scope: Scope::Operands, vars: &mut needed }.terms(inputs);
        if needed.iter().any(|name| !found.contains(name) && !bound.contains(name)) {
            return VarSet::new();
        }
        Collector { scope: Scope::Operands, vars: found }.terms(results);
        found.clone()
    }
}

fn is_with_bound(with: &With, bound: &VarSet) -> bool {
    let mut vars = VarSet::new();
    Collector { scope: Scope::Safety, vars: &mut vars }.with(with);
    vars.is_subset(bound)
}

fn collect_with_keys(with: &[With], bound: &VarSet, found: &mut VarSet) {
    for with in with {
        collect_keys(&with.target, bound, found);
        collect_keys(&with.value, bound, found);
    }
}

/// Adds the variables in references of which the head is bound: `x` in `input.users[x]`.
fn collect_keys(term: &Term, bound: &VarSet, found: &mut VarSet) {
    match &term.kind {
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Template(_) => {}
        TermKind::Ref(reference) => {
            if is_ref_bound(reference, &Known::new(bound)) {
                let keys = reference.get(1..).unwrap_or_default();
                Collector { scope: Scope::Keys, vars: found }.terms(keys);
                reference.iter().for_each(|part| collect_keys(part, bound, found));
            }
        }
        TermKind::Array(items) | TermKind::Set(items) => {
            items.iter().for_each(|item| collect_keys(item, bound, found));
        }
        TermKind::Object(entries) => {
            for (key, value) in entries {
                collect_keys(key, bound, found);
                collect_keys(value, bound, found);
            }
        }
        TermKind::Call(call) => {
            collect_keys(&call.operator, bound, found);
            call.args.iter().for_each(|arg| collect_keys(arg, bound, found));
        }
    }
}
