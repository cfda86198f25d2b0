//! Strings: what regorus' functions do otherwise than OPA's, or without bound.

use std::fmt::Write as _;

use base64::alphabet;
use base64::engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig};
use regorus::Value as Inner;

use super::{Answer, Function, Patterns, Stop, arg, string, text};
use crate::old_rego::limits::STRING_BYTES;
use crate::old_rego::meter;

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
    // OPA would cut characters of several bytes apart.
    if old.is_empty() && !text.is_ascii() {
        return Err(Stop::Unsure);
    }
    let found = if old.is_empty() { text.len().saturating_add(1) } else { text.matches(old).count() };
    let length = found.saturating_mul(new.len()).saturating_add(text.len());
    meter::charge(length)?;
    if length > STRING_BYTES.saturating_mul(2) {
        return Err(Stop::Budget);
    }
    made(text.replace(old, new))
}

pub(super) const INDEXOF: Function = indexof;
pub(super) const LOWER: Function = |_, args| map_chars(args, |c| single(c.to_lowercase()));
pub(super) const UPPER: Function = |_, args| map_chars(args, |c| single(c.to_uppercase()));
pub(super) const BASE64_IS_VALID: Function = base64_is_valid;
pub(super) const BASE64_DECODE: Function = |_, args| decode(args, &STANDARD);
pub(super) const BASE64URL_DECODE: Function = |_, args| decode(args, &URL_SAFE);

/// The position in characters; -1 if there is none.
fn indexof(_: &Patterns, args: &[Inner]) -> Answer {
    let (Some(text), Some(wanted)) = (string(args, 0), string(args, 1)) else { return Ok(Inner::Undefined) };
    if wanted.is_empty() {
        return Ok(Inner::Undefined);
    }
    let before = text.split_once(wanted).map(|(before, _)| before.chars().count());
    Ok(before.map_or_else(|| Inner::from(-1i64), Inner::from))
}

pub(super) const COUNT: Function = count;
pub(super) const SUBSTRING: Function = substring;

/// How often a text occurs, without overlaps; an empty one once before each character and at the end.
fn count(_: &Patterns, args: &[Inner]) -> Answer {
    let (Some(text), Some(wanted)) = (string(args, 0), string(args, 1)) else { return Ok(Inner::Undefined) };
    let found =
        if wanted.is_empty() { text.chars().count().saturating_add(1) } else { text.matches(wanted).count() };
    Ok(Inner::from(found))
}

/// The characters from an offset on; all that follow if the length is negative.
fn substring(_: &Patterns, args: &[Inner]) -> Answer {
    let (Some(text), Ok(offset), Ok(length)) =
        (string(args, 0), arg(args, 1).as_i64(), arg(args, 2).as_i64())
    else {
        return Ok(Inner::Undefined);
    };
    if offset < 0 {
        return Ok(Inner::Undefined);
    }
    // Where `usize` has 32 bits, an offset or a length may be beyond it: no text is that long.
    let rest = text.chars().skip(usize::try_from(offset).unwrap_or(usize::MAX));
    let take = if length < 0 { usize::MAX } else { usize::try_from(length).unwrap_or(usize::MAX) };
    Ok(Inner::from(rest.take(take).collect::<String>()))
}

/// Go maps each character to one character.
fn map_chars(args: &[Inner], map: fn(char) -> Option<char>) -> Answer {
    let Some(text) = string(args, 0) else { return Ok(Inner::Undefined) };
    let mapped: Option<String> = text.chars().map(map).collect();
    mapped.map(Inner::from).ok_or(Stop::Unsure)
}

fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    let first = mapped.next()?;
    mapped.next().is_none().then_some(first)
}

/// Go's `StdEncoding`, with padding.
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, GO);
/// Go's `URLEncoding`; OPA takes it without padding too.
const URL_SAFE: GeneralPurpose =
    GeneralPurpose::new(&alphabet::URL_SAFE, GO.with_decode_padding_mode(DecodePaddingMode::Indifferent));
/// Go does not mind bits that are left over.
const GO: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);

fn base64_is_valid(_: &Patterns, args: &[Inner]) -> Answer {
    Ok(Inner::Bool(string(args, 0).is_some_and(|text| STANDARD.decode(without_breaks(text)).is_ok())))
}

/// Text that is not UTF-8 cannot be a value here.
fn decode(args: &[Inner], engine: &GeneralPurpose) -> Answer {
    let Some(text) = string(args, 0) else { return Ok(Inner::Undefined) };
    match engine.decode(without_breaks(text)) {
        Ok(bytes) => String::from_utf8(bytes).map(Inner::from).map_err(|_| Stop::Unsure),
        Err(_) => Ok(Inner::Undefined),
    }
}

/// Go's decoder skips line breaks.
fn without_breaks(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect()
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
