//! Which rules define a document together, and where it lies.

use std::collections::{BTreeMap, BTreeSet};

use super::ir::{GroupId, GroupKind, Tree};
use super::terms::{below_data, constant, each_term_of_rule};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Loc, Module, Name, Rule, Term, TermKind};
use crate::rego::value::Value;

/// Rules that may depend on one another in a chain: an evaluation goes down along it, and each rule takes some
/// hundred bytes of stack for every level of its body.
const CHAIN: u32 = 300;

/// The rules of one document, before they are planned.
#[derive(Debug)]
pub(super) struct Family<'a> {
    pub(super) path: Vec<Value<'static>>,
    pub(super) kind: GroupKind,
    pub(super) rules: Vec<&'a Rule>,
    pub(super) default: Option<&'a Rule>,
    /// For each of the rules what is asked before it is tried, and its branches.
    pub(super) asked: Vec<Vec<super::order::Asked>>,
}

/// Every document that rules define, in a tree.
#[derive(Debug, Default)]
pub(super) struct Families<'a> {
    pub(super) families: Vec<Family<'a>>,
    pub(super) tree: Tree,
}

/// A node while the tree is built.
#[derive(Default)]
struct Node<'a> {
    children: Vec<(Value<'static>, Node<'a>)>,
    rules: Vec<&'a Rule>,
}

impl<'a> Node<'a> {
    fn at(&mut self, path: &[Value<'static>]) -> Option<&mut Self> {
        let mut node = self;
        for key in path {
            let at = match node.children.binary_search_by(|(known, _)| known.cmp_to(key)) {
                Ok(at) => at,
                Err(at) => {
                    node.children.insert(at, (key.clone(), Node::default()));
                    at
                }
            };
            node = &mut node.children.get_mut(at)?.1;
        }
        Some(node)
    }

    fn all(&self, into: &mut Vec<&'a Rule>) {
        into.extend(&self.rules);
        for (_, child) in &self.children {
            child.all(into);
        }
    }
}

/// The reference below `data`.
pub(super) fn head_path(rule: &Rule) -> &[Term] {
    rule.head.reference.get(1..).unwrap_or_default()
}

impl<'a> Families<'a> {
    /// The families of a compiled program, in the order of the tree.
    pub(super) fn of(modules: &'a [Module]) -> Self {
        let mut root = Node::default();
        for module in modules {
            // A package without rules is a document too: an empty object.
            let package: Vec<_> = module.package.path.iter().map(|name| Value::string(name)).collect();
            let _ = root.at(&package);
            for rule in &module.rules {
                let prefix: Vec<_> = head_path(rule).iter().map_while(constant).collect();
                if let Some(node) = root.at(&prefix) {
                    node.rules.push(rule);
                }
            }
        }
        let mut all = Self::default();
        all.tree = all.collect(&root, &mut Vec::new());
        all
    }

    fn collect(&mut self, node: &Node<'a>, path: &mut Vec<Value<'static>>) -> Tree {
        let mut tree = Tree::default();
        if !node.rules.is_empty() {
            let is_general = node.rules.iter().any(|rule| head_path(rule).len() > path.len());
            let mut rules = Vec::new();
            if is_general {
                node.all(&mut rules)
            } else {
                rules.clone_from(&node.rules)
            }
            tree.group = GroupId::try_from(self.families.len()).ok();
            let default = rules.iter().copied().find(|rule| rule.is_default);
            rules.retain(|rule| !rule.is_default);
            let first = rules.first().copied().or(default);
            let kind = match first {
                _ if is_general => GroupKind::Object,
                Some(Rule { head, .. }) => match (&head.args, &head.key, &head.value) {
                    (Some(args), ..) => GroupKind::Function(args.len()),
                    (None, Some(_), None) => GroupKind::Set,
                    (None, ..) => GroupKind::Complete,
                },
                None => GroupKind::Complete,
            };
            self.families.push(Family { path: path.clone(), kind, rules, default, asked: Vec::new() });
            if is_general {
                return tree;
            }
        }
        for (key, child) in &node.children {
            path.push(key.clone());
            let child = self.collect(child, path);
            path.pop();
            tree.children.push((key.clone(), child));
        }
        tree
    }

    /// What a reference below `data` can touch.
    pub(super) fn touched(&self, parts: &[Term]) -> Vec<GroupId> {
        let mut node = &self.tree;
        for part in parts {
            if let Some(group) = node.group {
                return vec![group];
            }
            let Some(key) = constant(part) else { break };
            let Some(child) = node.child(&key) else { return Vec::new() };
            node = child;
        }
        let mut all = Vec::new();
        everything(node, &mut all);
        all
    }

    /// Whether rules define what lies at a path below `data`, or a package does.
    pub(super) fn is_virtual(&self, path: &[Value<'static>]) -> bool {
        let mut node = &self.tree;
        for key in path {
            if node.group.is_some() {
                return true;
            }
            let Some(child) = node.child(key) else { return false };
            node = child;
        }
        true
    }

    /// What makes up the document at a path.
    pub(super) fn below(&self, path: &[Value<'static>]) -> Vec<GroupId> {
        let mut node = &self.tree;
        for key in path {
            if let Some(group) = node.group {
                return vec![group];
            }
            let Some(child) = node.child(key) else { return Vec::new() };
            node = child;
        }
        let mut all = Vec::new();
        everything(node, &mut all);
        all
    }

    pub(super) fn family(&self, group: GroupId) -> Option<&Family<'a>> {
        self.families.get(usize::try_from(group).ok()?)
    }
}

/// Every group at a node of the tree and below.
pub(super) fn tree_groups(tree: &Tree) -> Vec<GroupId> {
    let mut all = Vec::new();
    everything(tree, &mut all);
    all
}

fn everything(node: &Tree, into: &mut Vec<GroupId>) {
    into.extend(node.group);
    for (_, child) in &node.children {
        everything(child, into);
    }
}

/// What the rules that some entries need can touch.
#[derive(Debug, Default)]
pub(super) struct Reach {
    pub(super) groups: BTreeSet<GroupId>,
    /// Paths of the input, each as written; the empty one is the whole.
    inputs: BTreeSet<Vec<Name>>,
    /// What each group touches itself.
    pub(super) edges: BTreeMap<GroupId, BTreeSet<GroupId>>,
}

impl Reach {
    /// Everything that is reached from some groups.
    pub(super) fn from(families: &Families<'_>, entries: impl IntoIterator<Item = GroupId>) -> Self {
        let mut reach = Self::default();
        let mut open: Vec<GroupId> = entries.into_iter().collect();
        while let Some(group) = open.pop() {
            if !reach.groups.insert(group) {
                continue;
            }
            let Some(family) = families.family(group) else { continue };
            let mut touched = BTreeSet::new();
            for rule in family.rules.iter().copied().chain(family.default) {
                let mut link = Some(rule);
                while let Some(rule) = link {
                    each_term_of_rule(rule, &mut |term| reach.term(families, term, &mut touched));
                    link = rule.otherwise.as_deref();
                }
            }
            open.extend(&touched);
            reach.edges.insert(group, touched);
        }
        reach
    }

    fn term(&mut self, families: &Families<'_>, term: &Term, touched: &mut BTreeSet<GroupId>) {
        if !matches!(term.kind, TermKind::Ref(_) | TermKind::Var(_)) {
            return;
        }
        if let Some(parts) = below_data(term) {
            touched.extend(families.touched(parts));
        } else if let Some(parts) = super::terms::below_input(term) {
            self.inputs.insert(parts.iter().map_while(super::terms::text).map(Name::from).collect());
        }
    }

    /// The groups, each after those that it needs.
    ///
    /// # Errors
    /// If a chain of rules is longer than an evaluation can follow.
    pub(super) fn order(&self, families: &Families<'_>) -> Result<Vec<GroupId>, Fault> {
        let mut order = Vec::new();
        let mut depths: BTreeMap<GroupId, u32> = BTreeMap::new();
        // Rules of one object may refer to other keys of it: that is a way back here, though not for an evaluation.
        let mut entered: BTreeSet<GroupId> = BTreeSet::new();
        for start in &self.groups {
            let mut open = vec![(*start, false)];
            while let Some((group, is_done)) = open.pop() {
                if depths.contains_key(&group) {
                    continue;
                }
                let needs = self.edges.get(&group);
                if is_done {
                    let below = needs.into_iter().flatten().filter_map(|need| depths.get(need)).max();
                    let depth = below.copied().unwrap_or(0).saturating_add(1);
                    if depth > CHAIN {
                        let message = format!("a chain of more than {CHAIN} rules depend on one another");
                        let first = families.family(group).and_then(|family| family.rules.first());
                        let at = first.map_or(Loc::POLICY, |rule| rule.at);
                        return Err(Fault::new(at, RegoErrorKind::Limit, message)
                            .hint("let rules refer to what they need directly"));
                    }
                    depths.insert(group, depth);
                    order.push(group);
                } else if entered.insert(group) {
                    open.push((group, true));
                    let unseen = needs.into_iter().flatten().filter(|need| !entered.contains(need));
                    open.extend(unseen.map(|need| (*need, false)));
                }
            }
        }
        Ok(order)
    }

    /// The paths of the input that are read, without those that lie below another.
    pub(super) fn slots(&self) -> Vec<Vec<Name>> {
        let covered = |path: &Vec<Name>| {
            (0..path.len()).any(|n| path.get(..n).is_some_and(|above| self.inputs.contains(above)))
        };
        self.inputs.iter().filter(|path| !covered(path)).cloned().collect()
    }
}
