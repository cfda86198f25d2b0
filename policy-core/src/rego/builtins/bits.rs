//! `bits.*`: whole numbers of any size in two's complement.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "invariant: big integers do not overflow; shifts are limited"
)]

use num_bigint::{BigInt, Sign};

use super::operands::{Answer, big, error};
use super::{Call, Failure, Run};
use crate::rego::value::{Number, Value, is_too_large};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("bits.or", or),
    ("bits.and", and),
    ("bits.xor", xor),
    ("bits.negate", negate),
    ("bits.lsh", lsh),
    ("bits.rsh", rsh),
];

fn or<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    binary(call, args, |a, b| a | b)
}

fn and<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    binary(call, args, |a, b| a & b)
}

fn xor<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    binary(call, args, |a, b| a ^ b)
}

fn negate<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let value = !big(call.meter, args, 1)?;
    Ok(Some(Value::Number(Number::from(value))))
}

fn lsh<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (value, by) = shift(call, args)?;
    if value.sign() == Sign::NoSign {
        return Ok(Some(Value::integer(0)));
    }
    if by > MOST_BITS {
        return Err(Failure::Limit("the number has too many digits"));
    }
    let value = value << by;
    if is_too_large(&value) {
        return Err(Failure::Limit("the number has too many digits"));
    }
    call.meter.makes(usize::try_from(value.bits() / 3).unwrap_or(usize::MAX))?;
    Ok(Some(Value::Number(Number::from(value))))
}

fn rsh<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (value, by) = shift(call, args)?;
    Ok(Some(Value::Number(Number::from(value >> by.min(MOST_BITS)))))
}

/// More than any number has.
const MOST_BITS: u64 = 40_000;

/// As in OPA, only the low 64 bits say how far.
fn shift(call: &mut Call<'_>, args: &[Value<'_>]) -> Result<(BigInt, u64), Failure> {
    let (value, by) = (big(call.meter, args, 1)?, big(call.meter, args, 2)?);
    if by.sign() == Sign::Minus {
        return Err(error("operand 2 must be an unsigned integer number but got a negative integer"));
    }
    Ok((value, by.iter_u64_digits().next().unwrap_or(0)))
}

fn binary<'v>(
    call: &mut Call<'_>,
    args: &[Value<'v>],
    operate: impl FnOnce(BigInt, BigInt) -> BigInt,
) -> Answer<'v> {
    let value = operate(big(call.meter, args, 1)?, big(call.meter, args, 2)?);
    Ok(Some(Value::Number(Number::from(value))))
}
