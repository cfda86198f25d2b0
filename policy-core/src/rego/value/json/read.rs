//! JSON text to values, as Go's `encoding/json` reads it for OPA: numbers keep their text, of equal keys the last one
//! stays, what is not Unicode becomes U+FFFD.

use crate::rego::limits::{VALUE_DEPTH, VALUE_NODES};

use super::super::{Number, ObjectBuilder, Value};

/// What a JSON document may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonLimits {
    /// Levels of arrays and objects. Reading recurses along them.
    pub depth: usize,
    /// Values: arrays, objects, leaves.
    pub nodes: usize,
}

impl JsonLimits {
    /// For what comes with a request.
    pub const REQUEST: Self = Self { depth: VALUE_DEPTH, nodes: VALUE_NODES };
}

/// Why text is not taken for JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// It is none: the place is in bytes.
    Syntax(usize),
    /// More levels than allowed.
    Depth,
    /// More values than allowed.
    Nodes,
    /// A number's exponent is beyond a million.
    Number,
}

impl JsonError {
    /// What to say of it.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Syntax(_) => "the text is not JSON",
            Self::Depth => "the JSON has too many levels",
            Self::Nodes => "the JSON has too many values",
            Self::Number => "the JSON has a number with too large an exponent",
        }
    }
}

impl Value<'_> {
    /// The value of a JSON text, of which nothing may be left over.
    ///
    /// # Errors
    /// If it is not JSON, or more than the limits allow.
    pub fn from_json(text: &[u8], limits: JsonLimits) -> Result<Value<'static>, JsonError> {
        let mut reader = Reader::new(text, limits);
        let value = reader.value()?;
        reader.end()?;
        Ok(value)
    }
}

/// Reads one value after the other.
pub(in crate::rego) struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    nodes: usize,
}

impl<'t> Reader<'t> {
    pub(in crate::rego) fn new(text: &'t [u8], limits: JsonLimits) -> Self {
        Self { text, at: 0, depth: limits.depth, nodes: limits.nodes }
    }

    /// The next value, with the space around it.
    ///
    /// # Errors
    /// If there is none, or more than the limits allow.
    pub(in crate::rego) fn value(&mut self) -> Result<Value<'static>, JsonError> {
        self.nodes = self.nodes.checked_sub(1).ok_or(JsonError::Nodes)?;
        self.space();
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::from(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.wrong()),
        }?;
        self.space();
        Ok(value)
    }

    /// Nothing is left.
    ///
    /// # Errors
    /// If something is.
    pub(in crate::rego) fn end(&self) -> Result<(), JsonError> {
        if self.peek().is_none() { Ok(()) } else { Err(self.wrong()) }
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Value<'static>, JsonError>,
    ) -> Result<Value<'static>, JsonError> {
        self.depth = self.depth.checked_sub(1).ok_or(JsonError::Depth)?;
        self.skip();
        let value = read(self)?;
        self.depth = self.depth.saturating_add(1);
        Ok(value)
    }

    fn array(&mut self) -> Result<Value<'static>, JsonError> {
        let mut items = Vec::new();
        self.space();
        if self.takes(b']') {
            return Ok(Value::array(items));
        }
        loop {
            items.push(self.value()?);
            if self.takes(b']') {
                return Ok(Value::array(items));
            }
            self.expect(b',')?;
        }
    }

    fn object(&mut self) -> Result<Value<'static>, JsonError> {
        let mut object = ObjectBuilder::new();
        self.space();
        if self.takes(b'}') {
            return Ok(Value::Object(object.build()));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.wrong());
            }
            let key = self.string()?;
            self.space();
            self.expect(b':')?;
            object.insert(Value::from(key), self.value()?);
            if self.takes(b'}') {
                return Ok(Value::Object(object.build()));
            }
            self.expect(b',')?;
        }
    }

    fn number(&mut self) -> Result<Value<'static>, JsonError> {
        let rest = self.rest();
        let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.iter().take_while(is_part).count();
        let digits =
            rest.get(..length).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default();
        if !Number::is_json(digits) {
            return Err(self.wrong());
        }
        self.at = self.at.saturating_add(length);
        Number::parse(digits).map(Value::Number).ok_or(JsonError::Number)
    }

    fn word(&mut self, word: &str, value: Value<'static>) -> Result<Value<'static>, JsonError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.wrong());
        }
        self.at = self.at.saturating_add(word.len());
        Ok(value)
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.skip();
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let length = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | ..0x20)).count();
            push_lossy(rest.get(..length).unwrap_or_default(), &mut text);
            self.at = self.at.saturating_add(length);
            match self.peek() {
                Some(b'"') => {
                    self.skip();
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.skip();
                    text.push(self.escape()?);
                }
                _ => return Err(self.wrong()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.skip();
                return self.unicode();
            }
            _ => return Err(self.wrong()),
        };
        self.skip();
        Ok(character)
    }

    /// What follows `\u`. A surrogate without its other half is U+FFFD.
    fn unicode(&mut self) -> Result<char, JsonError> {
        let unit = hex(self.rest()).ok_or_else(|| self.wrong())?;
        self.at = self.at.saturating_add(4);
        if let Some(character) = char::from_u32(u32::from(unit)) {
            return Ok(character);
        }
        let second = self.rest().strip_prefix(b"\\u").and_then(hex);
        let pair = second.and_then(|second| char::decode_utf16([unit, second]).next()?.ok());
        if pair.is_some() {
            self.at = self.at.saturating_add(6);
        }
        Ok(pair.unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn space(&mut self) {
        let blank =
            self.rest().iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        self.at = self.at.saturating_add(blank);
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.skip();
        }
        is_next
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.takes(byte) { Ok(()) } else { Err(self.wrong()) }
    }

    pub(in crate::rego) fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn wrong(&self) -> JsonError {
        JsonError::Syntax(self.at)
    }
}

fn hex(text: &[u8]) -> Option<u16> {
    let digits = text.get(..4)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Appends bytes as text; each byte that is not part of a character is U+FFFD.
pub(in crate::rego) fn push_lossy(mut bytes: &[u8], text: &mut String) {
    loop {
        match std::str::from_utf8(bytes) {
            Ok(rest) => return text.push_str(rest),
            Err(error) => {
                let (valid, rest) = bytes.split_at_checked(error.valid_up_to()).unwrap_or((&[], &[]));
                text.push_str(std::str::from_utf8(valid).unwrap_or_default());
                text.push(char::REPLACEMENT_CHARACTER);
                bytes = rest.get(1..).unwrap_or_default();
            }
        }
    }
}
