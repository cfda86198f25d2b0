//! Rules that depend on themselves.

use super::graph::RuleGraph;
use super::names::ref_text;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::Module;

/// OPA reports ten errors; one more tells that there are more.
const MOST: usize = 11;

/// Every rule that depends on itself, with a way to itself; at most eleven of them.
pub(in crate::rego) fn recursion(modules: &[Module]) -> Vec<Fault> {
    let graph = RuleGraph::new(modules);
    let fault = |(vertex, rule): (usize, &crate::rego::syntax::Rule)| {
        let names: Vec<String> = graph.circle(vertex).iter().map(|rule| ref_text(&rule.head.reference)).collect();
        let message = format!("rule {} is recursive: {}", ref_text(&rule.head.reference), names.join(" -> "));
        Fault::new(rule.at, RegoErrorKind::Recursion, message)
    };
    graph.recursive().into_iter().take(MOST).map(fault).collect()
}
