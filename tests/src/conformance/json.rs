//! JSON whose numbers keep the digits they were written with: `1.50` is not `1.5` here.

use std::collections::BTreeMap;
use std::fmt;

use crate::{Error, Result};

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Json {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A string.
    Text(String),
    /// An array; a set of Rego too.
    Array(Vec<Json>),
    /// An object; of a repeated key the last value stays.
    Object(BTreeMap<String, Json>),
}

/// Levels that a document may have: the reader recurses.
const DEPTH: usize = 512;

impl Json {
    /// Reads a document.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn parse(text: &str) -> Result<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(DEPTH)?;
        reader.blanks();
        match reader.rest().is_empty() {
            true => Ok(value),
            false => Err(reader.wrong("the end")),
        }
    }

    /// A member of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Object(members) => members.get(key),
            _ => None,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The same value with every number in one way of writing, so that only its worth counts.
    #[must_use]
    pub fn with_plain_numbers(&self) -> Self {
        match self {
            Self::Number(digits) => Self::Number(plain(digits)),
            Self::Array(items) => Self::Array(items.iter().map(Self::with_plain_numbers).collect()),
            Self::Object(members) => Self::Object(
                members.iter().map(|(key, value)| (key.clone(), value.with_plain_numbers())).collect(),
            ),
            Self::Null | Self::Bool(_) | Self::Text(_) => self.clone(),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(digits) => f.write_str(digits),
            Self::Text(text) => write_text(f, text),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (key, value)) in members.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    write_text(f, key)?;
                    f.write_str(":")?;
                    value.fmt(f)?;
                }
                f.write_str("}")
            }
        }
    }
}

fn write_text(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if u32::from(c) < 0x20 || ('\u{7f}'..='\u{a0}').contains(&c) || is_invisible(c) => {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().try_for_each(|unit| write!(f, "\\u{unit:04x}"))?;
            }
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

/// What a file of text should not hold as it is.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The number without the freedom in writing it: `-?DIGITSeEXPONENT` with no zero at either end.
fn plain(digits: &str) -> String {
    let (sign, rest) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0').trim_end_matches('0');
    let Ok(exponent) = exponent.trim_start_matches('+').parse::<i64>() else { return digits.to_owned() };
    if significant.is_empty() {
        return String::from("0");
    }
    let trailing = all.len() - all.trim_end_matches('0').len();
    let shift = i64::try_from(trailing).unwrap_or(0) - i64::try_from(fraction.len()).unwrap_or(0);
    format!("{sign}{significant}e{}", exponent.saturating_add(shift))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn wrong(&self, wanted: &str) -> Error {
        Error::new(format!("no JSON: byte {} is not {wanted}", self.at))
    }

    fn blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Steps over `token` if it is next.
    fn take(&mut self, token: &str) -> bool {
        let is_next = self.rest().starts_with(token);
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    fn value(&mut self, depth: usize) -> Result<Json> {
        let Some(depth) = depth.checked_sub(1) else { return Err(Error::new("no JSON: it is too deep")) };
        self.blanks();
        if self.take("null") {
            Ok(Json::Null)
        } else if self.take("true") {
            Ok(Json::Bool(true))
        } else if self.take("false") {
            Ok(Json::Bool(false))
        } else if self.take("\"") {
            self.string().map(Json::Text)
        } else if self.take("[") {
            let mut items = Vec::new();
            self.items("]", |reader| {
                items.push(reader.value(depth)?);
                Ok(())
            })?;
            Ok(Json::Array(items))
        } else if self.take("{") {
            let mut members = BTreeMap::new();
            self.items("}", |reader| {
                reader.blanks();
                if !reader.take("\"") {
                    return Err(reader.wrong("a key"));
                }
                let key = reader.string()?;
                reader.blanks();
                if !reader.take(":") {
                    return Err(reader.wrong("a colon"));
                }
                members.insert(key, reader.value(depth)?);
                Ok(())
            })?;
            Ok(Json::Object(members))
        } else {
            self.number()
        }
    }

    fn items(&mut self, end: &str, mut item: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        self.blanks();
        if self.take(end) {
            return Ok(());
        }
        loop {
            item(self)?;
            self.blanks();
            if self.take(end) {
                return Ok(());
            }
            if !self.take(",") {
                return Err(self.wrong("a comma"));
            }
        }
    }

    fn number(&mut self) -> Result<Json> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let digits: String = self.rest().chars().take_while(|c| is_part(*c)).collect();
        if !digits.contains(|c: char| c.is_ascii_digit()) {
            return Err(self.wrong("a value"));
        }
        self.at += digits.len();
        Ok(Json::Number(digits))
    }

    fn string(&mut self) -> Result<String> {
        let mut text = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else { return Err(self.wrong("the end of a string")) };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(text),
                '\\' => {
                    let Some(escape) = self.rest().chars().next() else {
                        return Err(self.wrong("an escape"));
                    };
                    self.at += escape.len_utf8();
                    text.push(match escape {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'b' => '\u{8}',
                        'f' => '\u{c}',
                        'u' => self.escaped()?,
                        '"' | '\\' | '/' => escape,
                        _ => return Err(self.wrong("an escape")),
                    });
                }
                c => text.push(c),
            }
        }
    }

    /// What `\uXXXX` stands for, with the second half of a pair; a lone half is U+FFFD.
    fn escaped(&mut self) -> Result<char> {
        let first = self.unit()?;
        let mut units = vec![first];
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.unit()?;
            if (0xdc00..0xe000).contains(&second) {
                units.push(second);
            } else {
                self.at = before;
            }
        }
        Ok(char::decode_utf16(units).next().and_then(Result::ok).unwrap_or('\u{fffd}'))
    }

    fn unit(&mut self) -> Result<u16> {
        let digits = self.rest().get(..4).unwrap_or_default();
        let unit = u16::from_str_radix(digits, 16).map_err(|_| self.wrong("four digits"))?;
        self.at += 4;
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_back_as_it_was() {
        for text in [
            "null",
            r#"{"a":[1,1.50,-0,1e400,true],"b":{}}"#,
            r#""\u007f\ud83d\ude00""#,
            "[]",
            r#"["\"\\\n"]"#,
        ] {
            let written = Json::parse(text).expect("it is JSON").to_string();
            assert_eq!(Json::parse(&written).expect("it is JSON"), Json::parse(text).expect("it is JSON"));
        }
        assert_eq!(Json::parse(" [ 1.50 , \"\\u0041\" ] ").expect("it is JSON").to_string(), r#"[1.50,"A"]"#);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in ["", "[1,]", "{\"a\"}", "nul", "1 2", "\"", "[", "{\"a\":}", "\"\\x\""] {
            assert!(Json::parse(text).is_err(), "{text} was taken");
        }
        assert!(Json::parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn numbers_of_the_same_worth_are_plainly_the_same() {
        for (one, other) in [("1", "1.0"), ("100", "1e2"), ("0.30", "3e-1"), ("-0", "0"), ("10", "1E+1")] {
            assert_eq!(plain(one), plain(other));
        }
        assert_ne!(plain("1"), plain("10"));
        assert_ne!(plain("1"), plain("-1"));
    }
}
