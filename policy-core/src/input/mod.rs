//! The input document, as far as the policy reads it.
//!
//! Each object is a list of fields; a part of the document is found by its path through them. What a request, a
//! certificate or a token holds is lent to the evaluation, not copied.

mod attributes;
mod context;
mod document;
mod headers;
mod text;

use crate::identity::Identity;
use crate::reason::Reason;
use crate::rego::{ObjectBuilder, Value};
use crate::request::{CanonicalPath, RequestView, parse_query, unescape};
use crate::snapshot::Snapshot;
use crate::spiffe::to_hex;
use crate::time::UnixTime;
use crate::tokens::Credentials;

use attributes::{attributes, connection_principal};
use context::{context, untrusted};
use document::Field::{Part, Whole};
use document::{Field, below, fields};
use headers::headers;

/// Where the parts of the input come from.
pub(crate) struct InputParts<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) request: &'a RequestView<'a>,
    pub(crate) now: UnixTime,
    pub(crate) method: &'a str,
    pub(crate) path: &'a CanonicalPath,
    /// The path with its query, as it was sent.
    pub(crate) target: &'a [u8],
    pub(crate) host: Option<&'a str>,
    pub(crate) identity: Option<&'a Identity>,
    pub(crate) credentials: &'a Credentials,
}

/// The part of the input at a path; `None` if it is absent. What is not known is absent, never empty.
///
/// # Errors
/// [`Reason::Query`] when it is `parsed_query` or `parsed_path`, and they cannot be parsed.
pub(crate) fn part<'a>(
    parts: &InputParts<'a>,
    path: &[std::sync::Arc<str>],
) -> Result<Option<Value<'a>>, Reason> {
    let wants = |name: &str| path.first().is_none_or(|first| **first == *name);
    if wants("parsed_path") && split_path(parts.target).is_none() {
        return Err(Reason::Query);
    }
    if wants("parsed_query") && parse_query(parts.target).is_none() {
        return Err(Reason::Query);
    }
    Ok(fields(ROOT, parts, path))
}

const ROOT: &[(&str, Field)] = &[
    ("attributes", Part(attributes)),
    (
        "identity",
        Part(|parts, path| {
            parts.identity?;
            fields(IDENTITY, parts, path)
        }),
    ),
    ("request", Part(|parts, path| fields(REQUEST, parts, path))),
    ("jwt", Part(jwt)),
    ("context", Part(context)),
    ("untrusted", Part(untrusted)),
    ("source_principal", Whole(|parts| connection_principal(parts).map(Value::text))),
    ("parsed_path", Whole(|parts| split_path(parts.target))),
    ("parsed_query", Whole(|parts| split_query(parts.target))),
    ("version", Part(|parts, path| fields(VERSION, parts, path))),
];

const VERSION: &[(&str, Field)] = &[
    ("ext_authz", Whole(|_| Some(Value::text("v3")))),
    ("encoding", Whole(|_| Some(Value::text("protojson")))),
];

/// Our own `input.request`.
const REQUEST: &[(&str, Field)] = &[
    ("method", Whole(|parts| Some(Value::text(parts.method)))),
    ("path", Whole(|parts| Some(Value::text(parts.path.as_str())))),
    ("host", Whole(|parts| parts.host.map(Value::text))),
    ("headers", Part(headers)),
    ("destination", Whole(|parts| parts.snapshot.own_id(parts.request).map(|id| Value::text(id.as_str())))),
];

const IDENTITY: &[(&str, Field)] = &[
    ("spiffe_id", Whole(|parts| Some(Value::text(parts.identity?.id.as_str())))),
    ("trust_domain", Whole(|parts| Some(Value::text(parts.identity?.id.trust_domain())))),
    ("path", Whole(|parts| Some(Value::text(parts.identity?.id.path())))),
    ("source", Whole(|parts| Some(Value::text(parts.identity?.source.as_str())))),
    ("not_before", Whole(|parts| parts.identity?.window.map(|(start, _)| Value::integer(start.secs())))),
    ("not_after", Whole(|parts| parts.identity?.window.map(|(_, end)| Value::integer(end.secs())))),
    (
        "certificate_sha256",
        Whole(|parts| parts.identity?.digest.as_ref().map(|digest| Value::string(&to_hex(digest)))),
    ),
];

/// Verified claims by provider name.
fn jwt<'a>(parts: &InputParts<'a>, path: &[std::sync::Arc<str>]) -> Option<Value<'a>> {
    let providers = || parts.snapshot.tokens.providers.iter().enumerate();
    let claims = |index| parts.credentials.of(index).map(|token| token.value.lend());
    if let Some((name, rest)) = path.split_first() {
        let (index, _) = providers().find(|(_, rule)| rule.name == *name)?;
        return below(claims(index)?, rest);
    }
    let mut object = ObjectBuilder::new();
    for (index, rule) in providers() {
        if let Some(value) = claims(index) {
            object.insert(Value::text(&rule.name), value);
        }
    }
    Some(Value::Object(object.build()))
}

/// As OPA-Envoy: cut at the query, unescaped, leading slashes gone, split at slashes.
fn split_path(target: &[u8]) -> Option<Value<'static>> {
    let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
    let path = unescape(path, false)?;
    Some(Value::array(path.trim_start_matches('/').split('/').map(Value::string).collect()))
}

fn split_query(target: &[u8]) -> Option<Value<'static>> {
    let mut object = ObjectBuilder::new();
    for (name, values) in parse_query(target)? {
        let values = values.iter().map(|value| Value::string(value)).collect();
        object.insert(Value::string(&name), Value::array(values));
    }
    Some(Value::Object(object.build()))
}
