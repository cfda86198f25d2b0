//! Which variables an equality binds, given those that are bound already.
//!
//! A variable becomes bound when it meets something whose value is known; where two unknown things meet, each waits for
//! the other: a variable for all the variables of the pattern that it stands against.

use std::collections::BTreeMap;

use super::outputs::{Known, is_call_bound, is_ref_bound};
use super::same::same_term;
use super::vars::{Scope, VarSet, term_vars};
use crate::rego::syntax::{Name, Term, TermKind};

/// The variables that `a = b` binds when those in `bound` are bound.
pub(super) fn unify(bound: &Known<'_>, a: &Term, b: &Term) -> VarSet {
    let mut unifier = Unifier { bound, unified: VarSet::new(), waiting: BTreeMap::new() };
    unifier.terms(a, b);
    unifier.unified
}

struct Unifier<'a> {
    bound: &'a Known<'a>,
    unified: VarSet,
    /// For a variable, those that must all be bound before it is; they are bound when it is.
    waiting: BTreeMap<Name, VarSet>,
}

impl Unifier<'_> {
    fn is_bound(&self, name: &Name) -> bool {
        self.bound.contains(name) || self.unified.contains(name)
    }

    fn terms(&mut self, a: &Term, b: &Term) {
        match (&a.kind, &b.kind) {
            (TermKind::Var(x), TermKind::Var(y)) => self.variables(x, y),
            (TermKind::Var(x), TermKind::Array(_) | TermKind::Object(_)) => self.variable_and_pattern(x, b),
            (TermKind::Array(_) | TermKind::Object(_), TermKind::Var(x)) => self.variable_and_pattern(x, a),
            (TermKind::Var(x), TermKind::Ref(reference)) | (TermKind::Ref(reference), TermKind::Var(x)) => {
                if is_ref_bound(reference, self.bound) {
                    self.bind(x);
                }
            }
            (TermKind::Var(x), TermKind::Call(call)) | (TermKind::Call(call), TermKind::Var(x)) => {
                if is_call_bound(call, self.bound) {
                    self.bind(x);
                }
            }
            (TermKind::Var(x), _) | (_, TermKind::Var(x)) => self.bind(x),
            (TermKind::Ref(reference), TermKind::Array(_) | TermKind::Object(_)) => {
                if is_ref_bound(reference, self.bound) {
                    self.bind_all(b);
                }
            }
            (TermKind::Array(_) | TermKind::Object(_), TermKind::Ref(reference)) => {
                if is_ref_bound(reference, self.bound) {
                    self.bind_all(a);
                }
            }
            (TermKind::Call(call), TermKind::Array(_) | TermKind::Object(_)) => {
                if is_call_bound(call, self.bound) {
                    self.bind_all(b);
                }
            }
            (TermKind::Array(_) | TermKind::Object(_), TermKind::Call(call)) => {
                if is_call_bound(call, self.bound) {
                    self.bind_all(a);
                }
            }
            // A pattern of an object binds nothing if it comes before a comprehension; OPA's rule is not symmetric.
            (TermKind::ArrayCompr(..), TermKind::Array(_))
            | (TermKind::ObjectCompr(..), TermKind::Object(_)) => {
                self.bind_all(b);
            }
            (
                TermKind::Array(_),
                TermKind::ArrayCompr(..) | TermKind::SetCompr(..) | TermKind::ObjectCompr(..),
            ) => {
                self.bind_all(a);
            }
            (TermKind::Array(left), TermKind::Array(right)) => {
                if left.len() == right.len() {
                    left.iter().zip(right).for_each(|(a, b)| self.terms(a, b));
                }
            }
            (TermKind::Object(left), TermKind::Object(right)) => {
                if left.len() == right.len() {
                    for (key, value) in left {
                        if let Some((_, other)) = right.iter().find(|(other, _)| same_term(key, other)) {
                            self.terms(value, other);
                        }
                    }
                }
            }
            (
                TermKind::Null
                | TermKind::Bool(_)
                | TermKind::Number(_)
                | TermKind::String(_)
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
            ) => {}
        }
    }

    fn variables(&mut self, x: &Name, y: &Name) {
        if self.is_bound(y) {
            self.bind(x);
        } else if self.is_bound(x) {
            self.bind(y);
        } else {
            self.wait(x, y);
            self.wait(y, x);
        }
    }

    fn variable_and_pattern(&mut self, x: &Name, pattern: &Term) {
        if self.is_bound(x) {
            self.bind_all(pattern);
            return;
        }
        let mut unknown = term_vars(pattern, Scope::Pattern);
        unknown.retain(|name| !self.is_bound(name));
        if unknown.is_empty() {
            self.bind(x);
        }
        unknown.iter().for_each(|name| self.wait(x, name));
    }

    fn wait(&mut self, x: &Name, on: &Name) {
        self.waiting.entry(x.clone()).or_default().insert(on.clone());
    }

    fn bind_all(&mut self, pattern: &Term) {
        term_vars(pattern, Scope::Pattern).iter().for_each(|name| self.bind(name));
    }

    /// Binds a variable, and with it those that it waited for and those that waited only for it.
    fn bind(&mut self, x: &Name) {
        let mut work = vec![x.clone()];
        while let Some(x) = work.pop() {
            work.extend(self.waiting.remove(&x).into_iter().flatten());
            self.waiting.retain(|name, on| {
                let freed = on.remove(&x) && on.is_empty();
                if freed {
                    work.push(name.clone());
                }
                !freed
            });
            self.unified.insert(x);
        }
    }
}
