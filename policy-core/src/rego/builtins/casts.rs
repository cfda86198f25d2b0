//! `to_number` and the casts of old.

use super::operands::{Answer, any, error, takes};
use super::{Call, Failure, Run};
use crate::rego::builtins::aggregates::sorting;
use crate::rego::value::{Number, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("to_number", to_number),
    ("cast_array", cast_array),
    ("cast_set", cast_set),
    ("cast_string", cast_string),
    ("cast_boolean", cast_boolean),
    ("cast_null", cast_null),
    ("cast_object", cast_object),
];

fn to_number<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let number = match any(args, 1)? {
        Value::Null | Value::Bool(false) => Number::Int(0),
        Value::Bool(true) => Number::Int(1),
        Value::Number(number) => number.clone(),
        Value::String(text) => {
            call.meter.makes(text.len())?;
            read(text)?
        }
        other => return Err(Failure::operand(1, "one of {null, boolean, number, string}", other)),
    };
    Ok(Some(Value::Number(number)))
}

/// What Go's `strconv.ParseFloat` takes, within the range of a double, but without "inf" and "nan". It keeps its text.
fn read(text: &str) -> Result<Number<'static>, Failure> {
    let value: Option<f64> = text.parse().ok();
    match value {
        // Also "inf" and "nan", which are refused.
        Some(value) if !value.is_finite() => Err(error("the number is out of range")),
        Some(_) => Number::parse_loose(text)
            .ok_or(Failure::Limit("to_number was given an exponent beyond a million")),
        None if is_exotic(text) => {
            Err(Failure::Limit("to_number was given a hexadecimal number or one with underscores"))
        }
        None => Err(error("the text is not a number")),
    }
}

/// What only Go takes for a number, as far as one can see quickly: digits of its literals with `_` or after `0x`.
fn is_exotic(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_hexadecimal = digits.starts_with("0x") || digits.starts_with("0X");
    let starts = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'_' | b'.' | b'x' | b'X' | b'p' | b'P' | b'+' | b'-');
    starts && (is_hexadecimal || digits.contains('_')) && digits.bytes().all(is_part)
}

fn cast_array<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    match any(args, 1)? {
        array @ Value::Array(_) => Ok(Some(array.clone())),
        Value::Set(set) => {
            takes(call.meter, set.len())?;
            Ok(Some(Value::array(set.to_vec())))
        }
        other => Err(Failure::operand(1, "one of {array, set}", other)),
    }
}

fn cast_set<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    match any(args, 1)? {
        set @ Value::Set(_) => Ok(Some(set.clone())),
        Value::Array(array) => {
            takes(call.meter, array.len())?;
            call.meter.steps(sorting(array.len()))?;
            Ok(Some(Value::Set(array.iter().cloned().collect())))
        }
        other => Err(Failure::operand(1, "one of {array, set}", other)),
    }
}

fn cast_string<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    same(args, "string")
}

fn cast_boolean<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    same(args, "boolean")
}

fn cast_null<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    same(args, "null")
}

fn cast_object<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    same(args, "object")
}

fn same<'v>(args: &[Value<'v>], name: &str) -> Answer<'v> {
    let value = any(args, 1)?;
    if value.type_name() == name { Ok(Some(value.clone())) } else { Err(Failure::operand(1, name, value)) }
}
