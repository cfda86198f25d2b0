//! `input.context` and `input.untrusted`: the calendar, and signals by who sent them.

use std::sync::Arc;

use super::InputParts;
use super::document::Field::Whole;
use super::document::{Field, below};
use super::text::value;
use crate::context::{Calendar, Signal, SignalSource, SignalType};
use crate::limits::SIGNAL_BYTES;
use crate::rego::{Number, ObjectBuilder, Value};

/// The fields that are always there; a signal of the same name does not hide them.
const CALENDAR: &[(&str, Field)] = &[
    ("request_hour", Whole(|parts| Some(Value::integer(calendar(parts)?.hour)))),
    ("request_minute", Whole(|parts| Some(Value::integer(calendar(parts)?.minute)))),
    ("request_weekday", Whole(|parts| Some(Value::integer(calendar(parts)?.weekday)))),
    ("time", Whole(|parts| Some(Value::string(&parts.now.to_rfc3339())))),
    ("time_seconds", Whole(|parts| Some(Value::integer(parts.now.secs())))),
];

fn calendar(parts: &InputParts<'_>) -> Option<Calendar> {
    Calendar::at(parts.now, parts.snapshot.utc_offset_minutes)
}

pub(super) fn context<'a>(parts: &InputParts<'a>, path: &[Arc<str>]) -> Option<Value<'a>> {
    let signals = &parts.snapshot.signals;
    if let Some((name, rest)) = path.split_first() {
        if let Some((_, field)) = CALENDAR.iter().find(|(known, _)| **known == **name) {
            return field.at(parts, rest);
        }
        let signal = signals.iter().rfind(|signal| *signal.name == **name)?;
        return below(trusted(parts, signal)?, rest);
    }
    let mut object = ObjectBuilder::new();
    for signal in signals {
        if let Some(value) = trusted(parts, signal) {
            object.insert(Value::text(&signal.name), value);
        }
    }
    for (name, field) in CALENDAR {
        if let Some(value) = field.at(parts, &[]) {
            object.insert(Value::text(name), value);
        }
    }
    Some(Value::Object(object.build()))
}

/// The signal's value if its source is trusted, it has the declared type and is young enough.
fn trusted<'a>(parts: &InputParts<'a>, signal: &'a Signal) -> Option<Value<'a>> {
    match &signal.source {
        SignalSource::Claim { provider, path } => {
            let token = parts.credentials.of(*provider)?;
            let issued = token.claims.issued_at()?.secs();
            let mut value = token.value.lend();
            for name in path {
                value = value.child(&Value::text(name))?;
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

fn has_type(value: &Value<'_>, kind: SignalType) -> bool {
    match kind {
        SignalType::Number => value.is_number(),
        SignalType::Boolean => value.as_bool().is_some(),
        SignalType::Text => value.as_str().is_some_and(|text| text.len() <= SIGNAL_BYTES),
    }
}

/// A header's text as a value of the declared type.
fn typed(text: &[u8], kind: SignalType) -> Option<Value<'_>> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= SIGNAL_BYTES)?;
    match kind {
        SignalType::Number => {
            // As JSON writes it, or as a proxy may: with a sign, or a point and nothing before it.
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
            Number::parse(text).or_else(|| Number::parse(&number.to_string())).map(Value::Number)
        }
        SignalType::Boolean => text.parse().ok().map(Value::Bool),
        SignalType::Text => Some(Value::text(text)),
    }
}

/// Signals that came from somebody who is not trusted with them, as text: for rules that want to notice.
pub(super) fn untrusted<'a>(parts: &InputParts<'a>, path: &[Arc<str>]) -> Option<Value<'a>> {
    let sent = |signal: &'a Signal| {
        let SignalSource::Header { name, .. } = &signal.source else { return None };
        if parts.snapshot.trusts_signal(signal, parts.request, parts.now) {
            return None;
        }
        let sent = parts.request.headers.values(name).next()?;
        (sent.len() <= SIGNAL_BYTES).then(|| value(sent))
    };
    let signals = &parts.snapshot.signals;
    if let Some((name, rest)) = path.split_first() {
        let found = signals.iter().rev().filter(|signal| *signal.name == **name).find_map(sent);
        return below(found?, rest);
    }
    let mut object = ObjectBuilder::new();
    for signal in signals {
        if let Some(value) = sent(signal) {
            object.insert(Value::text(&signal.name), value);
        }
    }
    Some(Value::Object(object.build()))
}
