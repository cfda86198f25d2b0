//! The input document. Only what the policy reads is built.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::context::{Calendar, Signal, SignalSource, SignalType};
use crate::identity::Identity;
use crate::limits::SIGNAL_BYTES;
use crate::old_rego::{ObjectBuilder, Reads, Value};
use crate::reason::Reason;
use crate::request::{CanonicalPath, RequestView, parse_query, unescape};
use crate::snapshot::Snapshot;
use crate::spiffe::to_hex;
use crate::time::UnixTime;
use crate::tokens::Credentials;

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

/// An object that is built field by field, each only if the policy can read it.
struct Scope<'a> {
    reads: &'a Reads,
    path: Vec<&'a str>,
    object: ObjectBuilder,
    is_empty: bool,
}

impl<'a> Scope<'a> {
    fn new(reads: &'a Reads, path: &[&'a str]) -> Self {
        Self { reads, path: path.to_vec(), object: ObjectBuilder::new(), is_empty: true }
    }

    fn wants(&mut self, key: &'a str) -> bool {
        self.path.push(key);
        let wanted = self.reads.wants(&self.path);
        self.path.pop();
        wanted
    }

    /// Puts the field if the policy can read it and it has a value: what is not known is absent, never empty.
    fn put(&mut self, key: &'a str, value: impl FnOnce() -> Option<Value>) {
        if self.wants(key)
            && let Some(value) = value()
        {
            self.object.insert(key, value);
            self.is_empty = false;
        }
    }

    fn text(&mut self, key: &'a str, text: Option<&str>) {
        self.put(key, || text.map(Value::string));
    }

    fn build(self) -> Value {
        self.object.build()
    }

    fn build_if_any(self) -> Option<Value> {
        if self.is_empty { None } else { Some(self.object.build()) }
    }
}

/// The input of one request.
///
/// # Errors
/// [`Reason::Query`] when the policy reads `parsed_query` or `parsed_path` and they cannot be parsed.
pub(crate) fn build_input(parts: &InputParts<'_>) -> Result<Value, Reason> {
    let reads = parts.snapshot.policy.reads();
    let mut root = Scope::new(reads, &[]);
    root.put("attributes", || Some(attributes(parts, reads)));
    root.put("identity", || parts.identity.map(|identity| identity_value(identity, reads)));
    root.put("request", || Some(request(parts, reads)));
    root.put("jwt", || Some(jwt(parts, reads)));
    root.put("context", || Some(context(parts, reads)));
    root.put("untrusted", || Some(untrusted(parts, reads)));
    root.text("source_principal", connection_principal(parts));
    if root.wants("parsed_path") {
        let path = parsed_path(parts.target).ok_or(Reason::Query)?;
        root.put("parsed_path", || Some(path));
    }
    if root.wants("parsed_query") {
        let query = parsed_query(parts.target).ok_or(Reason::Query)?;
        root.put("parsed_query", || Some(query));
    }
    root.put("version", || {
        Some(Value::object([("ext_authz", Value::string("v3")), ("encoding", Value::string("protojson"))]))
    });
    Ok(root.build())
}

/// OPA-Envoy's `attributes`, an `AttributeContext` of Envoy's ext_authz v3 in protobuf's JSON names.
fn attributes(parts: &InputParts<'_>, reads: &Reads) -> Value {
    let mut root = Scope::new(reads, &["attributes"]);
    root.put("source", || {
        let mut source = Scope::new(reads, &["attributes", "source"]);
        source.put("address", || parts.request.source_address.and_then(socket_address));
        source.text("principal", connection_principal(parts));
        // A second name of the same value, which published policies use.
        source.text("identity", connection_principal(parts));
        Some(source.build())
    });
    root.put("destination", || {
        let mut destination = Scope::new(reads, &["attributes", "destination"]);
        destination.put("address", || parts.request.destination_address.and_then(socket_address));
        destination.text("principal", parts.snapshot.own_id(parts.request).map(|id| id.as_str()));
        Some(destination.build())
    });
    root.put("request", || {
        let mut request = Scope::new(reads, &["attributes", "request"]);
        request.put("time", || {
            let nanos = parts.now.nanos().rem_euclid(1_000_000_000);
            Some(Value::object([
                ("seconds", Value::integer(parts.now.secs())),
                ("nanos", Value::integer(nanos)),
            ]))
        });
        request.put("http", || Some(http(parts, reads)));
        Some(request.build())
    });
    root.build()
}

fn http(parts: &InputParts<'_>, reads: &Reads) -> Value {
    let headers = parts.request.headers;
    let first = |name: &str| headers.values(name).next();
    let mut http = Scope::new(reads, &["attributes", "request", "http"]);
    http.text("method", Some(parts.method));
    http.put("path", || Some(Value::string(&lossy(parts.target))));
    http.put("host", || {
        first(":authority").or_else(|| first("host")).map(|host| Value::string(&lossy(host)))
    });
    http.put("scheme", || first(":scheme").map(|scheme| Value::string(&lossy(scheme))));
    http.put("protocol", || parts.request.protocol.map(|protocol| Value::string(&lossy(protocol))));
    http.put("id", || first("x-request-id").map(|id| Value::string(&lossy(id))));
    http.put("headers", || Some(headers_value(parts, reads, &["attributes", "request", "http", "headers"])));
    http.build()
}

/// Our own `input.request`.
fn request(parts: &InputParts<'_>, reads: &Reads) -> Value {
    let mut request = Scope::new(reads, &["request"]);
    request.text("method", Some(parts.method));
    request.text("path", Some(parts.path.as_str()));
    request.text("host", parts.host);
    request.text("destination", parts.snapshot.own_id(parts.request).map(|id| id.as_str()));
    request.put("headers", || Some(headers_value(parts, reads, &["request", "headers"])));
    request.build()
}

/// Header lines as an object: values of a repeated header joined by a comma, as Envoy gives them to OPA.
fn headers_value(parts: &InputParts<'_>, reads: &Reads, at: &[&str]) -> Value {
    let keys = reads.keys_below(at);
    let is_read = |name: &str| keys.as_ref().is_none_or(|keys| keys.contains(&name));
    let mut joined: BTreeMap<Cow<'_, str>, Cow<'_, str>> = BTreeMap::new();
    for (name, value) in parts.request.headers.lines() {
        let name = lossy(name);
        // A line that is not read allocates nothing.
        if !is_read(&name) {
            continue;
        }
        joined
            .entry(name)
            .and_modify(|all| {
                let all = all.to_mut();
                all.push(',');
                all.push_str(&lossy(value));
            })
            .or_insert_with(|| lossy(value));
    }
    let mut object = ObjectBuilder::new();
    for (name, value) in &joined {
        object.insert(name, Value::string(value));
    }
    object.build()
}

/// Text of bytes that a client sent. What is not UTF-8 becomes `!`, as Envoy does before it asks OPA.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    let text = String::from_utf8_lossy(bytes);
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Cow::Owned(text.replace(char::REPLACEMENT_CHARACTER, "!"));
    }
    text
}

fn identity_value(identity: &Identity, reads: &Reads) -> Value {
    let mut object = Scope::new(reads, &["identity"]);
    object.text("spiffe_id", Some(identity.id.as_str()));
    object.text("trust_domain", Some(identity.id.trust_domain()));
    object.text("path", Some(identity.id.path()));
    object.text("source", Some(identity.source.as_str()));
    object.put("not_before", || identity.window.map(|(start, _)| Value::integer(start.secs())));
    object.put("not_after", || identity.window.map(|(_, end)| Value::integer(end.secs())));
    object
        .put("certificate_sha256", || identity.digest.as_ref().map(|digest| Value::string(&to_hex(digest))));
    object.build()
}

/// Verified claims by provider name.
fn jwt(parts: &InputParts<'_>, reads: &Reads) -> Value {
    let mut object = Scope::new(reads, &["jwt"]);
    for (index, rule) in parts.snapshot.tokens.providers.iter().enumerate() {
        object.put(&rule.name, || parts.credentials.of(index).map(|token| token.value.clone()));
    }
    object.build()
}

fn context(parts: &InputParts<'_>, reads: &Reads) -> Value {
    let snapshot = parts.snapshot;
    let mut object = Scope::new(reads, &["context"]);
    for signal in &snapshot.signals {
        object.put(&signal.name, || trusted_signal(parts, signal));
    }
    let calendar = || Calendar::at(parts.now, snapshot.utc_offset_minutes);
    object.put("request_hour", || calendar().map(|at| Value::integer(at.hour)));
    object.put("request_minute", || calendar().map(|at| Value::integer(at.minute)));
    object.put("request_weekday", || calendar().map(|at| Value::integer(at.weekday)));
    object.put("time", || Some(Value::string(&parts.now.to_rfc3339())));
    object.put("time_seconds", || Some(Value::integer(parts.now.secs())));
    object.build()
}

/// The signal's value if its source is trusted, it has the declared type and is young enough.
fn trusted_signal(parts: &InputParts<'_>, signal: &Signal) -> Option<Value> {
    match &signal.source {
        SignalSource::Claim { provider, path } => {
            let token = parts.credentials.of(*provider)?;
            let issued = token.claims.issued_at()?.secs();
            let mut value = token.value.clone();
            for name in path {
                value = value.get(name)?;
            }
            (signal.is_fresh(issued, parts.now) && has_type(&value, signal.kind)).then_some(value)
        }
        SignalSource::Header { name, time_header, .. } => {
            if !parts.snapshot.trusts_signal(signal, parts.request, parts.now) {
                return None;
            }
            let text = parts.request.headers.single(name).ok().flatten()?;
            let issued = parts.request.headers.single(time_header).ok().flatten()?;
            let issued: i64 = std::str::from_utf8(issued).ok()?.parse().ok()?;
            signal.is_fresh(issued, parts.now).then(|| typed(text, signal.kind)).flatten()
        }
    }
}

fn has_type(value: &Value, kind: SignalType) -> bool {
    match kind {
        SignalType::Number => value.is_number(),
        SignalType::Boolean => value.as_bool().is_some(),
        SignalType::Text => value.as_str().is_some_and(|text| text.len() <= SIGNAL_BYTES),
    }
}

/// A header's text as a value of the declared type.
fn typed(text: &[u8], kind: SignalType) -> Option<Value> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= SIGNAL_BYTES)?;
    match kind {
        SignalType::Number => text.parse::<f64>().ok().and_then(Value::number_f64),
        SignalType::Boolean => text.parse().ok().map(Value::bool),
        SignalType::Text => Some(Value::string(text)),
    }
}

/// Signals that came from somebody who is not trusted with them, as text: for rules that want to notice.
fn untrusted(parts: &InputParts<'_>, reads: &Reads) -> Value {
    let mut object = Scope::new(reads, &["untrusted"]);
    for signal in &parts.snapshot.signals {
        let SignalSource::Header { name, .. } = &signal.source else { continue };
        if !parts.snapshot.trusts_signal(signal, parts.request, parts.now) {
            object.put(&signal.name, || {
                let sent = parts.request.headers.values(name).next()?;
                (sent.len() <= SIGNAL_BYTES).then(|| Value::string(&lossy(sent)))
            });
        }
    }
    object.build_if_any().unwrap_or_else(|| Value::object([]))
}

/// OPA-Envoy's `source_principal` and `attributes.source.principal`: the peer of the connection, if it was proven.
fn connection_principal<'a>(parts: &InputParts<'a>) -> Option<&'a str> {
    let rules = parts.snapshot.identity.as_ref()?;
    rules.proven_peer(parts.request, parts.now).map(|svid| svid.id().as_str())
}

/// `{"socketAddress": {"address": .., "portValue": ..}}` of `address:port`.
fn socket_address(text: &[u8]) -> Option<Value> {
    let (address, port) = std::str::from_utf8(text).ok()?.rsplit_once(':')?;
    let address = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
    let port: u16 = port.parse().ok()?;
    let socket =
        Value::object([("address", Value::string(address)), ("portValue", Value::integer(i64::from(port)))]);
    Some(Value::object([("socketAddress", socket)]))
}

/// As OPA-Envoy: cut at the query, unescaped, leading slashes gone, split at slashes.
fn parsed_path(target: &[u8]) -> Option<Value> {
    let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
    let path = unescape(path, false)?;
    Some(Value::array(path.trim_start_matches('/').split('/').map(Value::string).collect()))
}

fn parsed_query(target: &[u8]) -> Option<Value> {
    let mut object = ObjectBuilder::new();
    for (name, values) in parse_query(target)? {
        object.insert(&name, Value::array(values.iter().map(|value| Value::string(value)).collect()));
    }
    Some(object.build())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn what_is_not_utf8_is_marked_and_the_rest_is_borrowed() {
        for (bytes, text) in [
            (&b"payments"[..], "payments"),
            ("ä".as_bytes(), "ä"),
            (b"a\xffb\xfe", "a!b!"),
            (b"\xff\xff", "!!"),
            ("\u{fffd}".as_bytes(), "!"),
        ] {
            assert_eq!(lossy(bytes), text);
            assert_eq!(matches!(lossy(bytes), Cow::Borrowed(_)), !text.contains('!'), "{text}");
        }
    }
}
