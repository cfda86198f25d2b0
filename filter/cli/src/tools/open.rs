//! The policy that a question is about: texts, or what `doorward compile` made of them.

use std::path::{Path, PathBuf};

use policy_core::rego::workbench::Workbench;
use policy_core::rego::{DecisionPath, Module, RegoError, RegoVersion};

use super::compiled;
use super::files::{self, Wanted};

/// A policy that can be asked.
#[derive(Debug)]
pub struct Opened {
    /// The policy.
    pub bench: Workbench,
    /// Its texts, for showing places in them; none of a compiled policy.
    pub modules: Vec<Module>,
    /// The decision that a compiled policy was made for.
    pub decision: Option<DecisionPath>,
}

/// Why it cannot be asked.
#[derive(Debug)]
pub enum Unopened {
    /// A file could not be read, or is not what it should be.
    Load(String),
    /// The parser refuses these texts.
    Refused(Vec<Module>, Vec<RegoError>),
}

/// Loads files and folders, or the compiled policy if there is one.
///
/// # Errors
/// If something cannot be read, or is no policy.
pub fn open(data: &[PathBuf], compiled: Option<&Path>, version: RegoVersion) -> Result<Opened, Unopened> {
    if let Some(path) = compiled {
        let compiled = compiled::read(path).map_err(Unopened::Load)?;
        let decision = Some(compiled.decision().clone());
        return Ok(Opened { bench: Workbench::of_compiled(compiled), modules: Vec::new(), decision });
    }
    let loaded = files::load(data, Wanted::All).map_err(Unopened::Load)?;
    let modules = loaded.modules.clone();
    match Workbench::open(loaded.modules, version, loaded.data) {
        Ok(bench) => Ok(Opened { bench, modules, decision: None }),
        Err(errors) => Err(Unopened::Refused(modules, errors)),
    }
}
