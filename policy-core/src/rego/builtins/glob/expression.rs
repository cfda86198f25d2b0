//! A matcher as a regular expression: exact for texts of ASCII, or none.

use super::matcher::{Matcher, Tree};

/// The expression, without anchors.
pub(super) fn of(matcher: &Matcher) -> Option<String> {
    Some(match matcher {
        Matcher::Nothing => String::new(),
        Matcher::Text(text) => regex_syntax::escape(text),
        Matcher::Super => String::from("(?s:.)*"),
        Matcher::Any(delimiters) => format!("{}*", none_of(delimiters)),
        Matcher::Single(_) | Matcher::List { .. } | Matcher::Range { .. } => {
            // An empty text is taken for the replacement character.
            let empty = if matcher.takes(char::REPLACEMENT_CHARACTER) { "?" } else { "" };
            format!("{}{empty}", one(matcher)?)
        }
        Matcher::Min(least) => format!("(?s:.){{{least},}}"),
        Matcher::Max(most) => format!("(?s:.){{0,{most}}}"),
        Matcher::Contains { needle, not: false } => {
            format!("(?s:.)*{}(?s:.)*", regex_syntax::escape(needle))
        }
        Matcher::Contains { needle, not: true } => format!("{}*", none_of(&single(needle)?)),
        Matcher::Prefix(prefix) => format!("{}(?s:.)*", regex_syntax::escape(prefix)),
        Matcher::Suffix(suffix) => format!("(?s:.)*{}", regex_syntax::escape(suffix)),
        Matcher::PrefixSuffix(prefix, suffix) => overlapping(prefix, suffix)?,
        Matcher::PrefixAny(prefix, delimiters) => {
            format!("{}{}*", regex_syntax::escape(prefix), none_of(delimiters))
        }
        Matcher::SuffixAny(suffix, delimiters) => {
            format!("{}*{}", none_of(delimiters), regex_syntax::escape(suffix))
        }
        Matcher::AnyOf(matchers) => {
            let all: Option<Vec<String>> = matchers.iter().map(of).collect();
            format!("(?:{})", all?.join("|"))
        }
        Matcher::EveryOf(matchers) => every(matchers)?,
        Matcher::Row { matchers, .. } => {
            let all: Option<Vec<String>> = matchers.iter().map(fixed).collect();
            all?.concat()
        }
        Matcher::Tree(tree) => around(tree)?,
    })
}

/// A matcher that is known to see as many characters as it is wide.
fn fixed(matcher: &Matcher) -> Option<String> {
    match matcher {
        Matcher::Text(_) | Matcher::Row { .. } => of(matcher),
        Matcher::Single(_) | Matcher::List { .. } | Matcher::Range { .. } => one(matcher),
        Matcher::AnyOf(matchers) => {
            let width = matcher.width()?;
            let same = matchers.iter().all(|matcher| matcher.width() == Some(width));
            let all: Option<Vec<String>> = matchers.iter().map(fixed).collect();
            same.then_some(format!("(?:{})", all?.join("|")))
        }
        Matcher::Nothing
        | Matcher::Super
        | Matcher::Any(_)
        | Matcher::Min(_)
        | Matcher::Max(_)
        | Matcher::Contains { .. }
        | Matcher::Prefix(_)
        | Matcher::Suffix(_)
        | Matcher::PrefixSuffix(..)
        | Matcher::PrefixAny(..)
        | Matcher::SuffixAny(..)
        | Matcher::EveryOf(_)
        | Matcher::Tree(_) => None,
    }
}

/// A tree is found where its middle is. That must be something that the library finds at every place.
fn around(tree: &Tree) -> Option<String> {
    let middle = match &tree.value {
        Matcher::AnyOf(matchers) => {
            let found = |matcher: &Matcher| fixed(matcher).is_some() && !matches!(matcher, Matcher::AnyOf(_));
            matchers.iter().all(found).then(|| fixed(&tree.value))??
        }
        value @ (Matcher::Nothing
        | Matcher::Text(_)
        | Matcher::Super
        | Matcher::Any(_)
        | Matcher::Single(_)
        | Matcher::List { .. }
        | Matcher::Range { .. }
        | Matcher::Min(_)
        | Matcher::Max(_)
        | Matcher::Contains { .. }
        | Matcher::Prefix(_)
        | Matcher::Suffix(_)
        | Matcher::PrefixSuffix(..)
        | Matcher::PrefixAny(..)
        | Matcher::SuffixAny(..)
        | Matcher::EveryOf(_)
        | Matcher::Row { .. }
        | Matcher::Tree(_)) => fixed(value)?,
    };
    if tree.value.width()? == 0 {
        return None;
    }
    let side = |side: &Option<Matcher>, width: Option<usize>| match (side, width) {
        (None, _) => Some(String::new()),
        (Some(side), None) => of(side),
        (Some(side), Some(_)) => fixed(side),
    };
    let left = side(&tree.left, tree.left_width())?;
    let right = side(&tree.right, tree.right_width())?;
    Some(format!("(?:{left}){middle}(?:{right})"))
}

/// How many characters, and one that is not among them.
fn every(matchers: &[Matcher]) -> Option<String> {
    let (mut least, mut most, mut class) = (0usize, None, String::from("(?s:.)"));
    for matcher in matchers {
        match matcher {
            Matcher::Min(limit) => least = *limit,
            Matcher::Max(limit) => most = Some(*limit),
            Matcher::Contains { needle, not: true } => class = none_of(&single(needle)?),
            Matcher::Nothing
            | Matcher::Text(_)
            | Matcher::Super
            | Matcher::Any(_)
            | Matcher::Single(_)
            | Matcher::List { .. }
            | Matcher::Range { .. }
            | Matcher::Contains { .. }
            | Matcher::Prefix(_)
            | Matcher::Suffix(_)
            | Matcher::PrefixSuffix(..)
            | Matcher::PrefixAny(..)
            | Matcher::SuffixAny(..)
            | Matcher::AnyOf(_)
            | Matcher::EveryOf(_)
            | Matcher::Row { .. }
            | Matcher::Tree(_) => return None,
        }
    }
    Some(match most {
        Some(most) => format!("{class}{{{least},{most}}}"),
        None => format!("{class}{{{least},}}"),
    })
}

/// Both ends, also where the end of the one is the beginning of the other.
fn overlapping(prefix: &str, suffix: &str) -> Option<String> {
    const MOST: usize = 64;
    if prefix.len().min(suffix.len()) > MOST {
        return None;
    }
    let (first, last) = (regex_syntax::escape(prefix), regex_syntax::escape(suffix));
    let mut out = format!("(?:{first}(?s:.)*{last}");
    for (at, _) in prefix.char_indices() {
        let shared = prefix.get(at..)?;
        if let Some(rest) = suffix.strip_prefix(shared) {
            out.push('|');
            out.push_str(&first);
            out.push_str(&regex_syntax::escape(rest));
        }
    }
    // A text that is inside of the other one must be at its end as well.
    if prefix.ends_with(suffix) && !suffix.is_empty() {
        out.push('|');
        out.push_str(&first);
    }
    if suffix.starts_with(prefix) && !prefix.is_empty() {
        out.push('|');
        out.push_str(&last);
    }
    out.push(')');
    Some(out)
}

fn single(text: &str) -> Option<Vec<char>> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Some(vec![c]),
        _ => None,
    }
}

/// One character, whatever the class.
fn one(matcher: &Matcher) -> Option<String> {
    match matcher {
        Matcher::Single(delimiters) => Some(none_of(delimiters)),
        Matcher::List { not: true, chars } => Some(none_of(chars)),
        Matcher::List { not: false, chars } => {
            Some(format!("[{}]", chars.iter().map(|c| escaped(*c)).collect::<String>()))
        }
        Matcher::Range { not, low, high } => {
            let not = if *not { "^" } else { "" };
            Some(format!("[{not}{}-{}]", escaped(*low), escaped(*high)))
        }
        Matcher::Nothing
        | Matcher::Text(_)
        | Matcher::Super
        | Matcher::Any(_)
        | Matcher::Min(_)
        | Matcher::Max(_)
        | Matcher::Contains { .. }
        | Matcher::Prefix(_)
        | Matcher::Suffix(_)
        | Matcher::PrefixSuffix(..)
        | Matcher::PrefixAny(..)
        | Matcher::SuffixAny(..)
        | Matcher::AnyOf(_)
        | Matcher::EveryOf(_)
        | Matcher::Row { .. }
        | Matcher::Tree(_) => None,
    }
}

fn none_of(chars: &[char]) -> String {
    if chars.is_empty() {
        return String::from("(?s:.)");
    }
    format!("[^{}]", chars.iter().map(|c| escaped(*c)).collect::<String>())
}

fn escaped(c: char) -> String {
    format!(r"\x{{{:x}}}", u32::from(c))
}
