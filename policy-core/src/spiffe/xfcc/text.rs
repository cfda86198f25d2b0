//! The text form: elements divided by `,`, pairs by `;`, each `key=value`.
//!
//! Envoy's documentation: "The keys are case-insensitive, the values are case-sensitive. If `,`, `;` or `=`
//! appear in a value, the value should be double-quoted. Double-quotes in the value should be replaced by
//! backslash-double-quote". In a quoted value a backslash takes the next character with it: the one value that
//! Envoy quotes and a client chooses is `Subject`, and it is RFC 2253 text, in which a backslash is doubled. So
//! the `\\"` at the end of a subject is a backslash and the closing quote, not a quote inside.

use std::borrow::Cow;

use super::super::limits::{MAX_XFCC_ELEMENTS, MAX_XFCC_PAIRS};
use super::element::{XfccCertificate, XfccElement};
use super::error::XfccError;

/// What follows a pair.
enum Divider {
    Pair,
    Element,
    End,
}

/// All elements of `value`, which has no control bytes.
pub(super) fn elements(value: &str) -> Result<Vec<XfccElement<'_>>, XfccError> {
    let mut reader = Reader { text: value, at: 0 };
    let mut elements = Vec::new();
    if value.is_empty() {
        return Ok(elements);
    }
    loop {
        if elements.len() >= MAX_XFCC_ELEMENTS {
            return Err(XfccError::TooManyElements);
        }
        let (element, more) = reader.element()?;
        elements.push(element);
        if !more {
            return Ok(elements);
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Byte offset of what is read next; always just before or after an ASCII character.
    at: usize,
}

impl<'a> Reader<'a> {
    /// One element, and whether another follows.
    fn element(&mut self) -> Result<(XfccElement<'a>, bool), XfccError> {
        let mut element = XfccElement::default();
        for _ in 0..MAX_XFCC_PAIRS {
            let start = self.at;
            let key = self.key()?;
            let value = self.value()?;
            if !put(&mut element, key, value) {
                return Err(XfccError::DuplicateKey { position: start });
            }
            match self.divider()? {
                Divider::Pair => {}
                Divider::Element => return Ok((element, true)),
                Divider::End => return Ok((element, false)),
            }
        }
        Err(XfccError::TooManyPairs)
    }

    /// A key and its `=`.
    fn key(&mut self) -> Result<&'a str, XfccError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            self.advance();
        }
        let key = self.since(start);
        let position = self.at;
        match self.peek() {
            Some(b'=') if !key.is_empty() => {
                self.advance();
                Ok(key)
            }
            None | Some(b';' | b',') if key.is_empty() => Err(XfccError::EmptyPair { position }),
            None | Some(b';' | b',') => Err(XfccError::MissingEquals { position }),
            Some(_) => Err(XfccError::Key { position }),
        }
    }

    fn value(&mut self) -> Result<Cow<'a, str>, XfccError> {
        if self.peek() == Some(b'"') {
            return self.quoted();
        }
        let start = self.at;
        loop {
            match self.peek() {
                None | Some(b';' | b',') => return Ok(Cow::Borrowed(self.since(start))),
                Some(b'"' | b'=') => return Err(XfccError::Unquoted { position: self.at }),
                Some(_) => self.advance(),
            }
        }
    }

    /// A value between quotes, of which only the quotes inside are unescaped.
    fn quoted(&mut self) -> Result<Cow<'a, str>, XfccError> {
        let position = self.at;
        self.advance();
        let start = self.at;
        loop {
            match self.peek() {
                None => return Err(XfccError::UnbalancedQuote { position }),
                Some(b'"') => break,
                Some(b'\\') => {
                    self.advance();
                    self.advance();
                }
                Some(_) => self.advance(),
            }
        }
        let raw = self.since(start);
        self.advance();
        Ok(if raw.contains("\\\"") { Cow::Owned(unescape_quotes(raw)) } else { Cow::Borrowed(raw) })
    }

    fn divider(&mut self) -> Result<Divider, XfccError> {
        let divider = match self.peek() {
            None => return Ok(Divider::End),
            Some(b';') => Divider::Pair,
            Some(b',') => Divider::Element,
            // Only a quoted value ends before something else.
            Some(_) => return Err(XfccError::AfterQuote { position: self.at }),
        };
        self.advance();
        Ok(divider)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }
}

/// `\"` becomes `"`; every other pair of a backslash and a character stays.
fn unescape_quotes(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('"') => text.push('"'),
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}

/// Puts a pair where it belongs; false if the element has the key already and may not have it twice. Keys that
/// we do not know (Envoy 1.40 added `Issuer`) are passed over.
fn put<'a>(element: &mut XfccElement<'a>, key: &str, value: Cow<'a, str>) -> bool {
    match key.to_ascii_lowercase().as_str() {
        "by" => element.by.push(value),
        "uri" => {
            element.uri_after_dns |= !element.dns.is_empty();
            element.uri.push(value);
        }
        "dns" => element.dns.push(value),
        "hash" => return element.hash.replace(value).is_none(),
        "subject" => return element.subject.replace(value).is_none(),
        "cert" => return element.cert.replace(XfccCertificate::UrlEncoded(value)).is_none(),
        "chain" => return !std::mem::replace(&mut element.chain, true),
        _ => {}
    }
    true
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
