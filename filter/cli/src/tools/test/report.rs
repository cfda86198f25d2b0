//! The reports: OPA's words and fields.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_core::rego::workbench::{
    Attempt, AttemptOutcome, Condition, Coverage, FileCoverage, Range, SubResult, Suite, TestOutcome,
};

use super::Done;
use crate::tools::json::{array, float, indented, object, string};
use crate::tools::{Ended, Terminal, time};

type Cases = BTreeMap<String, SubResult>;

const RULE: &str = "--------------------------------------------------------------------------------";

/// What is counted: the cases of a test that has several.
#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
    errors: usize,
}

fn outcome(outcome: &TestOutcome) -> &'static str {
    match outcome {
        TestOutcome::Pass => "PASS",
        TestOutcome::Fail => "FAIL",
        TestOutcome::Error(_) => "ERROR",
        TestOutcome::Skip => "SKIPPED",
    }
}

fn title(done: &Done<'_>) -> String {
    let Done { case, run, duration } = done;
    let name = format!("{}.{}: {}", case.package, case.name, outcome(&run.outcome));
    match run.outcome {
        TestOutcome::Skip => name,
        TestOutcome::Pass | TestOutcome::Fail | TestOutcome::Error(_) => {
            format!("{name} ({})", time::shown(*duration))
        }
    }
}

/// For people: what is not well (with `-v` everything), what failing tests tried, and the counts.
pub(super) fn pretty(all: &[Done<'_>], is_verbose: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut counts = Counts::default();
    let mut is_dirty = false;
    let mut last_file = None;
    for done in all {
        count(done, &mut counts);
        if done.run.outcome != TestOutcome::Pass || is_verbose {
            let at = &done.case.at;
            if last_file.as_ref().is_some_and(|last| *last != at.file) {
                writeln!(out)?;
            }
            last_file = Some(at.file.clone());
            is_dirty = true;
            writeln!(out, "{}:{}:\n{}", at.file, at.line, title(done))?;
            sub_results(&done.run.cases, 1, is_verbose, out)?;
            if !done.run.prints.is_empty() {
                writeln!(out)?;
                for line in done.run.prints.join("\n").trim().lines() {
                    writeln!(out, "  {line}")?;
                }
                writeln!(out)?;
            }
        }
        if let TestOutcome::Error(failure) = &done.run.outcome {
            writeln!(out, "  {failure}")?;
        }
    }
    if is_verbose && counts.failed > 0 {
        writeln!(out, "{RULE}\nFAILURES\n{RULE}")?;
        for done in all.iter().filter(|done| done.run.outcome == TestOutcome::Fail) {
            writeln!(out, "{}\n", title(done))?;
            trace(done, out)?;
            writeln!(out)?;
            if !done.run.cases.is_empty() {
                sub_results(&done.run.cases, 1, false, out)?;
                writeln!(out)?;
            }
        }
    }
    if is_dirty {
        writeln!(out, "{RULE}")?;
    }
    let Counts { passed, failed, skipped, errors } = counts;
    let total = [passed, failed, skipped, errors].iter().sum::<usize>();
    for (name, number) in [("PASS", passed), ("FAIL", failed), ("SKIPPED", skipped), ("ERROR", errors)] {
        if number > 0 {
            writeln!(out, "{name}: {number}/{total}")?;
        }
    }
    Ok(())
}

fn count(done: &Done<'_>, counts: &mut Counts) {
    let one = |number: &mut usize| *number = number.saturating_add(1);
    match &done.run.outcome {
        TestOutcome::Skip => one(&mut counts.skipped),
        TestOutcome::Error(_) => one(&mut counts.errors),
        TestOutcome::Pass | TestOutcome::Fail if !done.run.cases.is_empty() => {
            leaves(&done.run.cases, &mut |case| {
                one(if case.has_failed { &mut counts.failed } else { &mut counts.passed });
            });
        }
        TestOutcome::Pass => one(&mut counts.passed),
        TestOutcome::Fail => one(&mut counts.failed),
    }
}

fn leaves(cases: &Cases, visit: &mut dyn FnMut(&SubResult)) {
    for case in cases.values() {
        if case.inner.is_empty() {
            visit(case);
        } else {
            leaves(&case.inner, visit);
        }
    }
}

fn sub_results(cases: &Cases, depth: usize, is_verbose: bool, out: &mut dyn Write) -> io::Result<()> {
    for (name, case) in cases {
        if case.has_failed || is_verbose {
            let outcome = if case.has_failed { "FAIL" } else { "PASS" };
            writeln!(out, "{}{name}: {outcome}", "  ".repeat(depth))?;
        }
        sub_results(&case.inner, depth.saturating_add(1), is_verbose, out)?;
    }
    Ok(())
}

/// What a failing test tried, down to the conditions that did not hold.
fn trace(done: &Done<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Vec::new();
    for attempt in done.run.explanation.iter().flat_map(|explanation| &explanation.attempts) {
        follow(attempt, 1, &mut lines);
    }
    let places = lines.iter().map(|(place, _)| place.as_str()).chain(["query:1"]);
    let width = places.map(|place| place.chars().count()).max().unwrap_or(0).saturating_add(7);
    let name = match &*done.case.name {
        name if name.contains('#') => format!("{}[{}]", done.case.package, string(name)),
        name => format!("{}.{name}", done.case.package),
    };
    writeln!(out, "  {:<width$}Enter {name} = _", "query:1")?;
    for (place, text) in lines {
        writeln!(out, "  {place:<width$}{text}")?;
    }
    writeln!(out, "  {:<width$}| Fail {name} = _", "query:1")
}

fn follow(attempt: &Attempt, depth: usize, lines: &mut Vec<(String, String)>) {
    let bars = "| ".repeat(depth);
    let Attempt { at, head, outcome, other_ways, inner } = attempt;
    match outcome {
        // What held is no part of the failure. Of a test with several cases some may have.
        AttemptOutcome::Held if depth == 1 && !other_ways.is_empty() => {
            lines.push((at.to_string(), format!("{bars}Enter {head}")));
            inner.iter().for_each(|attempt| follow(attempt, depth.saturating_add(1), lines));
            other_ways.iter().for_each(|condition| lines.push(fail(&bars, condition)));
        }
        AttemptOutcome::Held => {}
        AttemptOutcome::Mismatched => {
            lines.push((at.to_string(), format!("{bars}Enter {head}")));
            lines.push((at.to_string(), format!("{bars}| Fail {head}")));
        }
        AttemptOutcome::Failed(condition) => {
            lines.push((at.to_string(), format!("{bars}Enter {head}")));
            inner.iter().for_each(|attempt| follow(attempt, depth.saturating_add(1), lines));
            lines.push(fail(&bars, condition));
        }
    }
}

fn fail(bars: &str, condition: &Condition) -> (String, String) {
    let text = condition.text.split_whitespace().collect::<Vec<_>>().join(" ");
    (condition.at.to_string(), format!("{bars}| Fail {text}"))
}

/// The JSON of all tests.
pub(super) fn json(all: &[Done<'_>], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", indented(&array(all.iter().map(result_json))))
}

fn result_json(done: &Done<'_>) -> String {
    let Done { case, run, duration } = done;
    let location = |file: &str, line: u32, column: u32| {
        object(&[("file", string(file)), ("row", line.to_string()), ("col", column.to_string())])
    };
    let mut fields = vec![
        ("location", location(&case.at.file, case.at.line, case.at.column)),
        ("package", string(&case.package)),
        ("name", string(&case.name)),
    ];
    match &run.outcome {
        TestOutcome::Pass => {}
        TestOutcome::Fail => fields.push(("fail", "true".to_owned())),
        TestOutcome::Skip => fields.push(("skip", "true".to_owned())),
        TestOutcome::Error(failure) => {
            let at = &failure.at;
            let error = [
                ("code", string(failure.code)),
                ("message", string(&failure.message)),
                ("location", location(&at.file, at.line, at.column)),
            ];
            fields.push(("error", object(&error)));
        }
    }
    fields.push(("duration", duration.as_nanos().to_string()));
    if !run.prints.is_empty() {
        let output = format!("{}\n", run.prints.join("\n"));
        fields.push(("output", string(&STANDARD.encode(output))));
    }
    if !run.cases.is_empty() {
        fields.push(("sub_results", cases_json(&run.cases)));
    }
    object(&fields)
}

fn cases_json(cases: &Cases) -> String {
    let case = |(name, case): (&String, &SubResult)| {
        let mut fields = vec![("name", string(name))];
        if case.has_failed {
            fields.push(("fail", "true".to_owned()));
        }
        if !case.inner.is_empty() {
            fields.push(("sub_results", cases_json(&case.inner)));
        }
        (name.clone(), object(&fields))
    };
    let all: Vec<(String, String)> = cases.iter().map(case).collect();
    object(&all.iter().map(|(name, json)| (name.as_str(), json.clone())).collect::<Vec<_>>())
}

/// The coverage as JSON, if every test was well and enough is covered.
pub(super) fn coverage(
    suite: &Suite<'_>,
    all: Vec<Done<'_>>,
    threshold: f64,
    is_verbose: bool,
    terminal: &mut Terminal<'_>,
) -> io::Result<Ended> {
    for done in &all {
        if let TestOutcome::Error(failure) = &done.run.outcome {
            return terminal.fail(failure);
        }
    }
    let (failed, rest): (Vec<Done<'_>>, Vec<Done<'_>>) =
        all.into_iter().partition(|done| done.run.outcome == TestOutcome::Fail);
    if let Some(first) = failed.first() {
        pretty(&failed, is_verbose, terminal.out)?;
        return terminal.fail(&title(first));
    }
    let has_skipped = rest.iter().any(|done| done.run.outcome == TestOutcome::Skip);
    let runs: Vec<_> = rest.into_iter().map(|done| done.run).collect();
    let coverage = suite.coverage(&runs);
    let percent = coverage.percent();
    if percent < threshold {
        writeln!(
            terminal.err,
            "Code coverage threshold not met: got {percent:.2} instead of {threshold:.2}"
        )?;
        if is_verbose {
            writeln!(terminal.err, "Lines not covered:")?;
            for (name, file) in &coverage.files {
                for (first, last) in spans(&file.not_covered) {
                    let lines = if first == last { first.to_string() } else { format!("{first}-{last}") };
                    writeln!(terminal.err, "\t{name}:{lines}")?;
                }
            }
        }
        return Ok(Ended::Bad);
    }
    writeln!(terminal.out, "{}", indented(&coverage_json(&coverage)))?;
    Ok(if has_skipped { Ended::Bad } else { Ended::Well })
}

/// Lines in a row.
fn spans(ranges: &[Range]) -> Vec<(u32, u32)> {
    let lines: BTreeSet<u32> = ranges.iter().flat_map(|range| range.start.0..=range.end.0).collect();
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match spans.last_mut() {
            Some((_, last)) if last.saturating_add(1) == line => *last = line,
            _ => spans.push((line, line)),
        }
    }
    spans
}

fn coverage_json(coverage: &Coverage) -> String {
    let files: Vec<(&str, String)> =
        coverage.files.iter().map(|(name, file)| (name.as_str(), file_json(file))).collect();
    object(&[
        ("files", object(&files)),
        ("covered_lines", coverage.covered_lines().to_string()),
        ("not_covered_lines", coverage.not_covered_lines().to_string()),
        ("coverage", float(coverage.percent())),
    ])
}

fn file_json(file: &FileCoverage) -> String {
    let mut fields = Vec::new();
    for (name, ranges) in [("covered", &file.covered), ("not_covered", &file.not_covered)] {
        if !ranges.is_empty() {
            fields.push((name, array(ranges.iter().map(range_json))));
        }
    }
    for (name, lines) in
        [("covered_lines", file.covered_lines()), ("not_covered_lines", file.not_covered_lines())]
    {
        if lines > 0 {
            fields.push((name, lines.to_string()));
        }
    }
    if file.covered_lines() > 0 {
        fields.push(("coverage", float(file.percent())));
    }
    object(&fields)
}

fn range_json(range: &Range) -> String {
    let place =
        |(line, column): (u32, u32)| object(&[("row", line.to_string()), ("col", column.to_string())]);
    let mut fields = vec![("start", place(range.start)), ("end", place(range.end))];
    if !range.kinds.is_empty() {
        fields.push(("kinds", array(range.kinds.iter().map(|kind| string(kind.name())))));
    }
    object(&fields)
}
