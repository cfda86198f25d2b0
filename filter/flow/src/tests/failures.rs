//! A host that cannot tell or do what it is asked: nothing passes, and everything is counted.

use super::*;
use crate::fake::FAILURE;

/// Sets, adds and removes.
const BUSY: &str = r#"package test
allow := {
    "allowed": true,
    "request_headers_to_remove": ["x-debug"],
    "headers": {"x-team": ["red", "blue"]},
}
"#;

fn assert_failed(host: &FakeHost, reason: &str) {
    let reply = reply(host);
    assert_eq!((reply.status, reply.body.as_str()), (500, ""), "{reason}");
    assert_eq!(reply.headers, [], "{reason}");
    assert!(reply.details.starts_with(&format!("doorward_error:{reason}")), "{}", reply.details);
    assert!(!reply.details.contains(' '), "{}", reply.details);
    assert_eq!(host.counter(&format!("error.{reason}")), 1, "{reason}");
    assert_eq!(host.counter("allowed"), 0, "{reason}");
    let errors = host.logged(Level::Error);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].starts_with(&reply.details), "{errors:?}");
}

#[test]
fn without_a_clock_nothing_is_decided() {
    let host = FakeHost::without_clock().request("GET", "/").connection(1);
    assert_eq!(run(&worker(ALLOW), &host), Action::Stop);
    assert_failed(&host, "host_clock");
    assert_eq!(host.logged(Level::Info), [""; 0]);
    assert_eq!(host.counters().len(), 1, "{:?}", host.counters());
}

#[test]
fn without_the_headers_nothing_is_decided() {
    let host = host().failing("lines");
    assert_eq!(run(&worker(ALLOW), &host), Action::Stop);
    assert_failed(&host, "host_headers");
    assert_eq!(host.logged(Level::Info), [""; 0]);
}

#[test]
fn a_worker_that_is_in_use_decides_nothing() {
    let worker = worker(ALLOW);
    {
        let host = host();
        let _deciding = worker.borrow_mut();
        assert_eq!(run(&worker, &host), Action::Stop);
        assert_failed(&host, "worker_in_use");
    }
    {
        // Read by somebody: the snapshot can be had, the memory cannot.
        let host = host();
        let _reading = worker.borrow();
        assert_eq!(run(&worker, &host), Action::Stop);
        assert_failed(&host, "worker_in_use");
    }
    assert_eq!(run(&worker, &host()), Action::Continue);
}

#[test]
fn an_allowed_request_that_cannot_be_changed_is_refused() {
    for call in ["set", "add", "remove"] {
        let host = host().failing(call);
        let mut flow = Flow::default();
        assert_eq!(on_request_headers(&worker(BUSY), &host, &mut flow), Action::Stop, "{call}");
        assert_failed(&host, "host_change");
        assert_eq!(reply(&host).details, format!("doorward_error:host_change:{FIRST_ID}"));
        let record = record(&host);
        assert_eq!(record["decision"], "deny", "{call}");
        assert_eq!(record["reason"], "host_change", "{call}");
        assert_eq!(record["status"], 500, "{call}");
        assert_eq!(record["decision_id"], FIRST_ID, "{call}");
        assert_eq!(host.counter("denied.host_change"), 1, "{call}");
        // The 500 is a response too: nothing of the permit is on it.
        crate::on_response_headers(&host, &mut flow);
        assert_eq!(host.added_response_headers(), [], "{call}");
    }
}

#[test]
fn in_audit_mode_too_a_request_that_cannot_be_changed_is_refused() {
    let mut configuration = configuration(DENY);
    configuration["mode"] = json!("audit");
    let host = host().failing("remove");
    assert_eq!(run(&worker_of(&configuration), &host), Action::Stop);
    assert_failed(&host, "host_change");
}

#[test]
fn a_reply_that_the_host_does_not_take_leaves_the_request_stopped() {
    let denied = host().failing("reply");
    assert_eq!(run(&worker(DENY), &denied), Action::Stop);
    assert_eq!(denied.counter("error.reply"), 1);
    assert_eq!(denied.counter("denied.policy_denied"), 1);
    assert_eq!(record(&denied)["decision_id"], FIRST_ID);
    assert_eq!(
        denied.logged(Level::Error),
        [format!("doorward_denied:policy_denied:{FIRST_ID}: the host did not take the answer: {FAILURE}")]
    );

    let failed = host().failing("lines").failing("reply");
    assert_eq!(run(&worker(ALLOW), &failed), Action::Stop);
    assert_eq!((failed.counter("error.host_headers"), failed.counter("error.reply")), (1, 1));
    assert_eq!(failed.logged(Level::Error).len(), 2);

    let changed = host().failing("set").failing("reply");
    assert_eq!(run(&worker(BUSY), &changed), Action::Stop);
    assert_eq!((changed.counter("error.host_change"), changed.counter("error.reply")), (1, 1));
}

#[test]
fn every_failure_stops_the_request_whatever_the_policy_says() {
    for policy in [ALLOW, DENY, BUSY] {
        for call in ["lines", "remove", "set", "add", "reply"] {
            let host = host().failing(call);
            let action = run(&worker(policy), &host);
            let harmless = match policy {
                ALLOW => matches!(call, "add" | "reply"),
                BUSY => call == "reply",
                _ => false,
            };
            let expected = if harmless { Action::Continue } else { Action::Stop };
            assert_eq!(action, expected, "{call} with {policy}");
        }
    }
}
