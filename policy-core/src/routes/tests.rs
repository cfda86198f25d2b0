//! Routes through [`decide`]: what a host selects, what is missing, what the policies share and what they do not.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::{Value, json};

use super::RouteChoice;
use crate::limits::{METADATA_BYTES, METADATA_DEPTH, ROUTE_HOSTS, ROUTES};
use crate::request::{Headers, RequestView};
use crate::snapshot::Snapshot;
use crate::spiffe::Peer;
use crate::time::UnixTime;
use crate::{Decision, Memory, Verdict, decide};

const POLICY: &str = "package shop\n\nallow := input.request.method == \"GET\"\n\nadmin := input.request.headers[\"x-admin\"] == data.word\n\ntold := {\"allowed\": input.request.method == \"GET\", \"dynamic_metadata\": data.told}\n";

/// A configuration with these routes and this `data`.
fn document(routes: &Value, data: &Value) -> Value {
    json!({
        "version": 1,
        "policy": {
            "decision": "shop/allow",
            "modules": [{ "name": "policy.rego", "source": POLICY }],
            "data": data,
        },
        "upstream_headers": { "spiffe_id": "x-own" },
        "routes": routes,
    })
}

fn load(routes: &Value, data: &Value) -> Snapshot {
    Snapshot::load(document(routes, data).to_string().as_bytes()).unwrap_or_else(|errors| panic!("{errors}"))
}

fn faults(routes: &Value) -> String {
    let loaded = Snapshot::load(document(routes, &json!({})).to_string().as_bytes());
    loaded.err().map(|errors| errors.to_string()).unwrap_or_default()
}

#[derive(Clone, Copy)]
struct Asked<'a> {
    method: &'a str,
    path: &'a str,
    host: Option<&'a str>,
    route_name: Option<&'a str>,
    route: RouteChoice<'a>,
    carries_metadata: bool,
}

const PLAIN: Asked<'static> = Asked {
    method: "GET",
    path: "/",
    host: Some("shop.example.com"),
    route_name: Some(""),
    route: RouteChoice::ByMatch,
    carries_metadata: false,
};

impl Asked<'_> {
    fn of(self, snapshot: &Snapshot, memory: &mut Memory) -> Decision {
        let mut lines: Vec<(&[u8], &[u8])> = vec![
            (b":method", self.method.as_bytes()),
            (b":path", self.path.as_bytes()),
            (b"x-admin", b"sesame"),
            (b"x-own", b"forged"),
        ];
        lines.extend(self.host.map(|host| (&b":authority"[..], host.as_bytes())));
        let headers = Headers::new(lines);
        let request = RequestView {
            decision_id: "1",
            headers: &headers,
            peer: &Peer::Absent,
            own_id: None,
            filter_state_principal: None,
            source_address: None,
            destination_address: None,
            protocol: None,
            route_name: self.route_name.map(str::as_bytes),
            route: self.route,
            carries_metadata: self.carries_metadata,
        };
        decide(snapshot, memory, &request, UnixTime::from_secs(1_700_000_000))
    }

    /// Decision, reason, route and status of a request to a worker that has seen none.
    fn seen(self, snapshot: &Snapshot) -> String {
        shown(&self.of(snapshot, &mut Memory::new(snapshot)))
    }
}

fn shown(decision: &Decision) -> String {
    let event = &decision.event;
    let status = match &decision.verdict {
        Verdict::Allow(_) => 200,
        Verdict::Deny(denial) => denial.status(),
    };
    format!("{} {} {} {status}", event.decision, event.reason, event.route.as_deref().unwrap_or("-"))
}

fn routes() -> Value {
    json!([
        { "name": "health", "match": { "path_prefix": "/healthz" }, "off": true },
        { "name": "admin", "decision": "shop/admin" },
        { "name": "own", "match": { "path_prefix": "/own" }, "policy": {
            "decision": "own/allow",
            "modules": [{ "name": "policy.rego", "source": "package own\n\nallow := data.word == \"own\"\n" }],
            "data": { "word": "own" },
        } },
        { "name": "gone", "off": true },
    ])
}

#[test]
fn a_host_selects_a_route_by_its_name() {
    let snapshot = load(&routes(), &json!({ "word": "sesame" }));
    let named =
        |name, path| Asked { route: RouteChoice::Named(name), path, method: "POST", ..PLAIN }.seen(&snapshot);
    assert_eq!(named("admin", "/"), "allow policy admin 200");
    // Whatever it matches, and whatever would match.
    assert_eq!(named("health", "/"), "allow route_off health 200");
    assert_eq!(named("admin", "/healthz"), "allow policy admin 200");
    assert_eq!(named("own", "/"), "allow policy own 200");
    for unknown in ["", "Admin", "admin ", "nobody"] {
        assert_eq!(named(unknown, "/"), "deny route_unknown - 403", "{unknown}");
        assert_eq!(named(unknown, "/healthz"), "deny route_unknown - 403", "{unknown}");
        assert!(!snapshot.has_route(unknown));
    }
    assert!(snapshot.has_route("admin") && snapshot.has_route("gone"));
    // What has no match is found by nobody.
    assert_eq!(Asked { path: "/gone", method: "POST", ..PLAIN }.seen(&snapshot), "deny policy_denied - 403");
}

#[test]
fn a_host_selects_no_check() {
    let snapshot = load(&json!([]), &json!({}));
    let off = Asked { route: RouteChoice::Off, method: "POST", ..PLAIN };
    let decision = off.of(&snapshot, &mut Memory::new(&snapshot));
    assert_eq!(shown(&decision), "allow route_off - 200");
    let Verdict::Allow(permit) = decision.verdict else { panic!("a denial") };
    assert_eq!(permit.request_headers_to_remove().iter().map(|name| &**name).collect::<Vec<_>>(), ["x-own"]);
    assert_eq!(permit.request_headers(), []);
    // What cannot be read stays refused.
    assert_eq!(Asked { path: "/a/../b", ..off }.seen(&snapshot), "deny path_dot_segment - 400");
    assert_eq!(Asked { host: Some("a b"), ..off }.seen(&snapshot), "deny host_malformed - 400");
    assert_eq!(Asked { method: "", ..off }.seen(&snapshot), "deny method_malformed - 400");
}

#[test]
fn what_is_not_said_is_not_taken_for_a_difference() {
    let by_host = load(
        &json!([{ "name": "a", "match": { "hosts": ["*"], "path_prefix": "/a" }, "decision": "shop/admin" }]),
        &json!({}),
    );
    let nowhere = Asked { host: None, ..PLAIN };
    assert_eq!(Asked { path: "/a", ..nowhere }.seen(&by_host), "deny host_malformed - 400");
    assert_eq!(nowhere.seen(&by_host), "allow policy - 200");
    assert!(!by_host.needs().route_name);

    let by_name = load(
        &json!([
            { "name": "a", "match": { "route_name": "a", "path_prefix": "/a" }, "decision": "shop/admin" },
            { "name": "b", "match": { "path_prefix": "/a" }, "off": true },
        ]),
        &json!({}),
    );
    assert!(by_name.needs().route_name);
    let unsaid = Asked { route_name: None, ..PLAIN };
    assert_eq!(Asked { path: "/a", ..unsaid }.seen(&by_name), "deny route_name_missing - 403");
    assert_eq!(unsaid.seen(&by_name), "allow policy - 200");
    assert_eq!(Asked { path: "/a", ..PLAIN }.seen(&by_name), "allow route_off b 200");
    assert_eq!(
        Asked { path: "/a", route_name: Some("a"), ..PLAIN }.seen(&by_name),
        "deny policy_undefined a 403"
    );
}

#[test]
fn what_any_policy_reads_is_needed() {
    let reads = |source: &str| {
        let policy = json!({ "decision": "t/r", "modules": [{ "name": "t.rego", "source": source }] });
        load(&json!([{ "name": "a", "match": { "path_prefix": "/a" }, "policy": policy }]), &json!({}))
    };
    let none = reads("package t\n\nr := true");
    assert!(!none.needs().source_address && !none.needs().protocol);
    let source = reads("package t\n\nr := input.attributes.source.address != {}");
    assert!(source.needs().source_address && !source.needs().protocol);
    let all = reads("package t\n\nr := input != {}");
    assert!(all.needs().source_address && all.needs().protocol && all.needs().own_id);
}

#[test]
fn policies_do_not_disturb_each_other() {
    let snapshot = load(&routes(), &json!({ "word": "sesame" }));
    // The three plans have tables of different sizes.
    let asked = [
        (PLAIN, "allow policy - 200"),
        (Asked { route: RouteChoice::Named("admin"), ..PLAIN }, "allow policy admin 200"),
        (Asked { path: "/own", ..PLAIN }, "allow policy own 200"),
        (Asked { method: "POST", ..PLAIN }, "deny policy_denied - 403"),
        (Asked { path: "/healthz", ..PLAIN }, "allow route_off health 200"),
    ];
    let mut memory = Memory::new(&snapshot);
    for first in &asked {
        for second in &asked {
            assert_eq!(shown(&first.0.of(&snapshot, &mut memory)), first.1);
            assert_eq!(shown(&second.0.of(&snapshot, &mut memory)), second.1);
        }
    }
    // Another snapshot's memory has room for fewer.
    let other = load(&json!([]), &json!({}));
    let mut memory = Memory::new(&other);
    assert_eq!(shown(&asked[2].0.of(&snapshot, &mut memory)), asked[2].1);
}

#[test]
fn a_rule_that_several_ask_for_is_planned_once() {
    let route = |name: &str, decision: &str| json!({ "name": name, "decision": decision });
    let snapshot = load(
        &json!([route("a", "shop/admin"), route("b", "shop/allow"), route("c", "shop/admin")]),
        &json!({}),
    );
    assert_eq!(snapshot.policies.len(), 2);
}

#[test]
fn there_are_limits() {
    let many = |count: usize| {
        Value::from_iter((0..count).map(|name| json!({ "name": name.to_string(), "off": true })))
    };
    assert_eq!(faults(&many(ROUTES)), "");
    assert!(faults(&many(ROUTES + 1)).starts_with("routes: has more than 256 routes"));
    let hosts = |count: usize| {
        let hosts: Vec<String> = (0..count).map(|name| format!("h{name}.example.com")).collect();
        json!([{ "name": "a", "match": { "hosts": hosts }, "off": true }])
    };
    assert_eq!(faults(&hosts(ROUTE_HOSTS)), "");
    assert!(faults(&hosts(ROUTE_HOSTS + 1)).starts_with("routes[0].match.hosts: has more than 64 hosts"));
}

/// A text of so many bytes as JSON, in an object: `{"a":"..."}`.
fn text(bytes: usize) -> Value {
    json!({ "a": "x".repeat(bytes.saturating_sub(8)) })
}

fn nested(levels: usize) -> Value {
    (1..levels).fold(json!({}), |inner, _| json!({ "a": inner }))
}

#[test]
fn dynamic_metadata_is_handed_on_by_a_host_that_can_and_well_formed_for_all() {
    let told = |told: &Value, carries_metadata: bool, method: &str| {
        let data = json!({ "told": told });
        let snapshot = load(&json!([{ "name": "told", "decision": "shop/told" }]), &data);
        let asked = Asked { route: RouteChoice::Named("told"), carries_metadata, method, ..PLAIN };
        let decision = asked.of(&snapshot, &mut Memory::new(&snapshot));
        let items =
            decision.metadata.into_iter().inspect(|item| assert_eq!(&*item.namespace, "doorward.policy"));
        let found: serde_json::Map<String, Value> =
            items.map(|item| (item.key.into_owned(), item.value)).collect();
        (decision.event.reason, Value::Object(found))
    };
    let good = json!({ "user": "u1", "roles": ["a", 1, true, null], "level": { "of": 1.5 } });
    assert_eq!(told(&good, true, "GET"), ("policy", good.clone()));
    assert_eq!(told(&good, true, "POST"), ("policy_denied", good.clone()));
    assert_eq!(told(&good, false, "GET"), ("policy", json!({})));
    assert_eq!(told(&good, false, "POST"), ("policy_denied", json!({})));
    for fits in [text(METADATA_BYTES), nested(METADATA_DEPTH), json!({})] {
        assert_eq!(told(&fits, true, "GET"), ("policy", fits));
    }
    for bad in [text(METADATA_BYTES + 1), nested(METADATA_DEPTH + 1), json!([]), json!("a"), json!(null)] {
        for (method, carries) in [("GET", true), ("POST", true), ("GET", false), ("POST", false)] {
            assert_eq!(told(&bad, carries, method), ("policy_decision_malformed", json!({})));
        }
    }
}
