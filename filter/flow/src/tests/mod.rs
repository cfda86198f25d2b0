//! The life of a request over the host in memory.

mod allowed;
mod connections;
mod denied;
mod failures;
mod privacy;
mod records;

use std::cell::RefCell;
use std::sync::Arc;

use policy_core::{Snapshot, UnixTime};
use serde_json::{Value, json};

use crate::fake::FakeHost;
use crate::{Action, DecisionIds, Flow, Level, Worker, on_request_headers};

/// A workload of `example.org`: `/ns/shop/sa/frontend`.
const FRONTEND: &[u8] = include_bytes!("../../../../policy-core/tests-data/spiffe/spire-leaf.pem");
/// The same trust domain's `/edge`.
const EDGE: &[u8] = include_bytes!("../../../../policy-core/tests-data/spiffe/edge-leaf.pem");
/// Two URI names: nobody.
const TWO_URIS: &[u8] = include_bytes!("../../../../policy-core/tests-data/spiffe/two-uris.pem");
/// A key for tests, of which only the public half is used here.
const KEY: &str = include_str!("../../../../policy-core/tests-data/jwt/rsa-a.private-test-key.jwk.json");

const ALLOW: &str = "package test\nallow := true\n";
const DENY: &str = "package test\nallow := false\n";
/// IDs of the worker below begin with this.
const WORKER: u64 = 0xd00d;
const FIRST_ID: &str = "000000000000d00d0000000000000001";
const SECOND_ID: &str = "000000000000d00d0000000000000002";

fn configuration(policy: &str) -> Value {
    json!({
        "version": 1,
        "revision": "test-1",
        "identity": {
            "trust_domain": "example.org",
            "required": false,
            "sources": [{ "type": "connection" }],
        },
        "policy": { "decision": "test/allow", "modules": [{ "name": "test.rego", "source": policy }] },
        "upstream_headers": {
            "spiffe_id": "x-doorward-spiffe-id",
            "decision_id": "x-doorward-decision-id",
            "policy": ["x-role"],
        },
    })
}

/// With a required token of one issuer.
fn with_tokens(mut configuration: Value) -> Value {
    let key: Value = serde_json::from_str(KEY).unwrap();
    configuration["tokens"] = json!({ "providers": [{
        "name": "staff",
        "issuer": "https://issuer.test",
        "audiences": ["service"],
        "required": true,
        "jwks": { "keys": [{
            "kty": "RSA", "kid": "a", "alg": "RS256", "use": "sig", "n": key["n"], "e": key["e"],
        }] },
    }] });
    configuration
}

fn worker_of(configuration: &Value) -> RefCell<Worker> {
    let snapshot = Snapshot::load(configuration.to_string().as_bytes()).unwrap();
    RefCell::new(Worker::new(Arc::new(snapshot), DecisionIds::new(WORKER)))
}

fn worker(policy: &str) -> RefCell<Worker> {
    worker_of(&configuration(policy))
}

/// 2027, within the life of every certificate above.
fn now() -> UnixTime {
    UnixTime::from_secs(1_800_000_000)
}

/// A request of nobody, on a connection of its own.
fn host() -> FakeHost {
    FakeHost::at(now()).request("GET", "/orders/7?page=2").connection(1)
}

fn run(worker: &RefCell<Worker>, host: &FakeHost) -> Action {
    on_request_headers(worker, host, &mut Flow::default())
}

/// The only decision record of the host's log.
fn record(host: &FakeHost) -> Value {
    let lines = host.logged(Level::Info);
    let [line] = lines.as_slice() else { panic!("{} records", lines.len()) };
    serde_json::from_str(line).unwrap()
}

/// The only reply.
fn reply(host: &FakeHost) -> crate::fake::SentReply {
    let mut replies = host.replies();
    assert_eq!(replies.len(), 1);
    replies.remove(0)
}

/// What the upstream would see of a header.
fn upstream(host: &FakeHost, name: &str) -> Vec<String> {
    host.request_lines().into_iter().filter(|(line, _)| line == name).map(|(_, value)| value).collect()
}
