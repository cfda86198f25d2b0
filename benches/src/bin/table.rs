//! Makes the cases, has them measured natively and as wasm, and prints the table.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::{Args, Parser};
use doorward_benches::cases::Suite;
use doorward_benches::make::make;
use doorward_benches::measure::{Measured, Order, Plan};
use doorward_benches::report::{Figures, Machine, Marks, WasmTools, render, write_between_marks};
use doorward_tests::{Context, Error, Result};

/// Native and wasm are measured in turn, so often, so that what disturbs the machine disturbs both.
const ROUNDS: usize = 3;

/// What a decision costs, natively and as wasm.
#[derive(Parser)]
enum Arguments {
    /// Makes the cases: keys, certificates, tokens, configurations, requests.
    Cases(Cases),
    /// Measures them and prints the table.
    Measure(Measure),
}

#[derive(Args)]
struct Cases {
    /// The repository's root.
    #[arg(long)]
    root: PathBuf,
    /// Where the cases and what they are made of go.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Args)]
struct Measure {
    #[command(flatten)]
    made: Cases,
    /// The measuring program.
    #[arg(long)]
    native: PathBuf,
    /// The same as wasm.
    #[arg(long)]
    wasm: PathBuf,
    /// `rustc --version` of what built the wasm.
    #[arg(long)]
    wasm_rustc: String,
    /// Only cases whose `group/case` holds this text.
    #[arg(long, default_value = "")]
    filter: String,
    /// Just see that everything runs.
    #[arg(long)]
    quick: bool,
    /// Put the table into benches/README.md.
    #[arg(long)]
    write: bool,
}

fn main() -> ExitCode {
    let done = match Arguments::parse() {
        Arguments::Cases(cases) => write_cases(&cases),
        Arguments::Measure(arguments) => measure(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_cases(arguments: &Cases) -> Result<()> {
    let suite = make(&arguments.root, &arguments.out)?;
    let text = serde_json::to_vec(&suite).context(|| "the cases as JSON")?;
    let file = arguments.out.join("cases.json");
    fs::write(&file, text).context(|| format!("write {}", file.display()))
}

fn measure(arguments: &Measure) -> Result<()> {
    if arguments.write && (arguments.quick || !arguments.filter.is_empty()) {
        return Err(Error::new("only a whole and thorough run is written: leave out the filter and --quick"));
    }
    let machine = Machine::here();
    let out = &arguments.made.out;
    let cases = out.join("cases.json");
    let text = fs::read(&cases).context(|| format!("read {}", cases.display()))?;
    let suite: Suite = serde_json::from_slice(&text).context(|| format!("{}", cases.display()))?;
    let (plan, rounds) = if arguments.quick { (Plan::QUICK, 1) } else { (Plan::FULL, ROUNDS) };
    let order = Order { plan, filter: arguments.filter.clone(), suite };
    let input = out.join("order.json");
    let text = serde_json::to_vec(&order).context(|| "the order as JSON")?;
    fs::write(&input, text).context(|| format!("write {}", input.display()))?;

    let mut figures = Figures::default();
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}: native, then wasm");
        figures.add_native(natively(&arguments.native, &input)?);
        figures.add_wasm(as_wasm(arguments, &input)?);
    }
    let tables = render(&order.suite, &figures);
    if tables.is_empty() {
        return Err(Error::new(format!("no case holds `{}`", arguments.filter)));
    }
    let tools = WasmTools { rustc: arguments.wasm_rustc.clone(), node: "node".to_owned() };
    let text = format!("{}\n{tables}", machine.describe(&tools));
    println!("{text}");
    if arguments.write {
        write_between_marks(&arguments.made.root.join("benches/README.md"), Marks::FIGURES, &text)?;
        eprintln!("written to benches/README.md");
    }
    Ok(())
}

fn natively(program: &Path, input: &Path) -> Result<Vec<Measured>> {
    let stdin = File::open(input).context(|| format!("open {}", input.display()))?;
    let out = Command::new(program).stdin(stdin).stderr(Stdio::inherit()).output();
    let out = out.context(|| format!("run {}", program.display()))?;
    if !out.status.success() {
        return Err(Error::new("the native measurement failed"));
    }
    serde_json::from_slice(&out.stdout).context(|| "the native figures")
}

fn as_wasm(arguments: &Measure, input: &Path) -> Result<Vec<Measured>> {
    let output = arguments.made.out.join("wasm.json");
    let mut node = Command::new("node");
    node.arg("--no-warnings").arg(arguments.made.root.join("benches/wasi.mjs"));
    let status = node.arg(&arguments.wasm).arg(input).arg(&output).status().context(|| "run node")?;
    if !status.success() {
        return Err(Error::new("the measurement as wasm failed"));
    }
    let text = fs::read(&output).context(|| format!("read {}", output.display()))?;
    serde_json::from_slice(&text).context(|| "the figures of the wasm")
}
