//! `load --updates N --broken N`: the dynamic module under load while its policy, its listeners and its luck change.

use std::process::ExitCode;

use clap::Parser;
use doorward_tests::load::{Options, Way, run};
use doorward_tests::root;

/// Swaps two policies under load, by the filter's file and then by the listeners' file, with updates that are refused and
/// faults among them; every answer must be one of either policy.
#[derive(Parser)]
struct Arguments {
    /// Updates that are taken, each way.
    #[arg(long, default_value_t = 200)]
    updates: usize,
    /// Updates that are refused, each way.
    #[arg(long, default_value_t = 20)]
    broken: usize,
}

fn main() -> ExitCode {
    let Arguments { updates, broken } = Arguments::parse();
    for (way, name) in [(Way::Filter, "load-filter"), (Way::Listeners, "load-listeners")] {
        let folder = root().join("target/lab").join(name);
        match run(&Options { way, updates, broken, folder }) {
            Ok(summary) => println!("{}", summary.text()),
            Err(error) => {
                eprintln!("error: {name}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
