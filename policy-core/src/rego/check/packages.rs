//! Packages that lie inside the document of a rule.

use std::collections::HashMap;

use super::names::{path_text, ref_text};
use super::tree::{Key, constant_prefix, is_constant_path};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Module, Name, Rule};

/// Rules whose path is a package's.
///
/// OPA's own search stops with a panic at a rule with a key that is no text below a path that begins like a package's;
/// such rules are refused.
pub(super) fn conflicts(modules: &[Module]) -> Vec<Fault> {
    let mut packages: HashMap<&[Name], Vec<&Module>> = HashMap::new();
    for module in modules {
        for end in 0..module.package.path.len() {
            packages.entry(module.package.path.get(..end).unwrap_or_default()).or_default();
        }
        packages.entry(&module.package.path).or_default().push(module);
    }
    let mut faults = Vec::new();
    for module in modules {
        for rule in module.rules.iter().filter(|rule| is_constant_path(&rule.head.reference)) {
            let path = match text_path(rule) {
                Ok(path) => path,
                Err(beginning) => {
                    if beginning.len() > module.package.path.len()
                        && packages.contains_key(beginning.as_slice())
                    {
                        faults.push(beside_package(rule, &beginning));
                    }
                    continue;
                }
            };
            for other in packages.get(path.as_slice()).into_iter().flatten() {
                let name = path.get(module.package.path.len()..).unwrap_or_default();
                let message = format!(
                    "package {} conflicts with rule {} defined in line {}",
                    path_text(&other.package.path),
                    path_text(name),
                    rule.at.line
                );
                faults.push(Fault::new(module.package.at, RegoErrorKind::Type, message));
            }
        }
    }
    faults
}

/// The path below `data`, or as much of it as is text.
fn text_path(rule: &Rule) -> Result<Vec<Name>, Vec<Name>> {
    let mut path = Vec::new();
    for key in constant_prefix(&rule.head.reference) {
        match key {
            Key::String(part) => path.push(part),
            Key::Null | Key::Bool(_) | Key::Number(_) => return Err(path),
        }
    }
    Ok(path)
}

fn beside_package(rule: &Rule, beginning: &[Name]) -> Fault {
    let message = format!(
        "rule {} has a key that is not text, where package {} is",
        ref_text(&rule.head.reference),
        path_text(beginning)
    );
    Fault::new(rule.at, RegoErrorKind::Refused, message).hint("give the rule another name than the package")
}
