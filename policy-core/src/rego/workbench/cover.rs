//! Which parts of a policy its tests came to, counted as OPA counts them.

use std::collections::{BTreeMap, BTreeSet};

use super::Workbench;
use super::spans::{At, Spans};
use super::suite::TestRun;
use super::visit::{Part, visit_module};
use crate::rego::explain::Frame;
use crate::rego::plan::terms::{below_input, constant, text};
use crate::rego::syntax::{Call, Expr, ExprKind, Loc, Rule, Term};

/// A stretch of text: lines and columns from 1, the end after the last character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// Line and column of the first character.
    pub start: (u32, u32),
    /// Line and column after the last character.
    pub end: (u32, u32),
    /// Why it is not covered, where that is known.
    pub kinds: Vec<Kind>,
}

/// Why a test came near something and did not cover it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A condition that OPA's rule index looks at left the rule out.
    IndexExcluded,
}

impl Kind {
    /// OPA's name of it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::IndexExcluded => "index_excluded",
        }
    }
}

/// The coverage of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileCoverage {
    /// Heads and expressions that were reached.
    pub covered: Vec<Range>,
    /// Those that were not.
    pub not_covered: Vec<Range>,
}

/// The coverage of a policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// By the names of the files.
    pub files: BTreeMap<String, FileCoverage>,
}

impl FileCoverage {
    /// How many lines have something that is covered.
    #[must_use]
    pub fn covered_lines(&self) -> usize {
        lines(&self.covered)
    }

    /// How many lines have something that is not.
    #[must_use]
    pub fn not_covered_lines(&self) -> usize {
        lines(&self.not_covered)
    }

    /// The part of the lines that is covered, in percent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        percent(self.covered_lines(), self.not_covered_lines())
    }
}

impl Coverage {
    /// How many lines have something that is covered.
    #[must_use]
    pub fn covered_lines(&self) -> usize {
        self.files.values().map(FileCoverage::covered_lines).sum()
    }

    /// How many lines have something that is not.
    #[must_use]
    pub fn not_covered_lines(&self) -> usize {
        self.files.values().map(FileCoverage::not_covered_lines).sum()
    }

    /// The part of the lines that is covered, in percent.
    #[must_use]
    pub fn percent(&self) -> f64 {
        percent(self.covered_lines(), self.not_covered_lines())
    }

    pub(super) fn of(bench: &Workbench, spans: &[Spans<'_>], runs: &[TestRun]) -> Self {
        let mut seen = Seen::default();
        for run in runs {
            seen.covered.extend(&run.seen.covered);
            seen.left_out.extend(&run.seen.left_out);
        }
        let mut files = BTreeMap::new();
        for ((index, module), (tree, spans)) in
            (0_u32..).zip(&bench.modules).zip(bench.trees.iter().zip(spans))
        {
            let mut file = FileCoverage::default();
            let mut add = |span: Option<super::spans::Span>, at: Loc, is_counted: bool| {
                let Some(span) = span else { return };
                let mut range = Range { start: span.start, end: span.end, kinds: Vec::new() };
                let key = (index, (at.line, at.column));
                if seen.covered.contains(&key) {
                    file.covered.push(range);
                } else if is_counted {
                    range.kinds.extend(seen.left_out.contains(&key).then_some(Kind::IndexExcluded));
                    file.not_covered.push(range);
                }
            };
            visit_module(tree, &mut |part| match part {
                Part::Rule(rule) => add(spans.head(rule.head.at), head_place(rule), true),
                Part::Expr(expr) => {
                    add(spans.expr(expr.at), expr.at, !matches!(expr.kind, ExprKind::Some(_)));
                }
            });
            for ranges in [&mut file.covered, &mut file.not_covered] {
                ranges.sort();
                ranges.dedup();
            }
            files.insert(module.name.clone(), file);
        }
        Self { files }
    }
}

/// The head of a rule and its first expression may begin at one place: the head has the place before its line.
fn head_place(rule: &Rule) -> Loc {
    Loc { column: rule.head.at.column.saturating_add(HEAD), ..rule.head.at }
}

const HEAD: u32 = 1 << 31;

/// The definitions of a policy by their places.
pub(super) type Rules<'b> = BTreeMap<Loc, &'b Rule>;

/// All definitions, with those after `else`.
pub(super) fn rules(bench: &Workbench) -> Rules<'_> {
    let mut rules = Rules::new();
    for tree in &bench.trees {
        visit_module(tree, &mut |part| {
            if let Part::Rule(rule) = part {
                rules.insert(rule.at, rule);
            }
        });
    }
    rules
}

/// The places that evaluations came to.
#[derive(Debug, Default)]
pub(super) struct Seen {
    covered: BTreeSet<(u32, At)>,
    left_out: BTreeSet<(u32, At)>,
}

impl Seen {
    pub(super) fn frame(&mut self, frame: &Frame, rules: &Rules<'_>) {
        let rule = rules.get(&frame.rule).copied();
        let last = frame.reached.last();
        let is_left_out = !frame.held
            && rule.is_some_and(|rule| {
                rule.otherwise.is_none()
                    && rule.body.iter().any(|expr| Some(&expr.at) == last && is_indexed(expr))
            });
        let places = if is_left_out { &mut self.left_out } else { &mut self.covered };
        places.extend(frame.reached.iter().map(|at| (at.file, (at.line, at.column))));
        if frame.held
            && let Some(rule) = rule
        {
            let head = head_place(rule);
            self.covered.insert((head.file, (head.line, head.column)));
        }
        frame.inner.iter().for_each(|inner| self.frame(inner, rules));
    }
}

/// Whether OPA's rule index looks at the expression: a part of the input that is asked for alone, or compared with a
/// constant.
fn is_indexed(expr: &Expr) -> bool {
    if expr.is_negated || !expr.with.is_empty() {
        return false;
    }
    match &expr.kind {
        ExprKind::Term(term) => is_input(term),
        ExprKind::Call(Call { operator, args }) => {
            let name = crate::rego::check::operator_name(operator);
            match (name.as_deref(), args.as_slice()) {
                (Some("eq" | "equal"), [a, b]) => {
                    (is_input(a) && constant(b).is_some()) || (is_input(b) && constant(a).is_some())
                }
                (Some("glob.match"), [pattern, _, input]) => text(pattern).is_some() && is_input(input),
                _ => false,
            }
        }
        ExprKind::Some(_) | ExprKind::Every(_) => false,
    }
}

fn is_input(term: &Term) -> bool {
    below_input(term)
        .is_some_and(|parts| !parts.is_empty() && parts.iter().all(|part| constant(part).is_some()))
}

/// The lines that have something of these ranges, each once.
fn lines(ranges: &[Range]) -> usize {
    ranges.iter().flat_map(|range| range.start.0..=range.end.0).collect::<BTreeSet<u32>>().len()
}

fn percent(covered: usize, not_covered: usize) -> f64 {
    let float = |lines: usize| u32::try_from(lines).map_or(f64::INFINITY, f64::from);
    let all = covered.saturating_add(not_covered);
    if all == 0 { 0.0 } else { 100.0 * float(covered) / float(all) }
}
