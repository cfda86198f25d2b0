//! OPA-Envoy's `attributes`, an `AttributeContext` of Envoy's ext_authz v3 in protobuf's JSON names.

use std::sync::Arc;

use super::InputParts;
use super::document::Field::{Part, Whole};
use super::document::{Field, below, fields};
use super::headers::headers;
use super::text::value;
use crate::rego::{ObjectBuilder, Value};

pub(super) fn attributes<'a>(parts: &InputParts<'a>, path: &[Arc<str>]) -> Option<Value<'a>> {
    fields(ATTRIBUTES, parts, path)
}

const ATTRIBUTES: &[(&str, Field)] = &[
    ("source", Part(|parts, path| fields(SOURCE, parts, path))),
    ("destination", Part(|parts, path| fields(DESTINATION, parts, path))),
    ("request", Part(|parts, path| fields(REQUEST, parts, path))),
];

const SOURCE: &[(&str, Field)] = &[
    ("address", Part(|parts, path| socket_address(parts.request.source_address?, path))),
    ("principal", Whole(|parts| connection_principal(parts).map(Value::text))),
    // A second name of the same value, which published policies use.
    ("identity", Whole(|parts| connection_principal(parts).map(Value::text))),
];

const DESTINATION: &[(&str, Field)] = &[
    ("address", Part(|parts, path| socket_address(parts.request.destination_address?, path))),
    ("principal", Whole(|parts| parts.snapshot.own_id(parts.request).map(|id| Value::text(id.as_str())))),
];

const REQUEST: &[(&str, Field)] =
    &[("time", Part(time)), ("http", Part(|parts, path| fields(HTTP, parts, path)))];

const HTTP: &[(&str, Field)] = &[
    ("method", Whole(|parts| Some(Value::text(parts.method)))),
    ("path", Whole(|parts| Some(value(parts.target)))),
    ("host", Whole(|parts| first(parts, ":authority").or_else(|| first(parts, "host")).map(value))),
    ("scheme", Whole(|parts| first(parts, ":scheme").map(value))),
    ("protocol", Whole(|parts| parts.request.protocol.map(value))),
    ("id", Whole(|parts| first(parts, "x-request-id").map(value))),
    ("headers", Part(headers)),
];

fn first<'a>(parts: &InputParts<'a>, name: &str) -> Option<&'a [u8]> {
    parts.request.headers.values(name).next()
}

fn time<'a>(parts: &InputParts<'a>, path: &[Arc<str>]) -> Option<Value<'a>> {
    let nanos = parts.now.nanos().rem_euclid(1_000_000_000);
    let mut time = ObjectBuilder::new();
    time.insert(Value::text("seconds"), Value::integer(parts.now.secs()));
    time.insert(Value::text("nanos"), Value::integer(nanos));
    below(Value::Object(time.build()), path)
}

/// OPA-Envoy's `source_principal` and `attributes.source.principal`: the peer of the connection, if it was proven.
pub(super) fn connection_principal<'a>(parts: &InputParts<'a>) -> Option<&'a str> {
    let rules = parts.snapshot.identity.as_ref()?;
    rules.proven_peer(parts.request, parts.now).map(|svid| svid.id().as_str())
}

/// `{"socketAddress": {"address": .., "portValue": ..}}` of `address:port`.
fn socket_address<'a>(text: &'a [u8], path: &[Arc<str>]) -> Option<Value<'a>> {
    let (address, port) = std::str::from_utf8(text).ok()?.rsplit_once(':')?;
    let address = address.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(address);
    let port: u16 = port.parse().ok()?;
    let mut socket = ObjectBuilder::new();
    socket.insert(Value::text("address"), Value::text(address));
    socket.insert(Value::text("portValue"), Value::integer(i64::from(port)));
    let mut object = ObjectBuilder::new();
    object.insert(Value::text("socketAddress"), Value::Object(socket.build()));
    below(Value::Object(object.build()), path)
}
