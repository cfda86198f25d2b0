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
            let show = |value: &Option<T>| value.as_ref().map_or("nothing".to_owned(), |value| format!("{value:?}"));
            self.0.push(format!("{what}: expected {}, got {}", show(&wanted), show(&seen)));
        }
    }
}
