//! JSON as Go's decoder reads it from bytes.
//!
//! A JWK is read member by member, in order and each one though it be repeated; so this keeps what a value cannot.

use std::cell::Cell;

use super::super::call::{Failure, Meter};
use super::super::crypto::text_as_in_go;
use crate::rego::limits::VALUE_DEPTH;

/// A JSON text's value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number,
    String(String),
    Array(Vec<Json>),
    /// All members in order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The last member of a name: it is the one that counts.
    pub(super) fn member(&self, name: &str) -> Option<&Json> {
        let Self::Object(members) = self else {
            return None;
        };
        members.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

/// Why there is no value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum JsonError {
    /// The text is not JSON.
    Syntax,
    /// Deeper than this engine reads.
    Depth,
}

impl JsonError {
    /// The failure of the function that read the text.
    pub(super) fn failure(self, rule: &str) -> Failure {
        match self {
            Self::Syntax => Failure::Operand(rule.to_owned()),
            Self::Depth => Failure::Limit("the JSON has too many levels"),
        }
    }
}

/// Charges what reading and holding a JSON text costs: the shortest value, two bytes, becomes one of 40.
pub(super) fn charge(meter: &mut Meter, bytes: usize) -> Result<(), Failure> {
    meter.reads(bytes.saturating_mul(8))?;
    meter.makes(bytes.saturating_mul(24))
}

/// One value, and nothing but white space behind it.
pub(super) fn parse(text: &[u8]) -> Result<Json, JsonError> {
    let (value, rest) = parse_first(text)?;
    if rest.iter().all(|byte| is_space(*byte)) { Ok(value) } else { Err(JsonError::Syntax) }
}

/// The first value, and what is behind it.
pub(super) fn parse_first(text: &[u8]) -> Result<(Json, &[u8]), JsonError> {
    let parser = Parser { rest: Cell::new(text) };
    let value = parser.value(0)?;
    Ok((value, parser.rest.get()))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

struct Parser<'t> {
    rest: Cell<&'t [u8]>,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<u8> {
        self.rest.get().first().copied()
    }

    fn next(&self) -> Result<u8, JsonError> {
        let (&first, rest) = self.rest.get().split_first().ok_or(JsonError::Syntax)?;
        self.rest.set(rest);
        Ok(first)
    }

    fn spaces(&self) {
        while self.peek().is_some_and(is_space) {
            let _space = self.next();
        }
    }

    /// Takes a byte behind white space if it is this one.
    fn takes(&self, wanted: u8) -> bool {
        self.spaces();
        self.peek() == Some(wanted) && self.next().is_ok()
    }

    fn value(&self, depth: usize) -> Result<Json, JsonError> {
        self.spaces();
        match self.peek().ok_or(JsonError::Syntax)? {
            b'n' => self.word(b"null", Json::Null),
            b't' => self.word(b"true", Json::Bool(true)),
            b'f' => self.word(b"false", Json::Bool(false)),
            b'"' => self.string().map(Json::String),
            b'[' => self.array(deeper(depth)?),
            b'{' => self.object(deeper(depth)?),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(JsonError::Syntax),
        }
    }

    fn word(&self, word: &[u8], value: Json) -> Result<Json, JsonError> {
        let rest = self.rest.get().strip_prefix(word).ok_or(JsonError::Syntax)?;
        self.rest.set(rest);
        Ok(value)
    }

    fn array(&self, depth: usize) -> Result<Json, JsonError> {
        let mut items = Vec::new();
        self.next()?;
        if self.takes(b']') {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.takes(b']') {
                return Ok(Json::Array(items));
            }
            if !self.takes(b',') {
                return Err(JsonError::Syntax);
            }
        }
    }

    fn object(&self, depth: usize) -> Result<Json, JsonError> {
        let mut members = Vec::new();
        self.next()?;
        if self.takes(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.spaces();
            if self.peek() != Some(b'"') {
                return Err(JsonError::Syntax);
            }
            let name = self.string()?;
            if !self.takes(b':') {
                return Err(JsonError::Syntax);
            }
            members.push((name, self.value(depth)?));
            if self.takes(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.takes(b',') {
                return Err(JsonError::Syntax);
            }
        }
    }

    fn number(&self) -> Result<Json, JsonError> {
        let _sign = self.take_if(|byte| byte == b'-');
        if !self.take_if(|byte| byte == b'0') && self.digits() == 0 {
            return Err(JsonError::Syntax);
        }
        if self.take_if(|byte| byte == b'.') && self.digits() == 0 {
            return Err(JsonError::Syntax);
        }
        if self.take_if(|byte| matches!(byte, b'e' | b'E')) {
            let _sign = self.take_if(|byte| matches!(byte, b'+' | b'-'));
            if self.digits() == 0 {
                return Err(JsonError::Syntax);
            }
        }
        Ok(Json::Number)
    }

    fn take_if(&self, wanted: impl Fn(u8) -> bool) -> bool {
        self.peek().is_some_and(wanted) && self.next().is_ok()
    }

    fn digits(&self) -> usize {
        let mut count = 0_usize;
        while self.take_if(|byte| byte.is_ascii_digit()) {
            count = count.saturating_add(1);
        }
        count
    }

    /// A string. Bytes that are not UTF-8, and halves of surrogate pairs, become U+FFFD, one each.
    fn string(&self) -> Result<String, JsonError> {
        let mut text = Vec::new();
        self.next()?;
        loop {
            match self.next()? {
                b'"' => return Ok(text_as_in_go(&text)),
                b'\\' => {
                    let character = self.escape()?;
                    text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                control if control < 0x20 => return Err(JsonError::Syntax),
                byte => text.push(byte),
            }
        }
    }

    fn escape(&self) -> Result<char, JsonError> {
        Ok(match self.next()? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                match char::from_u32(unit) {
                    Some(character) => character,
                    None => self.pair(unit),
                }
            }
            _ => return Err(JsonError::Syntax),
        })
    }

    fn unit(&self) -> Result<u32, JsonError> {
        let mut unit = 0_u32;
        for _ in 0..4 {
            let digit = char::from(self.next()?).to_digit(16).ok_or(JsonError::Syntax)?;
            unit = (unit << 4) | digit;
        }
        Ok(unit)
    }

    /// The character of a pair of surrogates; if the other half does not follow, nothing more is taken.
    fn pair(&self, high: u32) -> char {
        let start = self.rest.get();
        let escape = self.rest.get().strip_prefix(b"\\u");
        if let Some(rest) = escape.filter(|_| (0xd800..0xdc00).contains(&high)) {
            self.rest.set(rest);
            if let Ok(low) = self.unit()
                && (0xdc00..0xe000).contains(&low)
            {
                let code = (((high & 0x3ff) << 10) | (low & 0x3ff)).saturating_add(0x1_0000);
                if let Some(character) = char::from_u32(code) {
                    return character;
                }
            }
        }
        self.rest.set(start);
        char::REPLACEMENT_CHARACTER
    }
}

fn deeper(depth: usize) -> Result<usize, JsonError> {
    let depth = depth.saturating_add(1);
    if depth > VALUE_DEPTH { Err(JsonError::Depth) } else { Ok(depth) }
}
