//! Which of many rules can hold, without trying them.
//!
//! A tree of questions. Each asks one source and goes on to the rules that want what it is, and to those that do not
//! ask it. What is found can hold; what is not found cannot.

use std::collections::HashMap;

use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::syntax;
use regex_automata::{MatchKind, nfa::thompson};

use super::guards::{self, Guard, Known, Origin, Source, Test};
use super::ir::{Group, Plan};
use super::table::{Table, table};
use crate::rego::value::Value;

/// Rules from which an index pays: below, trying them costs less than asking.
const RULES_FROM: usize = 4;

/// Bytes that the automaton of one question may take, and as many again while it is built. The most that a policy with
/// many patterns needs in our examples is a tenth of it.
const AUTOMATON_BYTES: usize = 2 * 1024 * 1024;

/// The index of a group.
#[derive(Debug)]
pub(in crate::rego) struct Index {
    pub(in crate::rego) sources: Vec<Source>,
    pub(in crate::rego) root: Node,
    /// Whether it asks for arguments or keys: without them there is nothing to look up.
    pub(in crate::rego) wants_args: bool,
    /// Rules that no question leads to.
    pub(in crate::rego) unindexed: usize,
}

/// Rules, or a question about them.
#[derive(Debug)]
pub(in crate::rego) enum Node {
    Rules(Vec<u32>),
    Ask(Box<Question>),
}

/// A question to one source.
#[derive(Debug)]
pub(in crate::rego) struct Question {
    /// Which, by its place in [`Index::sources`].
    pub(in crate::rego) source: usize,
    /// Rules that want one of some values.
    pub(in crate::rego) equal: Table<Value<'static>, Node>,
    pub(in crate::rego) prefixes: Option<Prefixes>,
    pub(in crate::rego) patterns: Option<Patterns>,
    /// Rules that do not ask this source.
    pub(in crate::rego) rest: Node,
}

/// Prefixes of text, by their lengths.
#[derive(Debug)]
pub(in crate::rego) struct Prefixes {
    lengths: Vec<usize>,
    rules: Table<String, Vec<u32>>,
}

impl Prefixes {
    /// A table of prefixes, each with what it stands for.
    pub(super) fn of(prefixes: impl IntoIterator<Item = (String, u32)>) -> Self {
        let mut rules: Table<String, Vec<u32>> = table();
        for (prefix, rule) in prefixes {
            rules.entry(prefix).or_default().push(rule);
        }
        let mut lengths: Vec<usize> = rules.keys().map(String::len).collect();
        lengths.sort_unstable();
        lengths.dedup();
        Self { lengths, rules }
    }

    /// The rules whose prefix the text has.
    pub(in crate::rego) fn each(&self, text: &str, found: &mut dyn FnMut(u32)) {
        for length in &self.lengths {
            if let Some(rules) = text.get(..*length).and_then(|prefix| self.rules.get(prefix)) {
                rules.iter().for_each(|rule| found(*rule));
            }
        }
    }

    pub(in crate::rego) fn len(&self) -> usize {
        self.rules.len()
    }
}

/// Patterns of text in one automaton.
#[derive(Debug)]
pub(in crate::rego) struct Patterns {
    automaton: dense::DFA<Vec<u32>>,
    /// By the automaton's number of the pattern.
    rules: Vec<u32>,
}

impl Patterns {
    fn of(patterns: &[(String, u32)]) -> Option<Self> {
        let expressions: Vec<&str> = patterns.iter().map(|(expression, _)| expression.as_str()).collect();
        let automaton = dense::Builder::new()
            .configure(
                dense::Config::new()
                    .match_kind(MatchKind::All)
                    .start_kind(regex_automata::dfa::StartKind::Anchored)
                    .dfa_size_limit(Some(AUTOMATON_BYTES))
                    .determinize_size_limit(Some(AUTOMATON_BYTES)),
            )
            .syntax(syntax::Config::new())
            .thompson(thompson::Config::new().nfa_size_limit(Some(AUTOMATON_BYTES)))
            .build_many(&expressions)
            .ok()?;
        Some(Self { automaton, rules: patterns.iter().map(|(_, rule)| *rule).collect() })
    }

    /// The rules whose pattern matches the whole text.
    pub(in crate::rego) fn each(&self, text: &str, found: &mut dyn FnMut(u32)) {
        // What some globs do beyond ASCII no expression says: all of them may match.
        if !text.is_ascii() {
            self.rules.iter().for_each(|rule| found(*rule));
            return;
        }
        let input = regex_automata::Input::new(text).anchored(regex_automata::Anchored::Yes);
        let Ok(mut state) = self.automaton.start_state_forward(&input) else { return };
        for byte in text.bytes() {
            state = self.automaton.next_state(state, byte);
            if self.automaton.is_dead_state(state) {
                return;
            }
        }
        state = self.automaton.next_eoi_state(state);
        if self.automaton.is_match_state(state) {
            for index in 0..self.automaton.match_len(state) {
                let pattern = self.automaton.match_pattern(state, index).as_usize();
                if let Some(rule) = self.rules.get(pattern) {
                    found(*rule);
                }
            }
        }
    }

    pub(in crate::rego) fn len(&self) -> usize {
        self.rules.len()
    }

    /// Bytes of the automaton.
    pub(in crate::rego) fn bytes(&self) -> usize {
        self.automaton.memory_usage()
    }
}

/// Gives every group with many rules its index.
pub(super) fn build(plan: &mut Plan, is_strict: bool) {
    let constants: Vec<Option<Value<'static>>> =
        plan.groups.iter().map(|group| group.constant.clone().flatten()).collect();
    let known = Known { constants: &constants, is_strict };
    for group in &mut plan.groups {
        if group.rules.len() >= RULES_FROM {
            group.index = Index::of(group, known);
        }
    }
}

impl Index {
    fn of(group: &Group, known: Known<'_>) -> Option<Self> {
        let guards: Vec<Vec<Guard>> = group.rules.iter().map(|rule| guards::of(group, rule, known)).collect();
        let unindexed = guards.iter().filter(|guards| guards.is_empty()).count();
        let mut sources: Vec<Source> = Vec::new();
        for guard in guards.iter().flatten() {
            if !sources.contains(&guard.source) {
                sources.push(guard.source.clone());
            }
        }
        let mut builder = Builder { guards: &guards, sources: &sources, asked: vec![false; sources.len()] };
        let all = (0..).zip(&group.rules).map(|(at, _)| at).collect();
        let root = builder.node(all);
        let Node::Ask(_) = root else { return None };
        let wants_args = sources.iter().any(|source| matches!(source.origin, Origin::Arg(_)));
        Some(Self { sources, root, wants_args, unindexed })
    }
}

struct Builder<'a> {
    guards: &'a [Vec<Guard>],
    sources: &'a [Source],
    /// Sources that were asked on the way here.
    asked: Vec<bool>,
}

impl Builder<'_> {
    fn guard(&self, rule: u32, source: usize) -> Option<&Test> {
        let source = self.sources.get(source)?;
        let guards = self.guards.get(usize::try_from(rule).ok()?)?;
        guards.iter().find(|guard| guard.source == *source).map(|guard| &guard.test)
    }

    fn node(&mut self, rules: Vec<u32>) -> Node {
        if rules.len() < RULES_FROM {
            return Node::Rules(rules);
        }
        let Some(source) = self.best(&rules) else { return Node::Rules(rules) };
        let mut equal: Table<Value<'static>, Vec<u32>> = table();
        let mut prefixes: Vec<(String, u32)> = Vec::new();
        let mut patterns = Vec::new();
        let mut rest = Vec::new();
        for rule in rules {
            match self.guard(rule, source) {
                Some(Test::In(values)) => {
                    for value in values {
                        let list = equal.entry(value.clone()).or_default();
                        if list.last() != Some(&rule) {
                            list.push(rule);
                        }
                    }
                }
                Some(Test::Prefix(prefix)) => prefixes.push((prefix.clone(), rule)),
                Some(Test::Pattern(expression)) => patterns.push((expression.clone(), rule)),
                None => rest.push(rule),
            }
        }
        let automaton = if patterns.is_empty() { None } else { Patterns::of(&patterns) };
        if automaton.is_none() {
            rest.extend(patterns.iter().map(|(_, rule)| *rule));
            rest.sort_unstable();
        }
        if let Some(asked) = self.asked.get_mut(source) {
            *asked = true;
        }
        let question = Question {
            source,
            equal: equal
                .into_iter()
                .map(|(value, rules)| (value, self.node(rules)))
                .collect::<HashMap<_, _, _>>(),
            prefixes: (!prefixes.is_empty()).then(|| Prefixes::of(prefixes)),
            patterns: automaton,
            rest: self.node(rest),
        };
        if let Some(asked) = self.asked.get_mut(source) {
            *asked = false;
        }
        Node::Ask(Box::new(question))
    }

    /// The source that leaves the fewest rules to try.
    fn best(&self, rules: &[u32]) -> Option<usize> {
        let mut best = None;
        for (source, is_asked) in self.asked.iter().enumerate() {
            if *is_asked {
                continue;
            }
            let mut buckets: Table<&Value<'static>, usize> = table();
            let mut others = 0_usize;
            let mut rest = 0_usize;
            for rule in rules {
                match self.guard(*rule, source) {
                    Some(Test::In(values)) => {
                        for value in values {
                            let bucket = buckets.entry(value).or_default();
                            *bucket = bucket.saturating_add(1);
                        }
                    }
                    Some(Test::Prefix(_) | Test::Pattern(_)) => others = others.saturating_add(1),
                    None => rest = rest.saturating_add(1),
                }
            }
            let largest = buckets.values().copied().max().unwrap_or(0);
            // Some of the patterns may match at once.
            let cost = rest.saturating_add(largest).saturating_add(others.div_ceil(8));
            if cost < rules.len() && best.is_none_or(|(_, least)| cost < least) {
                best = Some((source, cost));
            }
        }
        best.map(|(source, _)| source)
    }
}
