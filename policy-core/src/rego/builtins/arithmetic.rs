//! `plus`, `minus` (of sets too), `mul`, `div`, `rem`, `abs`, `round`, `ceil`, `floor`.

use super::operands::{Answer, DIGITS_PER_STEP, any, arithmetic, number};
use super::sets::difference;
use super::{Call, Failure, Meter, Run};
use crate::rego::value::{Number, NumberError, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("plus", plus),
    ("minus", minus),
    ("mul", mul),
    ("div", div),
    ("rem", rem),
    ("abs", abs),
    ("round", round),
    ("ceil", ceil),
    ("floor", floor),
];

fn plus<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    binary(call, args, |a, b| a.plus(b))
}

fn mul<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    binary(call, args, |a, b| a.times(b))
}

fn div<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    binary(call, args, |a, b| a.divided_by(b))
}

fn rem<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    binary(call, args, |a, b| a.modulo(b))
}

fn minus<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    match (any(args, 1)?, any(args, 2)?) {
        (Value::Number(_), Value::Number(_)) => binary(call, args, |a, b| a.minus(b)),
        (Value::Set(a), Value::Set(b)) => difference(call.meter, a, b),
        (Value::Number(_) | Value::Set(_), b @ Value::Number(_)) => Err(Failure::operand(2, "set", b)),
        (Value::Number(_) | Value::Set(_), b) => Err(Failure::operand(2, "number", b)),
        (a, _) => Err(Failure::operand(1, "one of {number, set}", a)),
    }
}

fn abs<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    unary(call, args, |a| a.abs())
}

fn round<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    unary(call, args, |a| a.round())
}

fn ceil<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    unary(call, args, |a| a.ceil())
}

fn floor<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    unary(call, args, |a| a.floor())
}

type Outcome = Result<Number<'static>, NumberError>;

fn binary<'v>(
    call: &mut Call<'_>,
    args: &[Value<'v>],
    operate: impl FnOnce(&Number<'v>, &Number<'v>) -> Outcome,
) -> Answer<'v> {
    let (a, b) = (number(args, 1)?, number(args, 2)?);
    pay(call.meter, a.size().saturating_add(b.size()))?;
    operate(a, b).map(|result| Some(Value::Number(result))).map_err(arithmetic)
}

fn unary<'v>(
    call: &mut Call<'_>,
    args: &[Value<'v>],
    operate: impl FnOnce(&Number<'v>) -> Outcome,
) -> Answer<'v> {
    let a = number(args, 1)?;
    pay(call.meter, a.size())?;
    operate(a).map(|result| Some(Value::Number(result))).map_err(arithmetic)
}

/// For digits, in work and in memory.
fn pay(meter: &mut Meter, digits: u64) -> Result<(), Failure> {
    if digits <= DIGITS_PER_STEP {
        return Ok(());
    }
    meter.steps(digits / DIGITS_PER_STEP)?;
    // The exponent alone takes no memory before the number is found too large.
    meter.makes(usize::try_from(digits).unwrap_or(usize::MAX).min(MOST_DIGITS))
}

/// Above it arithmetic refuses.
const MOST_DIGITS: usize = 20_000;
