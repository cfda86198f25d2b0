//! Damage done on purpose.

use super::super::shrink::tokens;
use crate::hostile::Prng;

/// What a policy does not expect at some place.
const STRAY: &[&str] = &[
    "not",
    "some",
    "every",
    "in",
    "with",
    "as",
    "if",
    "contains",
    "else",
    "default",
    "import",
    "package",
    ":=",
    "=",
    "==",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ";",
    ".",
    "|",
    "_",
    "zz",
    "data",
    "input",
    "true",
    "null",
    "1",
    "\"a\"",
    "foo(1)",
    "count",
    "set()",
    "\n",
    "1e3",
    "-",
    "p0",
    "p1",
    "x.y",
    "future.keywords",
    "rego.v1",
    "`raw`",
    "$\"{1}\"",
    "&",
    "0x1",
    "01",
];

/// The text with one to three tokens removed, repeated, exchanged or put in.
pub(super) fn spoil(text: &str, random: &mut Prng) -> String {
    let mut tokens: Vec<String> = tokens::split(text).into_iter().map(str::to_owned).collect();
    for _ in 0..random.between(1, 3) {
        let places: Vec<usize> = (0..tokens.len())
            .filter(|index| tokens.get(*index).is_some_and(|token| !tokens::is_blank(token)))
            .collect();
        let place = |random: &mut Prng| places.get(random.below(places.len())).copied().unwrap_or(0);
        let (one, other) = (place(random), place(random));
        let spare = tokens.get(other).cloned().unwrap_or_default();
        match random.below(6) {
            0 if one < tokens.len() => {
                tokens.remove(one);
            }
            1 => tokens.insert(one, format!("{spare} ")),
            2 if one < tokens.len() && other < tokens.len() => tokens.swap(one, other),
            3 | 4 => {
                if let Some(token) = tokens.get_mut(one) {
                    *token = spare;
                }
            }
            _ => tokens.insert(one, format!("{} ", random.pick(STRAY))),
        }
    }
    tokens.concat()
}
