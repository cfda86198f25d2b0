//! Holds the policy engine to OPA: `cargo run -p doorward-tests --bin conformance -- --help`.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use doorward_tests::conformance::judge::Verdict;
use doorward_tests::conformance::run::{self, Compared};
use doorward_tests::conformance::shrink::shrink;
use doorward_tests::conformance::source::{Source, Version};
use doorward_tests::conformance::{bless, corpus, generate, report, suite};
use doorward_tests::{Context, Result};

/// Holds the policy engine to OPA.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Replay the cases that are written by hand.
    Corpus {
        /// Only cases whose name has this in it.
        #[arg(default_value = "")]
        filter: String,
        /// Differences to show.
        #[arg(long, default_value_t = 20)]
        show: usize,
        /// Show this kind of comparison too, such as `another place`.
        #[arg(long)]
        also: Option<String>,
    },
    /// Fill in OPA's answers, and write the files as they are to be.
    Bless,
    /// Compare on generated policies.
    Generate {
        /// The sequence.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Policies.
        #[arg(long, default_value_t = 1000)]
        policies: usize,
        /// The first policy.
        #[arg(long, default_value_t = 0)]
        first: usize,
        /// Print the policies with their inputs instead.
        #[arg(long)]
        only_print: bool,
        /// Inputs for each.
        #[arg(long, default_value_t = 10)]
        inputs: usize,
        /// Differences to make small and show, of each kind.
        #[arg(long, default_value_t = 5)]
        show: usize,
        /// Show this kind of comparison too, such as `another place`.
        #[arg(long)]
        also: Option<String>,
    },
    /// Write the corpus' table into tests/conformance/README.md, and the list of what ours refuses.
    Table,
    /// Compare with a folder of OPA's own test cases.
    Suite {
        /// The folder; what lies below a folder `v0` is Rego v0.
        folder: PathBuf,
        /// Only cases whose name has this in it.
        #[arg(long, default_value = "")]
        filter: String,
        /// Differences to show.
        #[arg(long, default_value_t = 20)]
        show: usize,
    },
    /// Ask both engines about policies in files.
    Ask {
        /// The modules.
        files: Vec<PathBuf>,
        /// The document.
        #[arg(long, default_value = "t")]
        ask: String,
        /// The input in JSON.
        #[arg(long, default_value = "")]
        input: String,
        /// The data in JSON.
        #[arg(long, default_value = "{}")]
        data: String,
    },
}

fn main() -> ExitCode {
    // What panics is counted; its words would only be in the way.
    std::panic::set_hook(Box::new(|_| {}));
    match play(Arguments::parse().task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn play(task: Task) -> Result<bool> {
    match task {
        Task::Corpus { filter, show, also } => {
            let mut files = corpus::load(&corpus::folder())?;
            for file in &mut files {
                let id = file.id.clone();
                file.cases.retain(|case| format!("{id}#{}", case.name).contains(&filter));
            }
            let compared = run::corpus(&files)?;
            show_differences(&compared, show, also.as_deref());
            print!("{}", report::table(&compared));
            Ok(!compared.iter().any(|one| one.verdict.is_different()))
        }
        Task::Bless => {
            let (policies, changed) = bless::bless(&corpus::folder())?;
            println!("{policies} policies; {changed} files changed");
            Ok(true)
        }
        Task::Generate { seed, policies, first, inputs, only_print: true, .. } => {
            for number in first..first + policies {
                let generated = generate::policy(seed, number, inputs);
                for (name, text) in generated.source.named() {
                    println!("# {name}\n{text}");
                }
                println!("# data {}\n# ask {}", generated.source.data, generated.asks.join(" "));
                generated.inputs.iter().for_each(|input| println!("# input {input}"));
            }
            Ok(true)
        }
        Task::Generate { seed, policies, first, inputs, show, also, .. } => {
            let (counts, found) =
                generate::compare(seed, first..first + policies, inputs, show, also.as_deref())?;
            for one in &found {
                println!("{}", report::explain(&shrink(one)));
            }
            print!("{}", counts.summary());
            Ok(counts.different() == 0)
        }
        Task::Table => {
            report::write_table()?;
            Ok(true)
        }
        Task::Suite { folder, filter, show } => {
            let mut compared = suite::run(&folder)?;
            compared.retain(|one| one.id.contains(&filter));
            show_differences(&compared, show, None);
            print!("{}", report::table(&compared));
            Ok(!compared.iter().any(|one| one.verdict.is_different()))
        }
        Task::Ask { files, ask, input, data } => {
            let read =
                |path: &PathBuf| fs::read_to_string(path).context(|| format!("read {}", path.display()));
            let modules = files.iter().map(read).collect::<Result<_>>()?;
            let source = Source { modules, version: Version::V1, data };
            let compared = run::live("ask", &source, &[ask], &[input])?;
            compared.iter().for_each(|one| println!("{}", report::explain(one)));
            Ok(compared.iter().all(|one| one.verdict == Verdict::Equal))
        }
    }
}

fn show_differences(compared: &[Compared], show: usize, also: Option<&str>) {
    let is_shown = |one: &&Compared| {
        one.verdict.is_different() || also.is_some_and(|also| one.verdict.to_string().contains(also))
    };
    for one in compared.iter().filter(is_shown).take(show) {
        println!("{}", report::explain(one));
    }
}
