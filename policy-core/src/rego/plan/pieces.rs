//! Text and patterns in pieces, as OPA's index takes them apart for `glob.match`.

use super::looks::Item;
use crate::rego::syntax::Name;
use crate::rego::value::Value;

/// The pieces between delimiters that no backslash stands before.
pub(in crate::rego) fn split<'t>(text: &'t str, delimiters: &str) -> Vec<&'t str> {
    let mut pieces = Vec::new();
    let mut start = 0_usize;
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        if character == '\\' || is_escaped {
            is_escaped = !is_escaped;
        } else if delimiters.contains(character) {
            pieces.extend(text.get(start..at));
            start = at.saturating_add(character.len_utf8());
        }
    }
    pieces.extend(text.get(start..));
    pieces
}

/// A pattern's pieces, if each is text or a single `*`.
pub(super) fn pattern(pattern: &str, delimiters: &str) -> Option<Vec<Item>> {
    let piece = |piece: &str| {
        if piece == "*" {
            return Some(Item::Any(Name::from("*")));
        }
        let mut is_escaped = false;
        for character in piece.chars() {
            if character == '\\' {
                is_escaped = !is_escaped;
                continue;
            }
            if !is_escaped && matches!(character, '[' | '?' | '{' | '*') {
                return None;
            }
            is_escaped = false;
        }
        Some(Item::Is(Value::string(piece)))
    };
    split(pattern, delimiters).into_iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn text_comes_apart_at_delimiters_without_a_backslash() {
        assert_eq!(split("a:b.c:", ":."), ["a", "b", "c", ""]);
        assert_eq!(split(r"a\:b:c", ":"), [r"a\:b", "c"]);
        assert_eq!(split("ä/ö", "/"), ["ä", "ö"]);
    }

    #[test]
    fn patterns_with_more_than_single_stars_are_none() {
        assert!(pattern("*:b", ":").is_some());
        for other in ["a*", "**", "a?", "[ab]", "{a,b}"] {
            assert!(pattern(other, ":").is_none(), "{other}");
        }
    }
}
