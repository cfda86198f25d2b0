//! What came of a request, whoever decided it, and how it differs from what must come of it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::file::Want;

/// What came of a request.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Status that the client sees; none if the connection ended without a response.
    pub status: Option<u16>,
    /// Response headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Response body.
    pub body: String,
    /// What reached the workload, by name; none if the request did not.
    pub upstream: Option<BTreeMap<String, Vec<String>>>,
    /// The decision record; none if there was none.
    pub record: Option<Value>,
    /// Whatever else is wrong: a rule that holds for every request was broken.
    pub broken: Vec<String>,
}

impl Seen {
    /// Every difference from what must come of it, a line each.
    pub fn differences(&self, want: &Want) -> Vec<String> {
        let mut found = Differences(self.broken.clone());
        found.compare("decision", self.text("decision"), Some(if want.allows() { "allow" } else { "deny" }));
        found.compare("reason", self.text("reason"), Some(&want.reason));
        found.compare("passes", Some(self.upstream.is_some()), Some(want.passes()));
        let status = want.status.or(want.passes().then_some(200));
        found.compare("status", self.status, status);
        found.compare("policy_reason", self.text("policy_reason"), want.policy_reason.as_deref());
        found.compare("identity", self.identity().as_deref(), want.identity.as_deref());
        found.compare("tokens", Some(self.tokens()), Some(want.tokens.clone()));
        if !want.passes() {
            found.compare("body", Some(self.body.as_str()), Some(&want.body));
            found.compare("record.status", self.member("status"), want.status.map(Value::from).as_ref());
        }
        for (name, wanted) in &want.record {
            let wanted = Some(wanted).filter(|value| !value.is_null());
            found.compare(&format!("record.{name}"), self.member(name), wanted);
        }
        let mut headers = want.headers.clone();
        headers.entry("www-authenticate".to_owned()).or_insert(Value::Null);
        for (name, wanted) in &headers {
            let lines = self.headers.iter().filter(|(have, _)| have == name).map(|(_, value)| value.clone());
            found.compare(&format!("header {name}"), Some(lines.collect()), Some(lines_of(wanted)));
        }
        if let Some(upstream) = &self.upstream {
            for (name, wanted) in &want.upstream {
                let lines = upstream.get(name).cloned().unwrap_or_default();
                found.compare(&format!("upstream {name}"), Some(lines), Some(lines_of(wanted)));
            }
        }
        found.0
    }

    fn member(&self, name: &str) -> Option<&Value> {
        self.record.as_ref()?.get(name)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.member(name)?.as_str()
    }

    fn identity(&self) -> Option<String> {
        let identity = self.member("identity")?;
        let member = |name: &str| identity.get(name).and_then(Value::as_str).unwrap_or("?");
        Some(format!("{} {}", member("source"), member("spiffe_id")))
    }

    fn tokens(&self) -> Vec<String> {
        let tokens = self.member("tokens").and_then(Value::as_array);
        tokens.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// `null` is no line, a text one, a list as many as it has.
fn lines_of(wanted: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match wanted {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![text(wanted)],
    }
}

struct Differences(Vec<String>);

impl Differences {
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, seen: Option<T>, wanted: Option<T>) {
        if seen != wanted {
            let show =
                |value: &Option<T>| value.as_ref().map_or("nothing".to_owned(), |value| format!("{value:?}"));
            self.0.push(format!("{what}: expected {}, got {}", show(&wanted), show(&seen)));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn want(members: Value) -> Want {
        serde_json::from_value(members).unwrap()
    }

    fn allowed() -> Seen {
        Seen {
            status: Some(200),
            upstream: Some(BTreeMap::from([("x-a".to_owned(), vec!["1".to_owned()])])),
            record: Some(json!({ "decision": "allow", "reason": "policy" })),
            ..Seen::default()
        }
    }

    fn denied() -> Seen {
        Seen {
            status: Some(403),
            headers: vec![("www-authenticate".to_owned(), "Bearer".to_owned())],
            record: Some(json!({ "decision": "deny", "reason": "policy_denied", "status": 403 })),
            ..Seen::default()
        }
    }

    #[test]
    fn what_is_as_wanted_does_not_differ() {
        assert!(allowed().differences(&want(json!({ "upstream": { "x-a": "1", "x-b": null } }))).is_empty());
        let wanted =
            json!({ "reason": "policy_denied", "status": 403, "headers": { "www-authenticate": "Bearer" } });
        assert!(denied().differences(&want(wanted)).is_empty());
    }

    #[test]
    fn an_allow_is_no_refusal_and_a_refusal_no_allow() {
        let refusal = want(json!({ "reason": "policy_denied", "status": 403 }));
        let found = allowed().differences(&refusal);
        for what in ["decision", "reason", "passes", "status"] {
            assert!(found.iter().any(|line| line.starts_with(what)), "{what}: {found:?}");
        }
        assert!(denied().differences(&want(json!({}))).iter().any(|line| line.starts_with("passes")));
    }

    #[test]
    fn everything_that_was_not_wanted_is_a_difference() {
        let differs = |seen: Seen, wanted: Value, what: &str| {
            let found = seen.differences(&want(wanted));
            assert!(found.iter().any(|line| line.starts_with(what)), "{what}: {found:?}");
        };
        let refusal = || json!({ "reason": "policy_denied", "status": 403 });
        differs(denied(), refusal(), "header www-authenticate");
        differs(Seen { body: "x".to_owned(), ..denied() }, refusal(), "body");
        differs(Seen { record: None, ..denied() }, refusal(), "reason");
        differs(Seen { broken: vec!["two answers".to_owned()], ..denied() }, refusal(), "two answers");
        differs(allowed(), json!({ "upstream": { "x-a": null } }), "upstream x-a");
        differs(allowed(), json!({ "upstream": { "x-a": ["1", "1"] } }), "upstream x-a");
        let known = json!({
            "decision": "allow", "reason": "policy", "tokens": ["staff"],
            "identity": { "source": "connection", "spiffe_id": "spiffe://a/b" },
        });
        differs(
            Seen { record: Some(known.clone()), ..allowed() },
            json!({ "tokens": ["staff"] }),
            "identity",
        );
        let identity = json!({ "identity": "connection spiffe://a/b" });
        differs(Seen { record: Some(known), ..allowed() }, identity, "tokens");
    }
}
