//! The order in which the definitions of a rule are tried.
//!
//! It can be seen where they contradict one another, or where the first that holds decides: OPA tries them in the order
//! in which its own index finds them, which for each part of the input asks first the definitions that do not look at
//! it, then those that only need it to be there, then those that compare it with something.

use super::groups::{Families, Family};
use super::terms::{below_data, below_input, builtin_name, constant, parts, variable};
use crate::rego::syntax::{Expr, ExprKind, Loc, Rule, Term, TermKind};

/// How a definition looks at a part of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Look {
    Not,
    Exists,
    Compares,
    Matches,
}

/// A part of the input or of the data, or an argument.
#[derive(Clone, Debug, PartialEq)]
struct Part {
    text: String,
    at: Loc,
    count: usize,
}

/// Sorts the definitions of every family.
pub(super) fn sort(families: &mut Families<'_>) {
    let orders: Vec<Vec<usize>> = families.families.iter().map(|family| order(families, family)).collect();
    for (family, order) in families.families.iter_mut().zip(orders) {
        let rules = &family.rules;
        family.rules = order.iter().filter_map(|at| rules.get(*at).copied()).collect();
    }
}

/// Where each definition goes.
fn order(families: &Families<'_>, family: &Family<'_>) -> Vec<usize> {
    let mut parts: Vec<Part> = Vec::new();
    let mut looks: Vec<Vec<Vec<(String, Look)>>> = Vec::new();
    for rule in &family.rules {
        let chain = std::iter::successors(Some(*rule), |rule| rule.otherwise.as_deref());
        looks.push(chain.map(|rule| looks_of(families, rule, &mut parts)).collect());
    }
    // OPA asks first what most definitions look at.
    parts.sort_by(|a, b| b.count.cmp(&a.count).then(a.at.cmp(&b.at)));
    let key = |looks: &Vec<(String, Look)>| -> Vec<Look> {
        if looks.is_empty() {
            return Vec::new();
        }
        // Of several looks at one part the weakest counts.
        let of = |part: &Part| {
            let looks = looks.iter().filter(|(text, _)| *text == part.text);
            looks.map(|(_, look)| *look).min().unwrap_or(Look::Not)
        };
        parts.iter().map(of).collect()
    };
    let mut order: Vec<(Vec<Look>, usize)> = looks
        .iter()
        .enumerate()
        .map(|(at, chain)| (chain.iter().map(key).min().unwrap_or_default(), at))
        .collect();
    order.sort();
    order.into_iter().map(|(_, at)| at).collect()
}

fn looks_of(families: &Families<'_>, rule: &Rule, parts: &mut Vec<Part>) -> Vec<(String, Look)> {
    if rule.body.iter().any(super::needs::prints) {
        return Vec::new();
    }
    let mut found: Vec<(String, Look)> = Vec::new();
    let mut places = Vec::new();
    for expr in &rule.body {
        if expr.is_negated || !expr.with.is_empty() {
            continue;
        }
        let Some((text, at, look)) = look(families, rule, expr, &found) else { continue };
        // What `with` replaces is worked out for each part of its expression; for OPA that is one look.
        if expr.is_generated && places.contains(&at) {
            continue;
        }
        places.push(at);
        match parts.iter_mut().find(|part| part.text == text) {
            Some(part) => part.count = part.count.saturating_add(1),
            None => parts.push(Part { text: text.clone(), at, count: 1 }),
        }
        found.push((text, look));
    }
    found
}

fn look(
    families: &Families<'_>,
    rule: &Rule,
    expr: &Expr,
    found: &[(String, Look)],
) -> Option<(String, Loc, Look)> {
    let call = match &expr.kind {
        ExprKind::Term(term) => {
            let text = part_of(families, rule, term)?;
            return Some((text, term.at, Look::Exists));
        }
        ExprKind::Call(call) => call,
        ExprKind::Some(_) | ExprKind::Every(_) => return None,
    };
    let name = builtin_name(&call.operator)?;
    match (name.as_str(), call.args.as_slice()) {
        ("eq" | "equal", [a, b]) => [(a, b), (b, a)].into_iter().find_map(|(part, value)| {
            let look = match &value.kind {
                TermKind::Var(_) => Look::Exists,
                TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {
                    Look::Compares
                }
                TermKind::Array(_) => Look::Compares,
                TermKind::Ref(_)
                | TermKind::Object(_)
                | TermKind::Set(_)
                | TermKind::ArrayCompr(..)
                | TermKind::SetCompr(..)
                | TermKind::ObjectCompr(..)
                | TermKind::Call(_)
                | TermKind::Template(_) => return None,
            };
            Some((part_of(families, rule, part)?, part.at, look))
        }),
        ("glob.match", [pattern, _, _]) if constant(pattern).is_some() => {
            let (text, _) = found.last()?;
            Some((text.clone(), expr.at, Look::Matches))
        }
        _ => None,
    }
}

/// The text of a reference into the input or the data document, or of an argument.
fn part_of(families: &Families<'_>, rule: &Rule, term: &Term) -> Option<String> {
    if let Some(name) = variable(term).filter(|name| !matches!(*name, "input" | "data")) {
        let at = rule.head.args.iter().flatten().position(|arg| variable(arg) == Some(name))?;
        return Some(format!("args[{at}]"));
    }
    if !matches!(term.kind, TermKind::Ref(_) | TermKind::Var(_)) {
        return None;
    }
    let is_virtual = below_data(term).is_some_and(|below| !families.touched(below).is_empty());
    let is_known = below_data(term).or_else(|| below_input(term)).is_some();
    let is_ground = parts(term).iter().skip(1).all(|part| constant(part).is_some());
    (is_known && !is_virtual && is_ground).then(|| term.to_string())
}
