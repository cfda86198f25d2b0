//! Strings: searching, cutting, trimming, case.

mod affix;
mod find;
mod replace;
mod split;
pub(super) mod sprintf;

pub(in crate::rego) use sprintf::TABLE as SPRINTF;

use super::operands::{Answer, any, element, error, integer, items, number, string, text};
use super::{Call, Failure, Run};
use crate::rego::value::{Number, Text, Value, to_lower, to_upper};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("concat", concat),
    ("contains", find::contains),
    ("endswith", affix::ends_with),
    ("startswith", affix::starts_with),
    ("strings.any_prefix_match", affix::any_prefix_match),
    ("strings.any_suffix_match", affix::any_suffix_match),
    ("format_int", format_int),
    ("indexof", find::index_of),
    ("indexof_n", find::index_of_n),
    ("strings.count", find::count),
    ("lower", lower),
    ("upper", upper),
    ("replace", replace::replace),
    ("strings.replace_n", replace::replace_n),
    ("split", split::split),
    ("strings.split_n", split::split_n),
    ("strings.reverse", reverse),
    ("substring", substring),
    ("trim", trim),
    ("trim_left", trim_left),
    ("trim_right", trim_right),
    ("trim_prefix", trim_prefix),
    ("trim_suffix", trim_suffix),
    ("trim_space", trim_space),
];

fn concat<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let separator = string(args, 1)?;
    let parts = items(args, 2, "one of {set, array}")?;
    if let [only @ Value::String(_)] = parts {
        return Ok(Some(only.clone()));
    }
    let mut size = separator.len().saturating_mul(parts.len().saturating_sub(1));
    for part in parts {
        let part = part
            .as_str()
            .ok_or_else(|| any(args, 2).map_or_else(|e| e, |all| element(2, all, "string", part)))?;
        size = size.saturating_add(part.len());
    }
    call.meter.makes(size)?;
    call.meter.steps(u64::try_from(parts.len()).unwrap_or(u64::MAX) / 4)?;
    let mut joined = String::with_capacity(size);
    for (index, part) in parts.iter().filter_map(Value::as_str).enumerate() {
        if index > 0 {
            joined.push_str(separator);
        }
        joined.push_str(part);
    }
    Ok(Some(Value::from(joined)))
}

/// A number in base 2, 8, 10 or 16, without its fraction.
fn format_int<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (value, base) = (number(args, 1)?, number(args, 2)?);
    // The base must be written so: 10.0 is none.
    let radix = match base {
        Number::Int(radix @ (2 | 8 | 10 | 16)) => u32::try_from(*radix).unwrap_or(10),
        Number::Int(_) | Number::Decimal(_) => return Err(error("operand 2 must be one of {2, 8, 10, 16}")),
    };
    if let (10, Some(value)) = (radix, value.as_i64()) {
        return text(call.meter, value.to_string());
    }
    call.meter.makes(usize::try_from(value.size()).unwrap_or(usize::MAX).min(4_000).saturating_mul(4))?;
    let is_whole = |number: &Number<'_>| !number.text().contains(['.', 'e', 'E']);
    let whole = if is_whole(value) { value.big() } else { value.truncate() };
    text(call.meter, whole.map_err(super::operands::arithmetic)?.to_str_radix(radix))
}

fn lower<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    map(call, args, str::to_ascii_lowercase, to_lower)
}

fn upper<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    map(call, args, str::to_ascii_uppercase, to_upper)
}

fn map<'v>(
    call: &mut Call<'_>,
    args: &[Value<'v>],
    ascii: fn(&str) -> String,
    all: fn(char) -> char,
) -> Answer<'v> {
    let value = string(args, 1)?;
    call.meter.makes(value.len().saturating_mul(2))?;
    Ok(Some(Value::from(if value.is_ascii() { ascii(value) } else { value.chars().map(all).collect() })))
}

fn reverse<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let value = string(args, 1)?;
    call.meter.makes(value.len())?;
    Ok(Some(Value::from(value.chars().rev().collect::<String>())))
}

/// From a place, so many characters; all that follow if the number is negative.
fn substring<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let value = string(args, 1)?;
    let (start, length) = (integer(args, 2)?, integer(args, 3)?);
    if start < 0 {
        return Err(error("negative offset"));
    }
    // An offset that no text reaches is one that no text reaches on every machine.
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    call.meter.reads(value.len())?;
    let rest = from_character(value, start);
    let part = if length < 0 {
        rest
    } else {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        rest.get(..rest.len().saturating_sub(from_character(rest, length).len())).unwrap_or_default()
    };
    cut(call, args, part)
}

/// What follows so many characters.
fn from_character(value: &str, count: usize) -> &str {
    if value.is_ascii() {
        return value.get(count..).unwrap_or_default();
    }
    let start = value.char_indices().nth(count);
    start.and_then(|(start, _)| value.get(start..)).unwrap_or_default()
}

fn trim<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (value, characters) = cutset(call, args)?;
    cut(call, args, value.trim_matches(|character| characters.contains(character)))
}

fn trim_left<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (value, characters) = cutset(call, args)?;
    cut(call, args, value.trim_start_matches(|character| characters.contains(character)))
}

fn trim_right<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (value, characters) = cutset(call, args)?;
    cut(call, args, value.trim_end_matches(|character| characters.contains(character)))
}

/// The text and the characters to cut off; paid for as if all of them were looked up for all of it.
fn cutset<'a>(call: &mut Call<'_>, args: &'a [Value<'_>]) -> Result<(&'a str, &'a str), Failure> {
    let (value, characters) = (string(args, 1)?, string(args, 2)?);
    call.meter.reads(value.len().saturating_mul(characters.len().max(1)))?;
    Ok((value, characters))
}

fn trim_prefix<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (value, prefix) = (string(args, 1)?, string(args, 2)?);
    cut(call, args, value.strip_prefix(prefix).unwrap_or(value))
}

fn trim_suffix<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (value, suffix) = (string(args, 1)?, string(args, 2)?);
    cut(call, args, value.strip_suffix(suffix).unwrap_or(value))
}

fn trim_space<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let value = string(args, 1)?;
    call.meter.reads(value.len())?;
    cut(call, args, value.trim())
}

/// A part of the first argument, which is text: without a copy if it outlives the evaluation.
fn cut<'v>(call: &mut Call<'_>, args: &[Value<'v>], part: &str) -> Answer<'v> {
    match args.first() {
        Some(whole @ Value::String(text)) if text.len() == part.len() => Ok(Some(whole.clone())),
        Some(Value::String(Text::Lent(whole))) => Ok(Some(Value::String(lent_part(whole, part)))),
        _ => text(call.meter, part.to_owned()),
    }
}

/// The same part, found again in the text that is lent.
fn lent_part<'v>(whole: &'v str, part: &str) -> Text<'v> {
    let start = part.as_ptr().addr().wrapping_sub(whole.as_ptr().addr());
    let found = whole.get(start..start.saturating_add(part.len()));
    found.map_or_else(|| Text::from(part), Text::Lent)
}
