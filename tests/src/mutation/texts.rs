//! Damage to the text of a policy.

use crate::hostile::prng::Prng;

/// What is put in where something was.
const FRAGMENTS: &[&str] = &[
    "not ",
    "some x in ",
    "every x in ",
    "with input as ",
    "with data.t as ",
    "else := ",
    "default ",
    "if ",
    "contains ",
    "import ",
    "package ",
    ":= ",
    "= ",
    "== ",
    "!= ",
    "< ",
    "| ",
    "& ",
    "+ ",
    "- ",
    "* ",
    "/ ",
    "% ",
    "in ",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    ",",
    ";",
    ":",
    ".",
    "\n",
    "\"",
    "`",
    "$\"",
    "#",
    "_",
    "x",
    "input",
    "data",
    "data.t",
    "true",
    "false",
    "null",
    "0",
    "-1",
    "1e9",
    "1e400",
    "99999999999999999999",
    "\"\"",
    "[]",
    "{}",
    "set()",
    "{1, 2}",
    "[x | x := 1]",
    "count(",
    "walk(input, [x, y])",
    "sprintf(\"%v\", [",
    "object.get(",
    "\\u0000",
    "\u{feff}",
    "\u{1F600}",
    "\t",
    "\r",
];

/// The text with one to four damages; `other` gives parts of another policy.
#[must_use]
pub fn damaged(text: &str, other: &str, random: &mut Prng) -> String {
    let mut tokens = tokens(text);
    let others = self::tokens(other);
    for _ in 0..random.between(1, 5) {
        let at = random.below(tokens.len().max(1));
        let second = random.below(tokens.len().max(1));
        match random.below(8) {
            0 if at < tokens.len() => drop(tokens.remove(at)),
            1 if at < tokens.len() => tokens.insert(at, tokens[at].clone()),
            2 if at.max(second) < tokens.len() => tokens.swap(at, second),
            3 => tokens.insert(at, FRAGMENTS[random.below(FRAGMENTS.len())].to_owned()),
            4 if at < tokens.len() => FRAGMENTS[random.below(FRAGMENTS.len())].clone_into(&mut tokens[at]),
            5 if !others.is_empty() => {
                let from = random.below(others.len());
                let part = others.iter().skip(from).take(random.between(1, 20)).cloned();
                tokens.splice(at..at, part.collect::<Vec<_>>());
            }
            6 if at < tokens.len() => {
                let end = tokens.len().min(at.saturating_add(random.between(1, 10)));
                let part = tokens[at..end].to_vec();
                tokens.splice(at..at, part);
            }
            _ => {
                let mut bytes = tokens.concat().into_bytes();
                if !bytes.is_empty() {
                    let at = random.below(bytes.len());
                    match random.below(3) {
                        0 => bytes[at] ^= 1 << random.below(8),
                        1 => bytes.truncate(at),
                        _ => bytes.insert(at, random.byte()),
                    }
                }
                tokens = self::tokens(&String::from_utf8_lossy(&bytes));
            }
        }
    }
    tokens.concat()
}

/// Words, numbers, runs of blanks, and every other character for itself.
fn tokens(text: &str) -> Vec<String> {
    let kind = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 0,
        c if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut tokens: Vec<String> = Vec::new();
    let mut last = 2;
    for c in text.chars() {
        let kind = kind(c);
        match tokens.last_mut() {
            Some(token) if kind == last && kind != 2 => token.push(c),
            _ => tokens.push(String::from(c)),
        }
        last = kind;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_does_the_same_damage() {
        let text = "package t\nallow if input.user == \"alice\"";
        let once = damaged(text, text, &mut Prng::new(7));
        assert_eq!(once, damaged(text, text, &mut Prng::new(7)));
        assert!((0..50).any(|seed| damaged(text, text, &mut Prng::new(seed)) != once));
        assert_eq!(tokens(text).concat(), text);
    }
}
