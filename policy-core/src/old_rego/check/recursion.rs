//! Rules and functions that depend on themselves, and chains of rules too long for the stack.
//!
//! regorus finds a recursion only when it runs into it, and overflows the stack where functions recurse.

use std::collections::{BTreeMap, BTreeSet};

use regorus::unstable::{ArithOp, Expr, LiteralStmt, Ref};

use crate::old_rego::decision::reference;
use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::limits::{DEPENDENCY_DEPTH, MULTIPLICATIONS};
use crate::old_rego::program::{Global, Path, Program, Reference, constant_path};
use crate::old_rego::visit::{Meaning, Place, Visitor, children, walk_definition};

/// What a rule weighs on the stack besides its expressions.
const RULE_WEIGHT: usize = 8;

/// What one rule does that matters here.
#[derive(Default)]
struct Node {
    /// The rules that it reads.
    reads: BTreeSet<Path>,
    /// The functions that it calls, each as often as it does.
    calls: Vec<Path>,
    depth: usize,
    multiplications: usize,
}

/// Refuses recursion and chains beyond the limits.
pub(super) fn check(program: &Program, errors: &mut Vec<RegoError>) {
    let nodes: BTreeMap<&Path, Node> = program
        .rules
        .iter()
        .map(|(path, rule)| {
            let mut collector = Collector { node: Node::default() };
            for definition in &rule.definitions {
                walk_definition(program, definition, &mut collector);
            }
            (path, collector.node)
        })
        .collect();
    match order(&nodes) {
        Ok(order) => check_chains(program, &nodes, &order, errors),
        Err(cycle) => errors.extend(recursion(program, &cycle)),
    }
}

struct Collector {
    node: Node,
}

impl Visitor for Collector {
    fn statement(&mut self, _place: &Place<'_>, statement: &LiteralStmt) {
        // Bodies nest on the stack as expressions do; count each `every` and comprehension through its expressions.
        self.node.depth = self.node.depth.max(statement.with_mods.len());
    }

    fn expression(&mut self, place: &Place<'_>, expr: &Ref<Expr>) {
        self.node.depth = self.node.depth.max(depth(expr));
        match expr.as_ref() {
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                let parts = Reference::of(expr);
                let Some(root) = parts.root() else { return };
                if let Meaning::Global(Global::Data(mut path)) = place.meaning(root) {
                    path.extend(parts.constant_steps().0);
                    self.node.reads.extend(place.program.rules_touching(&path).map(|(path, _)| path.clone()));
                }
            }
            Expr::Call { fcn, .. } => {
                let function =
                    constant_path(fcn).and_then(|path| place.program.function(place.module, &path));
                if let Some((path, _)) = function {
                    self.node.calls.push(path);
                }
            }
            Expr::ArithExpr { op: ArithOp::Mul, lhs, rhs, .. } => {
                let weight = if is_short_literal(lhs) || is_short_literal(rhs) { 1 } else { 3 };
                self.node.multiplications = self.node.multiplications.saturating_add(weight);
            }
            _ => {}
        }
    }
}

fn is_short_literal(expr: &Ref<Expr>) -> bool {
    const DIGITS: usize = 12;
    matches!(expr.as_ref(), Expr::Number { span, .. } if span.text().len() <= DIGITS)
}

/// Levels of an expression, comprehensions with their bodies included.
fn depth(expr: &Ref<Expr>) -> usize {
    let inner = match expr.as_ref() {
        Expr::ArrayCompr { query, .. } | Expr::SetCompr { query, .. } | Expr::ObjectCompr { query, .. } => {
            // A body is evaluated by several functions of the interpreter.
            query.stmts.len().min(4).saturating_add(4)
        }
        _ => children(expr).into_iter().map(depth).max().unwrap_or(0),
    };
    inner.saturating_add(1)
}

/// The rules in an order in which each comes after those that it needs, or a cycle.
fn order<'a>(nodes: &BTreeMap<&'a Path, Node>) -> Result<Vec<&'a Path>, Vec<Path>> {
    let needs = |node: &Node| node.reads.iter().chain(&node.calls).cloned().collect::<BTreeSet<_>>();
    let mut waiting: BTreeMap<&'a Path, BTreeSet<Path>> =
        nodes.iter().map(|(path, node)| (*path, needs(node))).collect();
    let mut users: BTreeMap<Path, Vec<&'a Path>> = BTreeMap::new();
    for (path, needed) in &waiting {
        for need in needed {
            users.entry(need.clone()).or_default().push(path);
        }
    }
    let mut ready: Vec<&'a Path> =
        waiting.iter().filter(|(_, needed)| needed.is_empty()).map(|(path, _)| *path).collect();
    let mut ordered = Vec::new();
    while let Some(path) = ready.pop() {
        waiting.remove(path);
        ordered.push(path);
        for user in users.get(path).into_iter().flatten() {
            if let Some(needed) = waiting.get_mut(user) {
                needed.remove(path);
                if needed.is_empty() {
                    ready.push(user);
                }
            }
        }
    }
    if waiting.is_empty() { Ok(ordered) } else { Err(cycle(&waiting)) }
}

/// Follows unmet needs until a rule comes again.
fn cycle(waiting: &BTreeMap<&Path, BTreeSet<Path>>) -> Vec<Path> {
    let mut trail: Vec<Path> = waiting.keys().take(1).map(|path| (*path).clone()).collect();
    while let Some(last) = trail.last() {
        let Some(next) = waiting.get(last).and_then(|needed| needed.first()) else { break };
        if let Some(start) = trail.iter().position(|path| path == next) {
            return trail.split_off(start);
        }
        trail.push(next.clone());
    }
    trail
}

fn recursion(program: &Program, cycle: &[Path]) -> Option<RegoError> {
    const SHOWN: usize = 8;
    let first = cycle.first()?;
    let definition = program.rules.get(first)?.definitions.first()?;
    let mut names: Vec<String> = cycle.iter().take(SHOWN).map(|path| reference(path)).collect();
    if cycle.len() > SHOWN {
        names.push(String::from("..."));
    }
    names.push(reference(first));
    Some(RegoError::at(
        definition.rule.span(),
        RegoErrorKind::Recursion,
        format!("rule {} is recursive: {}", reference(first), names.join(" -> ")),
        "rules and functions must not depend on themselves; use `walk` or `graph.reachable` for nested data",
    ))
}

fn check_chains(
    program: &Program,
    nodes: &BTreeMap<&Path, Node>,
    order: &[&Path],
    errors: &mut Vec<RegoError>,
) {
    let mut weights: BTreeMap<&Path, (usize, usize)> = BTreeMap::new();
    for path in order {
        let Some(node) = nodes.get(*path) else { continue };
        let of = |path: &Path| weights.get(path).copied().unwrap_or_default();
        let below = node.reads.iter().chain(&node.calls).map(|path| of(path).0).max().unwrap_or(0);
        let stack = below.saturating_add(node.depth).saturating_add(RULE_WEIGHT);
        let read = node.reads.iter().map(|path| of(path).1).max().unwrap_or(0);
        let called = node.calls.iter().map(|path| of(path).1).fold(0, usize::saturating_add);
        let growth = read.saturating_add(called).saturating_add(node.multiplications);
        weights.insert(path, (stack, growth));
        let Some(definition) = program.rules.get(*path).and_then(|rule| rule.definitions.first()) else {
            continue;
        };
        let mut over = |message: &str, hint: &str| {
            errors.push(RegoError::at(definition.rule.span(), RegoErrorKind::Limit, message, hint));
        };
        if stack > DEPENDENCY_DEPTH {
            over(
                "the chain of rules that this rule depends on is too long",
                "let fewer rules depend on each other",
            );
            return;
        }
        if growth > MULTIPLICATIONS {
            over(
                "this rule multiplies too often: its numbers could grow without bound",
                "compute the value outside of the policy",
            );
            return;
        }
    }
}
