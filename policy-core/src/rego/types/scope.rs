//! What is known where: scopes within scopes, and the types of terms in the innermost one.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::constant::{Constant, is_constant, properties};
use super::effort::Effort;
use super::graph::Graph;
use super::kind::Type;
use super::relate;
use super::show::Names;
use super::tree::{Key, Node};
use crate::rego::builtins::signature;
use crate::rego::syntax::{Body, Name, Term, TermKind};

/// The types that one level adds to the levels below.
struct Scope {
    tree: Tree,
    /// The level that keeps what is found out about variables.
    vars: usize,
}

enum Tree {
    Own(Node),
    /// The same for every expression that replaces the same document.
    Shared(Rc<Node>),
}

impl Scope {
    fn node(&self) -> &Node {
        match &self.tree {
            Tree::Own(node) => node,
            Tree::Shared(node) => node,
        }
    }
}

/// The check of a policy: level 0 has the built-in functions, level 1 the rules; those above come and go with rules,
/// bodies and `with`.
pub(super) struct Checker<'m> {
    pub(super) effort: Effort,
    pub(super) graph: &'m Graph<'m>,
    pub(super) names: &'m Names,
    scopes: Vec<Scope>,
    pub(super) relaxed: BTreeMap<(Vec<Key>, bool), Option<Rc<Node>>>,
}

/// The level of the rules.
const RULES: usize = 1;

impl<'m> Checker<'m> {
    pub(super) fn new(graph: &'m Graph<'m>, names: &'m Names) -> Self {
        let mut builtins = Node::default();
        for signature in signature::all() {
            let mut segments = signature.name.split('.').map(Name::from);
            let head = segments.next().map(Key::Var);
            builtins.put(head.into_iter().chain(segments.map(Key::String)), Type::from(signature));
        }
        let scopes = vec![
            Scope { tree: Tree::Own(builtins), vars: 0 },
            Scope { tree: Tree::Own(Node::default()), vars: RULES },
        ];
        Self { effort: Effort::new(), graph, names, scopes, relaxed: BTreeMap::new() }
    }

    /// The number of levels, to come back to with [`Checker::leave`].
    pub(super) fn depth(&self) -> usize {
        self.scopes.len()
    }

    /// Opens a level with variables of its own.
    pub(super) fn enter(&mut self) {
        let vars = self.scopes.len();
        self.scopes.push(Scope { tree: Tree::Own(Node::default()), vars });
    }

    /// Opens a level for one expression with `with`: its variables outlive it.
    pub(super) fn enter_with(&mut self, node: Node) {
        let vars = self.vars();
        self.scopes.push(Scope { tree: Tree::Own(node), vars });
    }

    /// As [`Checker::enter_with`], with a level that others use too.
    pub(super) fn enter_shared(&mut self, node: Rc<Node>) {
        let vars = self.vars();
        self.scopes.push(Scope { tree: Tree::Shared(node), vars });
    }

    /// Closes all levels above this many.
    pub(super) fn leave(&mut self, depth: usize) {
        self.scopes.truncate(depth.max(RULES.saturating_add(1)));
    }

    fn vars(&self) -> usize {
        self.scopes.last().map_or(RULES, |scope| scope.vars)
    }

    /// The tree at this level; 0 is the outermost.
    pub(super) fn level(&self, level: usize) -> Option<&Node> {
        self.scopes.get(level).map(Scope::node)
    }

    /// The rules' own tree.
    pub(super) fn rules(&mut self) -> Option<(&Effort, &mut Node)> {
        match self.scopes.get_mut(RULES).map(|scope| &mut scope.tree) {
            Some(Tree::Own(node)) => Some((&self.effort, node)),
            Some(Tree::Shared(_)) | None => None,
        }
    }

    /// Remembers the type of a variable.
    pub(super) fn learn(&mut self, name: &Name, kind: Type) {
        let vars = self.vars();
        if let Some(Tree::Own(node)) = self.scopes.get_mut(vars).map(|scope| &mut scope.tree) {
            node.children.entry(Key::Var(name.clone())).or_default().kind = kind;
        }
    }

    /// What is known of a variable.
    pub(super) fn var(&self, name: &Name) -> Type {
        if is_document(name) {
            return self.reference(&[Term { at: Default::default(), kind: TermKind::Var(name.clone()) }]);
        }
        let key = Key::Var(name.clone());
        let found = self.scopes.iter().rev().find_map(|scope| scope.node().child(&key));
        found.map_or(Type::Unknown, |node| node.kind.clone())
    }

    /// The type of a term in the innermost level.
    pub(super) fn kind_of(&mut self, term: &Term) -> Type {
        if !self.effort.step() {
            return Type::Any;
        }
        match &term.kind {
            TermKind::Null => Type::Null,
            TermKind::Bool(_) => Type::Boolean,
            TermKind::Number(_) => Type::Number,
            TermKind::String(_) | TermKind::Template(_) => Type::String,
            TermKind::Var(name) => self.var(name),
            TermKind::Ref(parts) => self.reference(parts),
            TermKind::Array(items) => {
                let others = if items.is_empty() { Type::Any } else { Type::Unknown };
                Type::array(items.iter().map(|item| self.kind_of(item)).collect(), others)
            }
            TermKind::Set(items) => {
                let mut of = Type::Unknown;
                for item in items {
                    let item = self.kind_of(item);
                    of = relate::or(&self.effort, of, item);
                }
                Type::set(if of.is_known() { of } else { Type::Any })
            }
            TermKind::Object(entries) => self.object(entries),
            TermKind::ArrayCompr(item, body) => self.closure(body, |checker| {
                let item = checker.kind_of(item);
                Type::array(Vec::new(), item)
            }),
            TermKind::SetCompr(item, body) => self.closure(body, |checker| {
                let item = checker.kind_of(item);
                Type::set(item)
            }),
            TermKind::ObjectCompr(key, value, body) => self.closure(body, |checker| {
                let others = (checker.kind_of(key), checker.kind_of(value));
                Type::object(Vec::new(), Some(others))
            }),
            TermKind::Call(_) => Type::Unknown,
        }
    }

    fn object(&mut self, entries: &[(Term, Term)]) -> Type {
        let mut fixed = Vec::with_capacity(entries.len());
        let mut others = None;
        for (key, value) in properties(entries) {
            match Constant::of(key) {
                Some(constant) => fixed.push((constant, self.kind_of(value))),
                // One type for all: OPA keeps that of the last.
                None => others = Some((self.kind_of(key), self.kind_of(value))),
            }
        }
        if fixed.is_empty() && others.is_none() {
            others = Some((Type::Any, Type::Any));
        }
        Type::object(fixed, others)
    }

    /// The type of a comprehension; unknown if its body has errors.
    fn closure(&mut self, body: &Body, result: impl FnOnce(&mut Self) -> Type) -> Type {
        let depth = self.depth();
        let kind = if self.check_body(body).is_empty() { result(self) } else { Type::Unknown };
        self.leave(depth);
        kind
    }

    /// The type of what a reference finds.
    pub(super) fn reference(&self, parts: &[Term]) -> Type {
        let Some((head, tail)) = parts.split_first() else {
            return Type::Unknown;
        };
        let key = Key::of(head);
        for scope in self.scopes.iter().rev() {
            if !self.effort.step() {
                return Type::Any;
            }
            if let Some(found) = scope.node().child(&key).and_then(|node| self.below(node, tail)) {
                return found;
            }
        }
        let is_root = matches!(&head.kind, TermKind::Var(name) if is_document(name));
        if is_root { Type::Any } else { Type::Unknown }
    }

    /// What is found below a place of a level; `None` if this level says nothing about it.
    fn below(&self, mut node: &Node, mut tail: &[Term]) -> Option<Type> {
        while let Some((next, rest)) = tail.split_first() {
            let child = node.child(&Key::of(next));
            match child {
                Some(child) if node.is_leaf() || is_constant(next) => node = child,
                Some(_) | None if node.is_leaf() => return Some(self.select_all(node.kind.clone(), tail)),
                Some(_) | None if !is_constant(next) => return Some(self.select_all(node.extent(), tail)),
                Some(_) | None => return None,
            }
            tail = rest;
        }
        Some(node.extent())
    }

    fn select_all(&self, mut kind: Type, tail: &[Term]) -> Type {
        for part in tail {
            if !kind.is_known() {
                break;
            }
            kind = match &part.kind {
                TermKind::Var(_)
                | TermKind::Ref(_)
                | TermKind::Array(_)
                | TermKind::Object(_)
                | TermKind::Set(_) => relate::values(&self.effort, &kind),
                TermKind::Null
                | TermKind::Bool(_)
                | TermKind::Number(_)
                | TermKind::String(_)
                | TermKind::ArrayCompr(..)
                | TermKind::SetCompr(..)
                | TermKind::ObjectCompr(..)
                | TermKind::Call(_)
                | TermKind::Template(_) => self.select(&kind, part),
            };
        }
        kind
    }

    /// The type of what is under a constant; unknown if there can be nothing.
    pub(super) fn select(&self, kind: &Type, key: &Term) -> Type {
        Constant::of(key).map_or(Type::Unknown, |key| relate::select(&self.effort, kind, &key))
    }
}

/// `data` and `input`: of what they hold nothing is known but the rules.
pub(super) fn is_document(name: &str) -> bool {
    matches!(name, "data" | "input")
}
