//! Strings: what regorus' functions do otherwise than OPA's, or without bound.

use std::fmt::Write as _;

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, Stop, arg, string, text};
use crate::rego::limits::STRING_BYTES;
use crate::rego::meter;

pub(super) const SPRINTF: Function = sprintf;
pub(super) const CONCAT: Function = concat;
pub(super) const REPLACE: Function = replace;

/// A string that a built-in made, if it is not too long.
fn made(text: String) -> Answer {
    if text.len() > STRING_BYTES {
        return Err(Stop::Budget);
    }
    Ok(Inner::from(text))
}

/// `sprintf` with the verbs `%s`, `%d`, `%v` and `%%` and as many arguments as verbs. Everything else, for which Go
/// has many rules, is an error.
fn sprintf(_: &Patterns, args: &[Inner]) -> Answer {
    let (Some(format), Inner::Array(values)) = (string(args, 0), arg(args, 1)) else {
        return Ok(Inner::Undefined);
    };
    let mut values = values.iter();
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('%') => out.push('%'),
            Some('s') => match values.next() {
                Some(Inner::String(value)) => out.push_str(value),
                _ => return Err(Stop::Unsure),
            },
            Some('d') => match values.next().and_then(|value| value.as_i128().ok()) {
                Some(value) => {
                    if write!(out, "{value}").is_err() {
                        return Err(Stop::Unsure);
                    }
                }
                None => return Err(Stop::Unsure),
            },
            Some('v') => match values.next() {
                Some(value) => {
                    text::write(value, &mut |part| {
                        out.push_str(part);
                        out.len() <= STRING_BYTES
                    });
                }
                None => return Err(Stop::Unsure),
            },
            _ => return Err(Stop::Unsure),
        }
        if out.len() > STRING_BYTES {
            return Err(Stop::Budget);
        }
    }
    if values.next().is_some() {
        return Err(Stop::Unsure);
    }
    meter::charge(out.len())?;
    made(out)
}

fn concat(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(delimiter) = string(args, 0) else { return Ok(Inner::Undefined) };
    let parts: Option<Vec<&str>> = match arg(args, 1) {
        Inner::Array(items) => items.iter().map(|item| item.as_string().ok().map(AsRef::as_ref)).collect(),
        Inner::Set(items) => {
            items.iter_sorted().map(|item| item.as_string().ok().map(AsRef::as_ref)).collect()
        }
        _ => None,
    };
    let Some(parts) = parts else { return Ok(Inner::Undefined) };
    let length =
        parts.iter().map(|part| part.len().saturating_add(delimiter.len())).fold(0, usize::saturating_add);
    meter::charge(length)?;
    if length > STRING_BYTES.saturating_add(delimiter.len()) {
        return Err(Stop::Budget);
    }
    made(parts.join(delimiter))
}

fn replace(_: &Patterns, args: &[Inner]) -> Answer {
    let (Some(text), Some(old), Some(new)) = (string(args, 0), string(args, 1), string(args, 2)) else {
        return Ok(Inner::Undefined);
    };
    let found = if old.is_empty() { text.len().saturating_add(1) } else { text.matches(old).count() };
    let length = found.saturating_mul(new.len()).saturating_add(text.len());
    meter::charge(length)?;
    if length > STRING_BYTES.saturating_mul(2) {
        return Err(Stop::Budget);
    }
    made(text.replace(old, new))
}

/// Whether a format has only the verbs that `sprintf` here knows.
pub(super) fn is_supported_format(format: &str) -> bool {
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c == '%' && !matches!(chars.next(), Some('%' | 's' | 'd' | 'v')) {
            return false;
        }
    }
    true
}
