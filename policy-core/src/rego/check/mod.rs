//! What OPA refuses in a policy that parses: conflicts, unknown functions, unsafe variables, recursion.
//!
//! Every stage reads (or, for safety, reorders) modules in the form that the rewriting stages left, in OPA's order of
//! stages, and returns what it found, sorted as OPA reports it. Modules come in the order of their names.

mod arity;
mod banned;
mod conflicts;
mod documents;
mod functions;
mod graph;
mod names;
mod outputs;
mod packages;
mod recursion;
mod safety;
mod same;
mod tree;
mod unify;
mod vars;
mod walk;

#[cfg(test)]
mod tests;

pub(in crate::rego) use arity::Arities;
pub(in crate::rego) use banned::banned_builtins;
pub(in crate::rego) use conflicts::rule_conflicts;
pub(in crate::rego) use functions::undefined_functions;
pub(in crate::rego) use names::{operator_name, ref_text, var_text};
pub(in crate::rego) use outputs::{body_outputs, equality_outputs};
pub(in crate::rego) use recursion::recursion;
pub(in crate::rego) use safety::{safety_of_bodies, safety_of_heads};
pub(in crate::rego) use tree::{Key, RuleTree};
pub(in crate::rego) use vars::{Scope, VarSet, body_vars, expr_vars, is_reserved, reserved, term_vars};
