//! `demo [NAME..] [--list] [--keep]`: plays the scenarios under `envoy/` against real Envoys and prints one table.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use doorward_tests::scenario::{Played, Scenario, Stage, Theatre};
use doorward_tests::table::{Mark, Style, Table};
use doorward_tests::{Error, Result, signals};

/// Plays requests over real mTLS against real Envoys and shows what was decided.
#[derive(Parser)]
#[command(name = "demo")]
struct Arguments {
    /// Scenarios to play; all if none is named.
    names: Vec<String>,
    /// Say which scenarios there are, and end.
    #[arg(long)]
    list: bool,
    /// Stay up after the requests and print curl lines to try by hand; Ctrl-C ends it.
    #[arg(long)]
    keep: bool,
    /// The repository's root folder.
    #[arg(long, hide = true)]
    root: Option<PathBuf>,
}

fn main() -> ExitCode {
    let result = run(&Arguments::parse());
    signals::wait_if_interrupted();
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::from(2)
        }
    }
}

/// `Ok(true)` if everything was as expected.
fn run(arguments: &Arguments) -> Result<bool> {
    signals::install()?;
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let root = arguments.root.as_deref().unwrap_or(built_in);
    let scenarios = chosen(Scenario::all(&root.join("envoy"))?, &arguments.names)?;
    if arguments.list {
        let width = scenarios.iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
        for scenario in &scenarios {
            println!("{:<width$}  {}", scenario.name, scenario.requests.title);
        }
        return Ok(true);
    }
    if scenarios.is_empty() {
        return Err(Error::new("there is no scenario under envoy/"));
    }

    step("making certificates and token keys under target/demo");
    let theatre = Theatre::open(root, &scenarios)?;
    let style = Style::of_stdout();
    let mut report = Report::default();
    let mut stages = Vec::new();
    for scenario in &scenarios {
        let start = Instant::now();
        let Some(mut stage) = report.keep_error(scenario, theatre.start(scenario)) else { continue };
        let ready = start.elapsed();
        let Some(played) = report.keep_error(scenario, stage.play(&theatre)) else { continue };
        step(&format!(
            "{}: Envoy ready in {}, {} requests in {}",
            scenario.name,
            seconds(ready),
            played.len(),
            seconds(start.elapsed().saturating_sub(ready))
        ));
        report.add(scenario, &played);
        if arguments.keep {
            stages.push(stage);
        }
    }
    report.print(style);
    if arguments.keep && !stages.is_empty() {
        keep(&theatre, &stages)?;
    }
    Ok(report.differences.is_empty())
}

fn chosen(all: Vec<Scenario>, names: &[String]) -> Result<Vec<Scenario>> {
    let known = || all.iter().map(|scenario| scenario.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = names.iter().find(|name| all.iter().all(|scenario| scenario.name != **name)) {
        return Err(Error::new(format!("no scenario is called {unknown}; there are: {}", known())));
    }
    Ok(all.into_iter().filter(|scenario| names.is_empty() || names.contains(&scenario.name)).collect())
}

/// The table and what is wrong with it.
struct Report {
    table: Table,
    requests: usize,
    differences: Vec<String>,
}

impl Default for Report {
    fn default() -> Self {
        let table =
            Table::new(&["scenario", "caller", "request", "token", "decision", "reason", ">HTTP", ">time"]);
        Self { table, requests: 0, differences: Vec::new() }
    }
}

impl Report {
    /// A scenario that could not be played is a difference like any other.
    fn keep_error<T>(&mut self, scenario: &Scenario, result: Result<T>) -> Option<T> {
        let report = |error| {
            signals::wait_if_interrupted();
            step(&format!("{}: could not be played, see below", scenario.name));
            self.differences.push(format!("{}: could not be played: {error}", scenario.name));
        };
        result.map_err(report).ok()
    }

    fn add(&mut self, scenario: &Scenario, played: &[Played<'_>]) {
        for Played { spec, tokens, outcome, differences } in played {
            self.requests += 1;
            let mark = if differences.is_empty() { Mark::Good } else { Mark::Bad };
            let tokens = if tokens.is_empty() { "-".into() } else { tokens.join(", ") };
            let cells = vec![
                scenario.name.clone(),
                spec.caller.clone(),
                format!("{} {}", spec.method, spec.path),
                tokens,
                outcome.decision().into(),
                outcome.reason(),
                outcome.status(),
                outcome.elapsed(),
            ];
            self.table.row(mark, cells);
            let named = differences.iter().map(|what| format!("{} / {}: {what}", scenario.name, spec.name));
            self.differences.extend(named);
        }
    }

    fn print(&self, style: Style) {
        signals::wait_if_interrupted();
        if self.requests > 0 {
            println!("\n{}", self.table.render(style));
        }
        if self.differences.is_empty() {
            let all = format!("{}, all decided as expected", count(self.requests, "request"));
            println!("{}", style.paint(&all, Mark::Good));
            return;
        }
        for difference in &self.differences {
            println!("{}", style.paint(&format!("✗ {difference}"), Mark::Bad));
        }
        println!("{}, {}", count(self.requests, "request"), count(self.differences.len(), "difference"));
    }
}

/// Prints how to go on by hand, and waits; the signal handler ends the process.
fn keep(theatre: &Theatre, stages: &[Stage<'_>]) -> Result<()> {
    for stage in stages {
        for envoy in stage.envoys() {
            println!("\n# log of Envoy {}: {}", envoy.name(), envoy.log_path().display());
        }
        for (name, line) in stage.curl_lines(theatre)? {
            println!("\n# {name}\n{line}");
        }
    }
    println!("\neverything stays up, with these certificates and tokens; Ctrl-C ends it");
    signals::expect_interrupt();
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn step(what: &str) {
    eprintln!("demo: {what}");
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
