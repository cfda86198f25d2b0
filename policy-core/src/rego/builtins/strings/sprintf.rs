//! `sprintf`.

use std::borrow::Cow;

use super::super::format::{Arg, format};
use super::super::operands::{Answer, array, string, takes};
use super::super::{Call, Failure, Meter, Run};
use crate::rego::value::{Number, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[("sprintf", sprintf)];

fn sprintf<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, values) = (string(args, 1)?, array(args, 2)?);
    takes(call.meter, values.len())?;
    let mut arguments = Vec::with_capacity(values.len());
    for value in values.iter() {
        arguments.push(argument(call.meter, value)?);
    }
    // What is printed has been paid for.
    Ok(Some(Value::from(format(call.meter, text, &arguments)?)))
}

/// As OPA hands values to Go: whole numbers, fractions as doubles, and the rest as text of Rego.
fn argument<'a>(meter: &mut Meter, value: &'a Value<'_>) -> Result<Arg<'a>, Failure> {
    Ok(match value {
        Value::String(text) => Arg::Text(Cow::Borrowed(text.as_str())),
        Value::Number(number) => of_number(number)?,
        other => {
            meter.makes(other.size_in_bytes())?;
            Arg::Text(Cow::Owned(other.to_rego()))
        }
    })
}

fn of_number<'a>(number: &'a Number<'_>) -> Result<Arg<'a>, Failure> {
    let text = match (number.as_i64(), number) {
        (Some(value), _) => return Ok(Arg::Int(value)),
        (None, Number::Int(value)) => return Ok(Arg::Int(*value)),
        (None, Number::Decimal(text)) => text.as_str(),
    };
    let is_whole = !text.contains(['.', 'e', 'E']);
    Ok(match number.as_f64() {
        Some(value) if text.contains('.') => Arg::Float(value),
        _ if is_whole => Arg::Big(number.big().map_err(super::super::operands::arithmetic)?),
        _ => Arg::Text(Cow::Borrowed(text)),
    })
}
