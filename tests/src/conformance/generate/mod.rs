//! Policies and inputs out of a seed: the same seed and number give the same policy on every machine.
//!
//! They are heavy on what goes wrong: negation, references into what may not be there, conflicts, iteration, defaults
//! and `else`, arithmetic on whatever the input holds. Most are valid; [`spoil`] damages some on purpose, and others
//! come out with unsafe variables, type errors or recursion, so that refusals are compared too.

mod body;
mod input;
mod rule;
mod spoil;
mod term;

use std::collections::BTreeMap;
use std::ops::Range;

use super::judge::Verdict;
use super::report::Counts;
use super::run::{Compared, live, on_all_cores};
use super::source::{Source, Version};
use crate::Result;
use crate::hostile::Prng;

/// A policy with its questions.
pub struct Generated {
    /// Modules and data.
    pub source: Source,
    /// The documents to ask for: every rule, and the package as a whole.
    pub asks: Vec<String>,
    /// Inputs in JSON.
    pub inputs: Vec<String>,
}

/// The policy of this number in the sequence of a seed, with so many inputs.
#[must_use]
pub fn policy(seed: u64, number: usize, inputs: usize) -> Generated {
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    let mut random = Prng::new(seed ^ number.wrapping_mul(0x9e6c_63d0_676a_9a99));
    // The first number of neighbouring seeds are related; the second are not.
    random.bits();
    let mut writer = Writer::new(random);
    let (mut modules, asks) = writer.modules();
    if writer.random.one_in(8) {
        let index = writer.random.below(modules.len());
        if let Some(module) = modules.get_mut(index) {
            *module = spoil::spoil(module, &mut writer.random);
        }
    }
    let data = writer.data();
    let inputs = (0..inputs).map(|_| writer.input()).collect();
    Generated { source: Source { modules, version: Version::V1, data }, asks, inputs }
}

/// Compares both engines on the policies of these numbers; gives the counts and, of each kind of difference, the first
/// `show` that were found. `also` names a further kind of verdict to give.
///
/// # Errors
/// OPA's library failed.
pub fn compare(
    seed: u64,
    numbers: Range<usize>,
    inputs: usize,
    show: usize,
    also: Option<&str>,
) -> Result<(Counts, Vec<Compared>)> {
    let name = |index: usize| format!("seed {seed}, policy {}", numbers.start + index);
    let results = on_all_cores(numbers.len(), name, |index| {
        let number = numbers.start + index;
        let generated = policy(seed, number, inputs);
        let id = format!("seed {seed}, policy {number}");
        let compared = live(&id, &generated.source, &generated.asks, &generated.inputs)?;
        let mut counts = Counts::default();
        compared.iter().for_each(|one| counts.add(one));
        let mut found: Vec<Compared> = Vec::new();
        for one in compared {
            let is_shown =
                one.verdict.is_different() || also.is_some_and(|also| one.verdict.to_string().contains(also));
            if is_shown && !found.iter().any(|other| other.verdict == one.verdict) {
                found.push(one);
            }
        }
        Ok((counts, found))
    })?;
    let mut all = Counts::default();
    let mut shown: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut differences = Vec::new();
    for (counts, found) in results {
        all.merge(&counts);
        for one in found {
            let count = shown.entry(one.verdict).or_default();
            *count += 1;
            if *count <= show {
                differences.push(one);
            }
        }
    }
    Ok((all, differences))
}

/// What a term is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of any type; of a rule or variable, that its type is not known here, though OPA may.
    Any,
    /// Of any type, and OPA does not know better.
    Dynamic,
    Number,
    Text,
    Bool,
    Array,
    Set,
    Object,
}

/// Something that later rules can name.
#[derive(Clone, Debug)]
struct Named {
    /// How it is written.
    name: String,
    kind: Kind,
}

/// A function that later rules can call.
#[derive(Clone, Debug)]
struct Function {
    name: String,
    arity: usize,
}

/// The state of one policy being written.
struct Writer {
    random: Prng,
    /// Rules written so far.
    rules: Vec<Named>,
    functions: Vec<Function>,
    /// Variables bound here.
    vars: Vec<Named>,
    /// Counts names of variables.
    fresh: usize,
}

impl Writer {
    fn new(random: Prng) -> Self {
        Self { random, rules: Vec::new(), functions: Vec::new(), vars: Vec::new(), fresh: 0 }
    }

    fn pick(&mut self, items: &[&'static str]) -> &'static str {
        self.random.pick(items)
    }

    /// One of weighted choices, by its index.
    fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.random.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return index,
            }
        }
        0
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.fresh += 1;
        format!("{prefix}{}", self.fresh)
    }

    /// The modules of the policy and what to ask.
    fn modules(&mut self) -> (Vec<String>, Vec<String>) {
        let mut asks = vec![String::from("t")];
        let mut modules = Vec::new();
        if self.random.one_in(3) {
            let rules = self.random.between(1, 3);
            modules.push(self.module("lib", "l", rules, &mut asks));
            for rule in &mut self.rules {
                rule.name = format!("data.lib.{}", rule.name);
            }
            for function in &mut self.functions {
                function.name = format!("data.lib.{}", function.name);
            }
        }
        let rules = self.random.between(2, 7);
        modules.push(self.module("t", "p", rules, &mut asks));
        (modules, asks)
    }

    fn module(&mut self, package: &str, prefix: &str, rules: usize, asks: &mut Vec<String>) -> String {
        let mut text = format!("package {package}\n");
        if self.random.one_in(3) {
            text.push_str("\nimport rego.v1\n");
        }
        if self.random.one_in(4) {
            text.push_str("\nimport data.d.tab as imported\n");
            self.rules.push(Named { name: String::from("imported"), kind: Kind::Dynamic });
        }
        for index in 0..rules {
            let name = format!("{prefix}{index}");
            text.push('\n');
            let (rule, is_document) = self.rule(&name);
            text.push_str(&rule);
            if is_document {
                asks.push(format!("{package}/{name}"));
            }
        }
        self.rules.retain(|rule| rule.name != "imported");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_and_a_number_give_the_same_policy() {
        for number in 0..200 {
            let (one, other) = (policy(7, number, 3), policy(7, number, 3));
            assert_eq!(one.source, other.source);
            assert_eq!(one.inputs, other.inputs);
            assert_ne!(one.source, policy(8, number, 3).source);
        }
    }
}
