//! `differential --seed N --requests N`: the wasm module and the dynamic one, held against each other on two Envoys.

use std::process::ExitCode;

use clap::Parser;
use doorward_tests::differential::{Options, run};
use doorward_tests::root;

/// Sends the same generated requests to an Envoy with doorward.wasm and to one with libdoorward.so, and compares every
/// answer, everything that reached the workload, every decision record, the counters and the access logs.
#[derive(Parser)]
struct Arguments {
    /// Seed of the generator.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many requests.
    #[arg(long, default_value_t = 100_000)]
    requests: usize,
}

fn main() -> ExitCode {
    let Arguments { seed, requests } = Arguments::parse();
    let folder = root().join("target/differential").join(seed.to_string());
    let progress = |sent: usize| {
        if sent.is_multiple_of(10_000) {
            eprintln!("{sent} requests");
        }
    };
    match run(&Options { seed, requests, folder }, progress) {
        Ok(summary) => {
            print!("{}", summary.text());
            if summary.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
