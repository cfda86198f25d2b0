//! The grammar of globs.

use std::iter::Peekable;
use std::str::Chars;

use crate::rego::builtins::Failure;
use crate::rego::builtins::arguments::refuse;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Text(String),
    /// `*`
    Any,
    /// `**`
    Super,
    /// `?`
    Single,
    List {
        not: bool,
        chars: String,
    },
    Range {
        not: bool,
        low: char,
        high: char,
    },
    AnyOf(Vec<Node>),
    /// A sequence: the whole pattern, or one of an [`Node::AnyOf`].
    Pattern(Vec<Node>),
    /// What is left of an alternative of which others have everything in common.
    Nothing,
}

/// Braces in braces.
const DEPTH: usize = 32;

type Rest<'r, 'p> = &'r mut Peekable<Chars<'p>>;

/// The tree of a pattern. Braces that are still open at the end are closed there.
pub(super) fn parse(pattern: &str) -> Result<Node, Failure> {
    // The library cannot tell the replacement character from bytes that are no UTF-8, and stops at a NUL.
    if pattern.contains('\u{fffd}') {
        return refuse("could not read rune");
    }
    let pattern = pattern.split_once('\0').map_or(pattern, |(before, _)| before);
    let mut rest = pattern.chars().peekable();
    // The open alternatives, each with the sequence in which it stands.
    let mut open: Vec<(Vec<Node>, Vec<Node>)> = Vec::new();
    let mut sequence = Vec::new();
    while let Some(c) = rest.peek().copied() {
        match c {
            '{' => {
                rest.next();
                if open.len() >= DEPTH {
                    return Err(Failure::Limit("the braces of the glob are nested too deeply"));
                }
                open.push((std::mem::take(&mut sequence), Vec::new()));
            }
            ',' | '}' if !open.is_empty() => {
                rest.next();
                if let Some((_, alternatives)) = open.last_mut() {
                    alternatives.push(Node::Pattern(std::mem::take(&mut sequence)));
                }
                if c == '}' {
                    close(&mut open, &mut sequence);
                }
            }
            '[' => {
                rest.next();
                sequence.push(brackets(&mut rest)?);
            }
            '?' => {
                rest.next();
                sequence.push(Node::Single);
            }
            '*' => {
                rest.next();
                let double = rest.next_if_eq(&'*').is_some();
                sequence.push(if double { Node::Super } else { Node::Any });
            }
            _ => {
                let inside = !open.is_empty();
                let ends = |c| matches!(c, '?' | '*' | '[' | '{') || inside && matches!(c, '}' | ',');
                let text = text(&mut rest, ends);
                if !text.is_empty() {
                    sequence.push(Node::Text(text));
                }
            }
        }
    }
    while let Some((_, alternatives)) = open.last_mut() {
        alternatives.push(Node::Pattern(std::mem::take(&mut sequence)));
        close(&mut open, &mut sequence);
    }
    Ok(Node::Pattern(sequence))
}

/// Ends the innermost alternatives; `sequence` becomes the one in which they stand.
fn close(open: &mut Vec<(Vec<Node>, Vec<Node>)>, sequence: &mut Vec<Node>) {
    if let Some((outer, alternatives)) = open.pop() {
        *sequence = outer;
        sequence.push(Node::AnyOf(alternatives));
    }
}

/// Characters up to one that ends them; a backslash takes the next one as it is.
fn text(rest: Rest<'_, '_>, ends: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    while let Some(c) = rest.peek().copied() {
        if c == '\\' {
            rest.next();
            text.extend(rest.next());
            continue;
        }
        if ends(c) {
            break;
        }
        rest.next();
        text.push(c);
    }
    text
}

/// The inside of brackets: one range, in which nothing is escaped, or a list.
fn brackets(rest: Rest<'_, '_>) -> Result<Node, Failure> {
    const END: &str = "unexpected end of input";
    const CLOSE: &str = "expected close range character";
    let not = rest.next_if_eq(&'!').is_some();
    let mut ahead = rest.clone();
    let Some(low) = ahead.next() else { return refuse(END) };
    if ahead.next_if_eq(&'-').is_some() {
        let Some(high) = ahead.next() else { return refuse(END) };
        let closed = ahead.next();
        *rest = ahead;
        return match closed {
            None => refuse(END),
            Some(_) if high < low => refuse("hi character should be greater than lo"),
            Some(']') => Ok(Node::Range { not, low, high }),
            Some(_) => refuse(CLOSE),
        };
    }
    let chars = text(rest, |c| c == ']');
    match rest.next() {
        None => refuse(END),
        Some(']') if !chars.is_empty() => Ok(Node::List { not, chars }),
        Some(_) => refuse("could not parse range"),
    }
}
