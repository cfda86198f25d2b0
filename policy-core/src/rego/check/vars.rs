//! Which variables occur in a piece of syntax.

use std::collections::BTreeSet;

use crate::rego::syntax::{Body, Call, Expr, ExprKind, Name, Ref, TemplatePart, Term, TermKind, With};

/// Names of variables, in order.
pub(in crate::rego) type VarSet = BTreeSet<Name>;

/// Which of the variables that occur are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego) enum Scope {
    /// Every one, also the heads of references and operators (`data`, `input`, `count`).
    All,
    /// Those that must be bound before an expression can be evaluated, or that it binds: not those in closures
    /// (comprehensions, the body of `every`, template strings), and not the heads of functions' names.
    Safety,
    /// Those of an argument of a call that the call could bind: not in closures, sets, keys of objects, heads.
    Operands,
    /// Those of a pattern that unification could bind: not in closures, keys of objects, heads.
    Pattern,
    /// Those that occur anywhere but as the head of a reference.
    Keys,
}

impl Scope {
    fn enters_closures(self) -> bool {
        matches!(self, Self::All | Self::Keys)
    }

    fn enters_sets(self) -> bool {
        !matches!(self, Self::Operands)
    }

    fn enters_object_keys(self) -> bool {
        !matches!(self, Self::Operands | Self::Pattern)
    }

    fn takes_heads(self) -> bool {
        matches!(self, Self::All | Self::Safety)
    }

    fn takes_operators(self) -> bool {
        matches!(self, Self::All)
    }
}

/// The variables of a term.
pub(in crate::rego) fn term_vars(term: &Term, scope: Scope) -> VarSet {
    let mut vars = VarSet::new();
    Collector { scope, vars: &mut vars }.term(term);
    vars
}

/// The variables of an expression.
pub(in crate::rego) fn expr_vars(expr: &Expr, scope: Scope) -> VarSet {
    let mut vars = VarSet::new();
    Collector { scope, vars: &mut vars }.expr(expr);
    vars
}

/// The variables of a body.
pub(in crate::rego) fn body_vars(body: &[Expr], scope: Scope) -> VarSet {
    let mut vars = VarSet::new();
    let mut collector = Collector { scope, vars: &mut vars };
    body.iter().for_each(|expr| collector.expr(expr));
    vars
}

/// The variables that every policy has: `data` and `input`.
pub(in crate::rego) fn reserved() -> VarSet {
    [Name::from("data"), Name::from("input")].into()
}

/// Whether it is `data` or `input`.
pub(in crate::rego) fn is_reserved(name: &str) -> bool {
    matches!(name, "data" | "input")
}

/// Whether a stage of the compiler made the name up.
pub(super) fn is_generated(name: &str) -> bool {
    name.starts_with("__local")
}

/// Walks syntax and keeps the variables that the scope asks for.
pub(super) struct Collector<'a> {
    pub(super) scope: Scope,
    pub(super) vars: &'a mut VarSet,
}

impl Collector<'_> {
    pub(super) fn term(&mut self, term: &Term) {
        match &term.kind {
            TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {}
            TermKind::Var(name) => {
                self.vars.insert(name.clone());
            }
            TermKind::Ref(reference) => self.reference(reference),
            TermKind::Array(items) => self.terms(items),
            TermKind::Set(items) => {
                if self.scope.enters_sets() {
                    self.terms(items);
                }
            }
            TermKind::Object(entries) => {
                for (key, value) in entries {
                    if self.scope.enters_object_keys() {
                        self.term(key);
                    }
                    self.term(value);
                }
            }
            TermKind::ArrayCompr(head, body) | TermKind::SetCompr(head, body) => self.closure(&[head], body),
            TermKind::ObjectCompr(key, value, body) => self.closure(&[key, value], body),
            TermKind::Call(call) => self.call(call),
            TermKind::Template(parts) => {
                if self.scope.enters_closures() {
                    for part in parts {
                        if let TemplatePart::Expr(expr) = part {
                            self.expr(expr);
                        }
                    }
                }
            }
        }
    }

    pub(super) fn terms(&mut self, terms: &[Term]) {
        terms.iter().for_each(|term| self.term(term));
    }

    fn reference(&mut self, reference: &Ref) {
        let skipped = usize::from(!self.scope.takes_heads());
        reference.iter().skip(skipped).for_each(|term| self.term(term));
    }

    fn closure(&mut self, heads: &[&Term], body: &Body) {
        if self.scope.enters_closures() {
            heads.iter().for_each(|head| self.term(head));
            self.body(body);
        }
    }

    pub(super) fn body(&mut self, body: &Body) {
        body.iter().for_each(|expr| self.expr(expr));
    }

    fn call(&mut self, call: &Call) {
        match &call.operator.kind {
            TermKind::Ref(path) => {
                let skipped = usize::from(!self.scope.takes_operators());
                path.iter().skip(skipped).for_each(|term| self.term(term));
            }
            TermKind::Var(name) if self.scope.takes_operators() => {
                self.vars.insert(name.clone());
            }
            TermKind::Var(_)
            | TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Array(_)
            | TermKind::Object(_)
            | TermKind::Set(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => {}
        }
        self.terms(&call.args);
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Term(term) => self.term(term),
            ExprKind::Call(call) => self.call(call),
            ExprKind::Some(decl) => self.terms(&decl.symbols),
            ExprKind::Every(every) => {
                if !self.scope.enters_closures() {
                    // The modifiers of an `every` are not looked at either.
                    self.term(&every.domain);
                    return;
                }
                every.key.iter().for_each(|key| self.term(key));
                self.term(&every.value);
                self.term(&every.domain);
                self.body(&every.body);
            }
        }
        expr.with.iter().for_each(|with| self.with(with));
    }

    pub(super) fn with(&mut self, with: &With) {
        if self.scope != Scope::Safety {
            self.term(&with.target);
            self.term(&with.value);
            return;
        }
        // What is replaced and a function that replaces it are names, not variables.
        if let TermKind::Ref(target) = &with.target.kind {
            target.iter().skip(1).for_each(|term| self.term(term));
        }
        match &with.value.kind {
            TermKind::Ref(value) => value.iter().skip(1).for_each(|term| self.term(term)),
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Array(_)
            | TermKind::Object(_)
            | TermKind::Set(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => self.term(&with.value),
        }
    }
}
