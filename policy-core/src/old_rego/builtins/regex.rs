//! `regex.*`: Go's syntax (RE2) translated to that of the `regex` crate, which is nearly the same.
//!
//! The two differ where RE2's classes are ASCII (`\d`, `\w`, `\s`, `\b`, `[[:alpha:]]`) and the crate's are Unicode, and
//! inside brackets, where the crate has nested classes and set operations that RE2 reads as characters.

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, Stop, string};
use crate::old_rego::meter;

pub(super) const MATCH: Function = matches;
pub(super) const IS_VALID: Function = is_valid;

/// `regex.match`: whether the expression matches somewhere in the text.
fn matches(patterns: &Patterns, args: &[Inner]) -> Answer {
    let (Some(pattern), Some(text)) = (string(args, 0), string(args, 1)) else { return Ok(Inner::Undefined) };
    let regex = patterns.compiled(format!("r{pattern}"), || translate(pattern).map(Some))?;
    meter::charge(text.len().saturating_mul(8))?;
    Ok(regex.map_or(Inner::Undefined, |regex| Inner::Bool(regex.is_match(text))))
}

fn is_valid(patterns: &Patterns, args: &[Inner]) -> Answer {
    let Some(pattern) = string(args, 0) else { return Ok(Inner::Bool(false)) };
    let regex = patterns.compiled(format!("r{pattern}"), || translate(pattern).map(Some))?;
    Ok(Inner::Bool(regex.is_some()))
}

/// Whether a pattern from the text of a policy can be translated and compiled.
pub(super) fn is_supported(pattern: &str) -> bool {
    translate(pattern).is_ok_and(|expression| ::regex::Regex::new(&expression).is_ok())
}

/// An expression in the crate's syntax. An error where the two might differ.
fn translate(pattern: &str) -> Result<String, Stop> {
    let mut out = String::with_capacity(pattern.len().saturating_mul(2));
    let mut folds = false;
    // Whether a repetition ended just before: another one is an error in RE2.
    let mut repeated = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let repeats = matches!(c, '*' | '+' | '?' | '{');
        if repeats && repeated {
            return Err(Stop::Unsure);
        }
        repeated = repeats;
        match c {
            '\\' => escape(&mut chars, false, &mut out)?,
            '[' => class(&mut chars, &mut out)?,
            '(' => {
                out.push('(');
                if chars.next_if_eq(&'?').is_some() {
                    out.push('?');
                    folds |= group(&mut chars, &mut out)?;
                }
            }
            // RE2 reads a brace that begins no repetition as a character; the crate refuses it.
            '{' => repetition(&mut chars, &mut out)?,
            _ => out.push(c),
        }
        if repeats && chars.next_if_eq(&'?').is_some() {
            out.push('?');
        }
    }
    // In RE2 `(?i)` leaves `\w` as it is; in the crate it would add the letters that fold to it.
    if folds && (pattern.contains(r"\w") || pattern.contains(r"\W")) {
        return Err(Stop::Unsure);
    }
    Ok(out)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What follows `(?`: a name, or flags that both know. Whether case is folded from here on.
fn group(chars: &mut Chars<'_>, out: &mut String) -> Result<bool, Stop> {
    let mut folds = false;
    loop {
        match chars.next() {
            Some(c @ ('i' | 'm' | 's' | '-')) => {
                folds |= c == 'i';
                out.push(c);
            }
            Some(c @ (':' | ')')) => {
                out.push(c);
                return Ok(folds);
            }
            Some('P') if chars.peek() == Some(&'<') => out.push('P'),
            Some('<') if !matches!(chars.peek(), Some('=' | '!')) => {
                out.push('<');
                return Ok(folds);
            }
            _ => return Err(Stop::Unsure),
        }
    }
}

/// `{n}`, `{n,}` or `{n,m}` with at most 1000, as in RE2.
fn repetition(chars: &mut Chars<'_>, out: &mut String) -> Result<(), Stop> {
    const MOST: u32 = 1000;
    out.push('{');
    let mut number = String::new();
    loop {
        match chars.next() {
            Some(c) if c.is_ascii_digit() && number.len() < 4 => {
                number.push(c);
                out.push(c);
            }
            Some(c @ (',' | '}')) => {
                let fits = number.parse::<u32>().is_ok_and(|n| n <= MOST);
                let open_ended = c == '}' && number.is_empty() && out.ends_with(',');
                if !fits && !open_ended {
                    return Err(Stop::Unsure);
                }
                out.push(c);
                number.clear();
                if c == '}' {
                    return Ok(());
                }
            }
            _ => return Err(Stop::Unsure),
        }
    }
}

/// One escape. Inside of brackets the classes must be written without brackets of their own or nested.
fn escape(chars: &mut Chars<'_>, inside: bool, out: &mut String) -> Result<(), Stop> {
    let Some(c) = chars.next() else { return Err(Stop::Unsure) };
    let class = match c {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => r"[\t\n\x0C\r ]",
        'S' => r"[^\t\n\x0C\r ]",
        'b' if !inside => {
            out.push_str(r"(?-u:\b)");
            return Ok(());
        }
        'A' | 'z' if !inside => {
            out.push('\\');
            out.push(c);
            return Ok(());
        }
        'a' | 'f' | 't' | 'n' | 'r' | 'v' => {
            out.push('\\');
            out.push(c);
            return Ok(());
        }
        c if c.is_ascii_punctuation() => {
            out.push_str(&format!(r"\x{{{:x}}}", u32::from(c)));
            return Ok(());
        }
        // `\B` (of ASCII words, at places that are no character boundary), `\Q`, `\C`, `\p`, numbers in octal and
        // hexadecimal.
        _ => return Err(Stop::Unsure),
    };
    out.push_str(class);
    Ok(())
}

/// The inside of brackets: characters that mean something only to the crate are escaped.
fn class(chars: &mut Chars<'_>, out: &mut String) -> Result<(), Stop> {
    out.push('[');
    if chars.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut first = true;
    loop {
        match chars.next() {
            None => return Err(Stop::Unsure),
            Some(']') if !first => {
                out.push(']');
                return Ok(());
            }
            Some('[') if chars.peek() == Some(&':') => return Err(Stop::Unsure),
            Some('\\') => escape(chars, true, out)?,
            Some(c @ ('[' | ']' | '&' | '~' | '^')) => out.push_str(&format!(r"\x{{{:x}}}", u32::from(c))),
            // At the edges a character, between two characters a range.
            Some('-') if first || chars.peek() == Some(&']') => out.push_str(r"\x{2d}"),
            Some('-') if chars.peek() == Some(&'-') => return Err(Stop::Unsure),
            Some(c) => out.push(c),
        }
        first = false;
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn is_match(pattern: &str, text: &str) -> Option<bool> {
        let expression = translate(pattern).ok()?;
        ::regex::Regex::new(&expression).ok().map(|regex| regex.is_match(text))
    }

    #[test]
    fn expressions_match_as_in_re2() {
        let cases = [
            (r"^/v1/accounts/\d+$", "/v1/accounts/42", true),
            (r"^/v1/accounts/\d+$", "/v1/accounts/42/x", false),
            (r"^/v1/accounts/\d+$", "/v1/accounts/42\n", false),
            // Classes are of ASCII.
            (r"^\d$", "\u{0663}", false),
            (r"^\w$", "é", false),
            (r"^\W$", "é", true),
            (r"^\s$", "\u{a0}", false),
            (r"\bb\b", "ébé", true),
            (r"^[\w.-]+$", "a.b-c_1", true),
            (r"^[^\d]$", "5", false),
            // What is special in brackets elsewhere is not here.
            ("^[a&&b]$", "&", true),
            ("^[[]$", "[", true),
            ("^[]a]$", "]", true),
            ("^[a~~b]$", "~", true),
            ("(?i)abc", "ABC", true),
            ("(?P<x>a)(?:b)", "ab", true),
            ("a{2,3}$", "aa", true),
            ("a*?b", "aab", true),
            ("", "anything", true),
            (".", "\n", false),
        ];
        for (pattern, text, want) in cases {
            assert_eq!(is_match(pattern, text), Some(want), "{pattern} on {text:?}");
        }
    }

    #[test]
    fn what_the_two_might_read_differently_is_refused() {
        for pattern in [
            "a**",
            "a+*",
            "a{2}{3}",
            "a???",
            "(?x)a",
            "(?u)a",
            "(?=a)",
            "(?<!a)b",
            r"\pL",
            r"\Qa\E",
            r"\C",
            r"\x41",
            r"\101",
            r"\B",
            r"\Z",
            r"(?i)\w",
            "[[:alpha:]]",
            "[a--b]",
            "a{",
            "a{,3}",
            "a{1001}",
            "[a",
            "(a",
            "a)",
            "*",
            r"a\",
        ] {
            assert!(!is_supported(pattern), "{pattern}");
        }
    }
}
