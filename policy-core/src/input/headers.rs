//! Header lines as an object: values of a repeated header joined by a comma, as Envoy gives them to OPA.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::InputParts;
use super::text::{lossy, value};
use crate::rego::{ObjectBuilder, Value};

pub(super) fn headers<'a>(parts: &InputParts<'a>, path: &[Arc<str>]) -> Option<Value<'a>> {
    match path.split_first() {
        Some((name, [])) => one(parts, name),
        // A header's value is text: there is nothing in it.
        Some(_) => None,
        None => Some(all(parts)),
    }
}

/// One header. Without a copy if it has one line.
fn one<'a>(parts: &InputParts<'a>, name: &str) -> Option<Value<'a>> {
    let mut lines = parts.request.headers.lines().filter(|(known, _)| lossy(known) == name);
    let (_, first) = lines.next()?;
    let Some((_, second)) = lines.next() else { return Some(value(first)) };
    let mut joined = lossy(first).into_owned();
    for line in std::iter::once(second).chain(lines.map(|(_, line)| line)) {
        joined.push(',');
        joined.push_str(&lossy(line));
    }
    Some(Value::from(joined))
}

fn all<'a>(parts: &InputParts<'a>) -> Value<'a> {
    let mut joined: BTreeMap<Cow<'a, str>, Cow<'a, str>> = BTreeMap::new();
    for (name, line) in parts.request.headers.lines() {
        joined
            .entry(lossy(name))
            .and_modify(|all| {
                let all = all.to_mut();
                all.push(',');
                all.push_str(&lossy(line));
            })
            .or_insert_with(|| lossy(line));
    }
    let text = |text: Cow<'a, str>| match text {
        Cow::Borrowed(text) => Value::text(text),
        Cow::Owned(text) => Value::from(text),
    };
    let mut object = ObjectBuilder::new();
    for (name, line) in joined {
        object.insert(text(name), text(line));
    }
    Value::Object(object.build())
}
