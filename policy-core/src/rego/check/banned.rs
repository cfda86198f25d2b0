//! Calls of built-in functions that a policy must not call.

use super::names::operator_name;
use super::walk::{Visitor, definitions, walk_rule};
use crate::rego::builtins::signature;
use crate::rego::builtins::unavailable::UNAVAILABLE;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Expr, ExprKind, Loc, Module};

/// Functions that OPA removed from v1, in modules of v1; and functions that are not here.
pub(in crate::rego) fn banned_builtins(modules: &[Module]) -> Vec<Fault> {
    let mut calls = Calls { is_v1: false, deprecated: Vec::new(), unavailable: Vec::new() };
    for module in modules {
        calls.is_v1 = module.is_v1;
        definitions(module).for_each(|rule| walk_rule(rule, &mut calls));
    }
    // What only this engine refuses is told if OPA refuses nothing.
    if calls.deprecated.is_empty() { calls.unavailable } else { calls.deprecated }
}

struct Calls {
    is_v1: bool,
    deprecated: Vec<Fault>,
    unavailable: Vec<Fault>,
}

impl Calls {
    /// Looks at the name of a function that is called at a place, or that replaces another there.
    fn name(&mut self, name: &str, at: Loc, is_called: bool) {
        if is_called && self.is_v1 && signature::find(name).is_some_and(|signature| signature.deprecated) {
            let message = format!("deprecated built-in function calls in expression: {name}");
            self.deprecated.push(Fault::new(at, RegoErrorKind::Type, message));
        }
        if let Some((_, hint)) = UNAVAILABLE.iter().find(|(unavailable, _)| *unavailable == name) {
            let message = format!("the built-in function {name} is not here");
            self.unavailable.push(Fault::new(at, RegoErrorKind::Refused, message).hint(*hint));
        }
    }
}

impl Visitor for Calls {
    fn expr(&mut self, expr: &Expr) -> bool {
        if let ExprKind::Call(call) = &expr.kind
            && let Some(name) = operator_name(&call.operator)
        {
            self.name(&name, expr.at, true);
        }
        for with in &expr.with {
            if let Some(name) = operator_name(&with.value) {
                self.name(&name, with.at, false);
            }
        }
        true
    }
}
