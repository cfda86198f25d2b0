//! A compiled program as text.

use super::Program;
use super::build::take;
use crate::rego::syntax::{Module, Rule, TermKind};

impl Program {
    /// The modules as Rego that OPA reads again: each as it was compiled, with its heads' references below its package.
    pub(in crate::rego) fn texts(&self) -> Vec<String> {
        self.modules.iter().map(text).collect()
    }
}

fn text(module: &Module) -> String {
    let mut module = module.clone();
    let package = module.package.path.len().saturating_add(1);
    for rule in &mut module.rules {
        let mut next = Some(rule);
        while let Some(rule) = next {
            shorten(rule, package);
            next = rule.otherwise.as_deref_mut();
        }
    }
    module.to_string()
}

fn shorten(rule: &mut Rule, package: usize) {
    rule.head.reference = rule.head.reference.iter_mut().skip(package).map(take).collect();
    if let Some(name) = rule.head.reference.first_mut()
        && let TermKind::String(text) = &name.kind
    {
        name.kind = TermKind::Var(text.clone());
    }
}
