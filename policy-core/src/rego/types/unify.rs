//! Terms against types, and what that says about variables.

use super::constant::{Constant, compare, in_order, is_constant, properties};
use super::kind::{ArrayType, ObjectType, Type};
use super::relate;
use super::scope::Checker;
use crate::rego::syntax::{Term, TermKind};

impl Checker<'_> {
    /// Whether a term can be of a type; variables of which nothing is known are of it from then on.
    ///
    /// With `widen` they may be of it beside what is already known: the type is one of several.
    pub(super) fn fits(&mut self, term: &Term, kind: &Type, widen: bool) -> bool {
        if !self.effort.step() {
            return true;
        }
        match &term.kind {
            TermKind::Array(items) => {
                if let Type::Array(array) = kind {
                    self.array_fits(items, array, widen)
                } else {
                    self.fits_any_of(term, kind)
                }
            }
            TermKind::Object(entries) => {
                if let Type::Object(object) = kind {
                    self.object_fits(entries, object, widen)
                } else {
                    self.fits_any_of(term, kind)
                }
            }
            TermKind::Set(items) => {
                if let Type::Set(set) = kind {
                    in_order(items).into_iter().all(|item| self.fits(item, &set.of, widen))
                } else {
                    self.fits_any_of(term, kind)
                }
            }
            TermKind::Var(name) => {
                let known = self.var(name);
                if widen {
                    let wider = relate::or(&self.effort, known, kind.clone());
                    self.learn(name, wider);
                } else if known.is_known() {
                    return relate::agree(&self.effort, &known, kind);
                } else {
                    self.learn(name, kind.clone());
                }
                true
            }
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Template(_)
            | TermKind::Ref(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_) => {
                let own = self.kind_of(term);
                relate::agree(&self.effort, &own, kind)
            }
        }
    }

    /// A composite against a type that is not of its own kind: it fits only into unions, and where everything does.
    ///
    /// Every type of a union is tried, because each may teach something about variables.
    fn fits_any_of(&mut self, term: &Term, kind: &Type) -> bool {
        if matches!(kind, Type::Any) {
            self.parts_may_be_anything(term);
            return true;
        }
        let Type::Union(union) = kind else {
            return false;
        };
        let mut fits = false;
        for part in &union.of {
            fits |= self.fits(term, part, true);
        }
        fits
    }

    fn parts_may_be_anything(&mut self, term: &Term) {
        let parts = match &term.kind {
            TermKind::Array(items) => items.iter().collect(),
            TermKind::Set(items) => in_order(items),
            TermKind::Object(entries) => {
                properties(entries).into_iter().flat_map(|(key, value)| [key, value]).collect()
            }
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Ref(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => Vec::new(),
        };
        for part in parts {
            self.fits(part, &Type::Any, true);
        }
    }

    fn array_fits(&mut self, items: &[Term], array: &ArrayType, widen: bool) -> bool {
        if items.len() != array.fixed.len() && !array.others.is_known() {
            return false;
        }
        items
            .iter()
            .enumerate()
            .all(|(index, item)| self.fits(item, array.fixed.get(index).unwrap_or(&array.others), widen))
    }

    fn object_fits(&mut self, entries: &[(Term, Term)], object: &ObjectType, widen: bool) -> bool {
        let properties = properties(entries);
        if properties.len() != object.fixed.len() && object.other_values().is_none() {
            return false;
        }
        properties.into_iter().all(|(key, value)| {
            if !is_constant(key) {
                self.fits(value, &Type::Any, widen);
                return true;
            }
            let wanted = Constant::of(key).map_or(Type::Unknown, |key| object.select(&self.effort, &key));
            wanted.is_known() && self.fits(value, &wanted, widen)
        })
    }

    /// Whether two terms can be equal.
    pub(super) fn unify(&mut self, a: &Term, b: &Term) -> bool {
        let (a_kind, b_kind) = (self.kind_of(a), self.kind_of(b));
        self.unify_known(a, &a_kind, b, &b_kind)
    }

    pub(super) fn unify_known(&mut self, a: &Term, a_kind: &Type, b: &Term, b_kind: &Type) -> bool {
        match (a_kind.has_unknown(), b_kind.has_unknown()) {
            (true, false) => return self.fits(a, b_kind, false),
            (false, true) => return self.fits(b, a_kind, false),
            (false, false) => return relate::agree(&self.effort, a_kind, b_kind),
            (true, true) => {}
        }
        match (&a.kind, &b.kind) {
            (TermKind::Array(a_items), TermKind::Array(b_items)) => {
                a_items.len() == b_items.len() && a_items.iter().zip(b_items).all(|(a, b)| self.unify(a, b))
            }
            (TermKind::Object(a_entries), TermKind::Object(b_entries)) => {
                let (a_entries, b_entries) = (properties(a_entries), properties(b_entries));
                a_entries.len() == b_entries.len()
                    && a_entries.iter().zip(&b_entries).all(|(a, b)| compare(a.0, b.0).is_eq())
                    && a_entries.into_iter().zip(b_entries).all(|(a, b)| self.unify(a.1, b.1))
            }
            (TermKind::Array(_) | TermKind::Object(_) | TermKind::Var(_), TermKind::Var(_)) => {
                self.bind(a, b)
            }
            (TermKind::Var(_), TermKind::Array(_) | TermKind::Object(_)) => self.bind(b, a),
            (TermKind::Array(_) | TermKind::Object(_), _) => false,
            (TermKind::Var(_), _) if !a_kind.is_known() && b_kind.is_known() => self.fits(a, b_kind, false),
            (_, TermKind::Var(_)) if !b_kind.is_known() && a_kind.is_known() => self.fits(b, a_kind, false),
            _ => false,
        }
    }

    /// Of neither side everything is known: the first may be anything, and the variable is what the first is.
    fn bind(&mut self, first: &Term, var: &Term) -> bool {
        if !self.fits(first, &Type::Any, false) {
            return false;
        }
        let kind = self.kind_of(first);
        self.fits(var, &kind, false)
    }
}
