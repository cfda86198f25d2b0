//! A value as Go's encoder writes it: members in the order of their names, and `<`, `>`, `&` escaped.

use super::super::call::{Failure, Meter};
use crate::rego::value::{Number, Value};

/// The JSON text of a value. Sets are arrays, keys that are no text are their JSON texts.
pub(super) fn to_json(value: &Value<'_>, meter: &mut Meter) -> Result<String, Failure> {
    let mut text = String::new();
    write(value, &mut text, meter, 0)?;
    Ok(text)
}

const MAX_DEPTH: usize = 128;

fn write(value: &Value<'_>, text: &mut String, meter: &mut Meter, depth: usize) -> Result<(), Failure> {
    if depth > MAX_DEPTH {
        return Err(Failure::Limit("a value has more than 128 levels"));
    }
    meter.steps(1)?;
    let depth = depth.saturating_add(1);
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(Number::Int(number)) => text.push_str(&number.to_string()),
        Value::Number(Number::Decimal(digits)) => {
            meter.makes(digits.len())?;
            text.push_str(digits);
        }
        Value::String(string) => write_string(string, text, meter)?,
        Value::Array(array) => write_items(array, text, meter, depth)?,
        Value::Set(set) => write_items(set, text, meter, depth)?,
        Value::Object(object) => {
            let mut members = Vec::with_capacity(object.len());
            for (key, value) in object.entries() {
                let name = match key {
                    Value::String(name) => name.to_string(),
                    other => {
                        let mut name = String::new();
                        write(other, &mut name, meter, depth)?;
                        name
                    }
                };
                members.push((name, value));
            }
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            text.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_string(&name, text, meter)?;
                text.push(':');
                write(value, text, meter, depth)?;
            }
            text.push('}');
        }
    }
    Ok(())
}

fn write_items(items: &[Value<'_>], text: &mut String, meter: &mut Meter, depth: usize) -> Result<(), Failure> {
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(item, text, meter, depth)?;
    }
    text.push(']');
    Ok(())
}

fn write_string(string: &str, text: &mut String, meter: &mut Meter) -> Result<(), Failure> {
    meter.makes(string.len().saturating_mul(2))?;
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{0}'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => text.push(other),
        }
    }
    text.push('"');
    Ok(())
}
