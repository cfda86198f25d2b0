//! Type errors, as far as OPA finds them.
//!
//! The types of rules are inferred in the order of their dependencies, from the types of terms and the signatures of
//! built-in functions; of `input` and of data that is not made by rules nothing is known. The inference is OPA's own in
//! what it knows and what it does not: what it refuses is refused, what it lets pass is let pass.

mod body;
mod constant;
mod effort;
mod graph;
mod kind;
mod problem;
mod references;
mod relate;
mod scope;
mod show;
#[cfg(test)]
mod tests;
mod tree;
mod unify;

use std::collections::HashMap;

use body::{ground_prefix, is_ground};
use graph::{Definition, Graph};
use kind::Type;
use problem::Problem;
use scope::Checker;
use tree::Key;

use super::error::{Fault, RegoErrorKind};
use super::syntax::{Loc, Module, Name, Term, TermKind};

/// Segments of a rule's path, from `data` on.
const MAX_PATH: usize = 200;

/// The type errors of compiled modules: everything has been rewritten, bodies are in order, and no rule is recursive.
///
/// Sorted by place. A policy that takes too long to check is refused as one that is over a limit.
pub(in crate::rego) fn check(modules: &[Module], original: &HashMap<Name, Name>) -> Vec<Fault> {
    if let Some(at) = too_long(modules) {
        let message = format!("the path of a rule has more than {MAX_PATH} segments");
        return vec![Fault::new(at, RegoErrorKind::Limit, message)];
    }
    let graph = Graph::new(modules);
    let mut checker = Checker::new(&graph, original);
    let mut faults = Vec::new();
    let Some(order) = graph.in_order() else {
        return vec![too_much_work(Loc::POLICY)];
    };
    for definition in order.into_iter().filter_map(|index| graph.definitions.get(index)) {
        faults.extend(checker.check_definition(definition).into_iter().map(|problem| problem.fault));
        if checker.effort.is_used_up() {
            return vec![too_much_work(definition.rule.at)];
        }
    }
    faults.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.message.cmp(&b.message)));
    faults
}

fn too_long(modules: &[Module]) -> Option<Loc> {
    let mut rules = modules.iter().flat_map(|module| &module.rules);
    rules.find(|rule| rule.head.reference.len() > MAX_PATH).map(|rule| rule.at)
}

fn too_much_work(at: Loc) -> Fault {
    Fault::new(at, RegoErrorKind::Limit, "the types of this policy are too complicated to check")
        .hint("comprehensions that are nested deeply, or values that double with every rule, are better named and split")
}

impl Checker<'_> {
    /// Checks one definition of a rule and adds what it makes to the types of rules.
    fn check_definition(&mut self, definition: &Definition<'_>) -> Vec<Problem> {
        let rules = self.depth();
        self.enter();
        let problems = self.check_body(&definition.rule.body);
        if problems.is_empty() {
            let (path, kind) = self.kind_of_definition(definition);
            self.leave(rules);
            if let (true, Some((effort, tree))) = (kind.is_known(), self.rules()) {
                tree.define(effort, &path, kind);
            }
        } else {
            self.leave(rules);
            if let Some((_, tree)) = self.rules() {
                // Whoever uses it is not told about errors that follow from these.
                tree.put(definition.path.iter().map(Key::of), Type::Any);
            }
        }
        problems
    }

    /// The type that a definition adds, and where: at its path up to the first variable.
    fn kind_of_definition(&mut self, definition: &Definition<'_>) -> (Vec<Key>, Type) {
        let head = &definition.rule.head;
        let path = definition.path;
        let all = |path: &[Term]| path.iter().map(Key::of).collect();
        match (&head.args, &head.value, &head.key) {
            (Some(args), value, _) if !args.is_empty() => {
                args.iter().for_each(|arg| self.free_vars_are_any(arg));
                let args = args.iter().map(|arg| self.kind_of(arg)).collect();
                let result = value.as_ref().map_or(Type::Boolean, |value| self.kind_of(value));
                (all(path), Type::function(args, result, None))
            }
            (_, Some(value), _) => {
                let kind = self.kind_of(value);
                (all(ground_prefix(path)), self.nested(path, kind))
            }
            (_, None, Some(key)) => {
                let of = self.kind_of(key);
                let kind = if of.is_known() { Type::set(of) } else { Type::Unknown };
                (all(ground_prefix(path)), self.nested(path, kind))
            }
            (_, None, None) => (all(ground_prefix(path)), self.nested(path, Type::Boolean)),
        }
    }

    /// The object that a rule with variables in its path makes: `p[x].q := 1` makes `{x: {"q": 1}}` at `p`.
    fn nested(&mut self, path: &[Term], kind: Type) -> Type {
        if is_ground(path) {
            return kind;
        }
        let dynamic = path.get(ground_prefix(path).len()..).unwrap_or_default();
        let mut nested = kind;
        for part in dynamic.iter().rev() {
            let key = self.kind_of(part);
            if !nested.is_known() || !key.is_known() {
                return Type::Unknown;
            }
            nested = Type::object(Vec::new(), Some((key, nested)));
        }
        nested
    }

    /// Arguments that the body does not use may be anything.
    fn free_vars_are_any(&mut self, arg: &Term) {
        match &arg.kind {
            TermKind::Var(name) => {
                if !self.var(name).is_known() {
                    self.learn(name, Type::Any);
                }
            }
            TermKind::Array(items) | TermKind::Set(items) | TermKind::Ref(items) => {
                items.iter().for_each(|item| self.free_vars_are_any(item));
            }
            TermKind::Object(entries) => entries.iter().for_each(|(key, value)| {
                self.free_vars_are_any(key);
                self.free_vars_are_any(value);
            }),
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => {}
        }
    }
}
