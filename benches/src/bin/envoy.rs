//! What Envoy spends on a request: without a filter, with empty ones, with Doorward as wasm and native.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use doorward_benches::proxy::{Modules, Plan, measure, variants};
use doorward_benches::report::{Machine, Marks, render_proxy, write_between_marks};
use doorward_tests::envoy::Program;
use doorward_tests::{Context, Error, Result};

/// What Envoy spends on a request.
#[derive(Parser)]
struct Arguments {
    /// The repository's root.
    #[arg(long)]
    root: PathBuf,
    /// Where certificates, configurations and logs go.
    #[arg(long)]
    out: PathBuf,
    /// Doorward as wasm.
    #[arg(long)]
    wasm: PathBuf,
    /// Doorward as a dynamic module.
    #[arg(long)]
    native: PathBuf,
    /// The wasm filter that does nothing.
    #[arg(long)]
    empty_wasm: PathBuf,
    /// The dynamic module that does nothing.
    #[arg(long)]
    empty_native: PathBuf,
    /// Just see that everything runs.
    #[arg(long)]
    quick: bool,
    /// Put the tables into benches/README.md.
    #[arg(long)]
    write: bool,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let Arguments { root, out, wasm, native, empty_wasm, empty_native, quick, write } = arguments;
    if write && quick {
        return Err(Error::new("only a thorough run is written: leave out --quick"));
    }
    let machine = Machine::here();
    let program = Program::find(&root)?;
    let modules = Modules { wasm, native, empty_wasm, empty_native };
    let plan = if quick { Plan::QUICK } else { Plan::FULL };
    let all = measure(&root, &out, &program, &modules, &variants(), plan)?;
    let text = format!(
        "- {}\n- Envoy {}, one worker; {} rounds of {} requests a row, after {} to warm up; HTTP/1.1 over mTLS on {} connections \
         that stay open\n\n{}",
        machine.place(),
        version(&program)?,
        plan.rounds,
        plan.turns * plan.requests,
        plan.warm_up,
        Plan::CONNECTIONS,
        render_proxy(&all)
    );
    println!("{text}");
    if write {
        write_between_marks(&root.join("benches/README.md"), Marks::ENVOY, &text)?;
        eprintln!("written to benches/README.md");
    }
    Ok(())
}

/// `1.40.0` of `envoy  version: COMMIT/1.40.0/Clean/RELEASE/BoringSSL`.
fn version(program: &Program) -> Result<String> {
    let out = program.command().arg("--version").output().context(|| "ask Envoy for its version")?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let found =
        text.lines().find_map(|line| line.split_once("version: ")?.1.split('/').nth(1).map(str::to_owned));
    found.ok_or_else(|| Error::new("Envoy does not say its version"))
}
