//! Arguments of the expected types, with OPA's words where they are not.

use num_bigint::BigInt;

use super::{Failure, Meter};
use crate::rego::value::{Array, Number, NumberError, Object, Set, Value};

/// What a built-in function returns.
pub(in crate::rego) type Answer<'v> = Result<Option<Value<'v>>, Failure>;

/// The bytes of a value's fixed part.
pub(in crate::rego) const VALUE_BYTES: usize = size_of::<Value<'static>>();

/// An argument; positions count from 1.
pub(in crate::rego) fn any<'a, 'v>(args: &'a [Value<'v>], position: usize) -> Result<&'a Value<'v>, Failure> {
    let index = position.checked_sub(1);
    index.and_then(|index| args.get(index)).ok_or_else(|| error(format!("operand {position} is missing")))
}

/// Text.
pub(in crate::rego) fn string<'a>(args: &'a [Value<'_>], position: usize) -> Result<&'a str, Failure> {
    let value = any(args, position)?;
    value.as_str().ok_or_else(|| Failure::operand(position, "string", value))
}

/// A number.
pub(in crate::rego) fn number<'a, 'v>(
    args: &'a [Value<'v>],
    position: usize,
) -> Result<&'a Number<'v>, Failure> {
    match any(args, position)? {
        Value::Number(number) => Ok(number),
        other => Err(Failure::operand(position, "number", other)),
    }
}

/// A number that is written as a whole one and fits.
pub(in crate::rego) fn integer(args: &[Value<'_>], position: usize) -> Result<i64, Failure> {
    number(args, position)?.as_i64().ok_or_else(|| fractional(position))
}

/// A whole number of any size.
pub(in crate::rego) fn big(
    meter: &mut Meter,
    args: &[Value<'_>],
    position: usize,
) -> Result<BigInt, Failure> {
    let value = any(args, position)?;
    let Value::Number(number) = value else { return Err(Failure::operand(position, "integer", value)) };
    meter.steps(number.size() / DIGITS_PER_STEP)?;
    number.big().map_err(|problem| match problem {
        NumberError::TooLarge => arithmetic(problem),
        _ => fractional(position),
    })
}

/// Digits of a number that are calculated with for the price of one step.
pub(in crate::rego) const DIGITS_PER_STEP: u64 = 16;

/// An array.
pub(in crate::rego) fn array<'a, 'v>(
    args: &'a [Value<'v>],
    position: usize,
) -> Result<&'a Array<'v>, Failure> {
    match any(args, position)? {
        Value::Array(array) => Ok(array),
        other => Err(Failure::operand(position, "array", other)),
    }
}

/// A set.
pub(in crate::rego) fn set<'a, 'v>(args: &'a [Value<'v>], position: usize) -> Result<&'a Set<'v>, Failure> {
    match any(args, position)? {
        Value::Set(set) => Ok(set),
        other => Err(Failure::operand(position, "set", other)),
    }
}

/// An object.
pub(in crate::rego) fn object<'a, 'v>(
    args: &'a [Value<'v>],
    position: usize,
) -> Result<&'a Object<'v>, Failure> {
    match any(args, position)? {
        Value::Object(object) => Ok(object),
        other => Err(Failure::operand(position, "object", other)),
    }
}

/// The items of an array or a set; `wanted` is what the message lists in the order of the function's own.
pub(in crate::rego) fn items<'a, 'v>(
    args: &'a [Value<'v>],
    position: usize,
    wanted: &str,
) -> Result<&'a [Value<'v>], Failure> {
    match any(args, position)? {
        Value::Array(array) => Ok(array.items()),
        Value::Set(set) => Ok(set.items()),
        other => Err(Failure::operand(position, wanted, other)),
    }
}

/// A collection holds something that it must not.
pub(in crate::rego) fn element(
    position: usize,
    collection: &Value<'_>,
    wanted: &str,
    got: &Value<'_>,
) -> Failure {
    let kind = collection.type_name();
    error(format!(
        "operand {position} must be {kind} of {wanted}s but got {kind} containing {}",
        got.type_name()
    ))
}

/// An error of a function's own.
pub(in crate::rego) fn error(text: impl Into<String>) -> Failure {
    Failure::Operand(text.into())
}

/// An error of arithmetic: too large a number ends the evaluation, everything else is undefined.
pub(in crate::rego) fn arithmetic(problem: NumberError) -> Failure {
    match problem {
        NumberError::TooLarge => Failure::Limit(problem.message()),
        NumberError::DivideByZero
        | NumberError::ModuloByZero
        | NumberError::ModuloOfFraction
        | NumberError::NotWhole => error(problem.message()),
    }
}

fn fractional(position: usize) -> Failure {
    error(format!("operand {position} must be integer number but got floating-point number"))
}

/// A string that was made, paid for.
pub(in crate::rego) fn text<'v>(meter: &mut Meter, text: String) -> Answer<'v> {
    meter.makes(text.len())?;
    Ok(Some(Value::from(text)))
}

/// Pays for a collection of values before it is made.
pub(in crate::rego) fn takes(meter: &mut Meter, values: usize) -> Result<(), Failure> {
    meter.makes(values.saturating_mul(VALUE_BYTES))
}
