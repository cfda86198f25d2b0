//! From the policy's answer to a ruling: OPA-Envoy's decision, a boolean or an object.

use std::sync::Arc;

use serde_json::Map;

use crate::decision::{Denial, HeaderPair, Permit};
use crate::limits::{DECISION_BODY_BYTES, DECISION_HEADERS, METADATA_BYTES, METADATA_DEPTH, REASON_BYTES};
use crate::reason::Reason;
use crate::rego::{Outcome, Value};

/// What was decided, checked.
pub(crate) enum Ruling {
    /// No policy was asked: the route is off.
    Off,
    Allow {
        permit: Permit,
        reason: Option<String>,
    },
    Deny {
        denial: Denial,
        reason: Option<String>,
    },
}

/// An answer that is not a decision; the request is refused.
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    /// For the operator: the field or the place in the policy, never a value.
    pub(crate) detail: Option<String>,
}

impl Failure {
    fn decision(field: &str, problem: &str) -> Self {
        let detail =
            if field.is_empty() { problem.to_owned() } else { format!("decision field `{field}` {problem}") };
        Self { reason: Reason::PolicyDecision, detail: Some(detail) }
    }
}

/// Only a defined `true`, or an object whose `allowed` is `true` and whose other fields are well-formed, allows.
///
/// `dynamic_metadata` has to be well-formed also where the host cannot hand it on: who gets in is the same on every host.
pub(crate) fn read_outcome(outcome: Outcome<'_>) -> Result<Ruling, Failure> {
    match outcome {
        Outcome::Undefined => Err(Failure {
            reason: Reason::PolicyUndefined,
            detail: Some("the decision is undefined; give the rule a `default`".to_owned()),
        }),
        Outcome::Error(error) => {
            Err(Failure { reason: Reason::PolicyError, detail: Some(error.to_string()) })
        }
        Outcome::Defined(value) => match value.as_bool() {
            Some(true) => Ok(Ruling::Allow { permit: Permit::bare(), reason: None }),
            Some(false) => Ok(Ruling::Deny { denial: denial(403), reason: None }),
            None if value.is_object() => read_object(&value),
            None => Err(Failure::decision("", "the decision is neither a boolean nor an object")),
        },
    }
}

fn denial(status: u16) -> Denial {
    Denial { reason: Reason::PolicyDenied, status, headers: Vec::new(), body: String::new(), metadata: None }
}

/// The object form. A field that this version cannot carry out is an error, never ignored; fields that OPA-Envoy does
/// not know are ignored as it ignores them.
fn read_object(object: &Value<'_>) -> Result<Ruling, Failure> {
    let allowed = object.get("allowed").and_then(|value| value.as_bool());
    let allowed = allowed.ok_or_else(|| Failure::decision("allowed", "must be true or false"))?;
    for field in ["query_parameters_to_set", "query_parameters_to_remove", "step_up"] {
        if object.get(field).is_some() {
            return Err(Failure::decision(field, "is not supported"));
        }
    }
    let reason = text(object, "reason")?.map(|reason| cut(&reason, REASON_BYTES));
    let headers = headers(object, "headers")?;
    let metadata = metadata(object)?;
    if allowed {
        let permit = Permit {
            remove: removals(object)?,
            set: upstream(headers)?,
            response: self::headers(object, "response_headers_to_add")?,
            metadata,
        };
        return Ok(Ruling::Allow { permit, reason });
    }
    let status = match object.get("http_status") {
        None => 403,
        Some(value) => value
            .as_i64()
            .and_then(|status| u16::try_from(status).ok())
            .filter(|status| (200..=599).contains(status))
            .ok_or_else(|| Failure::decision("http_status", "must be a whole number from 200 to 599"))?,
    };
    let body = text(object, "body")?.unwrap_or_default();
    if body.len() > DECISION_BODY_BYTES {
        return Err(Failure::decision("body", "is longer than 65536 bytes"));
    }
    Ok(Ruling::Deny { denial: Denial { headers, body, metadata, ..denial(status) }, reason })
}

fn text(object: &Value<'_>, field: &str) -> Result<Option<String>, Failure> {
    let Some(value) = object.get(field) else { return Ok(None) };
    value
        .as_str()
        .map(|text| Some(text.to_owned()))
        .ok_or_else(|| Failure::decision(field, "must be a string"))
}

/// `dynamic_metadata`: an object, as in OPA-Envoy, for both answers.
fn metadata(object: &Value<'_>) -> Result<Option<Map<String, serde_json::Value>>, Failure> {
    const FIELD: &str = "dynamic_metadata";
    let Some(value) = object.get(FIELD) else { return Ok(None) };
    if !value.is_object() {
        return Err(Failure::decision(FIELD, "must be an object"));
    }
    if value.depth(METADATA_DEPTH.saturating_add(1)) > METADATA_DEPTH {
        return Err(Failure::decision(FIELD, "has more than 16 levels"));
    }
    let text = value.to_json();
    if text.len() > METADATA_BYTES {
        return Err(Failure::decision(FIELD, "is longer than 16384 bytes as JSON"));
    }
    // A number that is too large for JSON's readers is none for the proxy's either.
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|_| Failure::decision(FIELD, "is no JSON that a proxy takes"))
}

/// The text, cut at a character's start so that it has at most `limit` bytes.
fn cut(text: &str, limit: usize) -> String {
    let end = text
        .char_indices()
        .map(|(at, c)| at.saturating_add(c.len_utf8()))
        .take_while(|end| *end <= limit)
        .last();
    text.get(..end.unwrap_or(0)).unwrap_or_default().to_owned()
}

/// Headers as OPA-Envoy takes them: an object, or an array of objects, of strings or arrays of strings.
fn headers(object: &Value<'_>, field: &str) -> Result<Vec<HeaderPair>, Failure> {
    let Some(value) = object.get(field) else { return Ok(Vec::new()) };
    let objects = value.items().unwrap_or(std::slice::from_ref(value));
    let mut pairs = Vec::new();
    for object in objects {
        if !object.is_object() {
            return Err(Failure::decision(field, "must be an object of header names and values"));
        }
        for (name, value) in object.entries() {
            let name = header_name(name)
                .ok_or_else(|| Failure::decision(field, "has a name that is no header name"))?;
            for value in value.items().unwrap_or(std::slice::from_ref(value)) {
                let text = value.as_str().filter(|text| is_header_value(text));
                let text =
                    text.ok_or_else(|| Failure::decision(field, "has a value that is no header value"))?;
                pairs.push((name.clone(), text.to_owned()));
            }
        }
    }
    if pairs.len() > DECISION_HEADERS {
        return Err(Failure::decision(field, "has more than 100 headers"));
    }
    // The same name from several objects stays together: the first line replaces, the others add.
    pairs.sort_by(|(first, _), (second, _)| first.cmp(second));
    Ok(pairs)
}

/// Headers for the upstream. The ones that decide where the request goes and where it ends are not a policy's to set:
/// the decision was made on them.
fn upstream(headers: Vec<HeaderPair>) -> Result<Vec<HeaderPair>, Failure> {
    if headers.iter().any(|(name, _)| is_framing(name)) {
        return Err(Failure::decision("headers", "sets a header that routes or frames the request"));
    }
    Ok(headers)
}

fn removals(object: &Value<'_>) -> Result<Vec<Arc<str>>, Failure> {
    const FIELD: &str = "request_headers_to_remove";
    let Some(value) = object.get(FIELD) else { return Ok(Vec::new()) };
    let items = value.items().ok_or_else(|| Failure::decision(FIELD, "must be an array of header names"))?;
    if items.len() > DECISION_HEADERS {
        return Err(Failure::decision(FIELD, "has more than 100 names"));
    }
    let name = |item: &Value<'_>| {
        item.as_str().and_then(header_name).filter(|name| !is_framing(name)).map(Arc::from)
    };
    let names: Option<Vec<_>> = items.iter().map(name).collect();
    names.ok_or_else(|| {
        Failure::decision(FIELD, "has a name that is no header, or that routes or frames the request")
    })
}

fn is_framing(name: &str) -> bool {
    matches!(
        name,
        "host" | "content-length" | "transfer-encoding" | "connection" | "upgrade" | "te" | "trailer"
    )
}

/// RFC 9110, section 5.1: a field name is a token; ours are lower-case.
pub(crate) fn header_name(text: &str) -> Option<String> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let fits = !text.is_empty() && text.len() <= crate::limits::NAME_BYTES && text.bytes().all(is_token);
    fits.then(|| text.to_ascii_lowercase())
}

/// RFC 9110, section 5.5: no control character but the tab.
fn is_header_value(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}
