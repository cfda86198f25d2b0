//! A compiled policy at the desk: what it decides and how, without its texts.

use super::Workbench;
use crate::rego::bundle::CompiledPolicy;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::policy::Module;
use crate::rego::syntax::{Loc, RegoVersion};

impl Workbench {
    /// Opens a compiled policy, to be asked for documents and for its plan. What needs the texts is refused: other
    /// queries, and explanations. It has no tests.
    #[must_use]
    pub fn of_compiled(compiled: CompiledPolicy) -> Self {
        let module = |name: &String| Module { name: name.clone(), source: String::new() };
        Self {
            modules: compiled.files().iter().map(module).collect(),
            trees: Vec::new(),
            data: compiled.data().clone(),
            compiled: Some(compiled),
            version: RegoVersion::V1,
        }
    }

    /// Whether a query that is not one document can be answered.
    pub(super) fn needs_texts(&self, file: u32) -> Result<(), Vec<Fault>> {
        self.refuse_compiled(
            Loc { file, line: 1, column: 1 },
            "a compiled policy can be asked for one document only",
            "ask for a reference without variables, such as data.envoy.authz.allow, or ask the policy's texts",
        )
    }

    /// Whether an answer can be explained.
    pub(super) fn needs_texts_to_explain(&self) -> Result<(), Vec<Fault>> {
        self.refuse_compiled(
            Loc::POLICY,
            "a compiled policy has no texts to explain an answer with",
            "explain with the texts that it was compiled from",
        )
    }

    fn refuse_compiled(&self, at: Loc, message: &str, hint: &str) -> Result<(), Vec<Fault>> {
        match &self.compiled {
            Some(_) => Err(vec![Fault::new(at, RegoErrorKind::Refused, message).hint(hint)]),
            None => Ok(()),
        }
    }
}
