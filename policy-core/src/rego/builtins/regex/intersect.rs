//! `regex.globs_match`: whether two patterns have a text in common.
//!
//! The patterns are of characters, `.` and sets in brackets, each of which may have a `*` or `+` behind it.

use std::iter::Peekable;
use std::str::Chars;

use crate::rego::builtins::arguments::refuse;
use crate::rego::builtins::{Failure, Meter};

/// What matches one character.
#[derive(PartialEq, Eq)]
enum Token {
    Char(char),
    Any,
    /// Ranges of characters.
    Set(Vec<(char, char)>),
}

/// How often a token may be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flag {
    None,
    Plus,
    Star,
}

struct Step {
    token: Token,
    flag: Flag,
}

/// Steps of one pattern: the search goes as deep.
const STEPS: usize = 128;

/// OPA's search is not complete (`a*` and `` have nothing in common, `.*` and `a.*` have), and its answer is what
/// counts: the parts of both patterns without flags are compared from both ends, then the rest is walked through.
pub(super) fn intersect(meter: &mut Meter, a: &str, b: &str) -> Result<bool, Failure> {
    meter.makes(a.len().saturating_add(b.len()).saturating_mul(size_of::<Step>()))?;
    let (a, b) = (steps(a)?, steps(b)?);
    if a.len() > STEPS || b.len() > STEPS {
        return Err(Failure::Limit("regex.globs_match takes no patterns that long"));
    }
    match trim(meter, &a, &b)? {
        Some((a, b)) => normal(meter, a, b),
        None => Ok(false),
    }
}

/// Two patterns.
type Pair<'s> = (&'s [Step], &'s [Step]);

/// Both patterns without what they have in common at their ends, but for one step of it; `None` if they differ there.
fn trim<'s>(meter: &mut Meter, a: &'s [Step], b: &'s [Step]) -> Result<Option<Pair<'s>>, Failure> {
    let mut start = 0usize;
    for (x, y) in a.iter().zip(b).take_while(|(x, y)| plain(x, y)) {
        if !meet(meter, &x.token, &y.token)? {
            return Ok(None);
        }
        start = start.saturating_add(1);
    }
    start = start.saturating_sub(1);
    let (Some(a), Some(b)) = (a.get(start..), b.get(start..)) else { return Ok(None) };
    let mut end = 0usize;
    for (x, y) in a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| plain(x, y)) {
        if !meet(meter, &x.token, &y.token)? {
            return Ok(None);
        }
        end = end.saturating_add(1);
    }
    end = end.saturating_sub(1);
    let cut = |steps: &'s [Step]| steps.get(..steps.len().saturating_sub(end)).unwrap_or(steps);
    Ok(Some((cut(a), cut(b))))
}

fn plain(x: &Step, y: &Step) -> bool {
    x.flag == Flag::None && y.flag == Flag::None
}

/// Step by step up to the first flag.
fn normal(meter: &mut Meter, a: &[Step], b: &[Step]) -> Result<bool, Failure> {
    let (mut a, mut b) = (a, b);
    while let (Some((x, rest_a)), Some((y, rest_b))) = (a.split_first(), b.split_first()) {
        meter.steps(1)?;
        if !plain(x, y) {
            return match (x.flag, y.flag) {
                (Flag::None, _) => flagged(meter, b, a),
                (_, Flag::None) => flagged(meter, a, b),
                _ => match (flagged(meter, a, b)?, flagged(meter, b, a)?) {
                    (true, true) => Ok(true),
                    _ => Err(Failure::Limit("regex.globs_match cannot be sure of these patterns")),
                },
            };
        }
        if !meet(meter, &x.token, &y.token)? {
            return Ok(false);
        }
        (a, b) = (rest_a, rest_b);
    }
    Ok(a.is_empty() && b.is_empty())
}

/// The first step of `a` has a flag: it takes as many of `b` as it can, up to where the rest goes on.
fn flagged(meter: &mut Meter, a: &[Step], b: &[Step]) -> Result<bool, Failure> {
    let Some((first, behind)) = a.split_first() else { return Ok(false) };
    let mut other = b;
    if first.flag == Flag::Plus {
        match other.split_first() {
            Some((step, rest)) if meet(meter, &first.token, &step.token)? => other = rest,
            _ => return Ok(false),
        }
    }
    while let Some((step, rest)) = other.split_first() {
        meter.steps(1)?;
        if let Some(next) = behind.first()
            && meet(meter, &step.token, &next.token)?
            && normal(meter, behind, other)?
        {
            return Ok(true);
        }
        if !meet(meter, &step.token, &first.token)? {
            return Ok(false);
        }
        other = rest;
    }
    Ok(behind.is_empty())
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
    let mut steps: Vec<Step> = Vec::new();
    while let Some(c) = rest.next() {
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
        let flag = match rest.peek() {
            Some('*') => Flag::Star,
            Some('+') => Flag::Plus,
            _ => Flag::None,
        };
        if flag != Flag::None {
            rest.next();
        }
        match steps.last_mut() {
            // The same token twice with flags is there once.
            Some(Step { token: last, flag: known })
                if flag != Flag::None && *known != Flag::None && *last == token =>
            {
                if flag == Flag::Plus {
                    *known = Flag::Plus;
                }
            }
            _ => steps.push(Step { token, flag }),
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
