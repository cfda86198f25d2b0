//! `regex.*`: Go's regular expressions (RE2).

mod class;
mod expand;
mod intersect;
mod search;
mod syntax;
mod template;
#[cfg(test)]
mod tests;
mod unicode;

pub(super) use self::syntax::{SyntaxError, translate};

use self::search::Matches;
use super::arguments::{integer, refuse, text};
use super::patterns::Regex;
use super::{Call, Failure, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("re_match", matches),
    ("regex.find_all_string_submatch_n", find_all_string_submatch_n),
    ("regex.find_n", find_n),
    ("regex.globs_match", globs_match),
    ("regex.is_valid", is_valid),
    ("regex.match", matches),
    ("regex.replace", replace),
    ("regex.split", split),
    ("regex.template_match", template_match),
];

fn matches<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (pattern, text) = (text(arguments, 1)?, text(arguments, 2)?);
    let regex = call.patterns.regex(call.meter, pattern)?;
    Ok(Some(Value::Bool(is_match(call, &regex, text)?)))
}

fn is_match(call: &mut Call<'_>, regex: &Regex, text: &str) -> Result<bool, Failure> {
    call.meter.steps(regex.cost(text.len()))?;
    Ok(regex.is_match(text))
}

fn is_valid<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let Ok(pattern) = text(arguments, 1) else { return Ok(Some(Value::Bool(false))) };
    let valid = match call.patterns.regex(call.meter, pattern) {
        Ok(_) => true,
        Err(Failure::Operand(_)) => false,
        Err(limit) => return Err(limit),
    };
    Ok(Some(Value::Bool(valid)))
}

/// The longest bytes of text that a result may have are charged as they are made.
const ITEM_BYTES: usize = 64;

fn find_n<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (pattern, text, most) = (text(arguments, 1)?, text(arguments, 2)?, integer(arguments, 3)?);
    let regex = call.patterns.regex(call.meter, pattern)?;
    let mut found = Vec::new();
    let mut matches = Matches::new(&regex, text, most);
    while let Some((start, end)) = matches.next(call.meter)? {
        call.meter.makes(end.saturating_sub(start).saturating_add(ITEM_BYTES))?;
        found.push(Value::string(text.get(start..end).unwrap_or("")));
    }
    Ok(Some(Value::array(found)))
}

fn find_all_string_submatch_n<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    let (pattern, text, most) = (text(arguments, 1)?, text(arguments, 2)?, integer(arguments, 3)?);
    let regex = call.patterns.regex(call.meter, pattern)?;
    let mut found = Vec::new();
    let mut matches = Matches::new(&regex, text, most);
    while matches.next(call.meter)?.is_some() {
        let groups = matches.groups();
        let mut texts = Vec::with_capacity(groups.len());
        for group in 0..groups.len() {
            let (start, end) = groups.get(group).unwrap_or((0, 0));
            call.meter.makes(end.saturating_sub(start).saturating_add(ITEM_BYTES))?;
            texts.push(Value::string(text.get(start..end).unwrap_or("")));
        }
        found.push(Value::array(texts));
    }
    Ok(Some(Value::array(found)))
}

/// The text between the matches. Go leaves out what is before an empty match at the start and behind one at the end.
fn split<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (pattern, text) = (text(arguments, 1)?, text(arguments, 2)?);
    let regex = call.patterns.regex(call.meter, pattern)?;
    if !pattern.is_empty() && text.is_empty() {
        return Ok(Some(Value::array(vec![Value::text("")])));
    }
    let mut parts = Vec::new();
    let (mut begin, mut end) = (0, 0);
    let mut matches = Matches::new(&regex, text, -1);
    while let Some((start, after)) = matches.next(call.meter)? {
        end = start;
        if after != 0 {
            call.meter.makes(end.saturating_sub(begin).saturating_add(ITEM_BYTES))?;
            parts.push(Value::string(text.get(begin..end).unwrap_or("")));
        }
        begin = after;
    }
    if end != text.len() {
        call.meter.makes(text.len().saturating_sub(begin).saturating_add(ITEM_BYTES))?;
        parts.push(Value::string(text.get(begin..).unwrap_or("")));
    }
    Ok(Some(Value::array(parts)))
}

fn replace<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (text, pattern, template) = (text(arguments, 1)?, text(arguments, 2)?, text(arguments, 3)?);
    let regex = call.patterns.regex(call.meter, pattern)?;
    let mut out = String::new();
    let mut copied = 0;
    let mut matches = Matches::new(&regex, text, -1);
    while let Some((start, end)) = matches.next(call.meter)? {
        let length = out.len();
        out.push_str(text.get(copied..start).unwrap_or(""));
        expand::expand(&regex, template, text, matches.groups(), &mut out);
        copied = end;
        call.meter.makes(out.len().saturating_sub(length).saturating_add(template.len()))?;
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    call.meter.makes(text.len())?;
    Ok(Some(Value::from(out)))
}

/// Whether a text matches a template: text, with expressions between two delimiters.
fn template_match<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (pattern, text) = (text(arguments, 1)?, text(arguments, 2)?);
    let (start, end) = (delimiter(arguments, 3)?, delimiter(arguments, 4)?);
    call.meter.makes(pattern.len().saturating_mul(2))?;
    let (whole, parts) = template::expression(pattern, start, end)?;
    for part in parts {
        call.patterns.regex(call.meter, &part)?;
    }
    let regex = call.patterns.regex(call.meter, &whole)?;
    Ok(Some(Value::Bool(is_match(call, &regex, text)?)))
}

/// One byte.
fn delimiter(arguments: &[Value<'_>], position: usize) -> Result<u8, Failure> {
    match text(arguments, position)?.as_bytes() {
        [delimiter] => Ok(*delimiter),
        _ => refuse("a delimiter has to be exactly one character long"),
    }
}

fn globs_match<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (a, b) = (text(arguments, 1)?, text(arguments, 2)?);
    Ok(Some(Value::Bool(intersect::intersect(call.meter, a, b)?)))
}
