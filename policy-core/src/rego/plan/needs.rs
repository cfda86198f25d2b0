//! Conditions that OPA's index looks at before it tries a definition.
//!
//! A definition that can end the evaluation with an error must not be tried where OPA does not try it, or there is an
//! error where OPA has a value. So the conditions that OPA's index knows come first for those: a part of the input that
//! must be there, or be equal to something.

use std::collections::BTreeMap;

use super::ir::{Condition, Hop, Operand, Part, Pattern, Root};
use super::lower::Setting;
use super::terms::{below_data, below_input, builtin_name, constant, parts, variable};
use crate::rego::syntax::{Expr, ExprKind, Name, Rule, Term, TermKind};
use crate::rego::value::Value;

/// The conditions of one definition.
pub(super) fn of(setting: &Setting<'_>, rule: &Rule) -> Vec<Condition> {
    let mut found = Vec::new();
    // Which variable stands for which part of the input.
    let mut known: BTreeMap<&str, &Term> = BTreeMap::new();
    if rule.body.iter().any(prints) {
        return Vec::new();
    }
    for expr in rule.body.iter().filter(|expr| !expr.is_negated && expr.with.is_empty()) {
        match &expr.kind {
            ExprKind::Term(term) => found.extend(condition(setting, rule, term, Pattern::Any)),
            ExprKind::Call(call) => {
                let name = builtin_name(&call.operator).unwrap_or_default();
                match (name.as_str(), call.args.as_slice()) {
                    ("eq" | "equal", [a, b]) => {
                        for (part, value) in [(a, b), (b, a)] {
                            let Some(pattern) = pattern(value) else { continue };
                            if let Some(condition) = condition(setting, rule, part, pattern) {
                                if let Some(name) = variable(value) {
                                    known.insert(name, part);
                                }
                                found.push(condition);
                                break;
                            }
                        }
                    }
                    ("internal.member_2", [item, collection]) => {
                        if let Some(condition) = member(setting, rule, &known, item, collection) {
                            // It takes the place of what only says that the part is there.
                            let is_weaker = |other: &Condition| {
                                other.is_about_the_same_as(&condition)
                                    && other.only_asks_whether_it_is_there()
                            };
                            if let Some(at) = found.iter().rposition(is_weaker) {
                                found.remove(at);
                            }
                            found.push(condition);
                        }
                    }
                    _ => {}
                }
            }
            ExprKind::Some(_) | ExprKind::Every(_) => {}
        }
    }
    merged(found)
}

/// Whether the expression prints, or something in it does.
pub(super) fn prints(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => builtin_name(&call.operator).as_deref() == Some("internal.print"),
        ExprKind::Every(every) => every.body.iter().any(prints),
        ExprKind::Term(_) | ExprKind::Some(_) => false,
    }
}

/// Several conditions on one part: for OPA's index any of them is enough, and a part that only has to be there once
/// only has to be there.
fn merged(conditions: Vec<Condition>) -> Vec<Condition> {
    let mut merged: Vec<Condition> = Vec::new();
    for condition in conditions {
        match merged.iter_mut().find(|known| known.is_about_the_same_as(&condition)) {
            Some(known) => known.or(condition),
            None => merged.push(condition),
        }
    }
    merged
}

impl Condition {
    fn is_about_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Arg(a, _), Self::Arg(b, _)) => a == b,
            (Self::Part(a), Self::Part(b)) => match (&a.root, &b.root) {
                (Root::Slot(x), Root::Slot(y)) => x == y && keys(&a.path) == keys(&b.path),
                (Root::Data(x, _), Root::Data(y, _)) => x == y,
                _ => false,
            },
            (Self::Arg(..), Self::Part(_)) | (Self::Part(_), Self::Arg(..)) => false,
        }
    }

    fn only_asks_whether_it_is_there(&self) -> bool {
        let (Self::Arg(_, patterns) | Self::Part(Part { patterns, .. })) = self;
        patterns.iter().all(|pattern| matches!(pattern, Pattern::Any))
    }

    fn or(&mut self, other: Self) {
        let (patterns, others) = match (self, other) {
            (Self::Arg(_, patterns), Self::Arg(_, others)) => (patterns, others),
            (Self::Part(part), Self::Part(other)) => (&mut part.patterns, other.patterns),
            (Self::Arg(..), Self::Part(_)) | (Self::Part(_), Self::Arg(..)) => return,
        };
        patterns.extend(others);
    }
}

fn keys(path: &[Hop]) -> Vec<Option<&Value<'static>>> {
    path.iter().map(|hop| if let Hop::Key(Operand::Const(key)) = hop { Some(key) } else { None }).collect()
}

/// `x in {"a", "b"}`.
fn member(
    setting: &Setting<'_>,
    rule: &Rule,
    known: &BTreeMap<&str, &Term>,
    item: &Term,
    collection: &Term,
) -> Option<Condition> {
    let part = |term| variable(term).and_then(|name| known.get(name).copied()).or(Some(term));
    let is_scalar = |value: &Value<'_>| !matches!(value, Value::Array(_) | Value::Object(_) | Value::Set(_));
    if let Some(value) = constant(item) {
        // `"a" in input.xs`.
        let pattern = Pattern::Equal(Operand::Const(value.clone()));
        return if is_scalar(&value) { condition(setting, rule, part(collection)?, pattern) } else { None };
    }
    let values = match constant(collection)? {
        Value::Array(items) => items.items().to_vec(),
        Value::Set(items) => items.items().to_vec(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => return None,
    };
    if !values.iter().all(is_scalar) {
        return None;
    }
    match condition(setting, rule, part(item)?, Pattern::Any)? {
        Condition::Part(part) => {
            let patterns = values.into_iter().map(|value| Pattern::Equal(Operand::Const(value))).collect();
            Some(Condition::Part(Part { patterns, ..part }))
        }
        Condition::Arg(..) => None,
    }
}

/// What a value must be for OPA's index: a scalar, an array of scalars and variables, or anything.
fn pattern(value: &Term) -> Option<Pattern> {
    Some(match &value.kind {
        TermKind::Var(name) if !matches!(&**name, "data" | "input") => Pattern::Any,
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {
            Pattern::Equal(Operand::Const(constant(value)?))
        }
        TermKind::Array(items) => {
            let is_flat = |item: &Term| !matches!(item.kind, TermKind::Array(_));
            if !items.iter().all(is_flat) {
                return None;
            }
            Pattern::Array(items.iter().map(pattern).collect::<Option<_>>()?)
        }
        TermKind::Var(_)
        | TermKind::Ref(_)
        | TermKind::Object(_)
        | TermKind::Set(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => return None,
    })
}

fn condition(setting: &Setting<'_>, rule: &Rule, part: &Term, pattern: Pattern) -> Option<Condition> {
    if let Some(name) = variable(part).filter(|name| !matches!(*name, "input" | "data")) {
        let at = rule.head.args.iter().flatten().position(|arg| variable(arg) == Some(name))?;
        return Some(Condition::Arg(at, vec![pattern]));
    }
    if !matches!(part.kind, TermKind::Ref(_) | TermKind::Var(_)) {
        return None;
    }
    let keys: Vec<Value<'static>> = parts(part).iter().skip(1).map(constant).collect::<Option<_>>()?;
    let (root, path) = if let Some(below) = below_data(part) {
        if !setting.families.touched(below).is_empty() {
            return None;
        }
        let value = keys.iter().try_fold(setting.data.clone(), |value, key| value.stored(key));
        (Root::Data(keys, value), Vec::new())
    } else {
        let names = below_input(part)?;
        let covers = |path: &Vec<Name>| {
            path.len() <= names.len()
                && path.iter().zip(names).all(|(name, part)| super::terms::text(part) == Some(name))
        };
        let slot = setting.slots.iter().position(covers)?;
        let used = setting.slots.get(slot)?.len();
        let path = keys.into_iter().skip(used).map(|key| Hop::Key(Operand::Const(key))).collect();
        (Root::Slot(u32::try_from(slot).ok()?), path)
    };
    Some(Condition::Part(Part { root, path, patterns: vec![pattern] }))
}
