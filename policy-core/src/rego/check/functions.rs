//! Calls of functions that do not exist, or with a wrong number of arguments.

use super::arity::Arities;
use super::names::{is_operator, operator_name, ref_text};
use super::walk::{Visitor, definitions, walk_rule};
use crate::rego::builtins::signature;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Call, Expr, ExprKind, Module, TermKind};

/// Calls of what is neither a built-in function nor a rule, and calls with neither all arguments nor one more, to which
/// the result is bound.
pub(in crate::rego) fn undefined_functions(modules: &[Module]) -> Vec<Fault> {
    let mut calls = Calls { arities: &Arities::new(modules), faults: Vec::new() };
    modules.iter().flat_map(definitions).for_each(|rule| walk_rule(rule, &mut calls));
    calls.faults
}

struct Calls<'a> {
    arities: &'a Arities,
    faults: Vec<Fault>,
}

impl Visitor for Calls<'_> {
    fn expr(&mut self, expr: &Expr) -> bool {
        let ExprKind::Call(call) = &expr.kind else { return true };
        let message = match self.arities.of(&call.operator) {
            None => Some(format!("undefined function {}", written(call))),
            Some(arity) => wrong_number(expr, call, arity),
        };
        let is_right = message.is_none();
        self.faults.extend(message.map(|message| Fault::new(expr.at, RegoErrorKind::Type, message)));
        is_right
    }
}

fn wrong_number(expr: &Expr, call: &Call, arity: usize) -> Option<String> {
    let given = call.args.len();
    let with_result = arity.saturating_add(1);
    let given = if expr.is_generated {
        // The result was added by a stage of the compiler; to an equality none is.
        if is_operator(&call.operator, "eq") || given == with_result {
            return None;
        }
        given.saturating_sub(1)
    } else {
        if given == arity || given == with_result {
            return None;
        }
        given
    };
    let name = written(call);
    if signature::find(&name).is_some() {
        return Some(format!("{name}: arity mismatch: it takes {arity}, and {given} are given"));
    }
    let noun = if given == 1 { "argument" } else { "arguments" };
    Some(format!("function {name} has arity {arity}, got {given} {noun}"))
}

fn written(call: &Call) -> String {
    match (operator_name(&call.operator), &call.operator.kind) {
        (Some(name), _) => name.into_owned(),
        (None, TermKind::Ref(path)) => ref_text(path),
        (
            None,
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Array(_)
            | TermKind::Object(_)
            | TermKind::Set(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_),
        ) => String::from("of this name"),
    }
}
