//! `urlquery.*`, as Go's `net/url` does it.

use std::collections::BTreeMap;

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, Stop, string};

pub(super) const DECODE: Function = decode;
pub(super) const DECODE_OBJECT: Function = decode_object;
pub(super) const ENCODE: Function = encode;

fn decode(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(text) = string(args, 0) else { return Ok(Inner::Undefined) };
    Ok(unescape(text)?.map_or(Inner::Undefined, Inner::from))
}

/// A query as an object with an array of values for each name.
fn decode_object(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(query) = string(args, 0) else { return Ok(Inner::Undefined) };
    let mut values: BTreeMap<String, Vec<Inner>> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        // Go: a semicolon is no separator any more, and an error.
        if pair.contains(';') {
            return Ok(Inner::Undefined);
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (Some(name), Some(value)) = (unescape(name)?, unescape(value)?) else {
            return Ok(Inner::Undefined);
        };
        values.entry(name).or_default().push(Inner::from(value));
    }
    let mut object = regorus::value::Object::new();
    for (name, values) in values {
        object.insert(Inner::from(name), Inner::from(values));
    }
    Ok(Inner::from(object))
}

fn encode(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(text) = string(args, 0) else { return Ok(Inner::Undefined) };
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte))
            }
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(Inner::from(encoded))
}

/// `None` for an escape that is none; an error for bytes that are no UTF-8, which no value here can hold.
fn unescape(text: &str) -> Result<Option<String>, Stop> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (Some(high), Some(low)) = (rest.next().and_then(digit), rest.next().and_then(digit))
                else {
                    return Ok(None);
                };
                high.wrapping_shl(4) | low
            }
            _ => byte,
        });
    }
    String::from_utf8(bytes).map(Some).map_err(|_| Stop::Unsure)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
