//! `object.*`.

use super::operands::{Answer, any, array, element, error, object, takes};
use super::{Call, Failure, Meter, Run};
use crate::rego::builtins::aggregates::sorting;
use crate::rego::value::{Array, Object, Set, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("object.get", get),
    ("object.keys", keys),
    ("object.remove", remove),
    ("object.filter", filter),
    ("object.subset", subset),
    ("object.union", union),
    ("object.union_n", union_n),
];

/// The value of a key, or of a path that is given as an array, or the third argument.
fn get<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (path, default) = (any(args, 2)?, any(args, 3)?);
    let object = object(args, 1)?;
    let Value::Array(path) = path else {
        return Ok(Some(object.child(path).unwrap_or_else(|| default.clone())));
    };
    call.meter.steps(steps(path.len()))?;
    let found = path.iter().try_fold(any(args, 1)?.clone(), |value, key| value.child(key));
    Ok(Some(found.unwrap_or_else(|| default.clone())))
}

fn keys<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let object = object(args, 1)?;
    takes(call.meter, object.len())?;
    Ok(Some(Value::Set(object.entries().iter().map(|(key, _)| key.clone()).collect())))
}

fn remove<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let object = object(args, 1)?;
    let keys = named(call.meter, args)?;
    takes(call.meter, object.len().saturating_mul(2))?;
    let kept = object.entries().iter().filter(|(key, _)| !keys.contains(key));
    Ok(Some(Value::Object(kept.cloned().collect())))
}

fn filter<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let object = object(args, 1)?;
    let keys = named(call.meter, args)?;
    takes(call.meter, object.len().saturating_mul(2))?;
    let kept = object.entries().iter().filter(|(key, _)| keys.contains(key));
    Ok(Some(Value::Object(kept.cloned().collect())))
}

/// Keys, given as an array, a set, or as an object's keys.
fn named<'v>(meter: &mut Meter, args: &[Value<'v>]) -> Result<Set<'v>, Failure> {
    let value = any(args, 2)?;
    let size = match value {
        Value::Set(set) => return Ok(set.clone()),
        Value::Array(array) => array.len(),
        Value::Object(object) => object.len(),
        other => return Err(Failure::operand(2, "one of {object, set, array}", other)),
    };
    takes(meter, size)?;
    meter.steps(sorting(size))?;
    Ok(match value {
        Value::Array(array) => array.iter().cloned().collect(),
        Value::Object(object) => object.entries().iter().map(|(key, _)| key.clone()).collect(),
        _ => Set::Lent(&[]),
    })
}

/// Both together; where both have objects these together, otherwise the second's value.
fn union<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (a, b) = (object(args, 1)?, object(args, 2)?);
    Ok(Some(Value::Object(merge(call.meter, a, b)?)))
}

fn union_n<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let objects = array(args, 1)?;
    for item in objects.iter() {
        if !item.is_object() {
            return Err(element(1, any(args, 1)?, "object", item));
        }
    }
    let mut all = Object::from_iter([]);
    for item in objects.iter() {
        if let Value::Object(object) = item {
            all = if all.is_empty() { object.clone() } else { merge(call.meter, &all, object)? };
        }
    }
    Ok(Some(Value::Object(all)))
}

/// Recursion is as deep as the values.
fn merge<'v>(meter: &mut Meter, a: &Object<'v>, b: &Object<'v>) -> Result<Object<'v>, Failure> {
    if a.is_empty() {
        return Ok(b.clone());
    }
    if b.is_empty() {
        return Ok(a.clone());
    }
    takes(meter, a.len().saturating_add(b.len()).saturating_mul(2))?;
    let mut merged = Vec::with_capacity(a.len().saturating_add(b.len()));
    for (key, value) in a.entries() {
        let value = match (value, b.get(key)) {
            (_, None) => value.clone(),
            (Value::Object(old), Some(Value::Object(new))) => Value::Object(merge(meter, old, new)?),
            (_, Some(new)) => new.clone(),
        };
        merged.push((key.clone(), value));
    }
    merged.extend(b.entries().iter().filter(|(key, _)| a.position(key).is_none()).cloned());
    Ok(merged.into_iter().collect())
}

/// Whether the first holds the second: of objects and sets; an array as a run of items; a set in an array.
fn subset<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let meter = &mut *call.meter;
    let holds = match (any(args, 1)?, any(args, 2)?) {
        (Value::Object(all), Value::Object(some)) => holds_object(meter, all, some)?,
        (Value::Set(all), Value::Set(some)) => holds_set(meter, all, some)?,
        (Value::Array(all), Value::Array(some)) => holds_run(meter, all, some)?,
        (Value::Array(all), Value::Set(some)) => holds_each(meter, all, some)?,
        _ => return Err(error("both arguments object.subset must be of the same type or array and set")),
    };
    Ok(Some(Value::Bool(holds)))
}

fn holds_object(meter: &mut Meter, all: &Object<'_>, some: &Object<'_>) -> Result<bool, Failure> {
    meter.steps(steps(some.len()))?;
    for (key, value) in some.entries() {
        let holds = match (all.get(key), value) {
            (None, _) => false,
            (Some(Value::Object(all)), Value::Object(some)) => holds_object(meter, all, some)?,
            (Some(Value::Set(all)), Value::Set(some)) => holds_set(meter, all, some)?,
            (Some(Value::Array(all)), Value::Array(some)) => holds_run(meter, all, some)?,
            (Some(other), value) => other == value,
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn holds_set(meter: &mut Meter, all: &Set<'_>, some: &Set<'_>) -> Result<bool, Failure> {
    meter.steps(steps(some.len()))?;
    Ok(some.iter().all(|member| all.contains(member)))
}

fn holds_run(meter: &mut Meter, all: &Array<'_>, some: &Array<'_>) -> Result<bool, Failure> {
    if some.is_empty() {
        return Ok(true);
    }
    for window in all.windows(some.len()) {
        let equal = window.iter().zip(some.iter()).take_while(|(a, b)| a == b).count();
        meter.steps(steps(equal.saturating_add(1)))?;
        if equal == some.len() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// As in OPA an item of the array that comes twice counts twice, and no set, not even the empty one, is in an empty
/// array.
fn holds_each(meter: &mut Meter, all: &Array<'_>, some: &Set<'_>) -> Result<bool, Failure> {
    meter.steps(steps(all.len()))?;
    let mut missing = some.len();
    Ok(all.iter().any(|item| {
        if some.contains(item) {
            missing = missing.wrapping_sub(1);
        }
        missing == 0
    }))
}

fn steps(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX) / 4
}
