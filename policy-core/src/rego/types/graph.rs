//! Which rules depend on which: the order of the check, and what `with` affects.

use std::collections::{BTreeMap, BTreeSet};

use super::body::{ground_prefix, parts_of};
use super::constant::is_constant;
use super::tree::Key;
use crate::rego::syntax::{Body, Expr, ExprKind, Module, Rule, Term, TermKind};

/// Dependencies between definitions that are followed; ten thousand rules that all use one rule of ten definitions have
/// a hundred thousand.
const MAX_EDGES: usize = 20_000_000;

/// A definition of a rule; an `else` is one of its own, at the path of the rule that it belongs to.
pub(super) struct Definition<'m> {
    pub(super) rule: &'m Rule,
    pub(super) path: &'m [Term],
}

/// A place in the tree of rules.
#[derive(Default)]
struct Place {
    parent: Option<usize>,
    children: BTreeMap<Key, usize>,
    /// The definitions exactly here.
    definitions: Vec<usize>,
    /// The definitions that refer to the rules exactly here.
    users: Vec<usize>,
    /// The definitions that refer to everything here and below.
    users_of_all: Vec<usize>,
}

/// What a definition refers to.
#[derive(Clone, Copy)]
enum Need {
    /// The rules at a place.
    Here(usize),
    /// Those, and all below.
    All(usize),
}

pub(super) struct Graph<'m> {
    pub(super) definitions: Vec<Definition<'m>>,
    places: Vec<Place>,
    needs: Vec<Vec<Need>>,
}

impl<'m> Graph<'m> {
    pub(super) fn new(modules: &'m [Module]) -> Self {
        let mut graph = Self { definitions: Vec::new(), places: vec![Place::default()], needs: Vec::new() };
        for top in modules.iter().flat_map(|module| &module.rules) {
            let place = graph.place(ground_prefix(&top.head.reference));
            let mut next = Some(top);
            while let Some(rule) = next {
                let index = graph.definitions.len();
                graph.definitions.push(Definition { rule, path: &top.head.reference });
                if let Some(place) = graph.places.get_mut(place) {
                    place.definitions.push(index);
                }
                next = rule.otherwise.as_deref();
            }
        }
        for index in 0..graph.definitions.len() {
            let needs = graph.needs_of(index);
            for need in &needs {
                let (place, of_all) = match need {
                    Need::Here(place) => (*place, false),
                    Need::All(place) => (*place, true),
                };
                if let Some(place) = graph.places.get_mut(place) {
                    if of_all { place.users_of_all.push(index) } else { place.users.push(index) }
                }
            }
            graph.needs.push(needs);
        }
        graph
    }

    fn place(&mut self, path: &[Term]) -> usize {
        let mut at = 0;
        for key in path.iter().map(Key::of) {
            let new = self.places.len();
            let child = match self.places.get_mut(at) {
                Some(place) => *place.children.entry(key).or_insert(new),
                None => return at,
            };
            if child == new {
                self.places.push(Place { parent: Some(at), ..Place::default() });
            }
            at = child;
        }
        at
    }

    fn needs_of(&self, definition: usize) -> Vec<Need> {
        let mut needs = Vec::new();
        if let Some(Definition { rule, .. }) = self.definitions.get(definition) {
            let mut add = |path: &[Term]| self.resolve(path, &mut needs);
            let head = rule.head.args.iter().flatten().chain(&rule.head.key).chain(&rule.head.value);
            head.for_each(|term| references_in(term, &mut add));
            references_in_body(&rule.body, &mut add);
        }
        needs
    }

    /// The rules to which a reference may lead: those on its path, and those below its end.
    fn resolve(&self, path: &[Term], needs: &mut Vec<Need>) {
        let mut at = vec![0];
        for (index, part) in path.iter().enumerate() {
            let mut next = Vec::new();
            for place in at.iter().filter_map(|place| self.places.get(*place)) {
                if index == 0 || is_constant(part) {
                    next.extend(place.children.get(&Key::of(part)));
                } else {
                    next.extend(place.children.values());
                }
            }
            if next.is_empty() {
                return;
            }
            if index.saturating_add(1) < path.len() {
                let with_rules = next.iter().filter(|place| self.has_definitions(**place));
                needs.extend(with_rules.map(|place| Need::Here(*place)));
            }
            at = next;
        }
        needs.extend(at.into_iter().map(Need::All));
    }

    fn has_definitions(&self, place: usize) -> bool {
        self.places.get(place).is_some_and(|place| !place.definitions.is_empty())
    }

    /// All definitions, each after those on which it depends, and otherwise as they are written; `None` if there are
    /// too many dependencies.
    pub(super) fn in_order(&self) -> Option<Vec<usize>> {
        let mut walk = Walk::new(self);
        let all = self.sorted((0..self.definitions.len()).collect());
        for root in all {
            walk.enter(root);
            while let Some(waiting) = walk.open.last_mut() {
                match waiting.dependencies.pop() {
                    Some(next) => walk.enter(next),
                    None => walk.leave(),
                }
                if walk.edges > MAX_EDGES {
                    return None;
                }
            }
        }
        Some(walk.order)
    }

    /// Definitions in the order in which they are written.
    fn sorted(&self, mut definitions: Vec<usize>) -> Vec<usize> {
        definitions.sort_by_key(|index| self.definitions.get(*index).map(|definition| definition.rule.at));
        definitions
    }

    /// The paths of the rules to which a reference may lead, and of those that depend on them.
    pub(super) fn affected_by(&self, target: &[Term]) -> Vec<&'m [Term]> {
        let mut needs = Vec::new();
        self.resolve(target, &mut needs);
        let mut places: Vec<usize> = Vec::new();
        for need in needs {
            match need {
                Need::Here(place) => places.push(place),
                Need::All(place) => places.extend(self.all_below(place)),
            }
        }
        let mut seen_places = BTreeSet::new();
        let mut seen_users = BTreeSet::new();
        let mut paths = Vec::new();
        while let Some(index) = places.pop() {
            let Some(place) = self.places.get(index) else { continue };
            if place.definitions.is_empty() || !seen_places.insert(index) {
                continue;
            }
            paths.extend(
                place.definitions.iter().filter_map(|index| self.definitions.get(*index)).map(|it| it.path),
            );
            let mut users: Vec<usize> = place.users.clone();
            let mut above = Some(index);
            while let Some(place) = above.and_then(|index| self.places.get(index)) {
                users.extend(&place.users_of_all);
                above = place.parent;
            }
            for user in users.into_iter().filter(|user| seen_users.insert(*user)) {
                if let Some(definition) = self.definitions.get(user) {
                    places.extend(self.find(ground_prefix(definition.path)));
                }
            }
        }
        paths
    }

    fn find(&self, path: &[Term]) -> Option<usize> {
        path.iter().try_fold(0, |at, part| self.places.get(at)?.children.get(&Key::of(part)).copied())
    }

    fn all_below(&self, place: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open = vec![place];
        while let Some(index) = open.pop() {
            found.push(index);
            open.extend(self.places.get(index).into_iter().flat_map(|place| place.children.values()));
        }
        found
    }
}

/// A walk through the graph with a stack of its own: chains of rules may be thousands long.
struct Walk<'g, 'm> {
    graph: &'g Graph<'m>,
    /// Which definitions have been entered.
    entered: Vec<bool>,
    /// The places of which all definitions have been left.
    left: BTreeSet<usize>,
    /// The places of which all definitions have been left, with all below.
    all_left: BTreeSet<usize>,
    open: Vec<Waiting>,
    order: Vec<usize>,
    edges: usize,
}

/// A definition that waits for others.
struct Waiting {
    definition: usize,
    /// Those for which it still waits, the first last.
    dependencies: Vec<usize>,
}

impl<'g, 'm> Walk<'g, 'm> {
    fn new(graph: &'g Graph<'m>) -> Self {
        let entered = vec![false; graph.definitions.len()];
        Self {
            graph,
            entered,
            left: BTreeSet::new(),
            all_left: BTreeSet::new(),
            open: Vec::new(),
            order: Vec::new(),
            edges: 0,
        }
    }

    fn enter(&mut self, definition: usize) {
        match self.entered.get_mut(definition) {
            Some(entered) if !*entered => *entered = true,
            Some(_) | None => return,
        }
        let mut places = Vec::new();
        for need in self.graph.needs.get(definition).into_iter().flatten() {
            match need {
                Need::Here(place) => places.push(*place),
                Need::All(place) if self.all_left.contains(place) => {}
                Need::All(place) => places.extend(self.graph.all_below(*place)),
            }
        }
        let open = places.into_iter().filter(|place| !self.left.contains(place));
        let open = open.filter_map(|place| self.graph.places.get(place)).flat_map(|place| &place.definitions);
        let open = open.copied().filter(|other| self.entered.get(*other) == Some(&false)).collect();
        let mut dependencies = self.graph.sorted(open);
        self.edges = self.edges.saturating_add(dependencies.len());
        dependencies.reverse();
        self.open.push(Waiting { definition, dependencies });
    }

    /// The definition on top of the stack waits for nothing any more: what it needs has been left.
    fn leave(&mut self) {
        let Some(Waiting { definition, .. }) = self.open.pop() else {
            return;
        };
        for need in self.graph.needs.get(definition).into_iter().flatten() {
            match need {
                Need::Here(place) => {
                    self.left.insert(*place);
                }
                Need::All(place) => {
                    if self.all_left.insert(*place) {
                        self.left.extend(self.graph.all_below(*place));
                    }
                }
            }
        }
        self.order.push(definition);
    }
}

fn references_in_body(body: &Body, add: &mut impl FnMut(&[Term])) {
    body.iter().for_each(|expr| references_in_expr(expr, add));
}

fn references_in_expr(expr: &Expr, add: &mut impl FnMut(&[Term])) {
    match &expr.kind {
        ExprKind::Term(term) => references_in(term, add),
        ExprKind::Call(call) => {
            references_in(&call.operator, add);
            call.args.iter().for_each(|arg| references_in(arg, add));
        }
        ExprKind::Some(declared) => declared.symbols.iter().for_each(|term| references_in(term, add)),
        ExprKind::Every(every) => {
            every.key.iter().chain([&every.value, &every.domain]).for_each(|term| references_in(term, add));
            references_in_body(&every.body, add);
        }
    }
    for with in &expr.with {
        references_in(&with.target, add);
        references_in(&with.value, add);
    }
}

/// Calls `add` for every reference in a term, also in the brackets of references.
fn references_in(term: &Term, add: &mut impl FnMut(&[Term])) {
    match &term.kind {
        TermKind::Ref(parts) => {
            add(parts);
            parts.iter().skip(1).for_each(|part| references_in(part, add));
        }
        TermKind::Var(name) if &**name == "data" => add(parts_of(term)),
        TermKind::Array(items) | TermKind::Set(items) => {
            items.iter().for_each(|item| references_in(item, add))
        }
        TermKind::Object(entries) => entries.iter().for_each(|(key, value)| {
            references_in(key, add);
            references_in(value, add);
        }),
        TermKind::ArrayCompr(item, body) | TermKind::SetCompr(item, body) => {
            references_in(item, add);
            references_in_body(body, add);
        }
        TermKind::ObjectCompr(key, value, body) => {
            references_in(key, add);
            references_in(value, add);
            references_in_body(body, add);
        }
        TermKind::Call(call) => {
            references_in(&call.operator, add);
            call.args.iter().for_each(|arg| references_in(arg, add));
        }
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_)
        | TermKind::Template(_) => {}
    }
}
