//! `rego.metadata.chain()` and `rego.metadata.rule()`: OPA answers them from the comments of a policy.

use super::build::calls;
use super::walk::{Below, Node, walk};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{ExprKind, Module};

/// Refuses them: the syntax tree has no comments.
pub(super) fn check(modules: &[Module]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for rule in modules.iter().flat_map(|module| &module.rules) {
        walk(Node::Rule(rule), &mut |node| {
            if let Node::Expr(expr) = node
                && let ExprKind::Call(call) = &expr.kind
                && ["rego.metadata.chain", "rego.metadata.rule"].iter().any(|name| calls(call, name))
            {
                let fault =
                    Fault::new(expr.at, RegoErrorKind::Refused, "a policy's metadata cannot be asked for");
                faults.push(fault.hint("write what the rule needs to know as a rule or as data"));
            }
            Below::Enter
        });
    }
    faults
}
