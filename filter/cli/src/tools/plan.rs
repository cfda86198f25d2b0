//! `doorward plan`: what a policy was made into.

use std::io;
use std::path::PathBuf;

use clap::Args;
use policy_core::rego::workbench::Workbench;
use policy_core::rego::{DecisionPath, RegoVersion};

use super::files::{self, Wanted};
use super::{Ended, Terminal};

/// The command's arguments.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  doorward plan -d policy.rego -d data.json envoy/authz/allow
  doorward plan -d policies data.accounts.authz.allow")]
pub struct PlanArguments {
    /// Policies and data: files and folders.
    #[arg(short, long = "data", required = true)]
    data: Vec<PathBuf>,
    /// The rule that decides: package/parts/rule, or data.package.rule.
    decision: String,
    /// Policies are written in Rego as it was before OPA 1.0.
    #[arg(long)]
    v0_compatible: bool,
}

/// Prints the plan: what of the input is read, how rules are found, what is searched, what it costs.
///
/// # Errors
/// If the terminal cannot be written to.
pub fn plan(arguments: &PlanArguments, terminal: &mut Terminal<'_>) -> io::Result<Ended> {
    let version = if arguments.v0_compatible { RegoVersion::V0 } else { RegoVersion::V1 };
    let decision = match DecisionPath::parse(&arguments.decision) {
        Ok(decision) => decision,
        Err(error) => return terminal.fail(&error),
    };
    let loaded = match files::load(&arguments.data, Wanted::All) {
        Ok(loaded) => loaded,
        Err(error) => return terminal.fail(&error),
    };
    let modules = loaded.modules.clone();
    let bench = match Workbench::open(loaded.modules, version, loaded.data) {
        Ok(bench) => bench,
        Err(errors) => return terminal.faults(&modules, &errors),
    };
    match bench.plan(decision.segments()) {
        Ok(plan) => {
            write!(terminal.out, "{plan}")?;
            Ok(Ended::Well)
        }
        Err(errors) => terminal.faults(&modules, &errors),
    }
}
