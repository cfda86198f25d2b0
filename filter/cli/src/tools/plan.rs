//! `doorward plan`: what a policy was made into.

use std::io;
use std::path::PathBuf;

use clap::Args;
use policy_core::rego::{DecisionPath, RegoVersion};

use super::open::{Opened, Unopened, open};
use super::{Ended, Terminal};

/// The command's arguments.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Examples:
  doorward plan -d policy.rego -d data.json envoy/authz/allow
  doorward plan -d policies data.accounts.authz.allow
  doorward plan --compiled policy.compiled")]
pub struct PlanArguments {
    /// Policies and data: files and folders.
    #[arg(short, long = "data", required_unless_present = "compiled")]
    data: Vec<PathBuf>,
    /// A policy that `doorward compile` has written, instead of policies and data.
    #[arg(long, conflicts_with_all = ["data", "v0_compatible"])]
    compiled: Option<PathBuf>,
    /// The rule that decides: package/parts/rule, or data.package.rule [default: that of the compiled policy].
    #[arg(required_unless_present = "compiled")]
    decision: Option<String>,
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
    let decision = match arguments.decision.as_deref().map(DecisionPath::parse).transpose() {
        Ok(decision) => decision,
        Err(error) => return terminal.fail(&error),
    };
    let opened = match open(&arguments.data, arguments.compiled.as_deref(), version) {
        Ok(opened) => opened,
        Err(Unopened::Load(error)) => return terminal.fail(&error),
        Err(Unopened::Refused(modules, errors)) => return terminal.faults(&modules, &errors),
    };
    let Opened { bench, modules, .. } = &opened;
    let Some(decision) = decision.or(opened.decision.clone()) else {
        return terminal.fail(&"give the rule that decides");
    };
    match bench.plan(decision.segments()) {
        Ok(plan) => {
            write!(terminal.out, "{plan}")?;
            Ok(Ended::Well)
        }
        Err(errors) => terminal.faults(modules, &errors),
    }
}
