//! Tests: rules whose names begin with `test_`, as `opa test` knows them.

use std::collections::BTreeMap;

use super::cover::{Coverage, Rules, Seen, rules};
use super::eval::{Failure, Ran, without_shortcuts};
use super::spans::Spans;
use super::{Explanation, Place, Workbench};
use crate::rego::check::{Scope, expr_vars, is_reserved, term_vars};
use crate::rego::error::{Fault, RegoError};
use crate::rego::evaluate::Silent;
use crate::rego::explain::Recorder;
use crate::rego::outcome::Moment;
use crate::rego::plan::terms::{constant, text, variable};
use crate::rego::plan::{Entries, Plan};
use crate::rego::syntax::{self, Call, Expr, ExprKind, Name, Rule, Term, TermKind};
use crate::rego::value::Value;

const TEST: &str = "test_";
const SKIPPED: &str = "todo_test_";

/// What a line that names a case of a test begins with, and what stands between the parts of its name. (No policy
/// prints it by chance.)
const CASE: &str = "\u{1}case";
const PART: &str = "\u{1}";

/// A test.
#[derive(Clone, Debug)]
pub struct TestCase {
    /// The package: `data.authz_test`.
    pub package: String,
    /// The rule: `test_a`; the second of that name in a package is `test_a#01`.
    pub name: String,
    /// Where the rule stands.
    pub at: Place,
    /// Whether it is one that is still to be written: `todo_test_a`.
    pub is_skipped: bool,
    path: Vec<Value<'static>>,
    has_cases: bool,
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestOutcome {
    /// The rule is true.
    Pass,
    /// It is anything else.
    Fail,
    /// It came to no end.
    Error(Failure),
    /// It is not to be run.
    Skip,
}

/// One case of a test with several: `test_a[name] if { .. }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubResult {
    /// Whether it failed, or one below it.
    pub has_failed: bool,
    /// The cases below it, by name.
    pub inner: BTreeMap<String, SubResult>,
}

/// A test that was run.
#[derive(Debug)]
pub struct TestRun {
    /// How it ended.
    pub outcome: TestOutcome,
    /// What it printed.
    pub prints: Vec<String>,
    /// Its cases, by name; empty if it is one case itself.
    pub cases: BTreeMap<String, SubResult>,
    /// What it tried, if it failed and the suite was opened to explain.
    pub explanation: Option<Explanation>,
    pub(super) seen: Seen,
}

/// The tests of a policy, ready to run.
pub struct Suite<'b> {
    bench: &'b Workbench,
    plan: Plan,
    is_traced: bool,
    spans: Vec<Spans<'b>>,
    rules: Rules<'b>,
    /// In the order of files and lines.
    pub cases: Vec<TestCase>,
}

impl std::fmt::Debug for Suite<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Suite({} tests)", self.cases.len())
    }
}

impl Workbench {
    /// Prepares the policy's tests. With `is_traced` they can be explained and their coverage is known; they then take
    /// longer.
    ///
    /// # Errors
    /// What the compiler refuses.
    pub fn suite(&self, is_traced: bool) -> Result<Suite<'_>, Vec<RegoError>> {
        let mut trees = self.trees.clone();
        let mut cases = Vec::new();
        let mut counts = BTreeMap::new();
        for tree in &mut trees {
            let package = tree.package.path.clone();
            for rule in &mut tree.rules {
                cases.extend(self.case(&package, rule, &mut counts));
            }
        }
        let mut marked = trees.clone();
        marked.iter_mut().flat_map(|tree| &mut tree.rules).for_each(mark);
        // A mark at a place where it cannot stand is no fault of the policy.
        let planned = self.tests_plan(marked).or_else(|_| self.tests_plan(trees));
        let mut plan = planned.map_err(|faults| self.errors(faults))?;
        if is_traced {
            without_shortcuts(&mut plan);
        }
        Ok(Suite { bench: self, plan, is_traced, spans: self.spans(), rules: rules(self), cases })
    }

    fn tests_plan(&self, trees: Vec<syntax::Module>) -> Result<Plan, Vec<Fault>> {
        if trees.is_empty() {
            return Plan::new(&[], self.data.clone(), &Entries::All, false);
        }
        self.plan_of(trees, &Entries::All, false)
    }

    /// The test that a rule is, if it is one; gives the second of a name its number.
    fn case(
        &self,
        package: &[Name],
        rule: &mut Rule,
        counts: &mut BTreeMap<String, u32>,
    ) -> Option<TestCase> {
        let at = test_part(rule)?;
        let reference = &mut rule.head.reference;
        let plain = reference.get(..=at)?.iter().filter_map(part).map(str::to_owned).collect::<Vec<_>>();
        let last = plain.last()?.clone();
        let is_skipped = last.starts_with(SKIPPED);
        let package_text = package_text(package);
        let key = format!("{package_text} {}", plain.join("\n"));
        let count = counts.entry(key).or_default();
        let mut names = plain;
        if *count > 0 && !is_skipped {
            let name = format!("{last}#{count:02}");
            if let (Some(name_term), Some(place)) = (reference.get_mut(at), names.last_mut()) {
                if let TermKind::Var(old) | TermKind::String(old) = &mut name_term.kind {
                    *old = Name::from(&*name);
                }
                *place = name;
            }
        }
        *count = count.saturating_add(1);
        let tail = rule.head.reference.iter().skip(at.saturating_add(1));
        let has_cases = tail.clone().any(|term| constant(term).is_none());
        let path = package
            .iter()
            .map(|name| Value::string(name))
            .chain(names.iter().map(|name| Value::string(name)));
        Some(TestCase {
            package: package_text,
            name: names.join("."),
            at: self.place(rule.at),
            is_skipped,
            path: path.collect(),
            has_cases,
        })
    }
}

fn package_text(package: &[Name]) -> String {
    let parts: Vec<String> = package.iter().map(|name| name.to_string()).collect();
    crate::rego::decision::reference(&parts)
}

/// Which part of a rule's reference names a test.
fn test_part(rule: &Rule) -> Option<usize> {
    let parts = rule.head.reference.iter().map_while(part);
    parts.enumerate().find(|(_, name)| name.starts_with(TEST) || name.starts_with(SKIPPED)).map(|(at, _)| at)
}

fn part(term: &Term) -> Option<&str> {
    variable(term).or_else(|| text(term))
}

/// Lets a test with several cases say which it comes to, so that those are known that fail.
fn mark(rule: &mut Rule) {
    let Some(at) = test_part(rule) else { return };
    let tail: Vec<Term> = rule.head.reference.iter().skip(at.saturating_add(1)).cloned().collect();
    if tail.iter().all(|term| constant(term).is_some()) {
        return;
    }
    let mut place = 0_usize;
    for name in tail.iter().flat_map(|term| term_vars(term, Scope::Safety)) {
        if is_reserved(&name) {
            continue;
        }
        let first = rule.body.iter().position(|expr| mentions(expr, &name));
        place = place.max(first.map_or(0, |first| first.saturating_add(1)));
    }
    let text = |text: &str| Term { at: rule.at, kind: TermKind::String(Name::from(text)) };
    let mut args = vec![text(CASE)];
    for (index, term) in tail.into_iter().enumerate() {
        if index > 0 {
            args.push(text(PART));
        }
        args.push(term);
    }
    let print = Term { at: rule.at, kind: TermKind::Var(Name::from("print")) };
    let operator = Term { at: rule.at, kind: TermKind::Ref(vec![print]) };
    let kind = ExprKind::Call(Call { operator, args });
    let expr = Expr { at: rule.at, is_negated: false, kind, with: Vec::new(), is_generated: true };
    rule.body.insert(place.min(rule.body.len()), expr);
}

/// Whether an expression has the variable, other than by declaring it.
fn mentions(expr: &Expr, name: &Name) -> bool {
    match &expr.kind {
        ExprKind::Some(some) => some.symbols.iter().any(|symbol| {
            matches!(symbol.kind, TermKind::Call(_)) && term_vars(symbol, Scope::Safety).contains(name)
        }),
        ExprKind::Term(_) | ExprKind::Call(_) | ExprKind::Every(_) => {
            expr_vars(expr, Scope::Safety).contains(name)
        }
    }
}

impl Suite<'_> {
    /// Runs a test.
    #[must_use]
    pub fn run(&self, case: &TestCase, moment: Moment) -> TestRun {
        let nothing = TestRun {
            outcome: TestOutcome::Skip,
            prints: Vec::new(),
            cases: BTreeMap::new(),
            explanation: None,
            seen: Seen::default(),
        };
        if case.is_skipped {
            return nothing;
        }
        let Self { bench, plan, .. } = self;
        let (value, prints, tracer) = if self.is_traced {
            let Ran { value, prints, tracer } =
                bench.run(plan, &case.path, None, moment, false, Recorder::default());
            (value, prints, Some(tracer))
        } else {
            let Ran { value, prints, .. } = bench.run(plan, &case.path, None, moment, false, Silent);
            (value, prints, None)
        };
        let (marks, prints): (Vec<String>, Vec<String>) =
            prints.into_iter().map(|(_, line)| line).partition(|line| line.starts_with(CASE));
        let mut cases = BTreeMap::new();
        let outcome = match value {
            Err(failure) => TestOutcome::Error(failure),
            Ok(None) => TestOutcome::Fail,
            Ok(Some(value)) if case.has_cases => {
                cases = by_name(&value);
                for mark in &marks {
                    let mark = mark.get(CASE.len()..).unwrap_or_default().trim_start_matches(' ');
                    let path: Vec<&str> = mark.split(&format!(" {PART} ")).collect();
                    note(&mut cases, &path);
                }
                if cases.values().any(|case| case.has_failed) { TestOutcome::Fail } else { TestOutcome::Pass }
            }
            Ok(Some(Value::Bool(true))) => TestOutcome::Pass,
            Ok(Some(_)) => TestOutcome::Fail,
        };
        let mut seen = Seen::default();
        let explanation = tracer.and_then(|recorder| {
            let (frames, dropped) = recorder.finish();
            frames.iter().for_each(|frame| seen.frame(frame, &self.rules));
            (outcome == TestOutcome::Fail).then(|| bench.explanation(&frames, dropped, &self.spans))
        });
        TestRun { outcome, prints, cases, explanation, seen }
    }

    /// The coverage of these runs: which heads and expressions of the policy they came to.
    #[must_use]
    pub fn coverage(&self, runs: &[TestRun]) -> Coverage {
        Coverage::of(self.bench, &self.spans, runs)
    }
}

/// The cases of an object: `true` is a case that passed.
fn by_name(value: &Value<'static>) -> BTreeMap<String, SubResult> {
    let entries = value.as_object().map(|object| object.entries()).unwrap_or_default();
    let case = |(key, value): &(Value<'static>, Value<'static>)| {
        let inner = if value.is_object() { by_name(value) } else { BTreeMap::new() };
        let has_failed = if value.is_object() {
            inner.values().any(|case| case.has_failed)
        } else {
            value.as_bool() != Some(true)
        };
        (key.json_key().into_owned(), SubResult { has_failed, inner })
    };
    entries.iter().map(case).collect()
}

/// A case that a test came to: it has failed if it is not among those that held.
fn note(cases: &mut BTreeMap<String, SubResult>, path: &[&str]) -> bool {
    let Some((name, below)) = path.split_first() else { return true };
    let failed = || SubResult { has_failed: true, inner: BTreeMap::new() };
    let case = cases.entry((*name).to_owned()).or_insert_with(failed);
    if below.is_empty() {
        return case.has_failed;
    }
    let has_failed = note(&mut case.inner, below);
    case.has_failed |= has_failed;
    has_failed
}
