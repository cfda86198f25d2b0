//! Calls of built-in functions that a policy must not call.

use super::names::operator_name;
use super::walk::{Visitor, definitions, walk_rule};
use crate::rego::builtins::signature;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Expr, ExprKind, Module};

/// Functions that OPA removed from v1.
pub(in crate::rego) fn banned_builtins(modules: &[Module]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for module in modules {
        let mut calls = Calls { is_v1: module.is_v1, faults: &mut faults };
        definitions(module).for_each(|rule| walk_rule(rule, &mut calls));
    }
    faults
}

struct Calls<'a> {
    is_v1: bool,
    faults: &'a mut Vec<Fault>,
}

impl Visitor for Calls<'_> {
    fn expr(&mut self, expr: &Expr) -> bool {
        if let ExprKind::Call(call) = &expr.kind
            && let Some(name) = operator_name(&call.operator)
            && let Some(signature) = signature::find(&name)
            && self.is_v1
            && signature.deprecated
        {
            let message = format!("deprecated built-in function calls in expression: {name}");
            self.faults.push(Fault::new(expr.at, RegoErrorKind::Type, message));
        }
        true
    }
}
