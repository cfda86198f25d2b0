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
        Some(value) if !value.is_finite() && !text.contains(|digit: char| digit.is_ascii_digit()) => {
            Err(error("operand 1 must be valid number string but got string"))
        }
        Some(value) if !value.is_finite() => Err(error("the number is out of range")),
        Some(_) => Number::parse_loose(text)
            .ok_or(Failure::Limit("to_number was given an exponent beyond a million")),
        None if is_exotic(text) => {
            Err(Failure::Limit("to_number was given a hexadecimal number or one with underscores"))
        }
        None => Err(error("the text is not a number")),
    }
}

/// What only Go takes for a number: digits parted by `_`, and `0x1.8p-2`.
fn is_exotic(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let bytes = digits.as_bytes();
    let is_parted = bytes.windows(3).filter(|part| part.get(1) == Some(&b'_')).all(|part| {
        let is_digit = |at: usize| {
            part.get(at).is_some_and(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'x' | b'X'))
        };
        is_digit(0) && is_digit(2)
    });
    let digits = digits.replace('_', "").to_ascii_lowercase();
    let starts = bytes.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.');
    if !starts || bytes.ends_with(b"_") || !is_parted {
        return false;
    }
    let Some(hexadecimal) = digits.strip_prefix("0x") else {
        return bytes.contains(&b'_') && Number::parse_loose(&digits).is_some();
    };
    let Some((mantissa, exponent)) = hexadecimal.split_once('p') else { return false };
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let mantissa = mantissa.replacen('.', "", 1);
    let is_all =
        |digits: &str, radix: u32| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    is_all(&mantissa, 16) && is_all(exponent, 10)
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

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_only_go_reads_ends_the_evaluation() {
        for text in ["1_0", "0x1p-2", "-0X_1.8P+3", "1_0.2_5e1_0", "0x.8p1"] {
            assert!(matches!(read(text), Err(Failure::Limit(_))), "{text}");
        }
        for text in ["1_", "_1", "1__0", "0x", "0x1", "0xp1", "1_.5", "0x1p", "abc", "", "e1"] {
            assert!(matches!(read(text), Err(Failure::Operand(_))), "{text}");
        }
        assert!(matches!(read("1e-1000001"), Err(Failure::Limit(_))));
    }
}
