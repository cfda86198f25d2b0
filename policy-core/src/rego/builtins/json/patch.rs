//! `json.patch`: RFC 6902, on sets too.

use super::super::operands::{Answer, any, array, error, takes};
use super::super::{Call, Failure, Meter};
use super::paths::{PARTS, parse};
use crate::rego::value::{Array, Number, Value};

pub(super) fn patch<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let operations = array(args, 2)?;
    let mut document = Some(any(args, 1)?.clone());
    for operation in operations.iter() {
        let after = apply(call.meter, document, operation)?;
        document = after;
    }
    // OPA's process fails here.
    document.map(Some).ok_or(Failure::Limit("json.patch removed the whole document"))
}

fn apply<'v>(
    meter: &mut Meter,
    document: Option<Value<'v>>,
    operation: &Value<'v>,
) -> Result<Option<Value<'v>>, Failure> {
    if !operation.is_object() {
        return Err(error(
            "must be an array of JSON-Patch objects, but at least one element is not an object",
        ));
    }
    let attribute =
        |name: &str| operation.get(name).ok_or_else(|| error(format!("missing required attribute '{name}'")));
    attribute("path")?;
    let name = attribute("op")?;
    let name = name
        .as_str()
        .ok_or_else(|| error(format!("attribute 'op' must be a string but found: {}", name.type_name())))?;
    let path = parse(meter, attribute("path")?)?;
    let mut from = || parse(meter, attribute("from")?);
    match name {
        "add" => insert(meter, document, &path, attribute("value")?.clone()),
        "remove" => delete(meter, document, &path),
        "replace" => {
            let document = delete(meter, document, &path)?;
            insert(meter, document, &path, attribute("value")?.clone())
        }
        "move" => {
            let from = from()?;
            let moved = find(document.as_ref(), &from)?;
            let document = delete(meter, document, &from)?;
            insert(meter, document, &path, moved)
        }
        "copy" => {
            let from = from()?;
            let copied = find(document.as_ref(), &from)?;
            insert(meter, document, &path, copied)
        }
        "test" => {
            let found = find(document.as_ref(), &path)?;
            if found == *attribute("value")? {
                Ok(document)
            } else {
                Err(error("the value is not the expected one"))
            }
        }
        _ => Err(error("unrecognized op")),
    }
}

/// What is at a path.
fn find<'v>(document: Option<&Value<'v>>, path: &[Value<'v>]) -> Result<Value<'v>, Failure> {
    let mut value = document.ok_or_else(nothing)?.clone();
    for key in path {
        value = below(&value, key)?;
    }
    Ok(value)
}

fn below<'v>(value: &Value<'v>, key: &Value<'_>) -> Result<Value<'v>, Failure> {
    let below = match value.as_array() {
        Some(items) => items.at(place(items.len(), key)?),
        None => value.child(key),
    };
    below.ok_or_else(nothing)
}

fn insert<'v>(
    meter: &mut Meter,
    document: Option<Value<'v>>,
    path: &[Value<'v>],
    value: Value<'v>,
) -> Result<Option<Value<'v>>, Failure> {
    let Some((last, parents)) = path.split_last() else { return Ok(Some(value)) };
    let document = document.ok_or_else(nothing)?;
    // Copies into copies are deeper with every operation.
    fits(meter, &value, PARTS.saturating_sub(path.len()))?;
    edit(meter, &document, parents, |parent| match parent {
        Value::Object(object) => {
            let kept = object.entries().iter().filter(|(key, _)| key != last).cloned();
            Ok(Value::Object(kept.chain([(last.clone(), value)]).collect()))
        }
        Value::Set(set) if *last == value => Ok(Value::Set(set.iter().cloned().chain([value]).collect())),
        Value::Set(_) => Err(error("set key does not equal value to be inserted")),
        Value::Array(items) => {
            let place = place(items.len(), last)?;
            let (before, after) = items.split_at_checked(place).ok_or_else(outside)?;
            Ok(Value::array(before.iter().cloned().chain([value]).chain(after.iter().cloned()).collect()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(nothing()),
    })
    .map(Some)
}

/// Whether the value has no more than so many levels. What is shared is looked at each time, and paid for.
fn fits(meter: &mut Meter, value: &Value<'_>, levels: usize) -> Result<(), Failure> {
    let below: &mut dyn Iterator<Item = &Value<'_>> = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Ok(()),
        Value::Array(items) => &mut items.iter(),
        Value::Set(items) => &mut items.iter(),
        Value::Object(object) => &mut object.entries().iter().flat_map(|(key, value)| [key, value]),
    };
    let levels = levels.checked_sub(1).ok_or(Failure::Limit("json.patch makes a value too deep"))?;
    meter.steps(1)?;
    for value in below {
        fits(meter, value, levels)?;
    }
    Ok(())
}

fn delete<'v>(
    meter: &mut Meter,
    document: Option<Value<'v>>,
    path: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    let document = document.ok_or_else(nothing)?;
    let Some((last, parents)) = path.split_last() else { return Ok(None) };
    edit(meter, &document, parents, |parent| match parent {
        Value::Object(object) => {
            object.position(last).ok_or_else(nothing)?;
            Ok(Value::Object(object.entries().iter().filter(|(key, _)| key != last).cloned().collect()))
        }
        Value::Set(set) => {
            set.position(last).ok_or_else(nothing)?;
            Ok(Value::Set(set.iter().filter(|member| *member != last).cloned().collect()))
        }
        Value::Array(items) => {
            let place = place(items.len(), last)?;
            if place >= items.len() {
                return Err(outside());
            }
            let kept = items.iter().enumerate().filter(|(index, _)| *index != place);
            Ok(Value::array(kept.map(|(_, item)| item.clone()).collect()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(nothing()),
    })
    .map(Some)
}

/// The document with another value at a path. What is around it is made anew.
fn edit<'v>(
    meter: &mut Meter,
    value: &Value<'v>,
    path: &[Value<'v>],
    change: impl FnOnce(&Value<'v>) -> Result<Value<'v>, Failure>,
) -> Result<Value<'v>, Failure> {
    let mut around = Vec::with_capacity(path.len());
    let mut at = value.clone();
    for key in path {
        let below = below(&at, key)?;
        around.push((std::mem::replace(&mut at, below), key));
    }
    pay(meter, &at)?;
    let mut new = change(&at)?;
    for (parent, key) in around.into_iter().rev() {
        pay(meter, &parent)?;
        new = match parent {
            Value::Object(object) => {
                let with_new = |(known, value): &(Value<'v>, Value<'v>)| {
                    (known.clone(), if known == key { new.clone() } else { value.clone() })
                };
                Value::Object(object.entries().iter().map(with_new).collect())
            }
            Value::Set(set) => {
                Value::Set(set.iter().filter(|member| *member != key).cloned().chain([new]).collect())
            }
            Value::Array(items) => {
                let place = place(items.len(), key)?;
                let with_new = |(index, item): (usize, &Value<'v>)| {
                    if index == place { new.clone() } else { item.clone() }
                };
                Value::Array(Array::from(items.iter().enumerate().map(with_new).collect::<Vec<_>>()))
            }
            scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => scalar,
        };
    }
    Ok(new)
}

/// A collection of the same size.
fn pay(meter: &mut Meter, value: &Value<'_>) -> Result<(), Failure> {
    let items = match value {
        Value::Array(items) => items.len(),
        Value::Set(items) => items.len().saturating_mul(2),
        Value::Object(object) => object.len().saturating_mul(3),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    takes(meter, items.saturating_add(2))
}

/// The index that a key is in an array: a whole number, also as text, or `-` for the end.
fn place(length: usize, key: &Value<'_>) -> Result<usize, Failure> {
    let index = match key {
        Value::Number(number) => number.as_i64(),
        Value::String(text) if text.as_str() == "-" => return Ok(length),
        Value::String(text) if text.starts_with('0') && text.as_str() != "0" => None,
        Value::String(text) => Number::parse_loose(text).and_then(|number| number.as_i64()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) | Value::Set(_) => None,
    };
    let index = index.ok_or_else(|| error("invalid type for indexing"))?;
    usize::try_from(index).map_err(|_| outside())
}

fn nothing() -> Failure {
    error("the path does not exist")
}

fn outside() -> Failure {
    error("index for array is out of bounds")
}
