//! `count`, `sum`, `product`, `max`, `min`, `sort`, `all`, `any`, and membership (`in`).

use super::operands::{Answer, DIGITS_PER_STEP, any, arithmetic, element, items, takes};
use super::{Call, Failure, Meter, Run};
use crate::rego::value::{Number, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("count", count),
    ("sum", sum),
    ("product", product),
    ("max", max),
    ("min", min),
    ("sort", sort),
    ("all", all),
    ("any", some),
    ("internal.member_2", member),
    ("internal.member_3", member_with_key),
];

fn count<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let count = match any(args, 1)? {
        Value::Array(array) => array.len(),
        Value::Object(object) => object.len(),
        Value::Set(set) => set.len(),
        Value::String(text) => {
            call.meter.reads(text.len())?;
            text.chars().count()
        }
        other => return Err(Failure::operand(1, "one of {array, object, set, string}", other)),
    };
    Ok(Some(Value::integer(i64::try_from(count).unwrap_or(i64::MAX))))
}

fn sum<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let numbers = numbers(call.meter, args)?;
    let whole = numbers.iter().try_fold(0_i64, |sum, number| sum.checked_add(number.as_i64()?));
    let sum = whole.map_or_else(|| Number::sum(&numbers), |sum| Ok(Number::Int(sum)));
    sum.map(|sum| Some(Value::Number(sum))).map_err(arithmetic)
}

fn product<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let numbers = numbers(call.meter, args)?;
    // The product grows with each factor.
    let digits = numbers.iter().map(|number| number.size().saturating_add(18)).fold(0, u64::saturating_add);
    let factors = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
    call.meter.steps(digits.min(20_000).saturating_mul(factors) / 1024)?;
    Number::product(&numbers).map(|product| Some(Value::Number(product))).map_err(arithmetic)
}

/// All items, which must be numbers.
fn numbers<'a, 'v>(meter: &mut Meter, args: &'a [Value<'v>]) -> Result<Vec<Number<'a>>, Failure> {
    let items = items(args, 1, "one of {set, array}")?;
    takes(meter, items.len())?;
    let mut numbers = Vec::with_capacity(items.len());
    let mut digits: u64 = 0;
    for item in items {
        let Value::Number(number) = item else { return Err(element(1, any(args, 1)?, "number", item)) };
        digits = digits.saturating_add(number.size());
        numbers.push(number.lend());
    }
    meter.steps(digits / DIGITS_PER_STEP)?;
    Ok(numbers)
}

/// Of equal ones the last: they may be written differently.
fn max<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let items = collection(call.meter, args)?;
    Ok(items.iter().max_by(|a, b| a.cmp_to(b)).cloned())
}

/// Of equal ones the last.
fn min<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let items = collection(call.meter, args)?;
    Ok(items.iter().rev().min_by(|a, b| a.cmp_to(b)).cloned())
}

fn sort<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let mut items = collection(call.meter, args)?.to_vec();
    if !items.is_sorted_by(|a, b| a.cmp_to(b).is_le()) {
        call.meter.steps(sorting(items.len()))?;
        items.sort_by(Value::cmp_to);
    }
    Ok(Some(Value::array(items)))
}

/// What it costs to sort, in steps.
pub(in crate::rego) fn sorting(items: usize) -> u64 {
    let items = u64::try_from(items).unwrap_or(u64::MAX);
    items.saturating_mul(u64::from(items.checked_ilog2().unwrap_or(0).saturating_add(1))) / 8
}

fn all<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let items = flags(call.meter, args)?;
    Ok(Some(Value::Bool(items.iter().all(|item| item.as_bool() == Some(true)))))
}

fn some<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let items = flags(call.meter, args)?;
    Ok(Some(Value::Bool(items.iter().any(|item| item.as_bool() == Some(true)))))
}

fn flags<'a, 'v>(meter: &mut Meter, args: &'a [Value<'v>]) -> Result<&'a [Value<'v>], Failure> {
    let items = items(args, 1, "one of {array, set}")?;
    meter.steps(u64::try_from(items.len()).unwrap_or(u64::MAX) / 8)?;
    Ok(items)
}

fn collection<'a, 'v>(meter: &mut Meter, args: &'a [Value<'v>]) -> Result<&'a [Value<'v>], Failure> {
    let items = items(args, 1, "one of {set, array}")?;
    takes(meter, items.len())?;
    Ok(items)
}

/// `x in xs`.
fn member<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (wanted, collection) = (any(args, 1)?, any(args, 2)?);
    let is_member = match collection {
        Value::Set(set) => set.contains(wanted),
        Value::Array(array) => {
            call.meter.steps(u64::try_from(array.len()).unwrap_or(u64::MAX) / 4)?;
            array.iter().any(|item| item == wanted)
        }
        Value::Object(object) => {
            call.meter.steps(u64::try_from(object.len()).unwrap_or(u64::MAX) / 4)?;
            object.entries().iter().any(|(_, value)| value == wanted)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    };
    Ok(Some(Value::Bool(is_member)))
}

/// `k, x in xs`.
fn member_with_key<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (key, wanted, collection) = (any(args, 1)?, any(args, 2)?, any(args, 3)?);
    let is_member = match collection {
        Value::Set(set) => set.contains(key) && key == wanted,
        other => other.child(key).is_some_and(|value| value == *wanted),
    };
    Ok(Some(Value::Bool(is_member)))
}
