//! The members of a header that a verification looks at.

use super::super::call::Failure;
use super::super::crypto::refused;
use crate::rego::value::Value;

/// `alg`, `kid`, `cty` and `crit`; empty where they are missing.
#[derive(Default)]
pub(super) struct Header {
    pub(super) algorithm: String,
    pub(super) key_id: String,
    pub(super) content_type: String,
    critical: Vec<String>,
    unknown: Vec<String>,
}

impl Header {
    /// Reads a header; the members that it knows must have the right type.
    pub(super) fn read(header: &Value<'_>) -> Result<Self, Failure> {
        let mut read = Self::default();
        let Value::Object(members) = header else {
            return Ok(read);
        };
        for (name, value) in members.entries() {
            match name.as_str().unwrap_or_default() {
                "alg" => read.algorithm = text(value)?,
                "kid" => read.key_id = text(value)?,
                "cty" => read.content_type = text(value)?,
                "typ" => drop(text(value)?),
                "crit" => read.critical = critical(value)?,
                name => read.unknown.push(name.to_owned()),
            }
        }
        Ok(read)
    }

    /// RFC 7515 section 4.1.1: "This Header Parameter MUST be present"; section 4.1.11: "If any of the listed extension
    /// Header Parameters are not understood and supported by the recipient, then the JWS is invalid."
    pub(super) fn is_valid(&self) -> bool {
        !self.algorithm.is_empty() && !self.unknown.iter().any(|name| self.critical.contains(name))
    }
}

fn text(value: &Value<'_>) -> Result<String, Failure> {
    value.as_str().map(str::to_owned).ok_or_else(|| refused("alg, kid, typ and cty must be strings"))
}

/// The names up to the first that is not a string.
fn critical(value: &Value<'_>) -> Result<Vec<String>, Failure> {
    let Value::Array(items) = value else {
        return Err(refused("crit: must be a list"));
    };
    let names: Vec<String> = items.iter().map_while(|item| item.as_str().map(str::to_owned)).collect();
    if names.is_empty() { Err(refused("crit: must be a nonempty list")) } else { Ok(names) }
}
