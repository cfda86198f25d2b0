//! Go's regular expressions (RE2), translated to the syntax of the `regex` crate.
//!
//! What is written differently or means something else is written out: classes become lists of ranges, case folding
//! becomes classes, flags disappear. Groups lose their names, which the crate restricts; they are kept beside the
//! expression.

use std::iter::Peekable;
use std::str::Chars;

use super::class;

/// An expression in the crate's syntax.
#[derive(Debug)]
pub(in crate::rego) struct Translation {
    pub(in crate::rego) expression: String,
    /// The names of the groups, from group 1.
    pub(in crate::rego) names: Vec<Option<String>>,
}

/// Why an expression has no translation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego) enum SyntaxError {
    /// Go refuses it too.
    Invalid(&'static str),
    /// Go takes it, this engine does not.
    TooLarge(&'static str),
}

type Parsed<T> = Result<T, SyntaxError>;

pub(super) fn invalid<T>(why: &'static str) -> Parsed<T> {
    Err(SyntaxError::Invalid(why))
}

/// Groups in groups. Go's limit is 1,000 levels; the crate's is 250, and a repetition takes one too.
const DEPTH: usize = 200;

/// Bytes of a translation: classes of Unicode are long.
const TRANSLATION_BYTES: usize = 1024 * 1024;

/// Repetitions of one thing, counted through nested ones (RE2's limit).
const REPETITIONS: u64 = 1000;

/// Translates an expression.
pub(in crate::rego) fn translate(pattern: &str) -> Parsed<Translation> {
    let mut parser = Parser::new(pattern);
    while let Some(c) = parser.rest.next() {
        let repeated = std::mem::take(&mut parser.repeated);
        match c {
            '(' => parser.open()?,
            ')' => parser.close()?,
            '|' => parser.alternative(),
            '*' => parser.repeat(repeated, 0, None)?,
            '+' => parser.repeat(repeated, 1, None)?,
            '?' => parser.repeat(repeated, 0, Some(1))?,
            '{' => match counts(&mut parser.rest)? {
                Some((min, max)) => parser.repeat_counted(repeated, min, max)?,
                None => parser.literal('{'),
            },
            '^' if parser.flags.lines => parser.item("(?m:^)"),
            '^' => parser.item(r"\A"),
            '$' if parser.flags.lines => parser.item("(?m:$)"),
            '$' => parser.item(r"\z"),
            '.' if parser.flags.dot_all => parser.item("(?s:.)"),
            '.' => parser.item(r"[^\n]"),
            '[' => {
                let class = class::bracketed(&mut parser.rest, parser.flags.fold)?;
                parser.item(&class::written(&class));
            }
            '\\' => parser.escape()?,
            _ => parser.literal(c),
        }
        if parser.out.len() > TRANSLATION_BYTES {
            return Err(SyntaxError::TooLarge("the classes of the expression are too large"));
        }
    }
    parser.end()
}

#[derive(Clone, Copy, Default)]
struct Flags {
    fold: bool,
    lines: bool,
    dot_all: bool,
    lazy: bool,
}

/// What a repetition would repeat.
#[derive(Clone, Copy)]
struct Item {
    /// Where it starts in the output.
    start: usize,
    /// The largest number of repetitions in it.
    repetitions: u64,
    /// Whether an operator behind it takes all of it.
    atom: bool,
}

/// An open group.
struct Group {
    start: usize,
    flags: Flags,
    repetitions: u64,
}

struct Parser<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
    flags: Flags,
    open: Vec<Group>,
    last: Option<Item>,
    /// The largest number of repetitions in the group that is open.
    repetitions: u64,
    /// Whether a repetition ended just before.
    repeated: bool,
    names: Vec<Option<String>>,
}

impl<'p> Parser<'p> {
    fn new(pattern: &'p str) -> Self {
        Self {
            rest: pattern.chars().peekable(),
            out: String::with_capacity(pattern.len().saturating_mul(2)),
            flags: Flags::default(),
            open: Vec::new(),
            last: None,
            repetitions: 1,
            repeated: false,
            names: Vec::new(),
        }
    }

    fn end(self) -> Parsed<Translation> {
        if self.open.is_empty() {
            Ok(Translation { expression: self.out, names: self.names })
        } else {
            invalid("missing closing )")
        }
    }

    /// Something that matches by itself, already in the crate's syntax.
    fn item(&mut self, text: &str) {
        self.last = Some(Item { start: self.out.len(), repetitions: 1, atom: true });
        self.out.push_str(text);
    }

    fn literal(&mut self, c: char) {
        let start = self.out.len();
        class::push_literal(&mut self.out, c, self.flags.fold);
        self.last = Some(Item { start, repetitions: 1, atom: true });
    }

    fn alternative(&mut self) {
        self.out.push('|');
        self.last = None;
    }

    fn open(&mut self) -> Parsed<()> {
        if self.open.len() >= DEPTH {
            return Err(SyntaxError::TooLarge("the groups of the expression are nested too deeply"));
        }
        let start = self.out.len();
        let outer = self.flags;
        if self.rest.next_if_eq(&'?').is_none() {
            self.names.push(None);
            self.out.push('(');
        } else {
            let named = match self.rest.peek() {
                Some('<') => true,
                Some('P') => {
                    self.rest.next();
                    if self.rest.peek() != Some(&'<') {
                        return invalid("invalid or unsupported Perl syntax");
                    }
                    true
                }
                _ => false,
            };
            if named {
                self.rest.next();
                let name = self.name()?;
                self.names.push(Some(name));
                self.out.push('(');
            } else if self.flags()? {
                self.out.push_str("(?:");
            } else {
                return Ok(());
            }
        }
        self.open.push(Group { start, flags: outer, repetitions: self.repetitions });
        self.repetitions = 1;
        self.last = None;
        Ok(())
    }

    fn name(&mut self) -> Parsed<String> {
        let mut name = String::new();
        loop {
            match self.rest.next() {
                Some('>') => break,
                Some(c) if c == '_' || c.is_ascii_alphanumeric() => name.push(c),
                _ => return invalid("invalid named capture"),
            }
        }
        if name.is_empty() { invalid("invalid named capture") } else { Ok(name) }
    }

    /// Flags behind `(?`; whether a group follows.
    fn flags(&mut self) -> Parsed<bool> {
        let mut flags = self.flags;
        let (mut on, mut seen) = (true, false);
        loop {
            let flag = match self.rest.next() {
                Some('i') => &mut flags.fold,
                Some('m') => &mut flags.lines,
                Some('s') => &mut flags.dot_all,
                Some('U') => &mut flags.lazy,
                Some('-') if on => {
                    (on, seen) = (false, false);
                    continue;
                }
                Some(c @ (':' | ')')) if on || seen => {
                    self.flags = flags;
                    return Ok(c == ':');
                }
                _ => return invalid("invalid or unsupported Perl syntax"),
            };
            *flag = on;
            seen = true;
        }
    }

    fn close(&mut self) -> Parsed<()> {
        let Some(group) = self.open.pop() else { return invalid("unexpected )") };
        self.out.push(')');
        self.flags = group.flags;
        self.last = Some(Item { start: group.start, repetitions: self.repetitions, atom: true });
        self.repetitions = self.repetitions.max(group.repetitions);
        Ok(())
    }

    fn repeat_counted(&mut self, repeated: bool, min: u64, max: Option<u64>) -> Parsed<()> {
        if min > REPETITIONS || max.is_some_and(|max| max > REPETITIONS || max < min) {
            return invalid("invalid repeat count");
        }
        let times = max.unwrap_or(min);
        let inner = self.last.map_or(1, |item| item.repetitions);
        let total = if times == 0 { 1 } else { times.saturating_mul(inner) };
        if (min >= 2 || max.is_some_and(|max| max >= 2)) && total > REPETITIONS {
            return invalid("invalid repeat count");
        }
        self.repeat(repeated, min, Some(max.unwrap_or(u64::MAX)))?;
        if let Some(item) = &mut self.last {
            item.repetitions = total;
            self.repetitions = self.repetitions.max(total);
        }
        Ok(())
    }

    /// `max` is absent for `*` and `+`; without a bound in braces it is the largest number.
    fn repeat(&mut self, repeated: bool, min: u64, max: Option<u64>) -> Parsed<()> {
        let lazy = self.rest.next_if_eq(&'?').is_some();
        if repeated {
            return invalid("invalid nested repetition operator");
        }
        let Some(item) = &mut self.last else { return invalid("missing argument to repetition operator") };
        if max == Some(0) {
            // The crate would forget the groups that are repeated no times.
            self.out.insert_str(item.start, r"(?:[^\x{0}-\x{10FFFF}]");
            self.out.push_str("|)");
            item.atom = true;
            self.repeated = true;
            return Ok(());
        }
        if !item.atom {
            self.out.insert_str(item.start, "(?:");
            self.out.push(')');
        }
        item.atom = false;
        match (min, max) {
            (0, None) => self.out.push('*'),
            (1, None) => self.out.push('+'),
            (0, Some(1)) => self.out.push('?'),
            (min, None | Some(u64::MAX)) => self.out.push_str(&format!("{{{min},}}")),
            (min, Some(max)) => self.out.push_str(&format!("{{{min},{max}}}")),
        }
        if lazy != self.flags.lazy {
            self.out.push('?');
        }
        self.repeated = true;
        Ok(())
    }

    fn escape(&mut self) -> Parsed<()> {
        match self.rest.peek() {
            Some('A') => self.item(r"\A"),
            Some('z') => self.item(r"\z"),
            Some('b') => self.item(r"(?-u:\b)"),
            Some('B') => self.item(r"(?-u:\B)"),
            Some('Q') => {
                self.rest.next();
                self.quoted();
                return Ok(());
            }
            _ => {
                match class::escaped_class(&mut self.rest, self.flags.fold)? {
                    Some(class) => self.item(&class::written(&class)),
                    None => match class::escaped_char(&mut self.rest)? {
                        Some(c) => self.literal(c),
                        // Half of a pair of UTF-16: no text has it.
                        None => self.item(&class::written(&class::nothing())),
                    },
                }
                return Ok(());
            }
        }
        self.rest.next();
        Ok(())
    }

    /// Up to `\E` or the end, character by character.
    fn quoted(&mut self) {
        while let Some(c) = self.rest.next() {
            if c == '\\' && self.rest.next_if_eq(&'E').is_some() {
                return;
            }
            self.literal(c);
        }
    }
}

/// `n}`, `n,}` or `n,m}` behind a brace; anything else is no repetition, and the brace a character.
fn counts(rest: &mut Peekable<Chars<'_>>) -> Parsed<Option<(u64, Option<u64>)>> {
    let mut ahead = rest.clone();
    let Some(min) = number(&mut ahead) else { return Ok(None) };
    let max = match ahead.next() {
        Some('}') => Some(min),
        Some(',') if ahead.next_if_eq(&'}').is_some() => None,
        Some(',') => match number(&mut ahead) {
            Some(max) if ahead.next() == Some('}') => Some(max),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    *rest = ahead;
    Ok(Some((min, max)))
}

/// Digits without a leading zero.
fn number(rest: &mut Peekable<Chars<'_>>) -> Option<u64> {
    let first = rest.peek().and_then(|c| c.to_digit(10))?;
    let mut number = 0u64;
    let mut digits = 0u32;
    while let Some(digit) = rest.peek().and_then(|c| c.to_digit(10)) {
        rest.next();
        digits = digits.saturating_add(1);
        number = number.saturating_mul(10).saturating_add(u64::from(digit));
    }
    (first != 0 || digits == 1).then_some(number)
}
