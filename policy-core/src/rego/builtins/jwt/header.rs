//! The members of a header that a verification looks at.

use super::super::call::Failure;
use super::super::crypto::refused;
use super::json::Json;

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
    pub(super) fn read(header: &Json) -> Result<Self, Failure> {
        let mut read = Self::default();
        let Json::Object(members) = header else {
            return Ok(read);
        };
        for (name, _) in members {
            // Of members of one name the last counts.
            let Some(value) = header.member(name) else { continue };
            match name.as_str() {
                "alg" => read.algorithm = text(value)?,
                "kid" => read.key_id = text(value)?,
                "cty" => read.content_type = text(value)?,
                "typ" => drop(text(value)?),
                "crit" => read.critical = critical(value)?,
                _ => read.unknown.push(name.clone()),
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

fn text(value: &Json) -> Result<String, Failure> {
    match value {
        Json::String(text) => Ok(text.clone()),
        _ => Err(refused("alg, kid, typ and cty must be strings")),
    }
}

/// The names up to the first that is not a string.
fn critical(value: &Json) -> Result<Vec<String>, Failure> {
    let Json::Array(items) = value else {
        return Err(refused("crit: must be a list"));
    };
    let names: Vec<String> = items
        .iter()
        .map_while(|item| if let Json::String(name) = item { Some(name.clone()) } else { None })
        .collect();
    if names.is_empty() { Err(refused("crit: must be a nonempty list")) } else { Ok(names) }
}
