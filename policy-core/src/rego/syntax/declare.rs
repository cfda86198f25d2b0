//! Expressions that stand alone in a module: `p := 1`, `f(x) = y` and, in v0, `p["a"]`, are rules without a body.

use super::nodes::{Literal, LiteralKind, NodeId, NodeKind, Nodes};
use super::parser::{ParsedHead, ParsedRule, RuleBody, rule};
use super::scanner::At;
use crate::rego::builtins::signature;

/// The rule that the expressions stand for, or why they stand for none.
pub(super) fn rule_of(nodes: &Nodes, literals: &[Literal]) -> Result<ParsedRule, String> {
    let [literal] = literals else {
        return Err(String::from("multiple expressions cannot be used for rule head"));
    };
    if !literal.with.is_empty() {
        return Err(String::from("expressions using with keyword cannot be used for rule head"));
    }
    if literal.is_negated {
        return Err(String::from("negated expressions cannot be used for rule head"));
    }
    match &literal.kind {
        LiteralKind::Some { .. } => Err(String::from("'some' declarations cannot be used for rule head")),
        LiteralKind::Every { .. } => Err(String::from("expression cannot be used for rule head")),
        LiteralKind::Term(term) => of_term(nodes, *term),
        LiteralKind::Call { operator, args } => match dotted_name(nodes, *operator).as_deref() {
            Some("eq") => of_equality(nodes, literal.at, args, false),
            Some("assign") => of_equality(nodes, literal.at, args, true),
            Some(name) if signature::find(name).is_some() => {
                Err(String::from("rule name conflicts with built-in function"))
            }
            _ => of_call(nodes, *operator, args),
        },
    }
}

/// `p.q.r`, `p.q`
fn of_term(nodes: &Nodes, term: NodeId) -> Result<ParsedRule, String> {
    let at = nodes.at(term);
    let Some(parts) = nodes.parts(term) else {
        return Err(format!("{} cannot be used for rule name", nodes.kind_name(term)));
    };
    let head = match parts {
        [] | [_] => return Err(String::from("refs cannot be used for rule head")),
        [name, key] => ParsedHead { key: Some(*key), ..ParsedHead::new(at, vec![*name]) },
        _ => ParsedHead { has_generated_value: true, ..ParsedHead::new(at, parts.to_vec()) },
    };
    named(nodes, parts)?;
    Ok(rule(at, head, missing_body(at)))
}

/// `p = x`, `p[k] = x`, `f(x) = y`, and the same with `:=`.
fn of_equality(nodes: &Nodes, at: At, args: &[NodeId], is_assigned: bool) -> Result<ParsedRule, String> {
    let [left, right, ..] = args else {
        return Err(String::from("assignment requires two operands"));
    };
    let head = ParsedHead { value: Some(*right), is_assigned, ..ParsedHead::new(at, Vec::new()) };
    let head = if nodes.var(*left).is_some() {
        ParsedHead { reference: vec![*left], ..head }
    } else if let NodeKind::Ref(parts) = nodes.kind(*left) {
        named(nodes, parts)?;
        ParsedHead { reference: parts.clone(), ..head }
    } else if let NodeKind::Call(operator, args) = nodes.kind(*left)
        && let Some(reference) = nodes.parts(*operator)
        && named(nodes, reference).is_ok()
    {
        ParsedHead { reference: reference.to_vec(), args: Some(args.clone()), ..head }
    } else {
        return Err(format!("{} cannot be used for rule name", nodes.kind_name(*left)));
    };
    Ok(rule(at, head, missing_body(nodes.at(*right))))
}

/// `f(x)`
fn of_call(nodes: &Nodes, operator: NodeId, args: &[NodeId]) -> Result<ParsedRule, String> {
    if args.is_empty() {
        return Err(String::from("rule argument list must take at least one argument"));
    }
    let reference = nodes.parts(operator).unwrap_or_default();
    named(nodes, reference)?;
    let at = nodes.at(operator);
    let head = ParsedHead { args: Some(args.to_vec()), ..ParsedHead::new(at, reference.to_vec()) };
    Ok(rule(at, head, missing_body(at)))
}

fn missing_body(at: At) -> RuleBody {
    RuleBody::Nothing { at, is_missing: true }
}

fn named(nodes: &Nodes, reference: &[NodeId]) -> Result<(), String> {
    let name = reference.first().and_then(|head| nodes.var(*head));
    name.map(|_| ()).ok_or_else(|| String::from("invalid rule head"))
}

/// The name of a function, if it has nothing but names.
fn dotted_name(nodes: &Nodes, operator: NodeId) -> Option<String> {
    let parts = nodes.parts(operator)?;
    let (head, rest) = parts.split_first()?;
    let mut name = nodes.var(*head)?.to_string();
    for part in rest {
        let NodeKind::String(part) = nodes.kind(*part) else { return None };
        name.push('.');
        name.push_str(part);
    }
    Some(name)
}
