//! The `doorward` command.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use doorward_cli::check::check;
use doorward_cli::render::{Filter, Form, render};

/// Zero-trust authorization inside Envoy: configurations at a desk and in CI.
#[derive(Parser)]
#[command(
    name = "doorward",
    version,
    after_help = "\
Examples:
  doorward check envoy/mesh/doorward.yaml
  doorward render envoy/mesh/doorward.yaml --as envoy
  doorward schema > doorward.schema.json"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say whether the filter would load these configurations and their policies, and if not, why.
    Check {
        /// Configurations, YAML or JSON.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Print a checked configuration in the form that a proxy takes, with its files put in their place.
    Render {
        /// The configuration, YAML or JSON.
        file: PathBuf,
        /// The form.
        #[arg(long = "as", value_enum, default_value = "envoy")]
        form: Form,
        /// The filter's name in the proxy.
        #[arg(long, default_value = "doorward")]
        name: String,
        /// The filter module: a path for Envoy, a URL (oci://, https://, file://) for Istio.
        #[arg(long, default_value = "target/doorward.wasm")]
        wasm: String,
        /// Envoy's vm_id: filters with the same one share a VM, its memory and its faults [default: the filter's name].
        #[arg(long)]
        vm_id: Option<String>,
    },
    /// Print the JSON Schema of the configuration.
    Schema {
        /// Print it as a Markdown table instead, for people.
        #[arg(long)]
        reference: bool,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Check { files } => {
            let checked: Vec<bool> = files.iter().map(|file| report(file)).collect();
            if checked.iter().all(|good| *good) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Command::Render { file, form, name, wasm, vm_id } => match check(&file) {
            Ok(checked) => {
                let filter = Filter::new(name, wasm);
                let filter = vm_id.into_iter().fold(filter, Filter::in_vm);
                print(&render(&checked.document, form, &filter))
            }
            Err(faults) => fail(&faults),
        },
        Command::Schema { reference: false } => print(&policy_core::json_schema()),
        Command::Schema { reference: true } => {
            print!("{}", doorward_cli::reference::reference(&policy_core::json_schema()));
            ExitCode::SUCCESS
        }
    }
}

fn report(file: &Path) -> bool {
    match check(file) {
        Ok(checked) => {
            for warning in checked.warnings {
                eprintln!("{}: warning: {warning}", file.display());
            }
            println!("{}: ok", file.display());
            true
        }
        Err(faults) => {
            fail(&faults);
            false
        }
    }
}

fn fail(faults: &[String]) -> ExitCode {
    for fault in faults {
        eprintln!("{fault}");
    }
    ExitCode::FAILURE
}

fn print(value: &serde_json::Value) -> ExitCode {
    match serde_json::to_string_pretty(value) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => fail(&[error.to_string()]),
    }
}
