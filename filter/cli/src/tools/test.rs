//! `doorward test`: runs the `test_` rules of a policy, and reports as `opa test` does.

mod report;

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use policy_core::rego::RegoVersion;
use policy_core::rego::workbench::{Suite, TestCase, TestOutcome, TestRun, Workbench};
use regex::Regex;

use super::files::{self, Wanted};
use super::{Ended, Terminal, time};

/// The command's arguments.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  doorward test policies
  doorward test policy.rego policy_test.rego data.json -v
  doorward test policies --run 'data\\.authz_test\\.test_admin'
  doorward test policies --coverage --threshold 90

A test is a rule whose name begins with test_ and that is true. One whose name begins with todo_test_ is skipped.
test_x[name] if { .. } is a test with a case for each name.

Exit codes: 0 every test passed, 1 the tests could not be run or the coverage could not be told, 2 a test failed,
ended in an error or was skipped, or the coverage is below the threshold.")]
pub struct TestArguments {
    /// Policies, tests and data: files and folders.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Show every test, and what those that failed tried.
    #[arg(short, long)]
    verbose: bool,
    /// Run only tests whose full name (data.package.test_name) the regular expression finds something in.
    #[arg(short, long, value_name = "REGEX")]
    run: Option<Regex>,
    /// Report as JSON which heads and expressions the tests came to.
    #[arg(short, long)]
    coverage: bool,
    /// Fail if less than this percentage of the lines is covered.
    #[arg(long, value_name = "PERCENT")]
    threshold: Option<f64>,
    /// The form of the report.
    #[arg(short, long, value_enum, default_value = "pretty")]
    format: TestForm,
    /// Skipped tests do not change the exit code.
    #[arg(short = 'z', long)]
    exit_zero_on_skipped: bool,
    /// Fail if there was no test to run.
    #[arg(long)]
    fail_on_empty: bool,
    /// Policies are written in Rego as it was before OPA 1.0.
    #[arg(long)]
    v0_compatible: bool,
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestForm {
    /// For people.
    Pretty,
    /// JSON.
    Json,
}

/// A test with what came of it.
#[derive(Debug)]
struct Done<'s> {
    case: &'s TestCase,
    run: TestRun,
    duration: Duration,
}

/// Runs tests.
///
/// # Errors
/// If the terminal cannot be written to.
pub fn test(arguments: &TestArguments, terminal: &mut Terminal<'_>) -> io::Result<Ended> {
    let version = if arguments.v0_compatible { RegoVersion::V0 } else { RegoVersion::V1 };
    let threshold = arguments.threshold.unwrap_or(0.0);
    if !(0.0..=100.0).contains(&threshold) {
        return terminal.fail(&"Code coverage threshold must be between 0 and 100");
    }
    let is_covered = arguments.coverage || threshold > 0.0;
    let loaded = match files::load(&arguments.paths, Wanted::All) {
        Ok(loaded) => loaded,
        Err(error) => return terminal.fail(&error),
    };
    let modules = loaded.modules.clone();
    let bench = match Workbench::open(loaded.modules, version, loaded.data) {
        Ok(bench) => bench,
        Err(errors) => return terminal.faults(&modules, &errors),
    };
    let suite = match bench.suite(is_covered || arguments.verbose) {
        Ok(suite) => suite,
        Err(errors) => return terminal.faults(&modules, &errors),
    };
    let done = run(&suite, arguments.run.as_ref());
    if is_covered {
        return report::coverage(&suite, done, threshold, arguments.verbose, terminal);
    }
    match arguments.format {
        TestForm::Pretty => report::pretty(&done, arguments.verbose, terminal.out)?,
        TestForm::Json => report::json(&done, terminal.out)?,
    }
    if done.is_empty() && arguments.fail_on_empty {
        return terminal.fail(&"no tests were run");
    }
    let is_good = |done: &Done<'_>| match done.run.outcome {
        TestOutcome::Pass => true,
        TestOutcome::Skip => arguments.exit_zero_on_skipped,
        TestOutcome::Fail | TestOutcome::Error(_) => false,
    };
    Ok(if done.iter().all(is_good) { Ended::Well } else { Ended::Bad })
}

fn run<'s>(suite: &'s Suite<'_>, filter: Option<&Regex>) -> Vec<Done<'s>> {
    let full = |case: &TestCase| format!("{}.{}", case.package, case.name);
    let wanted = suite.cases.iter().filter(|case| filter.is_none_or(|filter| filter.is_match(&full(case))));
    wanted
        .map(|case| {
            let start = Instant::now();
            let run = suite.run(case, time::moment());
            let duration = if case.is_skipped { Duration::ZERO } else { start.elapsed() };
            Done { case, run, duration }
        })
        .collect()
}
