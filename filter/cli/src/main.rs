//! The `doorward` command.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to its terminal")]

use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use doorward_cli::check::check;
use doorward_cli::render::{Filter, Form, Host, render};
use doorward_cli::tools::compile::CompileArguments;
use doorward_cli::tools::eval::EvalArguments;
use doorward_cli::tools::explain::ExplainArguments;
use doorward_cli::tools::plan::PlanArguments;
use doorward_cli::tools::test::TestArguments;
use doorward_cli::tools::{self, Ended, Terminal, files};
use policy_core::rego::RegoVersion;

/// Zero-trust authorization inside Envoy: configurations and policies at a desk and in CI.
#[derive(Parser)]
#[command(
    name = "doorward",
    version,
    after_help = "\
Examples:
  doorward check envoy/mesh/doorward.yaml
  doorward render envoy/mesh/doorward.yaml --as envoy
  doorward render envoy/mesh/doorward.yaml --as envoy --module /etc/envoy/libdoorward.so
  doorward test policies --coverage
  doorward eval -d policies -i request.json data.envoy.authz.allow
  doorward explain doorward.yaml --request denied.json
  doorward plan -d policies envoy/authz/allow
  doorward compile -d policies -o policy.compiled envoy/authz/allow
  doorward schema > doorward.schema.json"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say whether the filter would load these configurations and policies, and if not, why.
    #[command(after_help = "\
Examples:
  doorward check doorward.yaml
  doorward check policies other.rego")]
    Check {
        /// Configurations, YAML or JSON; policies: .rego files and folders, which are checked together.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Policies are written in Rego as it was before OPA 1.0. (A configuration says so itself.)
        #[arg(long)]
        v0_compatible: bool,
    },
    /// Run the tests of a policy, as `opa test` does.
    Test(TestArguments),
    /// Ask a policy, as `opa eval` does.
    Eval(EvalArguments),
    /// Say what a request is denied or allowed for: which rules were tried, and where they failed.
    Explain(ExplainArguments),
    /// Print what a policy was made into: what is read, what is indexed, what is not and why, what it costs.
    Plan(PlanArguments),
    /// Write a policy with its data into one file that loads without being compiled again.
    Compile(CompileArguments),
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
        /// The filter module: doorward.wasm or libdoorward.so, which its name tells; a path for Envoy, a URL (oci://,
        /// https://, file://) for Istio.
        #[arg(long, alias = "wasm", default_value = "target/doorward.wasm")]
        module: String,
        /// Envoy's vm_id: wasm filters with the same one share a VM, its memory and its faults [default: the filter's
        /// name].
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
        Command::Check { files, v0_compatible } => {
            let is_policy = |path: &PathBuf| path.is_dir() || files::is(path, &["rego"]);
            let (policies, configurations): (Vec<PathBuf>, Vec<PathBuf>) =
                files.into_iter().partition(is_policy);
            let mut is_good = true;
            for file in &configurations {
                is_good &= report(file);
            }
            if !policies.is_empty() {
                let version = if v0_compatible { RegoVersion::V0 } else { RegoVersion::V1 };
                let ended = run(|terminal| tools::check::check(&policies, version, terminal));
                is_good &= ended == Ended::Well;
            }
            if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Command::Test(arguments) => end(run(|terminal| tools::test::test(&arguments, terminal))),
        Command::Eval(arguments) => end(run(|terminal| tools::eval::eval(&arguments, terminal))),
        Command::Explain(arguments) => end(run(|terminal| tools::explain::explain(&arguments, terminal))),
        Command::Plan(arguments) => end(run(|terminal| tools::plan::plan(&arguments, terminal))),
        Command::Compile(arguments) => end(run(|terminal| tools::compile::compile(&arguments, terminal))),
        Command::Render { file, form, name, module, vm_id } => match check(&file) {
            Ok(checked) => {
                let filter = Filter::new(name, module);
                if (form, filter.host()) == (Form::Istio, Host::Native) {
                    return fail(&[
                        "--as istio: a WasmPlugin takes doorward.wasm, not a dynamic module".to_owned()
                    ]);
                }
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

/// Runs a command on this terminal. Nobody to write to is no failure of a policy, and not well either.
fn run(command: impl FnOnce(&mut Terminal<'_>) -> io::Result<Ended>) -> Ended {
    let (out, err) = (io::stdout(), io::stderr());
    let mut terminal = Terminal { out: &mut BufWriter::new(out.lock()), err: &mut err.lock() };
    let ended = command(&mut terminal).and_then(|ended| terminal.out.flush().map(|()| ended));
    ended.unwrap_or(Ended::Failed)
}

fn end(ended: Ended) -> ExitCode {
    ExitCode::from(ended.code())
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
