//! Templates of replacements, as Go's `regexp` reads them: `$1`, `${1}`, `$name`, `$$`.

use regex::CaptureLocations;

use super::unicode;
use crate::rego::builtins::patterns::Regex;

/// Appends a template with what the groups matched.
pub(super) fn expand(regex: &Regex, template: &str, text: &str, groups: &CaptureLocations, out: &mut String) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = after;
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let Some((name, after)) = reference(after) else {
            out.push('$');
            continue;
        };
        rest = after;
        let group = match number(name) {
            Some(group) => Some(group),
            None => regex.group_named(name, |group| groups.get(group).is_some()),
        };
        let found = group.and_then(|group| groups.get(group));
        out.push_str(found.and_then(|(start, end)| text.get(start..end)).unwrap_or(""));
    }
    out.push_str(rest);
}

/// The name behind a `$`, in braces or as long as it goes, and what follows.
fn reference(text: &str) -> Option<(&str, &str)> {
    let (braced, text) = match text.strip_prefix('{') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let ends = |c: char| !(c == '_' || unicode::is_letter_or_digit(c));
    let (name, after) = text.split_at_checked(text.find(ends).unwrap_or(text.len()))?;
    if name.is_empty() {
        return None;
    }
    match braced {
        true => after.strip_prefix('}').map(|after| (name, after)),
        false => Some((name, after)),
    }
}

/// The number of a group, without leading zeros.
fn number(name: &str) -> Option<usize> {
    let digits = name.bytes().all(|byte| byte.is_ascii_digit());
    let zeros = name.len() > 1 && name.starts_with('0');
    // A number of ten digits and more is a name to Go.
    (digits && !zeros && name.len() < 10).then(|| name.parse().ok())?
}
