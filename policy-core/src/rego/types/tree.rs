//! The types of rules, functions and variables by their paths.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::constant::{Constant, canonical_number, compare, properties};
use super::effort::Effort;
use super::kind::{ObjectType, Type};
use super::relate;
use crate::rego::syntax::{Name, Term, TermKind};

/// A part of a path.
#[derive(Clone, Debug)]
pub(super) enum Key {
    Var(Name),
    String(Name),
    Bool(bool),
    /// In the one spelling that equal numbers share.
    Number(String, Name),
    /// Anything else that can stand in brackets.
    Other(Term),
}

impl Key {
    pub(super) fn of(term: &Term) -> Self {
        match &term.kind {
            TermKind::Var(name) => Self::Var(name.clone()),
            TermKind::String(text) => Self::String(text.clone()),
            TermKind::Bool(value) => Self::Bool(*value),
            TermKind::Number(text) => Self::Number(canonical_number(text), text.clone()),
            TermKind::Null
            | TermKind::Ref(_)
            | TermKind::Array(_)
            | TermKind::Object(_)
            | TermKind::Set(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => Self::Other(term.clone()),
        }
    }

    /// The property that stands for it where a tree is seen as an object; variables and composites have none.
    fn property(&self) -> Option<Constant> {
        match self {
            Self::String(text) => Some(Constant::String(text.clone())),
            Self::Bool(value) => Some(Constant::Bool(*value)),
            Self::Number(_, text) => Some(Constant::Number(text.clone())),
            Self::Var(_) | Self::Other(_) => None,
        }
    }

    /// The type of the key itself; unknown for a variable, which means nothing outside of its rule.
    fn kind(&self, effort: &Effort) -> Type {
        match self {
            Self::Var(_) => Type::Unknown,
            Self::String(_) => Type::String,
            Self::Bool(_) => Type::Boolean,
            Self::Number(..) => Type::Number,
            Self::Other(term) => constant_kind(effort, term),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Var(_) => 0,
            Self::String(_) => 1,
            Self::Bool(_) => 2,
            Self::Number(..) => 3,
            Self::Other(_) => 4,
        }
    }
}

/// The type of a constant in a path, as of any term.
fn constant_kind(effort: &Effort, term: &Term) -> Type {
    match &term.kind {
        TermKind::Null => Type::Null,
        TermKind::Bool(_) => Type::Boolean,
        TermKind::Number(_) => Type::Number,
        TermKind::String(_) => Type::String,
        TermKind::Array(items) if items.is_empty() => Type::array(Vec::new(), Type::Any),
        TermKind::Array(items) => {
            Type::array(items.iter().map(|item| constant_kind(effort, item)).collect(), Type::Unknown)
        }
        TermKind::Set(items) if items.is_empty() => Type::set(Type::Any),
        TermKind::Set(items) => Type::set(
            items
                .iter()
                .fold(Type::Unknown, |sum, item| relate::or(effort, sum, constant_kind(effort, item))),
        ),
        TermKind::Object(entries) if entries.is_empty() => {
            Type::object(Vec::new(), Some((Type::Any, Type::Any)))
        }
        TermKind::Object(entries) => Type::object(
            properties(entries)
                .into_iter()
                .filter_map(|(key, value)| Some((Constant::of(key)?, constant_kind(effort, value))))
                .collect(),
            None,
        ),
        TermKind::Var(_)
        | TermKind::Ref(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => Type::Unknown,
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Var(a), Self::Var(b)) | (Self::String(a), Self::String(b)) => a.cmp(b),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a, _), Self::Number(b, _)) => a.cmp(b),
            (Self::Other(a), Self::Other(b)) => compare(a, b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

/// A place in the tree.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Unknown where nothing was put.
    pub(super) kind: Type,
    pub(super) children: BTreeMap<Key, Node>,
}

impl Node {
    pub(super) fn child(&self, key: &Key) -> Option<&Self> {
        self.children.get(key)
    }

    /// Something was put exactly here.
    pub(super) fn is_leaf(&self) -> bool {
        self.kind.is_known()
    }

    pub(super) fn put(&mut self, path: impl Iterator<Item = Key>, kind: Type) {
        let mut at = self;
        for key in path {
            at = at.children.entry(key).or_default();
        }
        at.kind = kind;
    }

    /// The type of the whole tree below this place, seen as an object: rules by name, and data that is not known.
    pub(super) fn extent(&self) -> Type {
        if self.is_leaf() {
            return self.kind.clone();
        }
        let properties =
            self.children.iter().filter_map(|(key, child)| Some((key.property()?, child.extent()))).collect();
        Type::object(properties, Some((Type::String, Type::Any)))
    }

    /// Adds a definition of the rule at `path`, which has no variables.
    ///
    /// A rule may lie inside the object that another rule makes: both are told about the other.
    pub(super) fn define(&mut self, effort: &Effort, path: &[Key], kind: Type) {
        let mut at = self;
        for (index, key) in path.iter().enumerate() {
            at = at.children.entry(key.clone()).or_default();
            let rest = path.get(index.saturating_add(1)..).unwrap_or_default();
            if let (Type::Object(object), false) = (&at.kind, rest.is_empty()) {
                at.kind = with_property(effort, object, rest, &kind);
            }
        }
        let is_object = matches!(kind, Type::Object(_));
        at.kind = merge(effort, std::mem::take(&mut at.kind), kind);
        if is_object {
            let mut leaves = Vec::new();
            for (key, child) in &at.children {
                child.leaves(&mut vec![key.clone()], &mut leaves);
            }
            for (path, kind) in leaves {
                if let Type::Object(object) = &at.kind {
                    at.kind = with_property(effort, object, &path, &kind);
                }
            }
        }
    }

    /// The nearest places below at which something was put.
    fn leaves(&self, path: &mut Vec<Key>, found: &mut Vec<(Vec<Key>, Type)>) {
        if self.is_leaf() {
            found.push((path.clone(), self.kind.clone()));
            return;
        }
        for (key, child) in &self.children {
            path.push(key.clone());
            child.leaves(path, found);
            path.pop();
        }
    }
}

/// An object in which another rule lies, at `path`: its other properties may be that.
fn with_property(effort: &Effort, object: &ObjectType, path: &[Key], kind: &Type) -> Type {
    let Some((key, rest)) = path.split_first() else {
        return Type::object(object.fixed.clone(), object.others.clone());
    };
    let inner = rest
        .iter()
        .rev()
        .fold(kind.clone(), |inner, key| Type::object(Vec::new(), Some((key.kind(effort), inner))));
    let others = match object.others.clone() {
        Some((keys, values)) => {
            (relate::or(effort, keys, key.kind(effort)), relate::or(effort, values, inner))
        }
        None => (key.kind(effort), inner),
    };
    Type::object(object.fixed.clone(), Some(others))
}

/// The type of a rule that has one definition of each type.
///
/// Objects without fixed properties become one object, and sets one set; everything else a union.
pub(super) fn merge(effort: &Effort, a: Type, b: Type) -> Type {
    match (a, b) {
        (Type::Unknown, other) | (other, Type::Unknown) => other,
        (Type::Object(a), Type::Object(b)) if a.fixed.is_empty() && b.fixed.is_empty() => {
            match (a.others.clone(), b.others.clone()) {
                (Some((a_keys, a_values)), Some((b_keys, b_values))) => Type::object(
                    Vec::new(),
                    Some((relate::or(effort, a_keys, b_keys), merge(effort, a_values, b_values))),
                ),
                (others, None) | (None, others) => Type::object(Vec::new(), others),
            }
        }
        (Type::Object(object), Type::Union(union)) | (Type::Union(union), Type::Object(object))
            if object.fixed.is_empty() =>
        {
            let place =
                union.of.iter().position(|part| matches!(part, Type::Object(part) if part.fixed.is_empty()));
            let (Some(place), Some((keys, values))) = (place, object.others.clone()) else {
                return relate::or(effort, Type::Union(union), Type::Object(object));
            };
            let mut parts = union.of.clone();
            if let Some(Type::Object(part)) = parts.get(place) {
                let (known_keys, known_values) = part.others.clone().unwrap_or_default();
                let others = (relate::or(effort, known_keys, keys), relate::or(effort, known_values, values));
                let merged = Type::object(Vec::new(), Some(others));
                parts.remove(place);
                if parts.is_empty() {
                    return merged;
                }
                return relate::or(effort, Type::union(parts), merged);
            }
            Type::Union(union)
        }
        (Type::Set(a), Type::Set(b)) => {
            // Taken out of its set where nobody else holds it, so that a union can grow in place.
            let first = Arc::try_unwrap(a).map_or_else(|shared| shared.of.clone(), |own| own.of);
            Type::set(relate::or(effort, first, b.of.clone()))
        }
        (a, b) => relate::or(effort, a, b),
    }
}
