//! Header lines: bytes from the client, in order, repeated ones kept apart.

use std::borrow::Cow;

use thiserror::Error;

/// The header lines of a request. Names are lower-case, as HTTP/2 and Envoy have them.
#[derive(Clone)]
pub struct Headers<'a> {
    lines: Vec<(&'a [u8], &'a [u8])>,
}

/// Why header lines are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// More lines than the limit.
    #[error("more header lines than the limit")]
    TooMany,
    /// More bytes than the limit.
    #[error("more header bytes than the limit")]
    TooLarge,
    /// A header that may occur once occurs again.
    #[error("a header that may occur once is repeated")]
    Repeated,
}

impl HeaderError {
    /// Stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooMany => "headers_too_many",
            Self::TooLarge => "headers_too_large",
            Self::Repeated => "header_repeated",
        }
    }
}

impl<'a> Headers<'a> {
    /// Header lines in the order of the request.
    #[must_use]
    pub const fn new(lines: Vec<(&'a [u8], &'a [u8])>) -> Self {
        Self { lines }
    }

    /// Refuses more than `lines` lines or more than `bytes` bytes of names and values.
    ///
    /// # Errors
    /// [`HeaderError::TooMany`], [`HeaderError::TooLarge`].
    pub fn within(&self, lines: usize, bytes: usize) -> Result<(), HeaderError> {
        if self.lines.len() > lines {
            return Err(HeaderError::TooMany);
        }
        let size = |sum: usize, (name, value): &(&[u8], &[u8])| {
            sum.saturating_add(name.len()).saturating_add(value.len())
        };
        if self.lines.iter().fold(0, size) > bytes { Err(HeaderError::TooLarge) } else { Ok(()) }
    }

    /// Every line.
    pub fn lines(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + '_ {
        self.lines.iter().copied()
    }

    /// Every value of the header `name` (lower-case), in order.
    pub fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a [u8]> + 's {
        let matches = move |line: &&(&[u8], &[u8])| line.0.eq_ignore_ascii_case(name.as_bytes());
        self.lines.iter().filter(matches).map(|(_, value)| *value)
    }

    /// The value of a header that may occur once.
    ///
    /// # Errors
    /// [`HeaderError::Repeated`] when there is more than one line.
    pub fn single(&self, name: &str) -> Result<Option<&'a [u8]>, HeaderError> {
        let mut values = self.values(name);
        let first = values.next();
        if values.next().is_some() { Err(HeaderError::Repeated) } else { Ok(first) }
    }

    /// The lines without those whose name is among `names` (lower-case): what a client says under our own names.
    /// Borrowed where there is none, as with every honest client.
    #[must_use]
    pub fn without(&self, names: &[Box<str>]) -> Cow<'_, Self> {
        let own = |line: &[u8]| names.iter().any(|name| line.eq_ignore_ascii_case(name.as_bytes()));
        if !self.lines.iter().any(|(name, _)| own(name)) {
            return Cow::Borrowed(self);
        }
        let lines = self.lines().filter(|(name, _)| !own(name)).collect();
        Cow::Owned(Self { lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn names(headers: &Headers<'_>) -> Vec<String> {
        headers.lines().map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect()
    }

    #[test]
    fn only_lines_under_the_given_names_go() {
        let own: [Box<str>; 2] = ["x-own".into(), "x-other".into()];
        let sent = Headers::new(vec![
            (b"a", b"1"),
            (b"x-own", b"2"),
            (b"b", b"3"),
            (b"X-Own", b"4"),
            (b"x-owner", b"5"),
        ]);
        assert_eq!(names(&sent.without(&own)), ["a", "b", "x-owner"]);
        assert_eq!(names(&sent.without(&[])), ["a", "x-own", "b", "X-Own", "x-owner"]);
    }

    #[test]
    fn nothing_is_copied_where_nothing_goes() {
        let own: [Box<str>; 1] = ["x-own".into()];
        let honest = Headers::new(vec![(b"a", b"1"), (b"x-owner", b"2")]);
        assert!(matches!(honest.without(&own), Cow::Borrowed(_)));
        let forged = Headers::new(vec![(b"x-own", b"1")]);
        assert!(matches!(forged.without(&own), Cow::Owned(_)));
    }
}
