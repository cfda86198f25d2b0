//! Makes the cases: certificates, keys and tokens by the lab, configurations from the scenarios and our own.

mod connections;
mod engines;
mod policies;
mod scenarios;
mod stage;
mod tokens;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use doorward_tests::Result;
use std::path::Path;

use self::stage::Stage;
use crate::cases::{Case, Connection, Decide, Group, Request, Suite, Work};

/// Makes every case; keys and rendered configurations are left in `folder`.
///
/// # Errors
/// A scenario is not as expected, or the folder cannot be written.
pub fn make(root: &Path, folder: &Path) -> Result<Suite> {
    let mut stage = Stage::set(root, folder)?;
    let mut policies = BTreeMap::new();
    let mut groups = vec![
        scenarios::decisions(&mut stage)?,
        tokens::first_seen(&mut stage)?,
        policies::rules(&mut stage),
        policies::unread_headers(&mut stage),
        connections::new_connections(&mut stage)?,
        connections::forwarded_certificates(&mut stage)?,
        scenarios::refusals(&mut stage)?,
        scenarios::whole_requests(&mut stage)?,
        policies::loading(),
    ];
    groups.extend(engines::comparisons(&mut policies));
    let now_nanos = stage.now_secs * 1_000_000_000;
    Ok(Suite { now_nanos, configurations: stage.configurations, policies, groups })
}

/// The name of the configuration under everything: no identity, no token, a policy without a condition.
const EMPTY: &str = "empty";

fn group(name: &str, question: &str, cases: Vec<Case>) -> Group {
    Group { name: name.to_owned(), question: question.to_owned(), comparison: None, cases }
}

fn case(name: impl Into<String>, work: Work) -> Case {
    Case { name: name.into(), work }
}

/// A decision on a connection without certificates that allows.
fn decide(configuration: &str, requests: Vec<Request>) -> Decide {
    Decide {
        configuration: configuration.to_owned(),
        connection: Connection::default(),
        requests,
        expect: "policy".to_owned(),
    }
}

impl Decide {
    fn expecting(self, reason: &str) -> Self {
        Self { expect: reason.to_owned(), ..self }
    }

    fn on(self, connection: Connection) -> Self {
        Self { connection, ..self }
    }

    fn on_new_connections(mut self) -> Self {
        self.connection.is_new_each_time = true;
        self
    }
}

impl Request {
    /// A request's head as Envoy hands it to a filter: ten lines.
    fn new(method: &str, path: &str) -> Self {
        let lines = [
            (":authority", "service.corp.example.com"),
            (":path", path),
            (":method", method),
            (":scheme", "https"),
            ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            ("accept", "application/json"),
            ("accept-encoding", "gzip, deflate, br"),
            ("x-forwarded-proto", "https"),
            ("x-request-id", "6e1c7dd6-1f1c-4c57-9a08-5d9d8b1d9a3e"),
            ("x-envoy-expected-rq-timeout-ms", "15000"),
        ];
        Self { lines: lines.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec() }
    }

    fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.lines.push((name.into(), value.into()));
        self
    }

    fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }
}

/// A configuration of one module, without identity and tokens.
fn policy_only(source: &str) -> Value {
    json!({
        "version": 1,
        "policy": { "decision": "bench/allow", "modules": [{ "name": "bench.rego", "source": source }] },
    })
}
