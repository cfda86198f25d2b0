//! Cutting strings at delimiters.

use super::super::operands::{Answer, VALUE_BYTES, integer, string};
use super::super::{Call, Failure};
use crate::rego::value::Value;

/// All parts; by an empty delimiter, the characters.
pub(super) fn split<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, delimiter) = (string(args, 1)?, string(args, 2)?);
    pay(call, text, delimiter)?;
    let parts: Vec<Value<'v>> = if delimiter.is_empty() {
        text.chars().map(character).collect()
    } else {
        text.split(delimiter).map(Value::string).collect()
    };
    Ok(Some(Value::array(parts)))
}

/// The first so many parts, or, if the number is negative, the last.
pub(super) fn split_n<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, delimiter) = (string(args, 1)?, string(args, 2)?);
    let wanted = integer(args, 3)?;
    pay(call, text, delimiter)?;
    let count = usize::try_from(wanted.unsigned_abs()).unwrap_or(usize::MAX);
    let parts: Vec<Value<'v>> = match (delimiter.is_empty(), wanted >= 0) {
        (true, true) => text.chars().take(count).map(character).collect(),
        (false, true) => text.split(delimiter).take(count).map(Value::string).collect(),
        (true, false) => in_order(text.chars().rev().take(count).map(character)),
        (false, false) => {
            let parts: Vec<&str> = text.split(delimiter).collect();
            parts.iter().skip(parts.len().saturating_sub(count)).map(|part| Value::string(part)).collect()
        }
    };
    Ok(Some(Value::array(parts)))
}

fn in_order<'v>(parts: impl Iterator<Item = Value<'v>>) -> Vec<Value<'v>> {
    let mut parts: Vec<Value<'v>> = parts.collect();
    parts.reverse();
    parts
}

fn character<'v>(character: char) -> Value<'v> {
    Value::string(character.encode_utf8(&mut [0; 4]))
}

fn pay(call: &mut Call<'_>, text: &str, delimiter: &str) -> Result<(), Failure> {
    call.meter.reads(text.len())?;
    let parts = text.matches(delimiter).count().saturating_add(1);
    call.meter.makes(parts.saturating_mul(VALUE_BYTES.saturating_add(SHARED)).saturating_add(text.len()))
}

/// Bytes of the counters in front of shared text.
const SHARED: usize = 16;
