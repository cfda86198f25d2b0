//! `glob.match`, with the answers of the library that OPA uses (gobwas/glob 0.2.3).
//!
//! The library's grammar is simple: `*` matches characters that are no delimiters, `**` any characters, `?` one character
//! that is no delimiter, `[abc]`, `[a-z]` and `[!a]` one character, `{a,b}` one of several patterns, `\` takes the next
//! character as it is. Its answers are not always those of the grammar (`a**a` matches `a`, `?` matches nothing), and
//! policies are written against its answers; so a pattern is arranged here as the library arranges it, and asked in the
//! same order.

mod arrange;
mod expression;
mod matcher;
mod parse;
mod search;
#[cfg(test)]
mod tests;

use self::matcher::{Matcher, Work};
use super::arguments::{text, value};
use super::{Call, Failure, Meter, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[("glob.match", matches), ("glob.quote_meta", quote_meta)];

/// A compiled glob.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Glob {
    matcher: Matcher,
}

impl Glob {
    pub(super) fn new(pattern: &str, delimiters: &[char]) -> Result<Self, Failure> {
        let tree = parse::parse(pattern)?;
        Ok(Self { matcher: arrange::arrange(&tree, delimiters)? })
    }

    /// Whether the glob matches all of the text.
    ///
    /// # Errors
    /// When it takes too long: globs with many `*` can.
    #[cfg(test)]
    pub(in crate::rego) fn is_match(&self, text: &str) -> Result<bool, Failure> {
        let mut work = Work::new(Work::MOST);
        let found = self.matcher.matches(text.as_bytes(), &mut work);
        work.finish(found)
    }

    /// Whether the glob matches all of the text, charged for what it took.
    ///
    /// # Errors
    /// When it takes too long: globs with many `*` can.
    pub(in crate::rego) fn is_match_metered(&self, meter: &mut Meter, text: &str) -> Result<bool, Failure> {
        meter.steps(1)?;
        let most = meter.steps_left().saturating_mul(Work::PER_STEP).min(Work::MOST);
        let mut work = Work::new(most);
        let found = self.matcher.matches(text.as_bytes(), &mut work);
        meter.steps(most.saturating_sub(work.left()).div_euclid(Work::PER_STEP))?;
        work.finish(found)
    }

    /// An anchored expression, in the syntax of the `regex` crate, that matches the same texts **of ASCII**; other texts
    /// have to be asked with [`Glob::is_match_metered`]. `None` if there is none that is as exact.
    pub(in crate::rego) fn to_regex(&self) -> Option<String> {
        expression::of(&self.matcher).map(|inside| format!(r"\A(?:{inside})\z"))
    }
}

fn matches<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let pattern = text(arguments, 1)?;
    let mut room = ['.'; DELIMITERS];
    let delimiters = delimiters(value(arguments, 2)?, &mut room)?;
    let text = text(arguments, 3)?;
    let glob = call.patterns.glob(call.meter, pattern, delimiters)?;
    Ok(Some(Value::Bool(glob.is_match_metered(call.meter, text)?)))
}

/// Delimiters that one call may name.
pub(in crate::rego) const DELIMITERS: usize = 32;

/// No delimiters for `null`, the dot for an empty array.
pub(in crate::rego) fn delimiters<'r>(
    value: &Value<'_>,
    room: &'r mut [char; DELIMITERS],
) -> Result<&'r [char], Failure> {
    let items = match value {
        Value::Null => return Ok(&[]),
        Value::Array(items) => items,
        other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) | Value::Set(_)) => {
            let got = other.type_name();
            return Err(Failure::Operand(format!("operand 2 must be one of {{array, null}} but got {got}")));
        }
    };
    if items.is_empty() {
        return Ok(&['.']);
    }
    let wrong = |wanted: &str, got: &str| {
        Failure::Operand(format!("operand 2 must be array of {wanted}s but got array containing {got}"))
    };
    for (place, item) in items.iter().enumerate() {
        let text = item.as_str().ok_or_else(|| wrong("string", item.type_name()))?;
        let mut chars = text.chars();
        let (Some(delimiter), None) = (chars.next(), chars.next()) else {
            return Err(wrong("rune", "string"));
        };
        match room.get_mut(place) {
            Some(cell) => *cell = delimiter,
            None => return Err(Failure::Limit("glob.match takes no more than 32 delimiters")),
        }
    }
    Ok(room.get(..items.len()).unwrap_or(&[]))
}

/// A backslash before every character that means something in a pattern.
fn quote_meta<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let text = text(arguments, 1)?;
    call.meter.makes(text.len().saturating_mul(2))?;
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '\\' | '[' | ']' | '{' | '}') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    Ok(Some(Value::from(quoted)))
}
