//! What a glob becomes: a matcher that answers two questions, whether it matches all of a text, and where in a text it
//! matches first.
//!
//! The library cuts texts by counting characters and bytes as if they were the same; so texts are bytes here, and a
//! cut may fall into a character.

use crate::rego::builtins::Failure;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Matcher {
    /// The empty text.
    Nothing,
    Text(String),
    /// Everything.
    Super,
    /// Characters that are no delimiters.
    Any(Vec<char>),
    /// One character that is no delimiter.
    Single(Vec<char>),
    List {
        not: bool,
        chars: Vec<char>,
    },
    Range {
        not: bool,
        low: char,
        high: char,
    },
    /// At least so many characters.
    Min(usize),
    /// At most so many characters.
    Max(usize),
    /// A text that has this in it, or has not.
    Contains {
        needle: String,
        not: bool,
    },
    Prefix(String),
    Suffix(String),
    /// Begins and ends with two texts, which may overlap.
    PrefixSuffix(String, String),
    /// Text, then characters that are no delimiters.
    PrefixAny(String, Vec<char>),
    /// Characters that are no delimiters, then text.
    SuffixAny(String, Vec<char>),
    AnyOf(Vec<Matcher>),
    EveryOf(Vec<Matcher>),
    /// Matchers of known widths, one after the other.
    Row {
        matchers: Vec<Matcher>,
        width: usize,
    },
    /// A matcher, and what must match before and behind it.
    Tree(Box<Tree>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tree {
    pub(super) value: Matcher,
    pub(super) left: Option<Matcher>,
    pub(super) right: Option<Matcher>,
    /// The widths of the parts when the tree was made; a part that is missing has none.
    left_width: Option<usize>,
    right_width: Option<usize>,
    width: Option<usize>,
}

impl Tree {
    pub(super) fn new(value: Matcher, left: Option<Matcher>, right: Option<Matcher>) -> Self {
        let side = |side: &Option<Matcher>| side.as_ref().map_or(Some(0), Matcher::width);
        let (left_width, right_width) = (side(&left), side(&right));
        let width = match (left_width, value.width(), right_width) {
            (Some(left), Some(value), Some(right)) => Some(left.saturating_add(value).saturating_add(right)),
            _ => None,
        };
        Self { value, left, right, left_width, right_width, width }
    }

    pub(super) fn left_width(&self) -> Option<usize> {
        self.left_width
    }

    pub(super) fn right_width(&self) -> Option<usize> {
        self.right_width
    }
}

/// What a match may still cost.
pub(super) struct Work {
    left: u64,
    over: bool,
}

impl Work {
    /// Bytes looked at by one match: some hundredths of a second.
    pub(super) const MOST: u64 = 1 << 24;
    /// Bytes for a step of the evaluation.
    pub(super) const PER_STEP: u64 = 64;

    pub(super) fn new(left: u64) -> Self {
        Self { left, over: false }
    }

    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// Whether there is enough left to look at a text.
    pub(super) fn charge(&mut self, text: &[u8]) -> bool {
        let cost = u64::try_from(text.len()).unwrap_or(u64::MAX).saturating_add(1);
        match self.left.checked_sub(cost) {
            Some(left) => self.left = left,
            None => {
                self.left = 0;
                self.over = true;
            }
        }
        !self.over
    }

    pub(super) fn finish(&self, found: bool) -> Result<bool, Failure> {
        if self.over { Err(Failure::Limit("the glob takes too long for this text")) } else { Ok(found) }
    }
}

/// Where matches that begin at the same place end, counted from there, in order.
pub(super) enum Ends {
    One(usize),
    Many(Vec<usize>),
}

impl Ends {
    pub(super) fn as_slice(&self) -> &[usize] {
        match self {
            Self::One(end) => std::slice::from_ref(end),
            Self::Many(ends) => ends,
        }
    }
}

/// The first character of a text and its bytes; a byte that is part of none counts as the replacement character.
pub(super) fn first(text: &[u8]) -> Option<(char, usize)> {
    let lead = *text.first()?;
    if lead.is_ascii() {
        return Some((char::from(lead), 1));
    }
    let longest = text.get(..4).unwrap_or(text);
    let valid = match std::str::from_utf8(longest) {
        Ok(valid) => valid,
        Err(error) => {
            longest.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or("")
        }
    };
    Some(valid.chars().next().map_or((char::REPLACEMENT_CHARACTER, 1), |c| (c, c.len_utf8())))
}

/// The characters of a text and where they begin.
pub(super) fn characters(text: &[u8]) -> impl Iterator<Item = (usize, char)> + '_ {
    let mut at = 0usize;
    std::iter::from_fn(move || {
        let (c, width) = first(text.get(at..)?)?;
        let start = at;
        at = at.saturating_add(width);
        Some((start, c))
    })
}

pub(super) fn find(text: &[u8], needle: &str) -> Option<usize> {
    let needle = needle.as_bytes();
    if needle.is_empty() {
        return Some(0);
    }
    text.windows(needle.len()).position(|window| window == needle)
}

pub(super) fn find_last(text: &[u8], needle: &str) -> Option<usize> {
    let needle = needle.as_bytes();
    if needle.is_empty() {
        return Some(text.len());
    }
    text.windows(needle.len()).rposition(|window| window == needle)
}

/// Where the first delimiter is.
pub(super) fn find_any(text: &[u8], delimiters: &[char]) -> Option<usize> {
    if delimiters.is_empty() {
        return None;
    }
    characters(text).find(|(_, c)| delimiters.contains(c)).map(|(at, _)| at)
}

impl Matcher {
    /// How many characters it matches, if it is always as many. Alternatives are taken for as wide as the last
    /// ones, whatever the first are: this is where many of the library's answers come from.
    pub(super) fn width(&self) -> Option<usize> {
        match self {
            Self::Nothing => Some(0),
            Self::Text(text) => Some(text.chars().count()),
            Self::Single(_) | Self::List { .. } | Self::Range { .. } => Some(1),
            Self::Row { width, .. } => Some(*width),
            Self::Tree(tree) => tree.width,
            Self::AnyOf(matchers) => {
                let mut width = None;
                for matcher in matchers {
                    match (width, matcher.width()) {
                        (None, first) => width = first,
                        (Some(known), Some(other)) if known == other => {}
                        _ => return None,
                    }
                }
                width
            }
            Self::EveryOf(matchers) if matchers.is_empty() => Some(0),
            Self::Super
            | Self::Any(_)
            | Self::Min(_)
            | Self::Max(_)
            | Self::Contains { .. }
            | Self::Prefix(_)
            | Self::Suffix(_)
            | Self::PrefixSuffix(..)
            | Self::PrefixAny(..)
            | Self::SuffixAny(..)
            | Self::EveryOf(_) => None,
        }
    }

    /// Whether one character is matched, by those that match one.
    pub(super) fn takes(&self, c: char) -> bool {
        match self {
            Self::Single(delimiters) => !delimiters.contains(&c),
            Self::List { not, chars } => chars.contains(&c) != *not,
            Self::Range { not, low, high } => (*low..=*high).contains(&c) != *not,
            Self::Nothing
            | Self::Text(_)
            | Self::Super
            | Self::Any(_)
            | Self::Min(_)
            | Self::Max(_)
            | Self::Contains { .. }
            | Self::Prefix(_)
            | Self::Suffix(_)
            | Self::PrefixSuffix(..)
            | Self::PrefixAny(..)
            | Self::SuffixAny(..)
            | Self::AnyOf(_)
            | Self::EveryOf(_)
            | Self::Row { .. }
            | Self::Tree(_) => false,
        }
    }

    /// Whether it matches all of the text.
    pub(super) fn matches(&self, text: &[u8], work: &mut Work) -> bool {
        if !work.charge(text) {
            return false;
        }
        match self {
            Self::Nothing => text.is_empty(),
            Self::Text(own) => own.as_bytes() == text,
            Self::Super => true,
            Self::Any(delimiters) => find_any(text, delimiters).is_none(),
            // Nothing counts as a character here: the replacement character.
            Self::Single(_) | Self::List { .. } | Self::Range { .. } => {
                let (c, width) = first(text).unwrap_or((char::REPLACEMENT_CHARACTER, 0));
                text.len() <= width && self.takes(c)
            }
            Self::Min(least) => *least > 0 && characters(text).nth(least.saturating_sub(1)).is_some(),
            Self::Max(most) => characters(text).nth(*most).is_none(),
            Self::Contains { needle, not } => find(text, needle).is_some() != *not,
            Self::Prefix(prefix) => text.starts_with(prefix.as_bytes()),
            Self::Suffix(suffix) => text.ends_with(suffix.as_bytes()),
            Self::PrefixSuffix(prefix, suffix) => {
                text.starts_with(prefix.as_bytes()) && text.ends_with(suffix.as_bytes())
            }
            Self::PrefixAny(prefix, delimiters) => {
                let rest = text.strip_prefix(prefix.as_bytes());
                rest.is_some_and(|rest| find_any(rest, delimiters).is_none())
            }
            Self::SuffixAny(suffix, delimiters) => {
                let rest = text.strip_suffix(suffix.as_bytes());
                rest.is_some_and(|rest| find_any(rest, delimiters).is_none())
            }
            Self::AnyOf(matchers) => matchers.iter().any(|matcher| matcher.matches(text, work)),
            Self::EveryOf(matchers) => matchers.iter().all(|matcher| matcher.matches(text, work)),
            Self::Row { matchers, width } => {
                let mut count = characters(text);
                let exact = match width.checked_sub(1) {
                    Some(last) => count.nth(last).is_some() && count.next().is_none(),
                    None => text.is_empty(),
                };
                exact && row(matchers, text, work)
            }
            Self::Tree(tree) => tree.matches(text, work),
        }
    }
}

/// Whether matchers match the beginning of a text, each as many characters as it is wide. Of its last character a
/// matcher sees only the first byte.
pub(super) fn row(matchers: &[Matcher], text: &[u8], work: &mut Work) -> bool {
    let mut rest = text;
    for matcher in matchers {
        let width = matcher.width().unwrap_or(0);
        let last = match width.checked_sub(1) {
            Some(last) => characters(rest).nth(last),
            // The library counts up to a width that it never meets, and goes to the last character.
            None => characters(rest).last().or(Some((0, '\0'))),
        };
        let Some((last, _)) = last else { return false };
        let Some((part, behind)) = rest.split_at_checked(last.saturating_add(1)) else { return false };
        if !matcher.matches(part, work) {
            return false;
        }
        rest = behind;
    }
    true
}

impl Tree {
    fn matches(&self, text: &[u8], work: &mut Work) -> bool {
        if self.width.is_some_and(|width| width > text.len()) {
            return false;
        }
        let mut offset = self.left_width.unwrap_or(0);
        let limit = match self.right_width {
            Some(width) => text.len().saturating_sub(width),
            None => text.len(),
        };
        while offset < limit {
            let Some(window) = text.get(offset..limit) else { return false };
            let Some((index, ends)) = self.value.search(window, work) else { return false };
            let start = offset.saturating_add(index);
            let before = text.get(..start).unwrap_or(text);
            let left = match &self.left {
                Some(left) => left.matches(before, work),
                None => before.is_empty(),
            };
            if left {
                for end in ends.as_slice().iter().rev() {
                    let behind = text.get(start.saturating_add(*end)..).unwrap_or(&[]);
                    let right = match &self.right {
                        Some(right) => right.matches(behind, work),
                        None => behind.is_empty(),
                    };
                    if right {
                        return true;
                    }
                }
            }
            let step = text.get(start..).and_then(first).map_or(1, |(_, width)| width);
            offset = start.saturating_add(step);
        }
        false
    }
}
