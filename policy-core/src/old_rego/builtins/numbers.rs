//! Numbers and time.

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, Stop, arg, bounded};
use crate::old_rego::limits::{NUMBER_DIGITS, VALUE_NODES};
use crate::old_rego::meter;

pub(super) const NOW_NS: Function = now_ns;
pub(super) const TO_NUMBER: Function = to_number;
pub(super) const RANGE: Function = range;
pub(super) const SUM: Function = sum;

pub(super) const SORT: Function = sort;
pub(super) const MIN: Function = min;
pub(super) const MAX: Function = max;

/// The items of an array or a set in order; an error where the order of collections would matter.
fn sorted(value: &Inner) -> Result<Option<Vec<Inner>>, Stop> {
    let mut items: Vec<Inner> = match value {
        Inner::Array(items) => items.iter().cloned().collect(),
        Inner::Set(items) => items.iter().cloned().collect(),
        Inner::Null
        | Inner::Bool(_)
        | Inner::Number(_)
        | Inner::String(_)
        | Inner::Object(_)
        | Inner::Undefined => return Ok(None),
    };
    let collections = items
        .iter()
        .filter(|item| matches!(item, Inner::Array(_) | Inner::Set(_) | Inner::Object(_)))
        .count();
    if collections > 1 {
        return Err(Stop::Unsure);
    }
    items.sort();
    Ok(Some(items))
}

fn sort(_: &Patterns, args: &[Inner]) -> Answer {
    Ok(sorted(arg(args, 0))?.map_or(Inner::Undefined, Inner::from))
}

fn min(_: &Patterns, args: &[Inner]) -> Answer {
    let items = sorted(arg(args, 0))?.unwrap_or_default();
    Ok(items.first().cloned().unwrap_or(Inner::Undefined))
}

fn max(_: &Patterns, args: &[Inner]) -> Answer {
    let items = sorted(arg(args, 0))?.unwrap_or_default();
    Ok(items.last().cloned().unwrap_or(Inner::Undefined))
}

/// The instant of the request, the same for the whole evaluation.
fn now_ns(_: &Patterns, _: &[Inner]) -> Answer {
    Ok(Inner::from(meter::now().nanos()))
}

/// OPA reads a string as Go's `strconv.ParseFloat` and `json.Number` allow; here only what JSON allows, and other
/// texts that Go might take are an error.
fn to_number(_: &Patterns, args: &[Inner]) -> Answer {
    match arg(args, 0) {
        Inner::Null | Inner::Bool(false) => Ok(Inner::from(0i64)),
        Inner::Bool(true) => Ok(Inner::from(1i64)),
        Inner::Number(_) => Ok(arg(args, 0).clone()),
        Inner::String(text) => parse(text),
        Inner::Array(_) | Inner::Set(_) | Inner::Object(_) | Inner::Undefined => Ok(Inner::Undefined),
    }
}

fn parse(text: &str) -> Answer {
    let plain = !text.is_empty()
        && text.len() <= NUMBER_DIGITS
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
    if plain && let Ok(json) = serde_json::from_str::<serde_json::Number>(text) {
        let _ = json;
        return Inner::from_numeric_string(text).map_err(|_| Stop::Unsure).and_then(bounded);
    }
    // No digit: neither Go nor we see a number, except for Go's names of the infinities.
    let letters = text.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    if !text.chars().any(|c| c.is_ascii_digit()) && !letters.contains("inf") && !letters.contains("nan") {
        return Ok(Inner::Undefined);
    }
    Err(Stop::Unsure)
}

/// `numbers.range`, bounded.
fn range(_: &Patterns, args: &[Inner]) -> Answer {
    let (Ok(from), Ok(to)) = (arg(args, 0).as_i64(), arg(args, 1).as_i64()) else {
        return Ok(Inner::Undefined);
    };
    let length = usize::try_from(from.abs_diff(to)).unwrap_or(usize::MAX).saturating_add(1);
    meter::charge(length.saturating_mul(32))?;
    if length > VALUE_NODES {
        return Err(Stop::Budget);
    }
    let items: Vec<Inner> = if from <= to {
        (from..=to).map(Inner::from).collect()
    } else {
        (to..=from).rev().map(Inner::from).collect()
    };
    Ok(Inner::from(items))
}

/// The sum of whole numbers of 64 bits; with other numbers an error, because the order of additions matters there.
fn sum(_: &Patterns, args: &[Inner]) -> Answer {
    let add = |total: i128, item: &Inner| -> Result<i128, Answer> {
        match item {
            Inner::Number(_) => {}
            _ => return Err(Ok(Inner::Undefined)),
        }
        let value = item.as_i64().map_err(|_| Err(Stop::Unsure))?;
        total.checked_add(i128::from(value)).ok_or(Err(Stop::Unsure))
    };
    let total = match arg(args, 0) {
        Inner::Array(items) => items.iter().try_fold(0, add),
        Inner::Set(items) => items.iter_sorted().try_fold(0, add),
        _ => return Ok(Inner::Undefined),
    };
    match total {
        Ok(total) => bounded(Inner::from(total)),
        Err(answer) => answer,
    }
}

pub(super) const BITS_AND: Function = |_, args| bits(args, |a, b| a & b);
pub(super) const BITS_OR: Function = |_, args| bits(args, |a, b| a | b);
pub(super) const BITS_XOR: Function = |_, args| bits(args, |a, b| a ^ b);
pub(super) const BITS_NEGATE: Function =
    |_, args| Ok(whole(arg(args, 0))?.map_or(Inner::Undefined, |value| Inner::from(!value)));

fn bits(args: &[Inner], operation: fn(i64, i64) -> i64) -> Answer {
    match (whole(arg(args, 0))?, whole(arg(args, 1))?) {
        (Some(a), Some(b)) => Ok(Inner::from(operation(a, b))),
        _ => Ok(Inner::Undefined),
    }
}

/// A whole number of 64 bits; an error for larger ones, `None` for everything else.
fn whole(value: &Inner) -> Result<Option<i64>, Stop> {
    match value {
        Inner::Number(number) if number.is_integer() => value.as_i64().map(Some).map_err(|_| Stop::Unsure),
        _ => Ok(None),
    }
}
