//! How strings begin and end.

use super::super::operands::{Answer, any, element, string, takes};
use super::super::{Call, Failure};
use crate::rego::builtins::aggregates::sorting;
use crate::rego::value::Value;

pub(super) fn starts_with<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, prefix) = (string(args, 1)?, string(args, 2)?);
    call.meter.reads(prefix.len())?;
    Ok(Some(Value::Bool(text.starts_with(prefix))))
}

pub(super) fn ends_with<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, suffix) = (string(args, 1)?, string(args, 2)?);
    call.meter.reads(suffix.len())?;
    Ok(Some(Value::Bool(text.ends_with(suffix))))
}

/// Whether any of the strings begins with any of the others.
pub(super) fn any_prefix_match<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (mut texts, prefixes) = (strings(call, args, 1)?, strings(call, args, 2)?);
    call.meter.steps(sorting(texts.len()))?;
    texts.sort_unstable();
    // Texts that begin with a prefix follow it in order.
    let matches = |prefix: &&str| {
        let at = texts.partition_point(|text| text < prefix);
        texts.get(at).is_some_and(|text| text.starts_with(prefix))
    };
    Ok(Some(Value::Bool(prefixes.iter().any(matches))))
}

/// Whether any of the strings ends with any of the others.
pub(super) fn any_suffix_match<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (texts, suffixes) = (strings(call, args, 1)?, strings(call, args, 2)?);
    let size = texts.iter().map(|text| text.len()).fold(0, usize::saturating_add);
    call.meter.makes(size)?;
    call.meter.steps(sorting(texts.len()))?;
    let reversed = |text: &&str| text.bytes().rev().collect::<Vec<u8>>();
    let mut texts: Vec<Vec<u8>> = texts.iter().map(reversed).collect();
    texts.sort_unstable();
    let matches = |suffix: &&str| {
        let suffix = reversed(suffix);
        let at = texts.partition_point(|text| *text < suffix);
        texts.get(at).is_some_and(|text| text.starts_with(&suffix))
    };
    Ok(Some(Value::Bool(suffixes.iter().any(matches))))
}

/// One string, or those of an array or a set.
fn strings<'a>(call: &mut Call<'_>, args: &'a [Value<'_>], position: usize) -> Result<Vec<&'a str>, Failure> {
    let all = any(args, position)?;
    let items = match all {
        Value::String(_) => std::slice::from_ref(all),
        Value::Array(items) => items.items(),
        Value::Set(items) => items.items(),
        other => return Err(Failure::operand(position, "one of {string, set, array}", other)),
    };
    takes(call.meter, items.len())?;
    let mut size: usize = 0;
    let mut strings = Vec::with_capacity(items.len());
    for item in items {
        let text = item.as_str().ok_or_else(|| element(position, all, "string", item))?;
        size = size.saturating_add(text.len());
        strings.push(text);
    }
    call.meter.reads(size)?;
    Ok(strings)
}
