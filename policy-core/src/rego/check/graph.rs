//! Which rules depend on which.
//!
//! A reference to a document depends on all rules that make it up, so drawing an edge to each of them would be quadratic:
//! ten thousand definitions of `allow`, ten thousand rules that ask for it. Documents are vertices of their own instead:
//! a rule points to the documents that it reads, a document to its rules and to the documents below.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::tree::{NodeId, ROOT, RuleTree, Step};
use super::walk::{Visitor, branches, walk_rule};
use crate::rego::syntax::{Module, Rule, Term, TermKind};

/// A definition, or one of its `else` branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::rego) struct Branch {
    /// The module's place among the modules.
    pub(in crate::rego) module: usize,
    /// The definition's place in the module.
    pub(in crate::rego) rule: usize,
    /// 0 for the definition, 1 for its `else`, 2 for that one's `else`.
    pub(in crate::rego) depth: usize,
}

/// The graph of dependencies.
pub(in crate::rego) struct RuleGraph<'m> {
    rules: Vec<(Branch, &'m Rule)>,
    /// For each vertex those that it depends on. The rules come first, in the order of `rules`.
    edges: Vec<Vec<usize>>,
    /// Groups of vertices that depend on each other; what a group depends on comes before it.
    groups: Vec<Vec<usize>>,
}

impl<'m> RuleGraph<'m> {
    /// The graph of these modules, of which the references to rules start with `data`.
    pub(in crate::rego) fn new(modules: &'m [Module]) -> Self {
        let tree = RuleTree::new(modules);
        let mut builder = Builder::new(modules, &tree);
        for index in 0..builder.rules.len() {
            builder.connect_rule(index);
        }
        let Builder { rules, edges, .. } = builder;
        let groups = strong_components(&edges);
        Self { rules, edges, groups }
    }

    /// The definitions and branches that depend on themselves, each with its vertex, as they are written.
    pub(super) fn recursive(&self) -> Vec<(usize, &'m Rule)> {
        let circles = self.groups.iter().filter(|group| group.len() > 1).flatten();
        let mut found: Vec<(usize, Branch, &Rule)> = circles
            .filter_map(|vertex| self.rules.get(*vertex).map(|(branch, rule)| (*vertex, *branch, *rule)))
            .collect();
        found.sort_by_key(|(_, branch, _)| *branch);
        found.into_iter().map(|(vertex, _, rule)| (vertex, rule)).collect()
    }

    /// A shortest way from a rule through others back to itself; both ends are the rule.
    pub(super) fn circle(&self, start: usize) -> Vec<&'m Rule> {
        let mut before: HashMap<usize, usize> = HashMap::new();
        let mut work = std::collections::VecDeque::from([start]);
        'search: while let Some(at) = work.pop_front() {
            for next in self.edges.get(at).into_iter().flatten() {
                if !before.contains_key(next) {
                    before.insert(*next, at);
                    if *next == start {
                        break 'search;
                    }
                    work.push_back(*next);
                }
            }
        }
        let mut way = vec![start];
        let mut at = start;
        while let Some(previous) = before.get(&at) {
            at = *previous;
            way.push(at);
            if at == start {
                break;
            }
        }
        way.iter().rev().filter_map(|vertex| self.rules.get(*vertex).map(|(_, rule)| *rule)).collect()
    }
}

struct Builder<'m, 't> {
    tree: &'t RuleTree<'m>,
    rules: Vec<(Branch, &'m Rule)>,
    edges: Vec<Vec<usize>>,
    /// The vertex of the rules exactly at a node: where these begin.
    at: usize,
    /// The vertex of everything at a node and below it: where these begin.
    below: usize,
    /// The vertices of references that are not constant, by where they stop to be.
    dynamic: HashMap<(NodeId, Vec<Step>), usize>,
    /// Those of them that have no edges yet.
    unfinished: Vec<(usize, NodeId, Vec<Step>)>,
}

impl<'m, 't> Builder<'m, 't> {
    fn new(modules: &'m [Module], tree: &'t RuleTree<'m>) -> Self {
        let mut rules = Vec::new();
        let mut first_branch = HashMap::new();
        for (module, text) in modules.iter().enumerate() {
            for (rule, definition) in text.rules.iter().enumerate() {
                first_branch.insert((module, rule), rules.len());
                let numbered = branches(definition).enumerate();
                rules.extend(numbered.map(|(depth, branch)| (Branch { module, rule, depth }, branch)));
            }
        }
        let at = rules.len();
        let below = at.saturating_add(tree.len());
        let mut edges = vec![Vec::new(); below.saturating_add(tree.len())];
        for node in tree.nodes() {
            let place = tree.index(node);
            let mut own = Vec::new();
            for rule in tree.rules_at(node) {
                let Some(first) = first_branch.get(&(rule.module, rule.rule)) else { continue };
                let count = branches(tree.rule(*rule)).count();
                own.extend(*first..first.saturating_add(count));
            }
            let mut all = vec![at.saturating_add(place)];
            all.extend(tree.children(node).map(|(_, child)| below.saturating_add(tree.index(child))));
            set(&mut edges, at.saturating_add(place), own);
            set(&mut edges, below.saturating_add(place), all);
        }
        Self { tree, rules, edges, at, below, dynamic: HashMap::new(), unfinished: Vec::new() }
    }

    fn connect_rule(&mut self, index: usize) {
        let Some((_, rule)) = self.rules.get(index).copied() else { return };
        let mut uses = Uses { found: Vec::new() };
        walk_rule(rule, &mut uses);
        uses.found.sort();
        uses.found.dedup();
        let edges = uses.found.iter().flat_map(|steps| self.targets(ROOT, steps)).collect();
        set(&mut self.edges, index, edges);
        while let Some((vertex, node, rest)) = self.unfinished.pop() {
            let children: Vec<NodeId> = self.tree.children(node).map(|(_, child)| child).collect();
            let mut found = Vec::new();
            for child in children {
                found.push(self.at.saturating_add(self.tree.index(child)));
                found.extend(self.targets(child, &rest));
            }
            set(&mut self.edges, vertex, found);
        }
    }

    /// The vertices that a reference from a node depends on.
    fn targets(&mut self, from: NodeId, steps: &[Step]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut node = from;
        for (index, step) in steps.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    let Some(child) = self.tree.child(node, key) else { return found };
                    found.push(self.at.saturating_add(self.tree.index(child)));
                    node = child;
                }
                Step::Nothing => return found,
                Step::Any => {
                    let rest = steps.get(index.saturating_add(1)..).unwrap_or_default();
                    found.push(self.any_child(node, rest));
                    return found;
                }
            }
        }
        found.push(self.below.saturating_add(self.tree.index(node)));
        found
    }

    /// The vertex of what a reference depends on that goes on with any key.
    fn any_child(&mut self, node: NodeId, rest: &[Step]) -> usize {
        match self.dynamic.entry((node, rest.to_vec())) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let vertex = *new.insert(self.edges.len());
                self.edges.push(Vec::new());
                self.unfinished.push((vertex, node, rest.to_vec()));
                vertex
            }
        }
    }
}

fn set(edges: &mut [Vec<usize>], vertex: usize, targets: Vec<usize>) {
    if let Some(slot) = edges.get_mut(vertex) {
        *slot = targets;
    }
}

/// Collects the references to `data`.
struct Uses {
    found: Vec<Vec<Step>>,
}

impl Visitor for Uses {
    fn reference(&mut self, reference: &[Term]) {
        if let Some((Term { kind: TermKind::Var(head), .. }, rest)) = reference.split_first()
            && &**head == "data"
        {
            self.found.push(rest.iter().map(Step::of).collect());
        }
    }
}

/// Tarjan's algorithm without recursion. A group comes after those that it points to.
fn strong_components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut number = vec![NEW; edges.len()];
    let mut lowest = vec![NEW; edges.len()];
    let mut is_open = vec![false; edges.len()];
    let mut open = Vec::new();
    let mut groups = Vec::new();
    let mut count: usize = 0;
    for root in 0..edges.len() {
        if number.get(root) != Some(&NEW) {
            continue;
        }
        let mut work = vec![(root, 0_usize)];
        while let Some((vertex, next)) = work.pop() {
            let (Some(own), Some(targets)) = (number.get_mut(vertex), edges.get(vertex)) else { continue };
            if *own == NEW {
                *own = count;
                set_at(&mut lowest, vertex, count);
                count = count.saturating_add(1);
                open.push(vertex);
                set_at(&mut is_open, vertex, true);
            }
            if let Some(target) = targets.get(next) {
                work.push((vertex, next.saturating_add(1)));
                if number.get(*target) == Some(&NEW) {
                    work.push((*target, 0));
                } else if is_open.get(*target) == Some(&true) {
                    lower(&mut lowest, vertex, number.get(*target).copied());
                }
                continue;
            }
            let low = lowest.get(vertex).copied();
            if low == number.get(vertex).copied() {
                let mut group = Vec::new();
                while let Some(member) = open.pop() {
                    set_at(&mut is_open, member, false);
                    group.push(member);
                    if member == vertex {
                        break;
                    }
                }
                groups.push(group);
            }
            if let Some((parent, _)) = work.last() {
                lower(&mut lowest, *parent, low);
            }
        }
    }
    groups
}

fn set_at<T>(values: &mut [T], index: usize, value: T) {
    if let Some(slot) = values.get_mut(index) {
        *slot = value;
    }
}

fn lower(lowest: &mut [usize], vertex: usize, to: Option<usize>) {
    if let (Some(slot), Some(to)) = (lowest.get_mut(vertex), to) {
        *slot = (*slot).min(to);
    }
}
