//! `regex.globs_match`: whether two patterns have a text in common.
//!
//! The patterns are of characters, `.` and sets in brackets, each of which may have a `*` or `+` behind it.

use std::iter::Peekable;
use std::str::Chars;

use crate::rego::builtins::arguments::refuse;
use crate::rego::builtins::{Failure, Meter};

/// What matches one character.
enum Token {
    Char(char),
    Any,
    /// Ranges of characters.
    Set(Vec<(char, char)>),
}

/// A token, and whether it may be there any number of times.
struct Step {
    token: Token,
    star: bool,
}

pub(super) fn intersect(meter: &mut Meter, a: &str, b: &str) -> Result<bool, Failure> {
    meter.makes(a.len().saturating_add(b.len()).saturating_mul(size_of::<Step>()))?;
    let (a, b) = (steps(a)?, steps(b)?);
    let pairs = a.len().saturating_add(1).saturating_mul(b.len().saturating_add(1));
    meter.steps(u64::try_from(pairs).unwrap_or(u64::MAX))?;
    // `next[j]`: whether what is left of `a` behind this step and of `b` from step `j` have a text in common.
    let mut next: Vec<bool> = Vec::new();
    for left in (0..=a.len()).rev() {
        let mut row = vec![false; b.len().saturating_add(1)];
        for right in (0..=b.len()).rev() {
            let behind = right.saturating_add(1);
            let at = |row: &[bool], place: usize| row.get(place).copied().unwrap_or(false);
            let holds = match (a.get(left), b.get(right)) {
                (None, None) => true,
                (Some(step), None) => step.star && at(&next, right),
                (None, Some(step)) => step.star && at(&row, behind),
                (Some(x), Some(y)) => {
                    let skipped = x.star && at(&next, right) || y.star && at(&row, behind);
                    let consumed = match (x.star, y.star) {
                        (false, false) => at(&next, behind),
                        (true, false) => at(&row, behind),
                        (false, true) => at(&next, right),
                        (true, true) => false,
                    };
                    skipped || consumed && meet(meter, &x.token, &y.token)?
                }
            };
            if let Some(cell) = row.get_mut(right) {
                *cell = holds;
            }
        }
        next = row;
    }
    Ok(next.first().copied().unwrap_or(false))
}

/// Whether two tokens have a character in common. A dot meets every set, as OPA has it.
fn meet(meter: &mut Meter, a: &Token, b: &Token) -> Result<bool, Failure> {
    let holds = |set: &[(char, char)], c: char| set.iter().any(|(low, high)| (*low..=*high).contains(&c));
    Ok(match (a, b) {
        (Token::Any, _) | (_, Token::Any) => true,
        (Token::Char(a), Token::Char(b)) => a == b,
        (Token::Char(c), Token::Set(set)) | (Token::Set(set), Token::Char(c)) => {
            meter.steps(u64::try_from(set.len()).unwrap_or(u64::MAX).div_euclid(16))?;
            holds(set, *c)
        }
        (Token::Set(a), Token::Set(b)) => {
            meter.steps(u64::try_from(a.len().saturating_mul(b.len())).unwrap_or(u64::MAX).div_euclid(16))?;
            a.iter().any(|(low, high)| b.iter().any(|(start, end)| low <= end && start <= high))
        }
    })
}

fn steps(pattern: &str) -> Result<Vec<Step>, Failure> {
    let mut rest = pattern.chars().peekable();
    let mut steps = Vec::new();
    while let Some(c) = rest.next() {
        let start = rest.clone();
        let token = match c {
            '.' => Token::Any,
            '[' => Token::Set(set(&mut rest)?),
            ']' => return refuse("set-close ']' with no preceding '['"),
            '*' | '+' => return refuse("a flag must be preceded by a non-flag"),
            '\\' => match rest.next() {
                Some(c) => Token::Char(c),
                None => return refuse("input ends with a \\ (escape) character"),
            },
            c => Token::Char(c),
        };
        match rest.peek() {
            Some('*') => {
                rest.next();
                steps.push(Step { token, star: true });
            }
            Some('+') => {
                rest.next();
                // Once, and then any number of times.
                let again = match &token {
                    Token::Any => Token::Any,
                    Token::Char(c) => Token::Char(*c),
                    Token::Set(_) => Token::Set(set(&mut start.clone())?),
                };
                steps.push(Step { token, star: false });
                steps.push(Step { token: again, star: true });
            }
            _ => steps.push(Step { token, star: false }),
        }
    }
    Ok(steps)
}

/// The inside of brackets: characters and ranges, which do not share an end.
fn set(rest: &mut Peekable<Chars<'_>>) -> Result<Vec<(char, char)>, Failure> {
    const FOLLOWED: &str = "range character '-' must be followed by a Unicode character";
    let mut ranges = Vec::new();
    let mut previous = None;
    loop {
        let (c, escaped) = match rest.next() {
            None => return refuse("found [ without matching ]"),
            Some('\\') => match rest.next() {
                None => return refuse("input ends with a \\ (escape) character"),
                Some(c) => (c, true),
            },
            Some(c) => (c, false),
        };
        match c {
            ']' if !escaped => return Ok(ranges),
            '-' if !escaped => {
                let Some(low) = previous.take() else {
                    return refuse("range character '-' must be preceded by a Unicode character");
                };
                let high = match rest.next() {
                    None | Some(']' | '-') => return refuse(FOLLOWED),
                    Some('\\') => rest.next(),
                    other => other,
                };
                match high {
                    Some(high) if low <= high && rest.peek().is_some() => ranges.push((low, high)),
                    _ => return refuse("range is out of order"),
                }
            }
            c => {
                ranges.push((c, c));
                previous = Some(c);
            }
        }
    }
}
