//! Where a matcher matches first in a text, and where those matches end.

use super::matcher::{Ends, Matcher, Work, characters, find, find_any, find_last, row};

type Found = Option<(usize, Ends)>;

impl Matcher {
    /// The first place where it matches; `None` if there is none, or if the library does not look for it.
    pub(super) fn search(&self, text: &[u8], work: &mut Work) -> Found {
        if !work.charge(text) {
            return None;
        }
        match self {
            Self::Nothing => Some((0, Ends::One(0))),
            Self::Text(own) => find(text, own).map(|at| (at, Ends::One(own.len()))),
            Self::Super => Some((0, Ends::Many(boundaries(text, 0)))),
            Self::Any(delimiters) => {
                let end = find_any(text, delimiters).unwrap_or(text.len());
                Some((0, Ends::Many(boundaries(text.get(..end)?, 0))))
            }
            Self::Single(_) | Self::List { .. } | Self::Range { .. } => {
                characters(text).find(|(_, c)| self.takes(*c)).map(|(at, c)| (at, Ends::One(c.len_utf8())))
            }
            Self::Min(least) => {
                let ends = characters(text).map(|(at, c)| at.saturating_add(c.len_utf8()));
                let ends: Vec<usize> = ends.skip(least.saturating_sub(1)).collect();
                (!ends.is_empty()).then_some((0, Ends::Many(ends)))
            }
            Self::Max(most) => {
                let ends = characters(text).map(|(at, c)| at.saturating_add(c.len_utf8()));
                Some((0, Ends::Many(std::iter::once(0).chain(ends).take(most.saturating_add(1)).collect())))
            }
            Self::Contains { needle, not: false } => {
                let end = find(text, needle)?.saturating_add(needle.len());
                Some((0, Ends::Many(boundaries(text.get(end..)?, end))))
            }
            Self::Contains { needle, not: true } => {
                let end = find(text, needle).unwrap_or(text.len());
                Some((0, Ends::Many(boundaries(text.get(..end)?, 0))))
            }
            Self::Prefix(prefix) => {
                let at = find(text, prefix)?;
                let rest = text.get(at.saturating_add(prefix.len())..)?;
                Some((at, Ends::Many(boundaries(rest, prefix.len()))))
            }
            Self::Suffix(suffix) => {
                find(text, suffix).map(|at| (0, Ends::One(at.saturating_add(suffix.len()))))
            }
            Self::PrefixSuffix(prefix, suffix) => {
                let at = find(text, prefix)?;
                let mut rest = text.get(at..)?;
                let mut ends = Vec::new();
                while let Some(last) = find_last(rest, suffix) {
                    ends.push(last.saturating_add(suffix.len()));
                    rest = rest.get(..last)?;
                    if !work.charge(rest) {
                        return None;
                    }
                }
                ends.reverse();
                (!ends.is_empty()).then_some((at, Ends::Many(ends)))
            }
            Self::PrefixAny(prefix, delimiters) => {
                let at = find(text, prefix)?;
                let rest = text.get(at.saturating_add(prefix.len())..)?;
                let end = find_any(rest, delimiters).unwrap_or(rest.len());
                Some((at, Ends::Many(boundaries(rest.get(..end)?, prefix.len()))))
            }
            Self::SuffixAny(suffix, delimiters) => {
                let at = find(text, suffix)?;
                let before = text.get(..at)?;
                let last = characters(before).filter(|(_, c)| delimiters.contains(c)).last();
                let start = last.map_or(0, |(at, _)| at.saturating_add(1));
                Some((start, Ends::One(at.saturating_add(suffix.len()).saturating_sub(start))))
            }
            Self::AnyOf(matchers) => any_of(matchers, text, work),
            Self::EveryOf(matchers) => every_of(matchers, text, work),
            Self::Row { matchers, width } => {
                for (at, _) in characters(text) {
                    let rest = text.get(at..)?;
                    if rest.len() < *width {
                        break;
                    }
                    if row(matchers, rest, work) {
                        return Some((at, Ends::One(*width)));
                    }
                }
                None
            }
            // The library does not search for trees.
            Self::Tree(_) => None,
        }
    }
}

/// The places between the characters of a text, its end included, counted from somewhere before it.
fn boundaries(text: &[u8], from: usize) -> Vec<usize> {
    let starts = characters(text).map(|(at, _)| at);
    starts.chain(std::iter::once(text.len())).map(|at| at.saturating_add(from)).collect()
}

/// The first place of all, with every end that there is from it.
fn any_of(matchers: &[Matcher], text: &[u8], work: &mut Work) -> Found {
    let mut best: Option<(usize, Vec<usize>)> = None;
    for matcher in matchers {
        let Some((at, ends)) = matcher.search(text, work) else { continue };
        match &mut best {
            Some((known, _)) if at > *known => {}
            Some((known, all)) if at == *known => {
                all.extend_from_slice(ends.as_slice());
                all.sort_unstable();
                all.dedup();
            }
            _ => best = Some((at, ends.as_slice().to_vec())),
        }
    }
    best.map(|(at, ends)| (at, Ends::Many(ends)))
}

/// Where all match, as far as the library finds it: each is searched from where the one before it was found.
fn every_of(matchers: &[Matcher], text: &[u8], work: &mut Work) -> Found {
    let (mut index, mut offset) = (0usize, 0usize);
    let mut current: Option<Vec<usize>> = None;
    let mut rest = text;
    for matcher in matchers {
        let (at, ends) = matcher.search(rest, work)?;
        let here = at.saturating_add(offset);
        let next: Vec<usize> = match &current {
            None => ends.as_slice().to_vec(),
            Some(current) => {
                let moved = |end: &usize| end.saturating_add(index).checked_sub(here);
                let known = |end: &usize| ends.as_slice().binary_search(end).is_ok();
                current.iter().filter_map(moved).filter(known).collect()
            }
        };
        if next.is_empty() {
            return None;
        }
        current = Some(next);
        index = here;
        rest = text.get(index..)?;
        offset = offset.saturating_add(at);
    }
    current.map(|ends| (index, Ends::Many(ends)))
}
