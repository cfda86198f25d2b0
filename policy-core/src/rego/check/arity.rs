//! How many arguments each function takes.

use std::collections::HashMap;

use super::names::{operator_name, push_part};
use super::tree::{Key, RuleTree};
use crate::rego::builtins::signature;
use crate::rego::syntax::{Module, Term};

/// The numbers of arguments of built-in functions and of the policy's rules; a rule that is no function has 0.
pub(in crate::rego) struct Arities {
    rules: HashMap<String, usize>,
}

impl Arities {
    /// Of all rules in these modules. Of rules that share a name the first one counts.
    pub(in crate::rego) fn new(modules: &[Module]) -> Self {
        let tree = RuleTree::new(modules);
        let mut rules = HashMap::new();
        for (path, node) in tree.paths() {
            let Some(rule) = tree.rules_at(node).first() else { continue };
            let mut name = String::from("data");
            let mut is_plain = true;
            for key in &path {
                if let Key::String(part) = key {
                    push_part(&mut name, part);
                } else {
                    is_plain = false;
                }
            }
            if is_plain {
                rules.insert(name, tree.rule(*rule).head.args.as_ref().map_or(0, Vec::len));
            }
        }
        Self { rules }
    }

    /// Of the function that a call's operator names; `None` if there is none.
    pub(in crate::rego) fn of(&self, operator: &Term) -> Option<usize> {
        let name = operator_name(operator)?;
        match signature::find(&name) {
            Some(signature) => Some(signature.arity()),
            None => self.rules.get(&*name).copied(),
        }
    }
}
