//! Searching in strings: places are counted in characters.

use super::super::operands::{Answer, error, string, takes};
use super::super::{Call, Failure};
use crate::rego::value::Value;

pub(super) fn contains<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, part) = operands(call, args)?;
    Ok(Some(Value::Bool(text.contains(part))))
}

/// How often, without overlaps; the empty string is before each character and at the end.
pub(super) fn count<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, part) = operands(call, args)?;
    Ok(Some(place(text.matches(part).count())))
}

/// The first place, or -1.
pub(super) fn index_of<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, part) = operands(call, args)?;
    not_empty(part)?;
    let before = text.find(part).and_then(|found| text.get(..found));
    Ok(Some(before.map_or(Value::integer(-1), |before| place(before.chars().count()))))
}

/// All places; they may overlap.
pub(super) fn index_of_n<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (text, part) = operands(call, args)?;
    not_empty(part)?;
    let mut places = Vec::new();
    let mut rest = text;
    let mut passed: usize = 0;
    while let Some(found) = rest.find(part) {
        // Each search prepares the part anew.
        call.meter.reads(part.len())?;
        takes(call.meter, 1)?;
        let (before, from) = rest.split_at_checked(found).unwrap_or((rest, ""));
        passed = passed.saturating_add(before.chars().count());
        places.push(place(passed));
        passed = passed.saturating_add(1);
        let mut characters = from.chars();
        characters.next();
        rest = characters.as_str();
    }
    Ok(Some(Value::array(places)))
}

fn operands<'a>(call: &mut Call<'_>, args: &'a [Value<'_>]) -> Result<(&'a str, &'a str), Failure> {
    let (text, part) = (string(args, 1)?, string(args, 2)?);
    call.meter.reads(text.len().saturating_add(part.len()))?;
    Ok((text, part))
}

fn not_empty(part: &str) -> Result<(), Failure> {
    if part.is_empty() { Err(error("empty search character")) } else { Ok(()) }
}

fn place<'v>(place: usize) -> Value<'v> {
    Value::integer(i64::try_from(place).unwrap_or(i64::MAX))
}
