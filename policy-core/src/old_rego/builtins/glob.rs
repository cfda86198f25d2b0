//! `glob.match`, as the library that OPA uses (gobwas/glob) reads patterns.
//!
//! `*` matches any characters but delimiters, `**` any characters, `?` one character but delimiters, `[abc]`, `[a-z]`
//! and `[!a]` one character (also a delimiter), `{a,b}` one of several patterns, `\` takes the next character as it is.
//! `^` in brackets is a character like others.

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, Stop, arg, string};
use crate::old_rego::meter;

pub(super) const MATCH: Function = matches;
pub(super) const QUOTE_META: Function = quote_meta;

fn matches(patterns: &Patterns, args: &[Inner]) -> Answer {
    let (Some(pattern), Some(text)) = (string(args, 0), string(args, 2)) else { return Ok(Inner::Undefined) };
    let delimiters = match arg(args, 1) {
        Inner::Null => Vec::new(),
        Inner::Array(items) if items.is_empty() => vec!['.'],
        Inner::Array(items) => {
            let mut delimiters = Vec::new();
            for item in items.iter() {
                let Ok(item) = item.as_string() else { return Ok(Inner::Undefined) };
                let mut chars = item.chars();
                match (chars.next(), chars.next()) {
                    (Some(delimiter), None) => delimiters.push(delimiter),
                    _ => return Ok(Inner::Undefined),
                }
            }
            delimiters
        }
        _ => return Ok(Inner::Undefined),
    };
    // The library's matchers of one character take the end of the text for one, now and then.
    if text.is_empty() && pattern.contains(['?', '[']) {
        return Err(Stop::Unsure);
    }
    let key = format!("g{}\n{pattern}", delimiters.iter().collect::<String>());
    let Some(regex) = patterns.compiled(key, || translate(pattern, &delimiters))? else {
        return Ok(Inner::Undefined);
    };
    meter::charge(text.len().saturating_mul(8))?;
    Ok(Inner::Bool(regex.is_match(text)))
}

/// `glob.quote_meta` puts a backslash before every character that means something in a pattern.
fn quote_meta(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(text) = string(args, 0) else { return Ok(Inner::Undefined) };
    let mut quoted = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '\\' | '[' | ']' | '{' | '}') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    Ok(Inner::from(quoted))
}

/// Whether a pattern from the text of a policy can be translated and compiled.
pub(super) fn is_supported(pattern: &str) -> bool {
    matches!(translate(pattern, &['/']), Ok(Some(expression)) if ::regex::Regex::new(&expression).is_ok())
}

/// A pattern as a regular expression; `None` if it is no pattern.
fn translate(pattern: &str, delimiters: &[char]) -> Result<Option<String>, Stop> {
    let any = if delimiters.is_empty() {
        String::from(r"(?s:.)")
    } else {
        let escaped: String = delimiters.iter().map(|c| escape(*c)).collect();
        format!("[^{escaped}]")
    };
    let mut out = String::from(r"\A(?:");
    let mut open = 0u32;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' => {
                let mut stars = 1u32;
                while chars.next_if_eq(&'*').is_some() {
                    stars = stars.saturating_add(1);
                }
                match stars {
                    1 => out.push_str(&format!("{any}*")),
                    2 => out.push_str("(?s:.)*"),
                    // What three mean depends on the order in which the library merges them.
                    _ => return Err(Stop::Unsure),
                }
            }
            '?' => out.push_str(&any),
            '\\' => match chars.next() {
                Some(next) => out.push_str(&escape(next)),
                None => return Err(Stop::Unsure),
            },
            '[' => match class(&mut chars)? {
                Some(class) => out.push_str(&class),
                None => return Ok(None),
            },
            '{' => {
                open = open.saturating_add(1);
                out.push_str("(?:");
            }
            ',' if open > 0 => out.push('|'),
            '}' if open > 0 => {
                open = open.saturating_sub(1);
                out.push(')');
            }
            ']' | '}' => return Err(Stop::Unsure),
            _ => out.push_str(&escape(c)),
        }
    }
    if open > 0 {
        return Err(Stop::Unsure);
    }
    out.push_str(r")\z");
    Ok(Some(out))
}

/// The inside of brackets: a list of characters or one range, either negated by `!`. Other mixtures are not in the
/// library's grammar.
fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Option<String>, Stop> {
    let negated = chars.next_if_eq(&'!').is_some();
    let mut items = Vec::new();
    loop {
        match chars.next() {
            None => return Err(Stop::Unsure),
            Some(']') => break,
            Some('\\') | Some('[') => return Err(Stop::Unsure),
            Some(c) => items.push(c),
        }
    }
    let prefix = if negated { "[^" } else { "[" };
    match items.as_slice() {
        [] => Ok(None),
        [low, '-', high] if low <= high => Ok(Some(format!("{prefix}{}-{}]", escape(*low), escape(*high)))),
        [_, '-', _] => Ok(None),
        list if list.contains(&'-') => Err(Stop::Unsure),
        list => Ok(Some(format!("{prefix}{}]", list.iter().map(|c| escape(*c)).collect::<String>()))),
    }
}

fn escape(c: char) -> String {
    if c.is_ascii_alphanumeric() || !c.is_ascii() {
        String::from(c)
    } else {
        format!(r"\x{{{:x}}}", u32::from(c))
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn is_match(pattern: &str, delimiters: &[char], text: &str) -> Option<bool> {
        let expression = translate(pattern, delimiters).ok()??;
        ::regex::Regex::new(&expression).ok().map(|regex| regex.is_match(text))
    }

    #[test]
    fn patterns_match_as_in_opa() {
        let cases = [
            ("/v1/accounts/*", &['/'][..], "/v1/accounts/7", true),
            ("/v1/accounts/*", &['/'], "/v1/accounts/", true),
            ("/v1/accounts/*", &['/'], "/v1/accounts/7/close", false),
            ("/v1/accounts/*", &['/'], "/v1/accounts", false),
            ("/v1/accounts/*", &['/'], "/v1/accounts/7\n", true),
            ("/v1/**", &['/'], "/v1/a/b", true),
            ("/v1/**", &['/'], "/v2/a/b", false),
            ("*.example.com", &['.'], "a.example.com", true),
            ("*.example.com", &['.'], "a.b.example.com", false),
            ("*.example.com", &['.'], "a.exampleXcom", false),
            ("api:*", &[':'], "api:x", true),
            ("api:*", &[':'], "api:x:y", false),
            ("a?c", &['/'], "abc", true),
            ("a?c", &['/'], "a/c", false),
            ("a[bc]d", &['/'], "acd", true),
            ("a[!bc]d", &['/'], "acd", false),
            ("a[^b]d", &['/'], "a^d", true),
            ("a[^b]d", &['/'], "axd", false),
            ("a[b-d]e", &['/'], "ace", true),
            ("{ab,c*}d", &['/'], "cxxd", true),
            ("{ab,c*}d", &['/'], "abxd", false),
            ("a.b", &['/'], "axb", false),
            (r"a\*b", &['/'], "a*b", true),
            (r"a\*b", &['/'], "axb", false),
            ("a*", &[], "a/b.c", true),
            ("", &['/'], "", true),
            ("", &['/'], "a", false),
        ];
        for (pattern, delimiters, text, want) in cases {
            assert_eq!(is_match(pattern, delimiters, text), Some(want), "{pattern} on {text}");
        }
    }

    #[test]
    fn doubtful_patterns_are_refused() {
        for pattern in
            ["a***", "a\\", "[a", "[]", "[a-]", "[a-c-e]", "[\\]]", "{a", "a}", "a]", "[z-a]", "[[]"]
        {
            assert!(!is_supported(pattern), "{pattern}");
        }
    }

    #[test]
    fn an_escaped_text_matches_itself_only() {
        for text in ["*", "a?b", "[x]", "{a,b}", r"\", "a.b+c|d"] {
            let Ok(quoted) = quote_meta(&Patterns::new(), &[Inner::from(text)]) else { panic!("{text}") };
            let quoted = quoted.as_string().expect("a string").clone();
            assert_eq!(is_match(&quoted, &['/'], text), Some(true), "{text}");
            assert_eq!(is_match(&quoted, &['/'], "abx"), Some(false), "{text}");
        }
    }
}
