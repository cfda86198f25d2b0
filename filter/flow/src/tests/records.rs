//! The decision record, the log and the counters.

use super::*;

const PRINTS: &str = r#"package test
allow if {
    print("the method is", input.request.method)
    input.request.method == "GET"
}
"#;

#[test]
fn a_record_says_who_what_and_by_which_configuration() {
    let host = host().certificate(FRONTEND, true).own_uri("spiffe://example.org/our");
    assert_eq!(run(&worker(ALLOW), &host), Action::Continue);
    let record = record(&host);
    assert_eq!(
        record,
        json!({
            "decision_id": FIRST_ID,
            "time": "2027-01-15T08:00:00.000Z",
            "decision": "allow",
            "reason": "policy",
            "mode": "enforce",
            "identity": { "spiffe_id": "spiffe://example.org/ns/shop/sa/frontend", "source": "connection" },
            "method": "GET",
            "path": "/orders/7",
            "host": "service.test",
            "destination": "spiffe://example.org/our",
            "revision": "test-1",
            "elapsed_us": 5,
            "version": 1,
        })
    );
    assert!(!host.logged(Level::Info)[0].contains('\n'));
}

#[test]
fn the_decision_log_is_written_as_configured() {
    // Configured, records of an allow and of a deny.
    for (mode, allowed, denied) in [("all", 1, 1), ("denied", 0, 1), ("none", 0, 0)] {
        for (policy, wanted) in [(ALLOW, allowed), (DENY, denied)] {
            let mut configuration = configuration(policy);
            configuration["decision_log"] = json!(mode);
            let host = host();
            let action = run(&worker_of(&configuration), &host);
            assert_eq!(action == Action::Continue, policy == ALLOW);
            assert_eq!(host.logged(Level::Info).len(), wanted, "{mode}: {policy}");
            assert_eq!(host.counter("decisions"), 1, "{mode}: every decision is counted");
        }
    }
}

#[test]
fn a_denial_that_passes_in_audit_mode_is_a_denial_in_the_log() {
    let mut configuration = configuration(DENY);
    configuration["mode"] = json!("audit");
    configuration["decision_log"] = json!("denied");
    let host = host();
    assert_eq!(run(&worker_of(&configuration), &host), Action::Continue);
    assert_eq!(record(&host)["decision"], "deny");
}

#[test]
fn a_proxy_that_logs_less_than_info_gets_no_records() {
    let host = host().log_level(Level::Warn);
    assert_eq!(run(&worker(DENY), &host), Action::Stop);
    assert_eq!(host.log(), []);
    assert_eq!(host.counter("denied.policy_denied"), 1);
}

#[test]
fn prints_go_to_the_debug_log_and_nowhere_else() {
    let loud = host();
    assert_eq!(run(&worker(PRINTS), &loud), Action::Continue);
    assert_eq!(loud.logged(Level::Debug), [format!("decision {FIRST_ID}: print: the method is GET")]);
    assert!(loud.log().iter().all(|(level, line)| *level == Level::Debug || !line.contains("the method is")));

    let quiet = host().log_level(Level::Info);
    assert_eq!(run(&worker(PRINTS), &quiet), Action::Continue);
    assert_eq!(quiet.logged(Level::Debug), [""; 0]);
    assert_eq!(quiet.logged(Level::Info).len(), 1);
}

#[test]
fn counters_add_up() {
    let worker = worker(PRINTS);
    let host = host();
    assert_eq!(run(&worker, &host), Action::Continue);
    assert_eq!(run(&worker, &host), Action::Continue);
    let counters: Vec<(String, u64)> = host.counters().into_iter().collect();
    assert_eq!(counters, [("allowed".to_owned(), 2), ("decisions".to_owned(), 2)]);

    let denied = FakeHost::at(now()).request("POST", "/").connection(1);
    assert_eq!(run(&worker, &denied), Action::Stop);
    let counters: Vec<String> = denied.counters().into_keys().collect();
    assert_eq!(counters, ["decisions", "denied.policy_undefined", "error.policy_undefined"]);
}
