//! What v1 forbids of names: rules and variables called `input` or `data`, and two imports of one name.

use std::collections::HashMap;

use super::build::{ASSIGN, calls, head_name, is_root, root_document};
use super::resolve::import_name;
use super::walk::{Below, Node, walk};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{ExprKind, Import, Module, Name};

/// Rules and variables must not hide `input` and `data`.
pub(super) fn check_keyword_overrides(modules: &[Module]) -> Vec<Fault> {
    modules.iter().filter(|module| module.is_v1).flat_map(check_module).collect()
}

fn check_module(module: &Module) -> Vec<Fault> {
    let mut faults = Vec::new();
    for rule in &module.rules {
        if let Some(name) = head_name(&rule.head.reference).filter(|name| is_root(name)) {
            let message = format!("rules must not shadow {name} (use a different rule name)");
            faults.push(Fault::new(rule.at, RegoErrorKind::Compile, message));
        }
    }
    for rule in &module.rules {
        walk(Node::Rule(rule), &mut |node| {
            if let Node::Expr(expr) = node
                && let ExprKind::Call(call) = &expr.kind
                && calls(call, ASSIGN)
                && let Some(name) = call.args.first().and_then(root_document)
            {
                let message = format!("variables must not shadow {name} (use a different variable name)");
                faults.push(Fault::new(expr.at, RegoErrorKind::Compile, message));
            }
            Below::Enter
        });
    }
    faults
}

/// Two imports must not have the same name.
pub(super) fn check_duplicates(modules: &[Module]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for module in modules.iter().filter(|module| module.is_v1) {
        let mut seen: HashMap<&Name, &Import> = HashMap::new();
        for import in &module.imports {
            let Some(name) = import_name(import) else { continue };
            if let Some(earlier) = seen.get(name) {
                let message = format!("import must not shadow {}", written(earlier));
                faults.push(Fault::new(import.at, RegoErrorKind::Compile, message));
            } else {
                seen.insert(name, import);
            }
        }
    }
    faults
}

fn written(import: &Import) -> String {
    let alias = import.alias.iter().map(|alias| format!(" as {alias}"));
    std::iter::once(format!("import {}", import.path.join("."))).chain(alias).collect()
}
