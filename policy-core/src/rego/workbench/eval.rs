//! Running a plan at the desk, and saying why it failed.

use std::fmt;

use super::spans::Spans;
use super::visit::{Part, visit_rule};
use super::{Place, Workbench};
use crate::rego::evaluate::{Ended, Finished, Scratch, Session, Settings, Tracer};
use crate::rego::explain::{Attempt, AttemptOutcome, Condition, Explanation, Frame};
use crate::rego::outcome::Moment;
use crate::rego::plan::Plan;
use crate::rego::plan::ir::{StepKind, Steps};
use crate::rego::syntax::{Loc, Rule};
use crate::rego::value::Value;

/// What one evaluation at the desk may use: minutes, not milliseconds.
const STEPS: u64 = 200_000_000;
const BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Lines that are kept of what it prints, and bytes of each.
const PRINTS: usize = 100_000;
const PRINT_BYTES: usize = 64 * 1024;

/// Why an evaluation came to no end: OPA's code and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `eval_conflict_error`, `eval_builtin_error`; or, for a limit, `eval_cancel_error`.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// Where.
    pub at: Place,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.at, self.code, self.message)
    }
}

/// The value of the document at a path, and what the tracer heard.
pub(super) struct Ran<T> {
    pub(super) value: Result<Option<Value<'static>>, Failure>,
    pub(super) prints: Vec<(Loc, String)>,
    pub(super) tracer: T,
}

impl Workbench {
    pub(super) fn run<T: Tracer>(
        &self,
        plan: &Plan,
        path: &[Value<'static>],
        input: Option<&Value<'static>>,
        moment: Moment,
        is_strict: bool,
        tracer: T,
    ) -> Ran<T> {
        let read = |names: &Vec<crate::rego::syntax::Name>| {
            names.iter().try_fold(input?.lend(), |value, name| value.child(&Value::text(name)))
        };
        let slots = plan.slots.iter().map(read).collect();
        let settings = Settings {
            steps: STEPS,
            bytes: BYTES,
            now: moment.now,
            seed: moment.seed,
            is_strict,
            prints: PRINTS,
            print_bytes: PRINT_BYTES,
        };
        let finished = Session { plan, settings }.run(path, slots, tracer, &mut Scratch::default());
        let Finished { value, prints, tracer, failed, .. } = finished;
        let value = value.map(|value| value.map(Value::into_owned)).map_err(|halt| {
            let (code, message) = match halt.why {
                Ended::Limit(which) => ("eval_cancel_error", which.to_owned()),
                Ended::RuleConflict => {
                    ("eval_conflict_error", "complete rules must not produce multiple outputs".to_owned())
                }
                Ended::FunctionConflict => (
                    "eval_conflict_error",
                    "functions must not produce multiple outputs for same inputs".to_owned(),
                ),
                Ended::KeyConflict => ("eval_conflict_error", "object keys must be unique".to_owned()),
                Ended::Builtin => {
                    let message = failed.as_ref().map(|(_, message)| message.clone());
                    ("eval_builtin_error", message.unwrap_or_else(|| "a built-in function failed".to_owned()))
                }
            };
            Failure { code, message, at: self.place(halt.at) }
        });
        Ran { value, prints: prints.lines, tracer }
    }

    /// What the frames of an evaluation mean in the policy's own words.
    pub(super) fn explanation(&self, frames: &[Frame], dropped: u64, spans: &[Spans<'_>]) -> Explanation {
        let mut rules = Vec::new();
        for tree in &self.trees {
            for rule in &tree.rules {
                visit_rule(rule, &mut |part| {
                    if let Part::Rule(rule) = part {
                        rules.push(rule);
                    }
                });
            }
        }
        rules.sort_by_key(|rule| rule.at);
        let words = Words { bench: self, rules, spans };
        Explanation { attempts: words.attempts(frames), dropped }
    }
}

struct Words<'a> {
    bench: &'a Workbench,
    /// In the order of their places.
    rules: Vec<&'a Rule>,
    spans: &'a [Spans<'a>],
}

impl Words<'_> {
    fn attempts(&self, frames: &[Frame]) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        for frame in frames {
            let inner = self.attempts(&frame.inner);
            match self.rule(frame.rule) {
                Some(rule) => attempts.push(self.attempt(frame, rule, inner)),
                // The query itself: what it tried stands for it.
                None => attempts.extend(inner),
            }
        }
        attempts
    }

    fn rule(&self, at: Loc) -> Option<&Rule> {
        let index = self.rules.binary_search_by_key(&at, |rule| rule.at).ok()?;
        self.rules.get(index).copied()
    }

    fn spans_of(&self, at: Loc) -> Option<&Spans<'_>> {
        self.spans.get(usize::try_from(at.file).ok()?)
    }

    fn attempt(&self, frame: &Frame, rule: &Rule, inner: Vec<Attempt>) -> Attempt {
        let head = self.spans_of(rule.head.at).and_then(|spans| spans.head(rule.head.at));
        let outcome = match self.failed_at(frame, rule) {
            _ if frame.held => AttemptOutcome::Held,
            Some(at) => AttemptOutcome::Failed(self.condition(at)),
            None => AttemptOutcome::Mismatched,
        };
        let mut other_ways: Vec<Condition> = Vec::new();
        if frame.held {
            for at in frame.failed.iter().filter_map(|step| statement(rule, step)) {
                let condition = self.condition(at);
                if !other_ways.contains(&condition) {
                    other_ways.push(condition);
                }
            }
        }
        let default = if rule.is_default { "default " } else { "" };
        let head = format!("{default}{}", head.map(|span| span.text).unwrap_or_default());
        Attempt { at: self.bench.place(rule.at), head, outcome, other_ways, inner }
    }

    fn condition(&self, at: Loc) -> Condition {
        let span = self.spans_of(at).and_then(|spans| spans.expr(at));
        Condition { at: self.bench.place(at), text: span.map(|span| span.text).unwrap_or_default() }
    }

    /// The condition of the body that was reached last of all for the first time: those before it have held.
    fn failed_at(&self, frame: &Frame, rule: &Rule) -> Option<Loc> {
        let mut last = None;
        for step in &frame.reached {
            if let Some(at) = statement(rule, step) {
                last = Some(at);
            }
        }
        last.or_else(|| (!frame.reached.is_empty()).then(|| rule.body.first().map(|expr| expr.at)).flatten())
    }
}

/// The expression of a rule's body in which a step lies.
fn statement(rule: &Rule, step: &Loc) -> Option<Loc> {
    rule.body.iter().map(|expr| expr.at).filter(|at| at <= step).max()
}

/// Takes out of a plan what lets an evaluation leave something out: for one that is to be explained.
pub(super) fn without_shortcuts(plan: &mut Plan) {
    for group in &mut plan.groups {
        group.index = None;
        group.constant = None;
        // In the order in which they are read, too.
        group.rules.sort_by_key(|rule| rule.at);
        group.has_needs = false;
        for rule in group.rules.iter_mut().chain(&mut group.default) {
            let mut link = Some(rule);
            while let Some(rule) = link {
                rule.needs.clear();
                unsearched(&mut rule.body);
                if let Some(given) = &mut rule.given {
                    unsearched(&mut given.body);
                }
                link = rule.otherwise.as_deref_mut();
            }
        }
    }
}

fn unsearched(steps: &mut Steps) {
    for step in steps {
        match &mut step.kind {
            StepKind::Walk(walk) => walk.search = None,
            StepKind::Not(inner, _) | StepKind::Every { steps: inner, .. } | StepKind::With(_, inner) => {
                unsearched(inner);
            }
            StepKind::Comprehend(comprehension) => unsearched(&mut comprehension.steps),
            StepKind::Holds(_)
            | StepKind::Match(..)
            | StepKind::Call(_)
            | StepKind::Relate { .. }
            | StepKind::Print(_) => {}
        }
    }
}
