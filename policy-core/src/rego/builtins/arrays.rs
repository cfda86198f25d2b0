//! `array.*`.

use super::operands::{Answer, array, integer, takes};
use super::{Call, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("array.concat", concat),
    ("array.flatten", flatten),
    ("array.reverse", reverse),
    ("array.slice", slice),
];

fn concat<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (a, b) = (array(args, 1)?, array(args, 2)?);
    takes(call.meter, a.len().saturating_add(b.len()))?;
    Ok(Some(Value::array(a.iter().chain(b.iter()).cloned().collect())))
}

/// One level only.
fn flatten<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let items = array(args, 1)?;
    let mut flat = Vec::new();
    for item in items.iter() {
        if let Value::Array(inner) = item {
            takes(call.meter, inner.len())?;
            flat.extend(inner.iter().cloned());
        } else {
            takes(call.meter, 1)?;
            flat.push(item.clone());
        }
    }
    Ok(Some(Value::array(flat)))
}

fn reverse<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let items = array(args, 1)?;
    takes(call.meter, items.len())?;
    Ok(Some(Value::array(items.iter().rev().cloned().collect())))
}

/// From an index to before another; what lies outside is clamped.
fn slice<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let items = array(args, 1)?;
    let (start, stop) = (integer(args, 2)?, integer(args, 3)?);
    let clamp = |index: i64, most: usize| usize::try_from(index.max(0)).unwrap_or(usize::MAX).min(most);
    let stop = clamp(stop, items.len());
    let start = clamp(start, stop);
    takes(call.meter, stop.saturating_sub(start))?;
    Ok(Some(Value::array(items.get(start..stop).unwrap_or_default().to_vec())))
}
