//! Classes of characters, and the characters that stand for others when case is folded.

use std::iter::Peekable;
use std::str::Chars;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use super::syntax::{SyntaxError, invalid};
use super::unicode;

type Rest<'r, 'p> = &'r mut Peekable<Chars<'p>>;

const BAD_ESCAPE: &str = "invalid escape sequence";
const BAD_RANGE: &str = "invalid character class range";

/// The class without members.
pub(super) fn nothing() -> ClassUnicode {
    ClassUnicode::empty()
}

fn of(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(ranges.iter().map(|(low, high)| ClassUnicodeRange::new(*low, *high)))
}

/// A class in the crate's syntax.
pub(super) fn written(class: &ClassUnicode) -> String {
    if class.ranges().is_empty() {
        return String::from(r"[^\x{0}-\x{10FFFF}]");
    }
    let mut out = String::from("[");
    for range in class.ranges() {
        push_escaped(&mut out, range.start());
        if range.start() != range.end() {
            out.push('-');
            push_escaped(&mut out, range.end());
        }
    }
    out.push(']');
    out
}

fn push_escaped(out: &mut String, c: char) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
    } else {
        out.push_str(&format!(r"\x{{{:x}}}", u32::from(c)));
    }
}

/// A character that stands for itself and, if case is folded, for the others of its kind.
pub(super) fn push_literal(out: &mut String, c: char, fold: bool) {
    if fold && (c.is_ascii_alphabetic() || !c.is_ascii()) {
        let class = folded(of(&[(c, c)]));
        if class.ranges().len() > 1 || class.ranges().iter().any(|range| range.start() != range.end()) {
            out.push_str(&written(&class));
            return;
        }
    }
    push_escaped(out, c);
}

/// A class and what differs from it only by case.
fn folded(class: ClassUnicode) -> ClassUnicode {
    let known = unicode::assigned();
    let mut others = class.clone();
    others.intersect(known);
    // Without its tables the crate could not fold; it is built with them.
    if others.try_case_fold_simple().is_err() {
        return class;
    }
    others.intersect(known);
    others.union(&class);
    others
}

/// A class in brackets; the opening one has been read.
pub(super) fn bracketed(rest: Rest<'_, '_>, fold: bool) -> Result<ClassUnicode, SyntaxError> {
    let mut class = nothing();
    let negated = rest.next_if_eq(&'^').is_some();
    let mut first = true;
    loop {
        if rest.peek() == Some(&']') && !first {
            rest.next();
            break;
        }
        first = false;
        if let Some(named) = named_class(rest, fold)? {
            class.union(&named);
            continue;
        }
        if rest.peek() == Some(&'\\') {
            let mut ahead = rest.clone();
            ahead.next();
            if let Some(escaped) = escaped_class(&mut ahead, fold)? {
                class.union(&escaped);
                *rest = ahead;
                continue;
            }
        }
        let low = class_char(rest)?;
        let mut high = low;
        if rest.peek() == Some(&'-') {
            let mut ahead = rest.clone();
            ahead.next();
            if ahead.peek().is_some_and(|c| *c != ']') {
                *rest = ahead;
                high = class_char(rest)?;
                if high < low {
                    return invalid(BAD_RANGE);
                }
            }
        }
        let range = range(low, high);
        class.union(&if fold { folded(range) } else { range });
    }
    if negated {
        class = unicode::negated(class);
    }
    Ok(class)
}

/// The characters between two code points: halves of pairs are none.
fn range(low: u32, high: u32) -> ClassUnicode {
    let low = char::from_u32(low).unwrap_or('\u{e000}');
    let high = char::from_u32(high).unwrap_or('\u{d7ff}');
    if low <= high { of(&[(low, high)]) } else { nothing() }
}

/// A code point in brackets.
fn class_char(rest: Rest<'_, '_>) -> Result<u32, SyntaxError> {
    match rest.next() {
        None => invalid("missing closing ]"),
        Some('\\') => escaped_code(rest),
        Some(c) => Ok(u32::from(c)),
    }
}

/// `[:name:]` in brackets, if it is one.
fn named_class(rest: Rest<'_, '_>, fold: bool) -> Result<Option<ClassUnicode>, SyntaxError> {
    let mut ahead = rest.clone();
    if ahead.next() != Some('[') || ahead.next() != Some(':') {
        return Ok(None);
    }
    let mut name = String::new();
    loop {
        match ahead.next() {
            None => return Ok(None),
            Some(':') if ahead.peek() == Some(&']') => break,
            Some(c) => name.push(c),
        }
    }
    ahead.next();
    let (negated, name) = match name.strip_prefix('^') {
        Some(name) => (true, name),
        None => (false, name.as_str()),
    };
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\x7f')],
        "blank" => &[('\t', '\t'), (' ', ' ')],
        "cntrl" => &[('\0', '\x1f'), ('\x7f', '\x7f')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return invalid(BAD_RANGE),
    };
    *rest = ahead;
    let mut class = of(ranges);
    if fold {
        class = folded(class);
    }
    if negated {
        class = unicode::negated(class);
    }
    Ok(Some(class))
}

/// The class that an escape stands for, if it stands for one; the backslash has been read. Go's are of ASCII, unless
/// case is folded.
pub(super) fn escaped_class(rest: Rest<'_, '_>, fold: bool) -> Result<Option<ClassUnicode>, SyntaxError> {
    let Some(c) = rest.peek().copied() else { return Ok(None) };
    let mut class = match c.to_ascii_lowercase() {
        'd' => of(&[('0', '9')]),
        's' => of(&[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')]),
        'w' => of(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        'p' => {
            rest.next();
            return unicode_class(rest, c == 'P', fold).map(Some);
        }
        _ => return Ok(None),
    };
    rest.next();
    if fold {
        class = folded(class);
    }
    if c.is_ascii_uppercase() {
        class = unicode::negated(class);
    }
    Ok(Some(class))
}

/// `N`, `{Name}` or `{^Name}` behind `\p` or `\P`.
fn unicode_class(rest: Rest<'_, '_>, negated: bool, fold: bool) -> Result<ClassUnicode, SyntaxError> {
    let name = match rest.next() {
        None => return invalid(BAD_RANGE),
        Some('{') => {
            let mut name = String::new();
            loop {
                match rest.next() {
                    None => return invalid(BAD_RANGE),
                    Some('}') => break name,
                    Some(c) => name.push(c),
                }
            }
        }
        Some(c) => String::from(c),
    };
    let (inverted, name) = match name.strip_prefix('^') {
        Some(name) => (true, name),
        None => (false, name.as_str()),
    };
    let Some(mut class) = unicode::class(name) else { return invalid(BAD_RANGE) };
    if fold && unicode::is_folded(name) {
        class = folded(class);
    }
    if negated != inverted {
        class = unicode::negated(class);
    }
    Ok(class)
}

/// The character that an escape stands for, `None` for half of a pair; the backslash has been read.
pub(super) fn escaped_char(rest: Rest<'_, '_>) -> Result<Option<char>, SyntaxError> {
    escaped_code(rest).map(char::from_u32)
}

fn escaped_code(rest: Rest<'_, '_>) -> Result<u32, SyntaxError> {
    let Some(c) = rest.next() else { return invalid("trailing backslash at end of expression") };
    let code = match c {
        // A digit alone would refer to a group, which RE2 does not have.
        '1'..='7' if !rest.peek().is_some_and(|c| c.is_digit(8)) => return invalid(BAD_ESCAPE),
        '0'..='7' => {
            let mut code = c.to_digit(8).unwrap_or(0);
            for _ in 0..2 {
                let Some(digit) = rest.peek().and_then(|c| c.to_digit(8)) else { break };
                rest.next();
                code = code.wrapping_shl(3) | digit;
            }
            code
        }
        'x' => return hexadecimal(rest),
        'a' => 7,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => u32::from(c),
        _ => return invalid(BAD_ESCAPE),
    };
    Ok(code)
}

/// Two digits, or any number of them in braces.
fn hexadecimal(rest: Rest<'_, '_>) -> Result<u32, SyntaxError> {
    const LAST: u32 = 0x0010_ffff;
    let digit = |c: Option<char>| c.and_then(|c| c.to_digit(16));
    if rest.next_if_eq(&'{').is_none() {
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return invalid(BAD_ESCAPE);
        };
        return Ok(high.wrapping_shl(4) | low);
    }
    let mut code: Option<u32> = None;
    loop {
        match (rest.next(), code) {
            (Some('}'), Some(code)) => return Ok(code),
            (c, so_far) => match digit(c) {
                Some(digit) => {
                    let next = so_far.unwrap_or(0).saturating_mul(16).saturating_add(digit);
                    if next > LAST {
                        return invalid(BAD_ESCAPE);
                    }
                    code = Some(next);
                }
                None => return invalid(BAD_ESCAPE),
            },
        }
    }
}
