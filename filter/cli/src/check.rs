//! `doorward check`: what the filter would say of a configuration, without a proxy.

use std::path::Path;

use policy_core::Snapshot;

use crate::source;

/// A configuration that the filter would load.
#[derive(Debug)]
pub struct Checked {
    /// What an operator should know all the same.
    pub warnings: Vec<String>,
    /// The document as the filter gets it.
    pub document: serde_json::Value,
}

/// Loads a configuration exactly as the filter does.
///
/// # Errors
/// One line a fault: the file, the field's path or the place in a Rego module, what is wrong, what to do.
pub fn check(path: &Path) -> Result<Checked, Vec<String>> {
    let document = source::resolve(path).map_err(|error| vec![error.to_string()])?;
    match Snapshot::load(document.to_string().as_bytes()) {
        Ok(snapshot) => Ok(Checked { warnings: snapshot.warnings().to_vec(), document }),
        Err(errors) => Err(errors.iter().map(|error| format!("{}: {error}", path.display())).collect()),
    }
}
