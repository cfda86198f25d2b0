//! What the wasm module and the dynamic one must agree on: everything that a client, a workload and an auditor see, but
//! for what is new in every request.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::seen::Seen;
use crate::envoy::Stats;

/// Response headers that say when, not what.
const TIMES: [&str; 2] = ["date", "x-envoy-upstream-service-time"];
/// Members of a record that are new in every decision.
const NEW_EACH_TIME: [&str; 3] = ["decision_id", "time", "elapsed_us"];
/// What Envoy puts before a dynamic module's metrics; wasm's have nothing.
const NAMESPACE: &str = "envoy_dynamicmodulescustom_";
/// Lengths of the groups of a request's ID that Envoy made (RFC 9562, section 4), with their dashes.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];
/// Digits of a decision's ID.
const DECISION_ID: usize = 32;

/// What was seen of a request, without what differs between any two requests.
pub fn comparable(seen: &Seen) -> Value {
    let record = seen.record.clone().map(record);
    // Lines of one name keep their order; between names it means nothing (RFC 9110, section 5.3).
    let mut headers = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in seen.headers.iter().filter(|(name, _)| !TIMES.contains(&name.as_str())) {
        headers.entry(name).or_default().push(value);
    }
    anonymous(json!({
        "status": seen.status,
        "headers": headers,
        "body": seen.body,
        "upstream": seen.upstream,
        "record": record,
        "broken": seen.broken,
    }))
}

/// A decision record without what is new in every decision.
pub fn record(mut record: Value) -> Value {
    if let Some(members) = record.as_object_mut() {
        members.retain(|name, _| !NEW_EACH_TIME.contains(&name.as_str()));
    }
    anonymous(record)
}

/// Where two hosts differ, a line each.
pub fn differences(one: &Value, other: &Value) -> Vec<String> {
    let none = Map::new();
    let [one, other] = [one, other].map(|value| value.as_object().unwrap_or(&none));
    let differing = one.iter().filter(|(name, value)| other.get(name.as_str()) != Some(value));
    differing
        .map(|(name, value)| format!("{name}: {value}\n    and {}", other.get(name).unwrap_or(&Value::Null)))
        .collect()
}

/// The filter's counters that are not 0, name and labels to value. The histogram's numbers are times.
pub fn counters(stats: &Stats) -> BTreeMap<String, String> {
    let samples = stats.text().lines().map(|line| line.strip_prefix(NAMESPACE).unwrap_or(line));
    samples
        .filter(|line| line.starts_with("doorward_") && !line.starts_with("doorward_decision_us"))
        .filter_map(|line| line.rsplit_once(' '))
        .filter(|(_, value)| *value != "0")
        .map(|(series, value)| (series.replace("{}", ""), value.to_owned()))
        .collect()
}

/// The access log's lines without IDs: status and details of every request.
pub fn access(log: &Path) -> Vec<String> {
    let log = fs::read(log).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    log.lines().filter(|line| line.starts_with("access ")).map(without_ids).collect()
}

fn anonymous(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_ids(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(anonymous).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, value)| (name, anonymous(value))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

/// The text with a word in the place of every ID of a decision or a request, and of every port of this machine.
pub fn without_ids(text: &str) -> String {
    const HERE: &str = "127.0.0.1:";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hex = run(rest, |byte| byte.is_ascii_hexdigit());
        let (length, word) = if let Some(length) = uuid(rest) {
            (length, "UUID")
        } else if hex == DECISION_ID {
            (hex, "ID")
        } else if let Some(after) = rest.strip_prefix(HERE) {
            (HERE.len() + run(after, |byte| byte.is_ascii_digit()), "127.0.0.1:PORT")
        } else {
            // A run of digits stays whole, so that its tail is not taken for an ID.
            let length = hex.max(first.len_utf8());
            (length, rest.get(..length).unwrap_or_default())
        };
        out.push_str(word);
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// Bytes at the beginning that are as wanted.
fn run(text: &str, wanted: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| wanted(*byte)).count()
}

/// The length of a UUID at the beginning.
fn uuid(text: &str) -> Option<usize> {
    let mut length = 0;
    for (index, group) in UUID.into_iter().enumerate() {
        if index > 0 {
            text.get(length..)?.strip_prefix('-')?;
            length += 1;
        }
        if run(text.get(length..)?, |byte| byte.is_ascii_hexdigit()) != group {
            return None;
        }
        length += group;
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_ports_are_words_and_the_rest_stays() {
        let id = "0123456789abcdef0123456789abcdef";
        assert_eq!(
            without_ids(&format!("doorward_denied:policy_denied:{id}")),
            "doorward_denied:policy_denied:ID"
        );
        assert_eq!(without_ids("\u{e4} 127.0.0.1:80, 127.0.0.2:80"), "\u{e4} 127.0.0.1:PORT, 127.0.0.2:80");
        assert_eq!(without_ids("a 6ba7b810-9dad-11d1-80b4-00c04fd430c8 b"), "a UUID b");
        for same in ["", "-", &format!("{id}0"), "6ba7b810-9dad-11d1-80b4-00c04fd430c", "spiffe://a/b"] {
            assert_eq!(without_ids(same), same);
        }
    }

    #[test]
    fn what_differs_is_named() {
        let seen = |status, id: &str, reason: &str| Seen {
            status: Some(status),
            headers: vec![("date".to_owned(), id.to_owned()), ("a".to_owned(), "b".to_owned())],
            record: Some(json!({ "decision_id": id, "elapsed_us": status, "reason": reason })),
            ..Seen::default()
        };
        let (one, same) = (comparable(&seen(200, "1", "policy")), comparable(&seen(200, "2", "policy")));
        assert_eq!(differences(&one, &same), Vec::<String>::new());
        let found = differences(&one, &comparable(&seen(403, "1", "policy_denied")));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|line| line.starts_with("status: 200")), "{found:?}");
    }
}
