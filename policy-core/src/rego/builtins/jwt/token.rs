//! The three parts of a compact token.

use super::super::call::{Failure, Meter};
use super::super::crypto::{Base64, base64_decode, refused};
use super::MAX_TOKEN_BYTES;
use super::json;
use crate::rego::value::{JsonError, JsonLimits, Reader, Value};

/// A token in three parts, none of them read yet.
pub(super) struct Token<'t> {
    pub(super) header: &'t [u8],
    pub(super) payload: &'t [u8],
    pub(super) signature: &'t [u8],
    /// Header, dot and payload: what was signed.
    pub(super) signed: &'t [u8],
}

impl<'t> Token<'t> {
    /// Splits a text, which need not be UTF-8 when it was inside another token.
    pub(super) fn split(text: &'t [u8], meter: &mut Meter) -> Result<Self, Failure> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(Failure::Limit("a token has more than 256 KiB"));
        }
        meter.reads(text.len())?;
        let mut parts = text.split(|byte| *byte == b'.');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(header), Some(payload), Some(signature), None) => {
                let signed = header.len().saturating_add(payload.len()).saturating_add(1);
                let signed = text.get(..signed).unwrap_or(text);
                Ok(Self { header, payload, signature, signed })
            }
            _ => Err(refused("encoded JWT must have 3 sections")),
        }
    }

    /// The header: an object that is not an encrypted token's.
    pub(super) fn decode_header(&self, meter: &mut Meter) -> Result<Value<'static>, Failure> {
        let bytes = part(self.header, "JWT header had invalid encoding", meter)?;
        let header = object(&bytes, "bad JWT header: invalid JSON", meter)?;
        if header.get("enc").is_some() {
            return Err(refused("JWT is a JWE object, which is not supported"));
        }
        Ok(header)
    }

    /// The bytes of the payload.
    pub(super) fn decode_payload(&self, meter: &mut Meter) -> Result<Vec<u8>, Failure> {
        part(self.payload, "JWT payload had invalid encoding", meter)
    }

    /// The bytes of the signature.
    pub(super) fn decode_signature(&self, meter: &mut Meter) -> Result<Vec<u8>, Failure> {
        part(self.signature, "JWT signature had invalid encoding", meter)
    }
}

/// An object in JSON.
pub(super) fn object(bytes: &[u8], rule: &str, meter: &mut Meter) -> Result<Value<'static>, Failure> {
    json::charge(meter, bytes.len())?;
    let mut reader = Reader::new(bytes, JsonLimits::REQUEST);
    match reader.value() {
        // OPA takes a `null` behind the value for the end of the text.
        Ok(_) if !reader.rest().is_empty() && !reader.rest().starts_with(b"null") => Err(refused(rule)),
        Ok(object @ Value::Object(_)) => Ok(object),
        Ok(_) => Err(refused("decoded JSON type was not an Object")),
        Err(JsonError::Syntax(_)) => Err(refused(rule)),
        Err(limit @ (JsonError::Depth | JsonError::Nodes | JsonError::Number)) => {
            Err(Failure::Limit(limit.message()))
        }
    }
}

/// RFC 7515 appendix C: the padding may be left out. Where it is not, it must be right.
fn part(text: &[u8], rule: &str, meter: &mut Meter) -> Result<Vec<u8>, Failure> {
    meter.reads(text.len())?;
    meter.makes(text.len())?;
    if text.last() == Some(&b'=') {
        return base64_decode(Base64::Url, text).ok_or_else(|| refused(rule));
    }
    let padding: &[u8] = match text.len() % 4 {
        0 => b"",
        2 => b"==",
        3 => b"=",
        _ => return Err(refused(rule)),
    };
    base64_decode(Base64::Url, &[text, padding].concat()).ok_or_else(|| refused(rule))
}
