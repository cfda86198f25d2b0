//! Requests that pass, and what is changed on them first.

use super::*;
use crate::fake::FAILURE;
use crate::on_response_headers;

const HEADERS: &str = r#"package test
allow := {
    "allowed": true,
    "request_headers_to_remove": ["x-debug", "x-internal"],
    "headers": {"x-team": ["red", "blue"], "x-role": "reader"},
    "response_headers_to_add": {"x-served": "yes", "cache-control": "no-store"},
}
"#;

#[test]
fn a_bare_permit_takes_our_own_headers_away_and_sets_ours() {
    let host = host().certificate(FRONTEND, true).own_uri("spiffe://example.org/our");
    assert_eq!(run(&worker(ALLOW), &host), Action::Continue);
    assert_eq!(
        host.changes(),
        [
            "remove x-doorward-spiffe-id",
            "remove x-doorward-decision-id",
            "remove x-role",
            "set x-doorward-spiffe-id: spiffe://example.org/ns/shop/sa/frontend",
            &format!("set x-doorward-decision-id: {FIRST_ID}"),
        ]
    );
    assert_eq!(host.replies(), []);
    assert_eq!(host.counter("allowed"), 1);
    assert_eq!(host.counter("decisions"), 1);
}

#[test]
fn removals_come_first_then_each_header_replaces_and_its_further_values_are_added() {
    let host = host().header("x-debug", "1").header("x-team", "green").header("x-team", "black");
    assert_eq!(run(&worker(HEADERS), &host), Action::Continue);
    assert_eq!(
        host.changes(),
        [
            "remove x-debug",
            "remove x-internal",
            "remove x-doorward-spiffe-id",
            "remove x-doorward-decision-id",
            "remove x-role",
            "set x-role: reader",
            "set x-team: red",
            "add x-team: blue",
            &format!("set x-doorward-decision-id: {FIRST_ID}"),
        ]
    );
    assert_eq!(upstream(&host, "x-team"), ["red", "blue"]);
    assert_eq!(upstream(&host, "x-debug"), [""; 0]);
}

#[test]
fn what_a_client_sends_under_our_names_reaches_neither_the_policy_nor_the_upstream() {
    let policy = r#"package test
default allow := false
allow if not input.request.headers["x-role"]
"#;
    let host = host()
        .header("x-role", "admin")
        .header("x-role", "root")
        .header("x-doorward-spiffe-id", "spiffe://example.org/admin")
        .header("x-doorward-decision-id", "forged");
    assert_eq!(run(&worker(policy), &host), Action::Continue);
    assert_eq!(upstream(&host, "x-role"), [""; 0]);
    assert_eq!(upstream(&host, "x-doorward-spiffe-id"), [""; 0]);
    assert_eq!(upstream(&host, "x-doorward-decision-id"), [FIRST_ID]);
}

#[test]
fn response_headers_come_with_the_response_and_once() {
    let (worker, host, mut flow) = (worker(HEADERS), host(), Flow::default());
    assert_eq!(on_request_headers(&worker, &host, &mut flow), Action::Continue);
    assert_eq!(host.added_response_headers(), []);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let both = [pair("cache-control", "no-store"), pair("x-served", "yes")];
    on_response_headers(&host, &mut flow);
    assert_eq!(host.added_response_headers(), both);
    on_response_headers(&host, &mut flow);
    assert_eq!(host.added_response_headers(), both);
}

#[test]
fn a_response_header_that_the_host_refuses_is_counted_and_the_response_goes_on() {
    let (worker, host, mut flow) = (worker(HEADERS), host().failing("add_response_header"), Flow::default());
    assert_eq!(on_request_headers(&worker, &host, &mut flow), Action::Continue);
    on_response_headers(&host, &mut flow);
    assert_eq!(host.counter("error.response_header"), 2);
    let lines = host.logged(Level::Warn);
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.ends_with(&FAILURE.to_string())), "{lines:?}");
    assert!(!lines.concat().contains("no-store"));
}

#[test]
fn in_audit_mode_a_denial_passes_and_is_recorded() {
    let mut configuration = configuration(
        r#"package test
allow := {"allowed": false, "http_status": 418, "headers": {"x-role": "none"}, "body": "no", "reason": "night"}
"#,
    );
    configuration["mode"] = json!("audit");
    let host = host().certificate(EDGE, true).header("x-role", "admin");
    assert_eq!(run(&worker_of(&configuration), &host), Action::Continue);
    assert_eq!(host.replies(), []);
    let record = record(&host);
    assert_eq!(record["decision"], "deny");
    assert_eq!(record["mode"], "audit");
    assert_eq!(record["reason"], "policy_denied");
    assert_eq!(record["policy_reason"], "night");
    assert_eq!(record.get("status"), None);
    assert_eq!((host.counter("allowed"), host.counter("denied.policy_denied")), (0, 1));
    // The spoofed header is stripped, the proven identity set, and nothing of the refusal is on the request.
    assert_eq!(upstream(&host, "x-role"), [""; 0]);
    assert_eq!(upstream(&host, "x-doorward-spiffe-id"), ["spiffe://example.org/edge"]);
}
