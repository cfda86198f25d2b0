//! The plan in words: what is read, what is indexed and how, what is not and why, what it costs.

use std::fmt::{self, Display, Formatter, Write as _};

use super::Workbench;
use crate::rego::error::RegoError;
use crate::rego::plan::guards;
use crate::rego::plan::guards::{Origin, Source};
use crate::rego::plan::index::{Index, Node, Question};
use crate::rego::plan::ir::{Group, GroupKind, Hop, Pattern, PlannedRule, Root, StepKind, Steps, Target};
use crate::rego::plan::search::{Search, Wanted};
use crate::rego::plan::{Entries, Plan};
use crate::rego::syntax::{Loc, Name};
use crate::rego::value::Value;

/// The plan of one decision, to be shown.
pub struct PlanText<'b> {
    bench: &'b Workbench,
    plan: Plan,
    decision: String,
}

impl fmt::Debug for PlanText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "PlanText({})", self.decision)
    }
}

impl Workbench {
    /// The plan of the document at a path below `data`, as the filter makes it.
    ///
    /// # Errors
    /// What the compiler refuses.
    pub fn plan(&self, decision: &[String]) -> Result<PlanText<'_>, Vec<RegoError>> {
        let path: Vec<_> = decision.iter().map(|part| Value::string(part)).collect();
        let plan = self
            .plan_of(self.trees.clone(), &Entries::Of(&path), false)
            .map_err(|faults| self.errors(faults))?;
        Ok(PlanText { bench: self, plan, decision: crate::rego::decision::reference(decision) })
    }
}

impl Display for PlanText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { plan, decision, .. } = self;
        writeln!(f, "decision  {decision}")?;
        writeln!(f)?;
        writeln!(f, "reads")?;
        if plan.slots.is_empty() {
            writeln!(f, "  nothing of the input")?;
        }
        for slot in &plan.slots {
            writeln!(f, "  {}", input(slot))?;
        }
        let groups: Vec<&Group> =
            plan.groups.iter().filter(|group| !group.rules.is_empty() || group.default.is_some()).collect();
        writeln!(f)?;
        writeln!(f, "rules")?;
        if groups.is_empty() {
            return writeln!(
                f,
                "  none defines this document: check the path, or it is what the data has there"
            );
        }
        let mut rows = vec![["document", "kind", "rules", "tried", "steps", "found by"].map(str::to_owned)];
        rows.extend(groups.iter().map(|group| self.row(group)));
        table(f, &rows)?;
        for group in groups {
            self.details(f, group)?;
        }
        Ok(())
    }
}

impl PlanText<'_> {
    fn row(&self, group: &Group) -> [String; 6] {
        let kind = match group.kind {
            GroupKind::Complete => "value",
            GroupKind::Function(_) => "function",
            GroupKind::Set => "set",
            GroupKind::Object => "object",
        };
        let found_by = match (&group.constant, &group.index) {
            (Some(_), _) => "a constant: worked out when the policy loads".to_owned(),
            (None, Some(_)) => "the index below".to_owned(),
            (None, None) if group.rules.len() < 4 => "trying all: too few for an index".to_owned(),
            (None, None) => "trying all: no condition can be looked up".to_owned(),
        };
        let (tried, asked) = match (&group.constant, &group.index) {
            (Some(_), _) => (0, 0),
            (None, Some(index)) => most(&index.root),
            (None, None) => (group.rules.len(), 0),
        };
        let longest = group.rules.iter().map(steps_of).max().unwrap_or(0);
        let steps = tried.saturating_mul(longest).saturating_add(asked);
        [
            path(&group.path),
            kind.to_owned(),
            group.rules.len().to_string(),
            format!("<= {tried}"),
            format!("~{steps}"),
            found_by,
        ]
    }

    fn details(&self, f: &mut Formatter<'_>, group: &Group) -> fmt::Result {
        let mut searches = Vec::new();
        for rule in group.rules.iter().chain(&group.default) {
            let mut link = Some(rule);
            while let Some(rule) = link {
                each_search(&rule.body, &mut searches);
                link = rule.otherwise.as_deref();
            }
        }
        if group.index.is_none() && searches.is_empty() {
            return Ok(());
        }
        writeln!(f)?;
        writeln!(f, "{}", path(&group.path))?;
        if let Some(index) = &group.index {
            self.index(f, group, index)?;
        }
        for (at, root, search) in searches {
            let by = keys(&search.by);
            let wanted = match &search.wanted {
                Wanted::Operand(_) => "a value known before".to_owned(),
                Wanted::Source(source) => self.source(source),
            };
            let place = self.bench.place(at);
            let root = root_text(root);
            if let Some(starts) = &search.starts {
                let (keys, entries) = (starts.prefixes.len(), starts.all.len());
                writeln!(
                    f,
                    "  search    {place}: {root} by what {wanted} starts with: a table of {keys} keys, {entries} elements"
                )?;
                continue;
            }
            let entries: usize = search.elements.values().map(Vec::len).sum();
            let keys = search.elements.len();
            writeln!(
                f,
                "  search    {place}: {root} by element{by} = {wanted}: a table of {keys} keys, {entries} elements"
            )?;
        }
        Ok(())
    }

    fn index(&self, f: &mut Formatter<'_>, group: &Group, index: &Index) -> fmt::Result {
        let mut asked: Vec<Asked> = index.sources.iter().map(|_| Asked::default()).collect();
        gather(&index.root, &mut asked);
        for (source, asked) in index.sources.iter().zip(&asked).filter(|(_, asked)| asked.questions > 0) {
            let mut how = String::new();
            let mut add = |count: usize, what: &str| {
                if count > 0 {
                    let comma = if how.is_empty() { "" } else { ", " };
                    let written = write!(how, "{comma}{count} {what}");
                    debug_assert!(written.is_ok(), "writing to a string does not fail");
                }
            };
            add(asked.values, "values in a table");
            add(asked.prefixes, "prefixes");
            add(asked.patterns, "patterns in one automaton");
            if asked.automaton_bytes > 0 {
                let kib = asked.automaton_bytes.div_ceil(1024);
                how.push_str(&format!(" of {kib} KiB"));
            }
            writeln!(f, "  asks      {}: {how}", self.source(source))?;
        }
        if index.unindexed > 0 {
            writeln!(
                f,
                "  always    {} of {} rules have no condition that can be looked up:",
                index.unindexed,
                group.rules.len()
            )?;
            for rule in group.rules.iter().filter(|rule| always(group, rule)).take(SHOWN) {
                writeln!(f, "            {}: {}", self.bench.place(rule.at), why(rule))?;
            }
        }
        Ok(())
    }

    fn source(&self, source: &Source) -> String {
        let root = match source.origin {
            Origin::Slot(slot) => usize::try_from(slot)
                .ok()
                .and_then(|at| self.plan.slots.get(at))
                .map_or_else(|| "input".to_owned(), |slot| input(slot)),
            Origin::Arg(index) => format!("argument {}", index.saturating_add(1)),
        };
        format!("{root}{}", keys(&source.path))
    }
}

/// Rules without a guard that are shown.
const SHOWN: usize = 10;

/// What a source is asked for, in all questions.
#[derive(Clone, Copy, Default)]
struct Asked {
    questions: usize,
    values: usize,
    prefixes: usize,
    patterns: usize,
    automaton_bytes: usize,
}

fn gather(node: &Node, asked: &mut [Asked]) {
    let Node::Ask(question) = node else { return };
    let Question { source, equal, prefixes, patterns, rest } = &**question;
    if let Some(asked) = asked.get_mut(*source) {
        asked.questions = asked.questions.saturating_add(1);
        asked.values = asked.values.saturating_add(equal.len());
        asked.prefixes =
            asked.prefixes.saturating_add(prefixes.as_ref().map_or(0, |prefixes| prefixes.len()));
        asked.patterns =
            asked.patterns.saturating_add(patterns.as_ref().map_or(0, |patterns| patterns.len()));
        let bytes = patterns.as_ref().map_or(0, |patterns| patterns.bytes());
        asked.automaton_bytes = asked.automaton_bytes.saturating_add(bytes);
    }
    equal.values().for_each(|node| gather(node, asked));
    gather(rest, asked);
}

/// The most rules that a walk through the index can leave, and the questions on the way. All of one question's prefixes
/// and patterns could match at once; an eighth is counted, as the index itself does.
fn most(node: &Node) -> (usize, usize) {
    match node {
        Node::Rules(rules) => (rules.len(), 0),
        Node::Ask(question) => {
            let Question { equal, prefixes, patterns, rest, .. } = &**question;
            let below = equal.values().map(most).max().unwrap_or((0, 0));
            let text = prefixes
                .as_ref()
                .map_or(0, |prefixes| prefixes.len())
                .saturating_add(patterns.as_ref().map_or(0, |patterns| patterns.len()));
            let rest = most(rest);
            let rules = below.0.max(text.div_ceil(8)).saturating_add(rest.0);
            (rules, below.1.saturating_add(rest.1).saturating_add(1))
        }
    }
}

fn always(group: &Group, rule: &PlannedRule) -> bool {
    guards::of(group, rule, guards::Known { constants: &[], is_strict: false }).is_empty()
}

/// Why a rule cannot be looked up: the first step that ends the search for conditions, or that none is of that kind.
fn why(rule: &PlannedRule) -> String {
    if rule.otherwise.is_some() {
        return "it has an `else`, which matters where it does not hold".to_owned();
    }
    for step in &rule.body {
        let what = match &step.kind {
            StepKind::Walk(walk) => match walk.root {
                Root::Group(_) | Root::Tree(_) => "asks another rule first, which could end in an error",
                Root::Slot(_) | Root::Operand(_) | Root::Data(..) => continue,
            },
            StepKind::Call(call) => match call.target {
                Target::Group(_) => "calls a function of the policy first, which could end in an error",
                Target::Builtin(..) | Target::Pattern(..) => continue,
            },
            StepKind::Every { .. } => "`every` comes first",
            StepKind::Comprehend(_) => "a comprehension comes first",
            StepKind::Relate { .. } => "`walk` comes first",
            StepKind::With(..) => "`with` comes first",
            StepKind::Print(_) => "`print` comes first, and is to be printed",
            StepKind::Holds(_) | StepKind::Match(..) | StepKind::Not(..) => continue,
        };
        return format!("line {}: {what}", step.at.line);
    }
    "no condition compares a part of the input with a constant".to_owned()
}

/// The steps of a rule, each counted once.
fn steps_of(rule: &PlannedRule) -> usize {
    count(&rule.body).saturating_add(rule.otherwise.as_deref().map_or(0, steps_of))
}

fn count(steps: &Steps) -> usize {
    steps
        .iter()
        .map(|step| match &step.kind {
            StepKind::Not(inner, _) | StepKind::Every { steps: inner, .. } | StepKind::With(_, inner) => {
                count(inner).saturating_add(1)
            }
            StepKind::Comprehend(comprehension) => count(&comprehension.steps).saturating_add(1),
            // What is searched without a table is gone through.
            StepKind::Walk(walk) if walk.search.is_none() => walk
                .path
                .iter()
                .find(|hop| matches!(hop, Hop::Each(Pattern::Any | Pattern::Bind(_))))
                .map_or(1, |_| elements(&walk.root).saturating_add(1)),
            StepKind::Holds(_)
            | StepKind::Match(..)
            | StepKind::Walk(_)
            | StepKind::Call(_)
            | StepKind::Relate { .. }
            | StepKind::Print(_) => 1,
        })
        .sum()
}

/// How many elements a walk goes through, as far as that is known when the policy loads.
fn elements(root: &Root) -> usize {
    let Root::Data(_, Some(value)) = root else { return 0 };
    let object = value.as_object().map(|object| object.len());
    object.or_else(|| value.as_items().map(<[_]>::len)).unwrap_or(0)
}

fn each_search<'p>(steps: &'p Steps, found: &mut Vec<(Loc, &'p Root, &'p Search)>) {
    for step in steps {
        match &step.kind {
            StepKind::Walk(walk) => {
                found.extend(walk.search.as_ref().map(|search| (step.at, &walk.root, &**search)));
            }
            StepKind::Not(inner, _) | StepKind::Every { steps: inner, .. } | StepKind::With(_, inner) => {
                each_search(inner, found);
            }
            StepKind::Comprehend(comprehension) => each_search(&comprehension.steps, found),
            StepKind::Holds(_)
            | StepKind::Match(..)
            | StepKind::Call(_)
            | StepKind::Relate { .. }
            | StepKind::Print(_) => {}
        }
    }
}

fn root_text(root: &Root) -> String {
    if let Root::Data(at, _) = root { path(at) } else { "a collection".to_owned() }
}

fn input(slot: &[Name]) -> String {
    let names: Vec<Value<'static>> = slot.iter().map(|name| Value::string(name)).collect();
    format!("input{}", keys(&names))
}

fn path(parts: &[Value<'static>]) -> String {
    format!("data{}", keys(parts))
}

fn keys(parts: &[Value<'static>]) -> String {
    let mut text = String::new();
    for part in parts {
        match part.as_str() {
            Some(name) if is_name(name) => {
                text.push('.');
                text.push_str(name);
            }
            _ => {
                text.push('[');
                text.push_str(&part.to_rego());
                text.push(']');
            }
        }
    }
    text
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Rows in columns as wide as what is in them.
fn table<const N: usize>(f: &mut Formatter<'_>, rows: &[[String; N]]) -> fmt::Result {
    let mut widths = [0_usize; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            write!(line, "  {cell:<width$}")?;
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}
