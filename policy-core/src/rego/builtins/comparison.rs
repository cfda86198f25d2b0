//! `lt`, `lte`, `gt`, `gte`, `equal`, `neq`: over all values.

use std::cmp::Ordering;

use super::operands::{Answer, any};
use super::{Call, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] =
    &[("lt", lt), ("lte", lte), ("gt", gt), ("gte", gte), ("equal", equal), ("neq", neq)];

fn lt<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    compare(call, args, Ordering::is_lt)
}

fn lte<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    compare(call, args, Ordering::is_le)
}

fn gt<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    compare(call, args, Ordering::is_gt)
}

fn gte<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    compare(call, args, Ordering::is_ge)
}

fn equal<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    compare(call, args, Ordering::is_eq)
}

fn neq<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    compare(call, args, Ordering::is_ne)
}

fn compare<'v>(call: &mut Call<'_>, args: &[Value<'v>], holds: fn(Ordering) -> bool) -> Answer<'v> {
    let (a, b) = (any(args, 1)?, any(args, 2)?);
    call.meter.reads(reach(a).min(reach(b)))?;
    Ok(Some(Value::Bool(holds(a.cmp_to(b)))))
}

/// What a comparison may have to read of a value, in bytes: a collection's own items count, and theirs are taken for
/// small.
fn reach(value: &Value<'_>) -> usize {
    let items = match value {
        Value::Null | Value::Bool(_) => return 0,
        Value::Number(number) => return usize::try_from(number.size()).unwrap_or(usize::MAX).min(4096),
        Value::String(text) => return text.len(),
        Value::Array(items) => items.len(),
        Value::Set(items) => items.len(),
        Value::Object(object) => object.len().saturating_mul(2),
    };
    items.saturating_mul(64)
}
