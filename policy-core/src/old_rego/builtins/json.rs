//! `json.*`: with our own limits, and without the key by which serde_json smuggles numbers.

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, Stop, arg, string};
use crate::old_rego::meter;
use crate::old_rego::value::Value;

pub(super) const UNMARSHAL: Function = unmarshal;
pub(super) const IS_VALID: Function = is_valid;

fn unmarshal(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(text) = string(args, 0) else { return Ok(Inner::Undefined) };
    meter::charge(text.len().saturating_mul(8))?;
    match parse(text)? {
        Some(json) => Value::from_json(&json).map(Value::into_inner).map_err(|_| Stop::Unsure),
        None => Ok(Inner::Undefined),
    }
}

fn is_valid(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(text) = string(args, 0) else { return Ok(Inner::Bool(false)) };
    meter::charge(text.len().saturating_mul(8))?;
    Ok(Inner::Bool(parse(text)?.is_some()))
}

pub(super) const MARSHAL: Function = marshal;

/// As Go writes JSON: with `<`, `>`, `&` and the line separators of Unicode escaped.
fn marshal(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(value) = Value::defined(arg(args, 0).clone()) else { return Ok(Inner::Undefined) };
    let plain = value.to_json().map_err(|_| Stop::Unsure)?.to_string();
    meter::charge(plain.len())?;
    let mut text = String::with_capacity(plain.len());
    for c in plain.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => text.push(c),
        }
    }
    Ok(Inner::from(text))
}

/// The document, or `None` where Go finds an error too. Go reads some texts that serde_json does not: escapes of lone
/// surrogates, numbers beyond a double, more than 127 levels.
fn parse(text: &str) -> Result<Option<serde_json::Value>, Stop> {
    match serde_json::from_str(text) {
        Ok(json) => Ok(Some(json)),
        Err(error) if error.is_eof() && !text.contains("\\u") => Ok(None),
        Err(_)
            if text.contains("\\u")
                || text.contains(['e', 'E'])
                || text.matches(['[', '{']).count() > 100 =>
        {
            Err(Stop::Unsure)
        }
        Err(_) => Ok(None),
    }
}
