//! Replacing in strings.

use super::super::operands::{Answer, error, object, string};
use super::super::{Call, Failure};
use crate::rego::value::Value;

pub(super) fn replace<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, old, new) = (string(args, 1)?, string(args, 2)?, string(args, 3)?);
    if old.is_empty() {
        return each(call, text, &[(old, new)]);
    }
    call.meter.reads(text.len())?;
    let found = text.matches(old).count();
    let size = text.len().saturating_add(found.saturating_mul(new.len().saturating_sub(old.len())));
    call.meter.makes(size)?;
    Ok(Some(Value::from(text.replace(old, new))))
}

/// Each key of an object by its value, at every place the first key in order that is there.
pub(super) fn replace_n<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (patterns, text) = (object(args, 1)?, string(args, 2)?);
    let mut pairs = Vec::with_capacity(patterns.len());
    for (key, value) in patterns.entries() {
        let key = key.as_str().ok_or_else(|| error("operand 1 non-string key found in pattern object"))?;
        let value =
            value.as_str().ok_or_else(|| error("operand 1 non-string value found in pattern object"))?;
        pairs.push((key, value));
    }
    each(call, text, &pairs)
}

/// One pass; an empty key is found once at every place. Go looks at bytes, so that it would cut characters in two
/// there: that is refused.
fn each<'v>(call: &mut Call<'_>, text: &str, pairs: &[(&str, &str)]) -> Answer<'v> {
    call.meter.reads(text.len().saturating_mul(pairs.len().saturating_add(1)).saturating_mul(4))?;
    if pairs.iter().any(|(old, _)| old.is_empty()) && !text.is_ascii() {
        return Err(Failure::Limit("an empty string was to be replaced in text that is not ASCII"));
    }
    let mut out = String::new();
    let mut rest = text;
    let mut was_empty = false;
    loop {
        let here = |(old, _): &&(&str, &str)| rest.starts_with(old) && !(old.is_empty() && was_empty);
        let found = pairs.iter().find(here);
        was_empty = found.is_some_and(|(old, _)| old.is_empty());
        if let Some((old, new)) = found {
            call.meter.makes(new.len())?;
            out.push_str(new);
            rest = rest.get(old.len()..).unwrap_or_default();
            continue;
        }
        let mut characters = rest.chars();
        let Some(character) = characters.next() else { return Ok(Some(Value::from(out))) };
        call.meter.makes(character.len_utf8())?;
        out.push(character);
        rest = characters.as_str();
    }
}
