//! `urlquery.*`, as Go's `net/url` reads and writes queries.

use super::arguments::{from_bytes, refuse, text, value};
use super::encoding::hex_digit;
use super::{Call, Failure, Run};
use crate::rego::value::{Number, ObjectBuilder, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("urlquery.decode", decode),
    ("urlquery.decode_object", decode_object),
    ("urlquery.encode", encode),
    ("urlquery.encode_object", encode_object),
];

/// Parameters of one query, as Go bounds them.
const PARAMETERS: usize = 10_000;

fn decode<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let text = text(arguments, 1)?;
    call.meter.makes(text.len())?;
    Ok(Some(Value::from(unescape(text, true)?)))
}

/// An object with an array of values for each name.
fn decode_object<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let query = text(arguments, 1)?;
    call.meter.makes(query.len().saturating_mul(16))?;
    if query.bytes().filter(|byte| *byte == b'&').count() >= PARAMETERS {
        return refuse("number of URL query parameters exceeded limit");
    }
    let mut pairs: Vec<(String, String)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        if pair.contains(';') {
            return refuse("invalid semicolon separator in query");
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        pairs.push((unescape(name, true)?, unescape(value, true)?));
    }
    // A stable sort: the values of a name keep their order.
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let mut object = ObjectBuilder::new();
    let same_name = |a: &(String, String), b: &(String, String)| a.0 == b.0;
    for run in pairs.chunk_by(same_name) {
        let Some((name, _)) = run.first() else { continue };
        let values = run.iter().map(|(_, value)| Value::string(value)).collect();
        object.insert(Value::string(name), Value::array(values));
    }
    Ok(Some(Value::Object(object.build())))
}

fn encode<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let text = text(arguments, 1)?;
    call.meter.makes(text.len().saturating_mul(3))?;
    let mut encoded = String::with_capacity(text.len());
    escape(text, &mut encoded);
    Ok(Some(Value::from(encoded)))
}

/// Names in the order of their bytes; several values of a name one after the other.
fn encode_object<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let operand = value(arguments, 1)?;
    let Value::Object(object) = operand else {
        return Err(Failure::operand(1, "object", operand));
    };
    let mut pairs: Vec<(String, &Value<'v>)> = Vec::new();
    for (key, value) in object.entries() {
        let name = name(key)?;
        call.meter.makes(name.len().saturating_add(size_of::<Value<'_>>()))?;
        pairs.push((name, value));
    }
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    let mut encoded = String::new();
    for (name, value) in pairs {
        let values = match value {
            Value::String(_) => std::slice::from_ref(value),
            Value::Array(items) => items.items(),
            Value::Set(items) => items.items(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return refuse(VALUES),
        };
        for value in values {
            let Some(value) = value.as_str() else { return refuse(VALUES) };
            call.meter.makes(name.len().saturating_add(value.len()).saturating_mul(3))?;
            if !encoded.is_empty() {
                encoded.push('&');
            }
            escape(&name, &mut encoded);
            encoded.push('=');
            escape(value, &mut encoded);
        }
    }
    Ok(Some(Value::from(encoded)))
}

const VALUES: &str = "operand 1 values must be string, array[string], or set[string]";

/// A key as JSON would name it.
fn name(key: &Value<'_>) -> Result<String, Failure> {
    Ok(match key {
        Value::String(text) => text.as_str().to_owned(),
        Value::Number(Number::Int(value)) => value.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Null => String::from("null"),
        Value::Number(_) | Value::Array(_) | Value::Object(_) | Value::Set(_) => {
            return Err(Failure::Limit("urlquery.encode_object is not made for such keys"));
        }
    })
}

fn escape(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                for digit in [byte.wrapping_shr(4), byte & 15] {
                    let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                    out.push(digit.to_ascii_uppercase());
                }
            }
        }
    }
}

/// The text without its escapes; `+` is a space in queries.
pub(super) fn unescape(text: &str, query: bool) -> Result<String, Failure> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if query => b' ',
            b'%' => {
                let digits = (rest.next().and_then(hex_digit), rest.next().and_then(hex_digit));
                let (Some(high), Some(low)) = digits else { return refuse("invalid URL escape") };
                high.wrapping_shl(4) | low
            }
            _ => byte,
        });
    }
    from_bytes(bytes)
}
