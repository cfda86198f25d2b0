//! A policy as both engines are given it.

use crate::Result;
use crate::opa::{Answer, Opa};

/// Which Rego modules without `import rego.v1` are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// Before OPA 1.0.
    V0,
    /// OPA 1.0 and later.
    #[default]
    V1,
}

/// Modules and data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The texts; they are called `m0.rego`, `m1.rego`, and so on.
    pub modules: Vec<String>,
    /// The Rego they are written in.
    pub version: Version,
    /// The data document, in JSON.
    pub data: String,
}

impl Source {
    /// One module of Rego v1 without data.
    #[must_use]
    pub fn of(module: impl Into<String>) -> Self {
        Self { modules: vec![module.into()], version: Version::V1, data: String::from("{}") }
    }

    /// The names and texts of the modules.
    #[must_use]
    pub fn named(&self) -> Vec<(String, &str)> {
        self.modules
            .iter()
            .enumerate()
            .map(|(index, text)| (format!("m{index}.rego"), text.as_str()))
            .collect()
    }

    /// OPA with this policy, whatever the version says: OPA's library reads v1 only.
    ///
    /// # Errors
    /// The library is not there, or the data is no JSON.
    pub fn opa(&self) -> Result<Opa> {
        let named = self.named();
        Opa::load(named.iter().map(|(name, text)| (name.as_str(), *text)), &self.data)
    }

    /// OPA's answer to one question.
    ///
    /// # Errors
    /// As [`Source::opa`], and if the library fails.
    pub fn ask_opa(&self, ask: &str, input: &str) -> Result<Answer> {
        self.opa()?.evaluate(ask, input)
    }
}
