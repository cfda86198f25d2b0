//! Requests that are refused.

use super::*;

#[test]
fn a_bare_denial_is_403_and_its_details_carry_the_id_of_the_record() {
    let host = host();
    assert_eq!(run(&worker(DENY), &host), Action::Stop);
    let reply = reply(&host);
    assert_eq!((reply.status, reply.body.as_str()), (403, ""));
    assert_eq!(reply.headers, []);
    let record = record(&host);
    assert_eq!(record["decision_id"], FIRST_ID);
    assert_eq!(record["status"], 403);
    assert_eq!(reply.details, format!("doorward_denied:policy_denied:{FIRST_ID}"));
    assert!(host.changes().is_empty(), "a refused request is left as it came");
    assert_eq!((host.counter("allowed"), host.counter("denied.policy_denied")), (0, 1));
}

#[test]
fn a_denial_carries_status_headers_and_body_of_the_policy() {
    let policy = r#"package test
allow := {
    "allowed": false,
    "http_status": 418,
    "headers": {"x-why": "teapot", "retry-after": ["1", "2"]},
    "body": "short and stout",
    "reason": "kettle",
    "response_headers_to_add": {"x-not": "for a refusal"},
}
"#;
    let host = host();
    assert_eq!(run(&worker(policy), &host), Action::Stop);
    let reply = reply(&host);
    assert_eq!((reply.status, reply.body.as_str()), (418, "short and stout"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(reply.headers, [pair("retry-after", "1"), pair("retry-after", "2"), pair("x-why", "teapot")]);
    assert_eq!(record(&host)["policy_reason"], "kettle");
}

#[test]
fn every_decision_has_an_id_of_its_own() {
    let (worker, first, second) = (worker(DENY), host(), host());
    assert_eq!(run(&worker, &first), Action::Stop);
    assert_eq!(run(&worker, &second), Action::Stop);
    assert!(reply(&first).details.ends_with(FIRST_ID));
    assert!(reply(&second).details.ends_with(SECOND_ID));
}

#[test]
fn what_comes_before_the_policy_is_refused_with_its_own_reason() {
    let table: [(&str, u16, FakeHost); 7] = [
        ("method_malformed", 400, FakeHost::at(now()).header(":path", "/").connection(1)),
        ("path_missing", 400, FakeHost::at(now()).header(":method", "GET").connection(1)),
        ("header_repeated", 400, host().header(":path", "/other")),
        ("peer_not_validated", 403, host().certificate(FRONTEND, false)),
        ("svid_several_uri_sans", 403, host().certificate(TWO_URIS, true)),
        ("peer_presence_unknown", 403, FakeHost::at(now()).request("GET", "/")),
        ("headers_too_many", 431, (0..201).fold(host(), |host, _| host.header("x-many", "1"))),
    ];
    for (reason, status, host) in table {
        assert_eq!(run(&worker(ALLOW), &host), Action::Stop, "{reason}");
        let reply = reply(&host);
        assert_eq!(reply.details, format!("doorward_denied:{reason}:{FIRST_ID}"));
        assert_eq!(reply.status, status, "{reason}");
        assert_eq!(host.counter(&format!("denied.{reason}")), 1, "{reason}");
        assert_eq!(record(&host)["reason"], reason);
    }
}

#[test]
fn an_undefined_or_failing_policy_refuses_and_tells_the_operator_where() {
    let table = [
        ("policy_undefined", "package test\nallow if input.request.method == \"POST\"\n"),
        ("policy_decision_malformed", "package test\nallow := \"yes\"\n"),
        (
            "policy_decision_malformed",
            "package test\nallow := {\"allowed\": true, \"headers\": {\"host\": \"x\"}}\n",
        ),
    ];
    for (reason, policy) in table {
        let host = host();
        assert_eq!(run(&worker(policy), &host), Action::Stop, "{policy}");
        assert_eq!(reply(&host).status, 403);
        assert_eq!(host.counter(&format!("denied.{reason}")), 1, "{policy}");
        assert_eq!(host.counter(&format!("error.{reason}")), 1, "{policy}");
        let warnings = host.logged(Level::Warn);
        assert_eq!(warnings.len(), 1, "{policy}");
        assert!(warnings[0].contains(FIRST_ID), "{warnings:?}");
    }
}

#[test]
fn a_missing_or_bad_token_is_answered_with_a_challenge() {
    let worker = worker_of(&with_tokens(configuration(ALLOW)));
    let table = [(host(), 401, "token_missing"), (host().header("authorization", "Bearer a.b"), 401, "jwt_")];
    for (host, status, reason) in table {
        assert_eq!(run(&worker, &host), Action::Stop);
        let reply = reply(&host);
        assert_eq!(reply.status, status);
        assert!(reply.details.starts_with(&format!("doorward_denied:{reason}")), "{}", reply.details);
        let [(name, value)] = reply.headers.as_slice() else {
            panic!("{reason}: {} headers", reply.headers.len())
        };
        assert_eq!(name, "www-authenticate");
        assert!(value.starts_with("Bearer realm=\"doorward\""), "{value}");
    }
}
