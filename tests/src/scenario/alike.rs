//! The same request on both hosts: what differs between what came of it.
//!
//! Compared is everything that a caller, a workload or a reader of the decision records sees, but for what differs between
//! any two requests: times and random identifiers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::play::{Played, header_lines};
use super::verdict::Outcome;
use crate::envoy::DecisionRecord;
use crate::upstream::Echo;

/// Response headers of Envoy's that tell time, or what the body tells.
const TIMES: [&str; 3] = ["date", "x-envoy-upstream-service-time", "content-length"];
/// A random identifier that Envoy gives to each request.
const REQUEST_ID: &str = "x-request-id";
/// Members of a decision record that no two requests share.
const OF_ONE_REQUEST: [&str; 3] = ["decision_id", "time", "elapsed_us"];
/// What stands for a decision's identifier.
const SOME_ID: &str = "DECISION_ID";

/// Everything that differs between a request's two plays, a sentence each; nothing if the hosts are alike.
pub fn differences_of_hosts(wasm: &Played<'_>, native: &Played<'_>) -> Vec<String> {
    let timed = timed_headers(wasm);
    let (wasm, native) = (Seen::of(&wasm.outcome, &timed), Seen::of(&native.outcome, &timed));
    let parts: std::collections::BTreeSet<&String> = wasm.0.keys().chain(native.0.keys()).collect();
    let shown = |seen: &Seen, part: &str| seen.0.get(part).cloned().unwrap_or_else(|| "nothing".into());
    let differing = parts.into_iter().filter(|part| wasm.0.get(*part) != native.0.get(*part));
    differing
        .map(|part| format!("{part}: {} on wasm, {} on native", shown(&wasm, part), shown(&native, part)))
        .collect()
}

/// Headers that the request fills with the time.
fn timed_headers(played: &Played<'_>) -> Vec<String> {
    let lines = header_lines(played.spec);
    let timed = lines.iter().filter(|line| line.contains("${now"));
    timed.filter_map(|line| Some(line.split_once(':')?.0.trim().to_ascii_lowercase())).collect()
}

/// What came of a request, by its part.
struct Seen(BTreeMap<String, String>);

impl Seen {
    fn of(outcome: &Outcome, timed: &[String]) -> Self {
        let mut parts = BTreeMap::new();
        let mut add = |part: &str, value: String| {
            parts
                .entry(part.to_owned())
                .and_modify(|all: &mut String| all.push_str(&format!(", {value}")))
                .or_insert(value);
        };
        add("decision", outcome.decision().into());
        let id = outcome.record.as_ref().and_then(DecisionRecord::decision_id).filter(|id| !id.is_empty());
        let without_id = |text: String| id.map_or(text.clone(), |id| text.replace(id, SOME_ID));
        if let Some(Value::Object(members)) = outcome.record.as_ref().map(DecisionRecord::json) {
            for (name, value) in members.iter().filter(|(name, _)| !OF_ONE_REQUEST.contains(&name.as_str())) {
                add(&format!("{name} of the record"), value.to_string());
            }
        }
        if let Ok(response) = &outcome.response {
            add("status", response.status.to_string());
            for (name, value) in response.headers.iter().filter(|(name, _)| !TIMES.contains(&name.as_str())) {
                add(
                    &format!("{name} of the response"),
                    without_id(String::from_utf8_lossy(value).into_owned()),
                );
            }
            match serde_json::from_slice::<Echo>(&response.body) {
                Err(_) => add("body", without_id(response.text())),
                Ok(echo) => {
                    add("workload", format!("{} {} {}", echo.workload, echo.method, echo.path));
                    add("body at the workload", format!("{} bytes", echo.body_bytes));
                    for (name, values) in echo.headers {
                        if name != REQUEST_ID && !timed.contains(&name) {
                            add(&format!("{name} at the workload"), without_id(values.join(", ")));
                        }
                    }
                }
            }
        }
        Self(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Response;
    use crate::scenario::RequestSpec;

    fn spec() -> RequestSpec {
        serde_saphyr::from_str("{ name: n, to: l, headers: ['x-time: ${now}'], expect: { decision: allow } }")
            .unwrap()
    }

    fn played<'a>(spec: &'a RequestSpec, id: &str, edit: &dyn Fn(String) -> String) -> Played<'a> {
        let record = format!(
            r#"{{"decision":"allow","reason":"policy","decision_id":"{id}","elapsed_us":{}}}"#,
            id.len()
        );
        let line = format!("[time][info][dynamic_modules] [:] {}", edit(record));
        let echo = format!(
            r#"{{"workload":"w","method":"GET","path":"/","headers":{{"x-id":["{id}"],"x-time":["{id}"],"x-request-id":["{id}"]}},"body_bytes":0}}"#
        );
        let headers = vec![("date".into(), id.into()), ("x-id".into(), edit(id.into()).into())];
        let response = Response { status: 200, headers, body: edit(echo).into() };
        let outcome = Outcome { response: Ok(response), record: DecisionRecord::in_log_line(&line) };
        Played { spec, tokens: Vec::new(), outcome, differences: Vec::new() }
    }

    #[test]
    fn times_and_random_identifiers_do_not_count() {
        let spec = spec();
        let same = |text: String| text;
        assert_eq!(
            differences_of_hosts(&played(&spec, "one", &same), &played(&spec, "other", &same)),
            [""; 0]
        );
    }

    #[test]
    fn anything_else_does() {
        let spec = spec();
        for (old, new, said) in [
            ("policy", "other", "reason of the record: \"policy\" on wasm, \"other\" on native"),
            ("\"allow\"", "\"deny\"", "decision: allow on wasm, deny on native"),
            ("\"reason\"", "\"because\"", "because of the record: nothing on wasm, \"policy\" on native"),
            ("GET", "PUT", "workload: w GET / on wasm, w PUT / on native"),
            ("\"x-id\"", "\"x-it\"", "x-it at the workload: nothing on wasm, DECISION_ID on native"),
        ] {
            let wasm = played(&spec, "one", &|text| text);
            let native = played(&spec, "other", &|text| text.replace(old, new));
            let found = differences_of_hosts(&wasm, &native);
            assert!(found.iter().any(|difference| difference == said), "{found:?}");
        }
    }

    #[test]
    fn no_answer_is_not_a_refusal() {
        let spec = spec();
        let mut native = played(&spec, "other", &|text| text);
        native.outcome.response = Err(crate::http::HttpError::Closed);
        let found = differences_of_hosts(&played(&spec, "one", &|text| text), &native);
        assert!(found.contains(&"status: 200 on wasm, nothing on native".to_owned()), "{found:?}");
    }
}
