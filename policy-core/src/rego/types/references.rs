//! References: whether there can be anything at their path.

use super::kind::Type;
use super::problem::{Problem, Wanted};
use super::relate;
use super::scope::{Checker, is_document};
use super::tree::{Key, Node};
use crate::rego::syntax::{Body, Expr, ExprKind, Term, TermKind};

impl Checker<'_> {
    /// The errors of all references in an expression, but for those in comprehensions.
    pub(super) fn check_references(&mut self, expr: &Expr, problems: &mut Vec<Problem>) {
        match &expr.kind {
            ExprKind::Term(term) => self.references_in(term, problems),
            ExprKind::Call(call) => call.args.iter().for_each(|arg| self.references_in(arg, problems)),
            ExprKind::Every(every) => {
                let terms = every.key.iter().chain([&every.value, &every.domain]);
                terms.for_each(|term| self.references_in(term, problems));
                self.references_in_body(&every.body, problems);
                for with in &expr.with {
                    self.references_in(&with.target, problems);
                    self.references_in(&with.value, problems);
                }
            }
            ExprKind::Some(declared) => {
                declared.symbols.iter().for_each(|term| self.references_in(term, problems))
            }
        }
    }

    fn references_in_body(&mut self, body: &Body, problems: &mut Vec<Problem>) {
        body.iter().for_each(|expr| self.check_references(expr, problems));
    }

    fn references_in(&mut self, term: &Term, problems: &mut Vec<Problem>) {
        match &term.kind {
            TermKind::Ref(parts) => {
                if let function @ Type::Function(_) = self.reference(parts) {
                    problems.push(Problem::not_a_collection(self.names, parts, parts.len(), &function));
                    return;
                }
                if let Err(problem) = self.check_reference(parts) {
                    problems.push(problem);
                }
                parts.iter().for_each(|part| self.references_in(part, problems));
            }
            TermKind::Array(items) | TermKind::Set(items) => {
                items.iter().for_each(|item| self.references_in(item, problems));
            }
            TermKind::Object(entries) => entries.iter().for_each(|(key, value)| {
                self.references_in(key, problems);
                self.references_in(value, problems);
            }),
            TermKind::Call(call) => call.args.iter().for_each(|arg| self.references_in(arg, problems)),
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Template(_) => {}
        }
    }

    /// Follows a reference through the trees of all levels, from the innermost, until one has a type on its path.
    fn check_reference(&mut self, parts: &[Term]) -> Result<(), Problem> {
        let keys: Vec<Key> = parts.iter().map(Key::of).collect();
        for level in (0..self.depth()).rev() {
            if let Some((kind, index)) = self.follow(level, parts, &keys)? {
                return self.check_below(kind, parts, index);
            }
        }
        match parts.first().map(|head| &head.kind) {
            Some(TermKind::Var(name)) if is_document(name) => self.check_below(Type::Any, parts, 1),
            Some(_) | None => self.check_below(Type::Any, parts, 0),
        }
    }

    /// The first type on the path at this level and the number of parts that lead to it; `None` if there is none. A
    /// path that ends before any type has been checked as a whole.
    fn follow(
        &mut self,
        level: usize,
        parts: &[Term],
        keys: &[Key],
    ) -> Result<Option<(Type, usize)>, Problem> {
        for (index, (part, key)) in parts.iter().zip(keys).enumerate() {
            if !self.effort.step() {
                return Ok(Some((Type::Any, parts.len())));
            }
            // The two segments after `data` are those of a package or a rule.
            if matches!(index, 1 | 2) && !matches!(part.kind, TermKind::Var(_) | TermKind::String(_)) {
                let have = self.kind_of(part);
                let wanted = Wanted::new(self.keys_at(level, keys, index), Type::String);
                return Err(Problem::wrong_key(self.names, parts, index, &have, &wanted));
            }
            if let (TermKind::Var(name), true) = (&part.kind, index > 0) {
                let extent = self.place(level, keys, index).map(Node::extent).unwrap_or_default();
                let wanted = relate::keys(&self.effort, &extent);
                let known = self.var(name);
                if !known.is_known() {
                    self.learn(name, wanted);
                } else if !relate::agree(&self.effort, &wanted, &known) {
                    let wanted = Wanted::new(self.keys_at(level, keys, index), wanted);
                    return Err(Problem::wrong_key(self.names, parts, index, &known, &wanted));
                }
            }
            match self.place(level, keys, index).and_then(|node| node.child(key)) {
                None => return Ok(None),
                Some(child) if child.is_leaf() => {
                    return Ok(Some((child.kind.clone(), index.saturating_add(1))));
                }
                Some(_) => {}
            }
        }
        Ok(Some((Type::Any, parts.len())))
    }

    /// The place of a level to which the first `index` parts lead.
    fn place(&self, level: usize, keys: &[Key], index: usize) -> Option<&Node> {
        keys.iter().take(index).try_fold(self.level(level)?, |node, key| node.child(key))
    }

    /// What could stand at this place of a path.
    fn keys_at(&self, level: usize, keys: &[Key], index: usize) -> Vec<String> {
        let children = self.place(level, keys, index).map(|node| node.children.keys());
        children.into_iter().flatten().filter_map(Key::word).collect()
    }

    /// The rest of a reference, inside a type that is known.
    fn check_below(&mut self, mut kind: Type, parts: &[Term], from: usize) -> Result<(), Problem> {
        for (index, part) in parts.iter().enumerate().skip(from) {
            let wanted = relate::keys(&self.effort, &kind);
            if !wanted.is_known() {
                return Err(Problem::not_a_collection(self.names, parts, index, &kind));
            }
            let have = match &part.kind {
                TermKind::Var(name) => {
                    let known = self.var(name);
                    if !known.is_known() {
                        self.learn(name, wanted.clone());
                    }
                    known
                }
                TermKind::Ref(inner) => self.reference(inner),
                TermKind::Array(_) | TermKind::Object(_) | TermKind::Set(_) => {
                    if !self.fits(part, &wanted, false) {
                        let have = self.kind_of(part);
                        return Err(Problem::wrong_key(
                            self.names,
                            parts,
                            index,
                            &have,
                            &Wanted::Type(wanted),
                        ));
                    }
                    Type::Unknown
                }
                TermKind::Null
                | TermKind::Bool(_)
                | TermKind::Number(_)
                | TermKind::String(_)
                | TermKind::ArrayCompr(..)
                | TermKind::SetCompr(..)
                | TermKind::ObjectCompr(..)
                | TermKind::Call(_)
                | TermKind::Template(_) => {
                    let inner = self.select(&kind, part);
                    if !inner.is_known() {
                        let wanted = Wanted::new(names_of(&kind), wanted);
                        return Err(Problem::wrong_key(self.names, parts, index, &inner, &wanted));
                    }
                    kind = inner;
                    continue;
                }
            };
            if have.is_known() && !relate::agree(&self.effort, &have, &wanted) {
                let wanted = Wanted::new(names_of(&kind), wanted);
                return Err(Problem::wrong_key(self.names, parts, index, &have, &wanted));
            }
            kind = relate::values(&self.effort, &kind);
        }
        Ok(())
    }
}

/// The keys that a type names.
fn names_of(kind: &Type) -> Vec<String> {
    let mut names: Vec<String> = match kind {
        Type::Object(object) => object.fixed.iter().map(|(key, _)| key.word()).collect(),
        Type::Union(union) => union.of.iter().flat_map(names_of).collect(),
        Type::Unknown
        | Type::Null
        | Type::Boolean
        | Type::Number
        | Type::String
        | Type::Array(_)
        | Type::Set(_)
        | Type::Any
        | Type::Function(_) => Vec::new(),
    };
    names.sort();
    names.dedup();
    names
}
