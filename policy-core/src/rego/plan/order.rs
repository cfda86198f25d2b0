//! Which definitions of a document OPA tries, and in which order.
//!
//! That can be seen where a definition ends the evaluation with an error, and where the first that holds decides. OPA's
//! index is a tree that asks for one part of the input after the other, first for what most definitions look at. It finds
//! first the definitions that do not look at a part, then those that only need it to be there, then those that compare
//! it with something. A definition for which a part may be one of several values is found there, whatever else it needs.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::groups::{Families, Family};
use super::ir::Test;
use super::looks::{self, Item, Look, Part, Parts};
use crate::rego::value::Value;

/// What is asked before one branch of a definition is tried.
#[derive(Debug)]
pub(super) struct Asked {
    /// Among all branches: those of a lower rank are found before.
    pub(super) rank: u32,
    pub(super) conditions: Vec<Wanted>,
}

/// What a part must be: any of these.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) part: Part,
    pub(super) tests: Vec<Test>,
    /// Text is taken apart by each of these too.
    pub(super) delimiters: Vec<String>,
}

/// The order of a branch: the parts that it looks at, each with how it does.
type Key = Vec<(Reverse<usize>, Vec<u8>)>;

/// A branch of the index' tree.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Child {
    There(usize),
    Is(usize, Value<'static>),
    Items(usize, Vec<Option<Value<'static>>>),
}

/// Sorts the definitions of every family, and notes what is asked for each of their branches.
pub(super) fn sort(families: &mut Families<'_>) {
    let orders: Vec<Vec<(usize, Vec<Asked>)>> =
        families.families.iter().map(|family| order(families, family)).collect();
    for (family, order) in families.families.iter_mut().zip(orders) {
        let rules = &family.rules;
        let (sorted, asked) =
            order.into_iter().filter_map(|(at, asked)| Some((*rules.get(at)?, asked))).unzip();
        family.rules = sorted;
        family.asked = asked;
    }
}

fn order(families: &Families<'_>, family: &Family<'_>) -> Vec<(usize, Vec<Asked>)> {
    let mut parts = Parts::default();
    let mut found: Vec<Vec<Vec<(usize, Look)>>> = Vec::new();
    for rule in &family.rules {
        let chain = std::iter::successors(Some(*rule), |rule| rule.otherwise.as_deref());
        found.push(chain.map(|rule| looks::of(families, rule, &mut parts)).collect());
    }
    let mut sorted: Vec<usize> = (0..parts.all.len()).collect();
    sorted.sort_by_key(|at| parts.all.get(*at).map(|known| (Reverse(known.count), known.at)));
    let mut places = vec![0_usize; sorted.len()];
    for (place, at) in sorted.iter().enumerate() {
        if let Some(known) = places.get_mut(*at) {
            *known = place;
        }
    }
    let place = |at: usize| places.get(at).copied().unwrap_or(0);
    let branches: Vec<Vec<Branch>> = found
        .into_iter()
        .map(|chain| chain.into_iter().map(|looks| Branch::of(looks, &place)).collect())
        .collect();
    let delimiters = delimiters(branches.iter().flatten());
    let mut keys: Vec<Key> = branches.iter().flatten().map(Branch::key).collect();
    keys.sort();
    keys.dedup();
    let rank = |key: &Key| keys.binary_search(key).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(0);
    let part =
        |place: usize| sorted.get(place).and_then(|at| parts.all.get(*at)).map(|known| known.part.clone());
    let mut asked: Vec<(usize, Vec<Asked>)> = branches
        .iter()
        .map(|chain| {
            chain
                .iter()
                .map(|branch| Asked {
                    rank: rank(&branch.key()),
                    conditions: branch.conditions(&part, &delimiters),
                })
                .collect()
        })
        .enumerate()
        .collect();
    asked.sort_by_key(|(at, chain)| (chain.iter().map(|asked| asked.rank).min(), *at));
    asked
}

/// One branch: the parts that it looks at in the order of the index, and what each may be.
struct Branch {
    looks: Vec<(usize, Vec<Look>)>,
    /// Whether the last part may be one of several values, and nothing more is asked.
    is_cut: bool,
}

impl Branch {
    fn of(looks: Vec<(usize, Look)>, place: &impl Fn(usize) -> usize) -> Self {
        let mut ordered: Vec<(usize, Look)> =
            looks.into_iter().map(|(part, look)| (place(part), look)).collect();
        ordered.sort_by_key(|(place, _)| *place);
        let mut branch = Self { looks: Vec::new(), is_cut: false };
        for (place, look) in ordered {
            match branch.looks.last_mut() {
                Some((last, looks)) if *last == place => looks.push(look),
                _ => branch.looks.push((place, vec![look])),
            }
        }
        let is_several = |looks: &[Look]| looks.len() > 1 && !looks.iter().any(Look::is_variable);
        if let Some(at) = branch.looks.iter().position(|(_, looks)| is_several(looks)) {
            branch.looks.truncate(at.saturating_add(1));
            branch.is_cut = true;
        }
        branch
    }

    fn key(&self) -> Key {
        let look = |look: &Look| match look {
            Look::Any(_) | Look::Open(_) => vec![1],
            Look::Is(_) => vec![2],
            Look::Items(items) => std::iter::once(2).chain(items.iter().map(order_of)).collect(),
            Look::Split(items, _) => std::iter::once(3).chain(items.iter().map(order_of)).collect(),
        };
        let mut key: Key = Vec::new();
        for (place, looks) in &self.looks {
            let is_any = looks.iter().any(Look::is_variable);
            let least = if is_any { Some(vec![1]) } else { looks.iter().map(look).min() };
            key.push((Reverse(*place), least.unwrap_or_default()));
        }
        if !self.is_cut && !key.is_empty() {
            key.push((Reverse(usize::MAX), Vec::new()));
        }
        key
    }

    /// Where it goes on in the index' tree; a branch that is cut goes no further.
    fn children(&self) -> impl Iterator<Item = Child> {
        let whole = if self.is_cut { self.looks.len().saturating_sub(1) } else { self.looks.len() };
        self.looks.iter().take(whole).map(|(place, looks)| match looks.as_slice() {
            [Look::Is(value)] => Child::Is(*place, value.clone()),
            [Look::Items(items) | Look::Split(items, _)] => {
                Child::Items(*place, items.iter().map(value_of).collect())
            }
            _ => Child::There(*place),
        })
    }

    fn conditions(&self, part: &impl Fn(usize) -> Option<Part>, delimiters: &Delimiters) -> Vec<Wanted> {
        let mut above: Vec<Child> = Vec::new();
        let mut children = self.children();
        let mut wanted = Vec::new();
        for (place, looks) in &self.looks {
            let is_any = looks.iter().any(Look::is_variable);
            let tests = if is_any { vec![Test::There] } else { looks.iter().map(test).collect() };
            let delimiters = delimiters.of(&above, *place);
            wanted.extend(part(*place).map(|part| Wanted { part, tests, delimiters }));
            above.extend(children.next());
        }
        wanted
    }
}

fn order_of(item: &Item) -> u8 {
    u8::from(matches!(item, Item::Is(_)))
}

fn value_of(item: &Item) -> Option<Value<'static>> {
    match item {
        Item::Is(value) => Some(value.clone()),
        Item::Any(_) | Item::Open(_) => None,
    }
}

fn test(look: &Look) -> Test {
    match look {
        Look::Any(_) | Look::Open(_) => Test::There,
        Look::Is(value) => Test::Is(value.clone()),
        Look::Items(items) | Look::Split(items, _) => Test::Items(items.iter().map(value_of).collect()),
    }
}

/// By what text is taken apart at the places of the index' tree.
#[derive(Default)]
struct Delimiters(HashMap<(Vec<Child>, usize), Vec<String>>);

impl Delimiters {
    fn of(&self, above: &[Child], place: usize) -> Vec<String> {
        if self.0.is_empty() {
            return Vec::new();
        }
        self.0.get(&(above.to_vec(), place)).cloned().unwrap_or_default()
    }
}

fn delimiters<'b>(branches: impl Iterator<Item = &'b Branch>) -> Delimiters {
    let mut all = Delimiters::default();
    for branch in branches {
        let mut above: Vec<Child> = Vec::new();
        let mut children = branch.children();
        for (place, looks) in &branch.looks {
            for look in looks {
                if let Look::Split(_, delimiters) = look {
                    let known = all.0.entry((above.clone(), *place)).or_default();
                    if !known.contains(delimiters) {
                        known.push(delimiters.clone());
                    }
                }
            }
            above.extend(children.next());
        }
    }
    all
}
