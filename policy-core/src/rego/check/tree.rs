//! The rules by their paths: what OPA calls the rule tree.

use std::collections::BTreeMap;

use crate::rego::syntax::{Module, Name, Rule, Term, TermKind};

/// A constant step of a path. Numbers are told apart as they are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::rego) enum Key {
    Null,
    Bool(bool),
    Number(Name),
    String(Name),
}

/// A step of a reference, as far as it is known before evaluation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::rego) enum Step {
    /// This key.
    Key(Key),
    /// A constant that is no key of any rule: an array, an object, a set.
    Nothing,
    /// Any key.
    Any,
}

impl Step {
    pub(in crate::rego) fn of(term: &Term) -> Self {
        match &term.kind {
            TermKind::Null => Self::Key(Key::Null),
            TermKind::Bool(value) => Self::Key(Key::Bool(*value)),
            TermKind::Number(digits) => Self::Key(Key::Number(digits.clone())),
            TermKind::String(text) => Self::Key(Key::String(text.clone())),
            TermKind::Array(_) | TermKind::Object(_) | TermKind::Set(_) => {
                if is_constant(term) {
                    Self::Nothing
                } else {
                    Self::Any
                }
            }
            TermKind::Var(_)
            | TermKind::Ref(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => Self::Any,
        }
    }
}

fn is_constant(term: &Term) -> bool {
    match &term.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => true,
        TermKind::Array(items) | TermKind::Set(items) => items.iter().all(is_constant),
        TermKind::Object(entries) => {
            entries.iter().all(|(key, value)| is_constant(key) && is_constant(value))
        }
        TermKind::Var(_)
        | TermKind::Ref(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => false,
    }
}

/// Where a definition is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::rego) struct RuleAt {
    /// The module's place among the modules.
    pub(in crate::rego) module: usize,
    /// The definition's place in the module.
    pub(in crate::rego) rule: usize,
}

/// A node of a [`RuleTree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::rego) struct NodeId(usize);

/// The root: the document `data`.
pub(in crate::rego) const ROOT: NodeId = NodeId(0);

#[derive(Debug, Default)]
struct Node {
    children: BTreeMap<Key, NodeId>,
    rules: Vec<RuleAt>,
}

/// All rules (without their `else` branches) by the constant beginning of their paths.
pub(in crate::rego) struct RuleTree<'m> {
    modules: &'m [Module],
    nodes: Vec<Node>,
}

impl<'m> RuleTree<'m> {
    /// The rules of these modules, of which the heads' references start with `data`. At each node the rules of shorter
    /// packages come first, then those of earlier modules.
    pub(in crate::rego) fn new(modules: &'m [Module]) -> Self {
        let mut tree = Self { modules, nodes: vec![Node::default()] };
        let mut order: Vec<(usize, &Module)> = modules.iter().enumerate().collect();
        order.sort_by_key(|(_, module)| module.package.path.len());
        for (index, module) in order {
            let package: Vec<Key> = module.package.path.iter().cloned().map(Key::String).collect();
            tree.node_for(&package);
            for (place, rule) in module.rules.iter().enumerate() {
                let node = tree.node_for(&constant_prefix(&rule.head.reference));
                if let Some(node) = tree.nodes.get_mut(node.0) {
                    node.rules.push(RuleAt { module: index, rule: place });
                }
            }
        }
        tree
    }

    fn node_for(&mut self, path: &[Key]) -> NodeId {
        let mut at = ROOT;
        for key in path {
            let next = NodeId(self.nodes.len());
            let Some(node) = self.nodes.get_mut(at.0) else { return at };
            let mut is_new = false;
            at = *node.children.entry(key.clone()).or_insert_with(|| {
                is_new = true;
                next
            });
            if is_new {
                self.nodes.push(Node::default());
            }
        }
        at
    }

    /// How many nodes there are.
    pub(in crate::rego) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The node's place among all nodes: less than [`RuleTree::len`].
    pub(in crate::rego) fn index(&self, node: NodeId) -> usize {
        node.0
    }

    /// All nodes; a parent comes before its children.
    pub(in crate::rego) fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId)
    }

    /// The child of a node.
    pub(in crate::rego) fn child(&self, node: NodeId, key: &Key) -> Option<NodeId> {
        self.nodes.get(node.0)?.children.get(key).copied()
    }

    /// The children of a node.
    pub(in crate::rego) fn children(&self, node: NodeId) -> impl Iterator<Item = (&Key, NodeId)> {
        self.nodes
            .get(node.0)
            .into_iter()
            .flat_map(|node| node.children.iter().map(|(key, child)| (key, *child)))
    }

    /// The rules exactly at a node.
    pub(in crate::rego) fn rules_at(&self, node: NodeId) -> &[RuleAt] {
        self.nodes.get(node.0).map_or(&[], |node| &node.rules)
    }

    /// The definition at a place.
    ///
    /// The place comes from this tree, so there is one.
    pub(in crate::rego) fn rule(&self, at: RuleAt) -> &'m Rule {
        #[expect(clippy::indexing_slicing, reason = "invariant: every RuleAt was made from these modules")]
        &self.modules[at.module].rules[at.rule]
    }

    /// The module of a definition.
    pub(in crate::rego) fn module(&self, at: RuleAt) -> &'m Module {
        #[expect(clippy::indexing_slicing, reason = "invariant: every RuleAt was made from these modules")]
        &self.modules[at.module]
    }

    /// Every node with its path below `data`.
    pub(in crate::rego) fn paths(&self) -> Vec<(Vec<Key>, NodeId)> {
        let mut found = Vec::with_capacity(self.nodes.len());
        let mut work = vec![(Vec::new(), ROOT)];
        while let Some((path, node)) = work.pop() {
            for (key, child) in self.children(node) {
                let mut below = path.clone();
                below.push(key.clone());
                work.push((below, child));
            }
            found.push((path, node));
        }
        found
    }

    /// All rules below a node, and at it.
    pub(in crate::rego) fn rules_below(&self, node: NodeId) -> Vec<RuleAt> {
        let mut found = Vec::new();
        let mut work = vec![node];
        while let Some(node) = work.pop() {
            found.extend_from_slice(self.rules_at(node));
            work.extend(self.children(node).map(|(_, child)| child));
        }
        found.sort_unstable();
        found
    }
}

/// The constant beginning of a head's reference, without `data`.
pub(in crate::rego) fn constant_prefix(reference: &[Term]) -> Vec<Key> {
    let key = |term: &Term| match Step::of(term) {
        Step::Key(key) => Some(key),
        Step::Any | Step::Nothing => None,
    };
    reference.iter().skip(1).map_while(key).collect()
}

/// Whether a head's reference has no variable.
pub(super) fn is_constant_path(reference: &[Term]) -> bool {
    reference.iter().skip(1).all(is_constant)
}
