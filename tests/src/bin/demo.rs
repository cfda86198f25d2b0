//! `demo [NAME..] [--native | --both] [--list] [--keep]`: plays the scenarios under `envoy/` against real Envoys and prints
//! one table.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use doorward_tests::scenario::{
    Host, Played, Report, Scenario, Stage, Theatre, Tokens, host_name, write_twins,
};
use doorward_tests::table::Style;
use doorward_tests::{Error, Result, signals};

/// Plays requests over real mTLS against real Envoys and shows what was decided.
#[derive(Parser)]
#[command(name = "demo")]
struct Arguments {
    /// Scenarios to play; all if none is named.
    names: Vec<String>,
    /// Play them on the native module (libdoorward.so) instead of the wasm one.
    #[arg(long)]
    native: bool,
    /// Play each on wasm, then on native: one table with the times of both. A difference between the two is a failure.
    #[arg(long, conflicts_with = "native")]
    both: bool,
    /// Say which scenarios there are, and end.
    #[arg(long)]
    list: bool,
    /// Stay up after the requests and print curl lines to try by hand; Ctrl-C ends it.
    #[arg(long, conflicts_with = "both")]
    keep: bool,
    /// Write envoy/NAME/native/ anew from the scenarios' Envoy configurations, and end.
    #[arg(long)]
    write_twins: bool,
    /// The repository's root folder.
    #[arg(long, hide = true)]
    root: Option<PathBuf>,
}

impl Arguments {
    fn hosts(&self) -> &'static [Host] {
        match (self.native, self.both) {
            (_, true) => &[Host::Wasm, Host::Native],
            (true, false) => &[Host::Native],
            (false, false) => &[Host::Wasm],
        }
    }
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
    if arguments.write_twins {
        for scenario in &scenarios {
            write_twins(scenario)?.iter().for_each(|path| println!("{}", path.display()));
        }
        return Ok(true);
    }
    if scenarios.is_empty() {
        return Err(Error::new("there is no scenario under envoy/"));
    }

    step("making certificates and token keys under target/demo");
    let hosts = arguments.hosts();
    let theatre = Theatre::open(root, &scenarios, hosts)?;
    let mut report = Report::new(hosts);
    let mut stages = Vec::new();
    for scenario in &scenarios {
        // Made once, for each host the same.
        let mut tokens = None;
        let mut plays = Vec::new();
        for host in hosts {
            match play(&theatre, scenario, *host, &mut tokens) {
                Ok((stage, played)) => {
                    plays.push((*host, played));
                    // Without `--keep` it ends here: the next host takes the same ports.
                    stages.extend(arguments.keep.then_some(stage));
                }
                Err(error) => {
                    signals::wait_if_interrupted();
                    step(&format!(
                        "{} on {}: could not be played, see below",
                        scenario.name,
                        host_name(*host)
                    ));
                    report.failed(scenario, *host, &error);
                }
            }
        }
        report.add(scenario, &plays);
    }
    signals::wait_if_interrupted();
    report.print(Style::of_stdout());
    if arguments.keep && !stages.is_empty() {
        keep(&theatre, &stages)?;
    }
    Ok(report.is_good())
}

fn play<'a>(
    theatre: &Theatre,
    scenario: &'a Scenario,
    host: Host,
    tokens: &mut Option<Tokens>,
) -> Result<(Stage<'a>, Vec<Played<'a>>)> {
    let start = Instant::now();
    let tokens = match tokens {
        Some(tokens) => tokens,
        None => tokens.insert(theatre.tokens(scenario)?),
    };
    let mut stage = theatre.start(scenario, host, tokens)?;
    let ready = start.elapsed();
    let played = stage.play(theatre)?;
    step(&format!(
        "{} on {}: Envoy ready in {}, {} requests in {}",
        scenario.name,
        host_name(host),
        seconds(ready),
        played.len(),
        seconds(start.elapsed().saturating_sub(ready))
    ));
    Ok((stage, played))
}

fn chosen(all: Vec<Scenario>, names: &[String]) -> Result<Vec<Scenario>> {
    let known = || all.iter().map(|scenario| scenario.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(unknown) = names.iter().find(|name| all.iter().all(|scenario| scenario.name != **name)) {
        return Err(Error::new(format!("no scenario is called {unknown}; there are: {}", known())));
    }
    Ok(all.into_iter().filter(|scenario| names.is_empty() || names.contains(&scenario.name)).collect())
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
    // Before it is said: who reads it may be quick.
    signals::expect_interrupt();
    println!("\neverything stays up, with these certificates and tokens; Ctrl-C ends it");
    loop {
        std::thread::sleep(Duration::from_secs(3600));
    }
}

fn step(what: &str) {
    eprintln!("demo: {what}");
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
