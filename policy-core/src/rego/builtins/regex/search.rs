//! All matches in a text, one after the other, as Go finds them.

use regex::CaptureLocations;

use crate::rego::builtins::patterns::Regex;
use crate::rego::builtins::{Failure, Meter};

pub(super) struct Matches<'a> {
    regex: &'a Regex,
    text: &'a str,
    groups: CaptureLocations,
    /// Where the next search begins; beyond the text when there is none.
    position: usize,
    /// Where the last match ended: an empty match there does not count.
    last_end: Option<usize>,
    /// How many may still be found.
    most: u64,
}

impl<'a> Matches<'a> {
    /// A negative number stands for all.
    pub(super) fn new(regex: &'a Regex, text: &'a str, most: i64) -> Self {
        let most = u64::try_from(most).unwrap_or(u64::MAX);
        Self { regex, text, groups: regex.groups(), position: 0, last_end: None, most }
    }

    /// The next match. Every search is charged for the text that it may read.
    ///
    /// # Errors
    /// When the budget is used up.
    pub(super) fn next(&mut self, meter: &mut Meter) -> Result<Option<(usize, usize)>, Failure> {
        while self.most > 0 && self.position <= self.text.len() {
            meter.steps(1)?;
            let left = self.text.len().saturating_sub(self.position);
            meter.steps(self.regex.cost(left))?;
            let Some((start, end)) = self.regex.find_at(&mut self.groups, self.text, self.position) else {
                self.position = usize::MAX;
                break;
            };
            let counts = end != self.position || Some(start) != self.last_end;
            if end == self.position {
                let next = self.text.get(end..).and_then(|rest| rest.chars().next());
                self.position = end.saturating_add(next.map_or(1, char::len_utf8));
            } else {
                self.position = end;
            }
            self.last_end = Some(end);
            if counts {
                self.most = self.most.saturating_sub(1);
                return Ok(Some((start, end)));
            }
        }
        Ok(None)
    }

    /// The groups of the last match.
    pub(super) fn groups(&self) -> &CaptureLocations {
        &self.groups
    }
}
