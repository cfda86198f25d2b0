//! `numbers.range` and `numbers.range_step`.

#![expect(clippy::arithmetic_side_effects, reason = "invariant: big integers do not overflow")]

use num_bigint::{BigInt, Sign};

use super::operands::{Answer, big, error, takes};
use super::{Call, Run};
use crate::rego::value::{Number, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] =
    &[("numbers.range", range), ("numbers.range_step", range_step)];

fn range<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (from, to) = (big(call.meter, args, 1)?, big(call.meter, args, 2)?);
    numbers(call, from, &to, BigInt::from(1))
}

fn range_step<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (from, to) = (big(call.meter, args, 1)?, big(call.meter, args, 2)?);
    let step = big(call.meter, args, 3)?;
    if step.sign() != Sign::Plus {
        return Err(error("numbers.range_step: step must be a positive integer"));
    }
    numbers(call, from, &to, step)
}

/// Both ends belong to it; it falls if the second is smaller.
fn numbers<'v>(call: &mut Call<'_>, from: BigInt, to: &BigInt, step: BigInt) -> Answer<'v> {
    let distance = BigInt::from((to - &from).magnitude().clone());
    let count: BigInt = distance / &step + 1;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    takes(call.meter, count)?;
    let step = if *to < from { -step } else { step };
    let digits = from.bits().max(to.bits()) / 3;
    let memory = if digits > 20 { usize::try_from(digits).unwrap_or(usize::MAX) } else { 0 };
    let mut items: Vec<Value<'v>> = Vec::with_capacity(count);
    let mut next = from;
    for _ in 0..count {
        call.meter.makes(memory)?;
        items.push(Value::Number(Number::from(next.clone())));
        next += &step;
    }
    Ok(Some(Value::array(items)))
}
