//! `doorward check` of policies that are not yet in a configuration.

use std::io;
use std::path::PathBuf;

use policy_core::rego::RegoVersion;
use policy_core::rego::workbench::Workbench;

use super::files::{self, Wanted};
use super::{Ended, Terminal};

/// Checks policies, as one: files and folders.
///
/// # Errors
/// If the terminal cannot be written to.
pub fn check(paths: &[PathBuf], version: RegoVersion, terminal: &mut Terminal<'_>) -> io::Result<Ended> {
    let loaded = match files::load(paths, Wanted::Policies) {
        Ok(loaded) => loaded,
        Err(error) => return terminal.fail(&error),
    };
    let modules = loaded.modules.clone();
    let checked = Workbench::open(loaded.modules, version, loaded.data).and_then(|bench| bench.check());
    match checked {
        Ok(()) => {
            for path in paths {
                writeln!(terminal.out, "{}: ok", path.display())?;
            }
            Ok(Ended::Well)
        }
        Err(errors) => terminal.faults(&modules, &errors),
    }
}
