//! `net.cidr_*`: networks of IP addresses, as Go's `net` reads them.

mod address;
mod merge;

use self::address::{Network, parse_ip};
use super::arguments::{refuse, text, value};
use super::{Call, Failure, Run};
use crate::rego::value::{SetBuilder, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("net.cidr_contains", contains),
    ("net.cidr_contains_matches", contains_matches),
    ("net.cidr_expand", expand),
    ("net.cidr_intersects", intersects),
    ("net.cidr_is_valid", is_valid),
    ("net.cidr_merge", merge::merge),
    ("net.cidr_overlap", contains),
];

const NOT_A_NETWORK: &str = "invalid CIDR address";

/// The network that an argument names. OPA counts every one as its first operand.
fn network(value: &Value<'_>) -> Result<Network, Failure> {
    let text = value.as_str().ok_or_else(|| Failure::operand(1, "string", value))?;
    match Network::parse(text) {
        Some(network) => Ok(network),
        None => refuse(NOT_A_NETWORK),
    }
}

fn contains<'v>(_: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    Ok(Some(Value::Bool(holds(value(arguments, 1)?, value(arguments, 2)?)?)))
}

/// Whether a network holds an address or all of another network.
fn holds(outer: &Value<'_>, inner: &Value<'_>) -> Result<bool, Failure> {
    let outer = network(outer)?;
    let text = inner.as_str().ok_or_else(|| Failure::operand(1, "string", inner))?;
    if let Some(address) = parse_ip(text) {
        return Ok(outer.contains(address));
    }
    match Network::parse(text) {
        Some(inner) => Ok(outer.contains(inner.first()) && outer.contains(inner.last())),
        None => refuse("not a valid textual representation of an IP address or CIDR"),
    }
}

fn intersects<'v>(_: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (a, b) = (network(value(arguments, 1)?)?, network(value(arguments, 2)?)?);
    Ok(Some(Value::Bool(a.contains(b.first()) || b.contains(a.first()))))
}

fn is_valid<'v>(_: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let valid = text(arguments, 1).is_ok_and(|text| Network::parse(text).is_some());
    Ok(Some(Value::Bool(valid)))
}

/// Every address of a network. Charged before they are made, so a large network ends the evaluation.
fn expand<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    const BYTES: usize = 64;
    let network = network(value(arguments, 1)?)?;
    let count = network.size().and_then(|size| usize::try_from(size).ok());
    call.meter.makes(count.unwrap_or(usize::MAX).saturating_mul(BYTES))?;
    let addresses = network.addresses().map(|address| Value::from(address.to_string()));
    Ok(Some(Value::Set(addresses.collect())))
}

/// The pairs of keys under which a network of the first collection holds an address or network of the second.
fn contains_matches<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (outer, inner) = (value(arguments, 1)?, value(arguments, 2)?);
    let mut pairs = SetBuilder::new();
    for index in 0..length(outer) {
        let (outer_key, outer) = entry(1, outer, index)?;
        for index in 0..length(inner) {
            call.meter.steps(1)?;
            let (inner_key, inner) = entry(2, inner, index)?;
            if holds(outer, inner)? {
                call.meter.makes(size_of::<Value<'_>>().saturating_mul(4))?;
                pairs.insert(Value::array(vec![outer_key.clone(), inner_key]));
            }
        }
    }
    Ok(Some(Value::Set(pairs.build())))
}

/// How many entries; other types have none.
fn length(collection: &Value<'_>) -> usize {
    match collection {
        Value::String(_) => 1,
        Value::Array(items) => items.len(),
        Value::Set(items) => items.len(),
        Value::Object(object) => object.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// The key of an entry, and what it names: a string, or the first item of an array.
fn entry<'a, 'v>(
    operand: usize,
    collection: &'a Value<'v>,
    index: usize,
) -> Result<(Value<'v>, &'a Value<'v>), Failure> {
    let position = || Value::integer(i64::try_from(index).unwrap_or(i64::MAX));
    let found = match collection {
        Value::String(_) => return Ok((collection.clone(), collection)),
        Value::Array(items) => items.get(index).map(|item| (position(), item)),
        Value::Set(items) => items.get(index).map(|item| (item.clone(), item)),
        Value::Object(object) => object.entries().get(index).map(|(key, item)| (key.clone(), item)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    };
    let named = found.and_then(|(key, item)| match item {
        Value::String(_) => Some((key, item)),
        Value::Array(items) => items.items().first().map(|first| (key, first)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) | Value::Set(_) => None,
    });
    let rule = || Failure::Operand(format!("operand {operand}: element must be string or non-empty array"));
    named.ok_or_else(rule)
}
