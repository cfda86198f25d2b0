//! `doorward compile`: a policy with its data in one file that loads without the parser.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use policy_core::rego::{CompiledPolicy, DecisionPath, Limits, RegoVersion};
use sha2::{Digest, Sha256};

use super::compiled;
use super::files::{self, Wanted};
use super::{Ended, Terminal};

/// The command's arguments.
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
The file holds the checked policy, its data and the decision; a checksum tells damage, not who wrote it.
It is read by the version of Doorward that wrote it: `eval` and `plan` with --compiled, and `policy.compiled_file`
of a configuration. A file that is no compiled policy is never overwritten.

Examples:
  doorward compile -d policies -o policy.compiled envoy/authz/allow
  doorward compile -d policy.rego -d data.json -o - data.accounts.authz.allow | base64 -w0
  doorward eval --compiled policy.compiled -i request.json")]
pub struct CompileArguments {
    /// Policies and data: files and folders.
    #[arg(short, long = "data", required = true)]
    data: Vec<PathBuf>,
    /// The file to write; `-` is standard output.
    #[arg(short, long)]
    output: PathBuf,
    /// The rule that decides: package/parts/rule, or data.package.rule.
    decision: String,
    /// Policies are written in Rego as it was before OPA 1.0.
    #[arg(long)]
    v0_compatible: bool,
}

/// Compiles a policy for one decision, and writes it.
///
/// # Errors
/// If the terminal cannot be written to.
pub fn compile(arguments: &CompileArguments, terminal: &mut Terminal<'_>) -> io::Result<Ended> {
    let version = if arguments.v0_compatible { RegoVersion::V0 } else { RegoVersion::V1 };
    let decision = match DecisionPath::parse(&arguments.decision) {
        Ok(decision) => decision,
        Err(error) => return terminal.fail(&error),
    };
    let loaded = match files::load(&arguments.data, Wanted::All) {
        Ok(loaded) => loaded,
        Err(error) => return terminal.fail(&error),
    };
    let compiled =
        match CompiledPolicy::compile(&loaded.modules, version, &loaded.data, &decision, &Limits::DEFAULT) {
            Ok(compiled) => compiled,
            Err(errors) => return terminal.faults(&loaded.modules, &errors),
        };
    let bytes = match compiled.to_bytes() {
        Ok(bytes) => bytes,
        Err(error) => return terminal.fail(&error),
    };
    let output = &arguments.output;
    if output == Path::new("-") {
        terminal.out.write_all(&bytes)?;
        return Ok(Ended::Well);
    }
    if let Err(error) = write(output, &bytes) {
        return terminal.fail(&error);
    }
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let (file, size) = (output.display(), bytes.len());
    writeln!(terminal.out, "{file}: {decision}, {size} bytes, sha256 {digest}")?;
    Ok(Ended::Well)
}

/// Puts the file in its place at once: who reads it meanwhile reads the old one or the new one.
fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let failed = |error: io::Error| format!("{}: cannot be written: {error}", path.display());
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            return Err(format!("{}: is no file; give -o a file, or `-`", path.display()));
        }
        Ok(_) if !compiled::is_one(path).map_err(failed)? => {
            return Err(format!(
                "{}: is there and is no compiled policy; it is not overwritten: remove it, or give -o another name",
                path.display()
            ));
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path)).map_err(|error| {
        drop(fs::remove_file(&beside));
        failed(error)
    })
}
