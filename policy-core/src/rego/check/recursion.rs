//! Rules that depend on themselves.

use super::graph::RuleGraph;
use super::names::ref_text;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::Module;

/// OPA reports ten errors; one more tells that there are more.
const MOST: usize = 11;

/// Rules that a message names before it leaves some out.
const SHOWN: usize = 20;

/// Every rule that depends on itself, with a way to itself; at most eleven of them.
pub(in crate::rego) fn recursion(modules: &[Module]) -> Vec<Fault> {
    let graph = RuleGraph::new(modules);
    let fault = |(vertex, rule): (usize, &crate::rego::syntax::Rule)| {
        let circle = graph.circle(vertex);
        let mut names: Vec<String> =
            circle.iter().take(SHOWN).map(|rule| ref_text(&rule.head.reference)).collect();
        if circle.len() > SHOWN {
            names.push(String::from("..."));
            names.push(ref_text(&rule.head.reference));
        }
        let message = format!("rule {} is recursive: {}", ref_text(&rule.head.reference), names.join(" -> "));
        Fault::new(rule.at, RegoErrorKind::Recursion, message)
    };
    graph.recursive().into_iter().take(MOST).map(fault).collect()
}
