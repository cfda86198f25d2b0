//! Templates of `regex.template_match`: text with expressions between delimiters, which nest.

use crate::rego::builtins::Failure;
use crate::rego::builtins::arguments::refuse;

/// The expression for a template, and its parts, each of which must be one by itself.
pub(super) fn expression(template: &str, start: u8, end: u8) -> Result<(String, Vec<String>), Failure> {
    const UNBALANCED: &str = "unbalanced braces";
    let mut whole = String::from("^");
    let mut parts = Vec::new();
    let (mut level, mut opened, mut written) = (0usize, 0usize, 0usize);
    for (place, byte) in template.bytes().enumerate() {
        if byte == start {
            level = level.saturating_add(1);
            if level == 1 {
                opened = place;
            }
        } else if byte == end {
            let Some(outer) = level.checked_sub(1) else { return refuse(UNBALANCED) };
            level = outer;
            if level == 0 {
                let part = template.get(opened.saturating_add(1)..place).unwrap_or("");
                quote(template.get(written..opened).unwrap_or(""), &mut whole);
                whole.push_str(&format!("({part})"));
                parts.push(format!("^{part}$"));
                written = place.saturating_add(1);
            }
        }
    }
    if level != 0 {
        return refuse(UNBALANCED);
    }
    quote(template.get(written..).unwrap_or(""), &mut whole);
    whole.push('$');
    Ok((whole, parts))
}

/// Text as an expression that matches only it.
fn quote(text: &str, out: &mut String) {
    for c in text.chars() {
        if c.is_ascii_punctuation() && c != '_' {
            out.push('\\');
        }
        out.push(c);
    }
}
