//! The published policies decide as they are written.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn published(source: &str, version: RegoVersion, decision: &str) -> Policy {
    compile_with(source, version, &json!({}), decision, BuiltinErrors::Undefined).expect("a policy")
}

#[test]
fn workload_authz_allows_two_callers_and_nobody_else() {
    let source = include_str!("../../../tests-data/rego/workload_authz.rego");
    let policy = published(source, RegoVersion::V1, "data.authz.workload.allow");
    let id = |workload: &str| format!("spiffe://corp.example.com/ns/{workload}");
    let input = |from: &str, to: &str, method: &str, path: &str| {
        json!({"identity": {"spiffe_id": id(from)},
               "request": {"destination": id(to), "method": method, "path": path}})
    };
    let (frontend, processor) = ("payment/sa/frontend", "payment/sa/processor");
    let reporter = "analytics/sa/reporter";
    let cases = [
        (input(frontend, processor, "POST", "/v1/transactions"), true),
        (input(reporter, processor, "GET", "/v1/transactions/status"), true),
        (input(reporter, processor, "POST", "/v1/transactions"), false),
        (input(frontend, processor, "GET", "/v1/transactions"), false),
        (input(frontend, processor, "POST", "/v1/transactions/"), false),
        (input(frontend, reporter, "POST", "/v1/transactions"), false),
        (input("payment/sa/frontend2", processor, "POST", "/v1/transactions"), false),
        (
            json!({"request": {"destination": id(processor), "method": "POST", "path": "/v1/transactions"}}),
            false,
        ),
        (json!({}), false),
    ];
    for (input, want) in cases {
        assert_eq!(evaluate(&policy, &input), defined(&json!(want)), "{input}");
    }
}

#[test]
fn contextual_authz_allows_by_device_risk_and_hour() {
    let source = include_str!("../../../tests-data/rego/contextual_authz.rego");
    let policy = published(source, RegoVersion::V1, "authz/contextual/allow");
    let input = |compliance: serde_json::Value, risk: serde_json::Value, hour: serde_json::Value| {
        json!({"identity": {"spiffe_id": "spiffe://corp.example.com/ns/frontend/sa/web"},
               "request": {"destination": "spiffe://corp.example.com/ns/api/sa/gateway"},
               "context": {"device_compliance": compliance, "risk_score": risk, "request_hour": hour}})
    };
    let cases = [
        (input(json!(true), json!(0.39), json!(6)), true),
        (input(json!(true), json!(0), json!(22)), true),
        (input(json!(true), json!(0.4), json!(12)), false),
        (input(json!(true), json!(0.1), json!(5)), false),
        (input(json!(true), json!(0.1), json!(23)), false),
        (input(json!(false), json!(0.1), json!(12)), false),
        (input(json!("true"), json!(0.1), json!(12)), false),
        // A string is greater than every number.
        (input(json!(true), json!("0.1"), json!(12)), false),
        (json!({"context": {"device_compliance": true, "risk_score": 0.1, "request_hour": 12}}), false),
    ];
    for (input, want) in cases {
        assert_eq!(evaluate(&policy, &input), defined(&json!(want)), "{input}");
    }
    let deny = published(source, RegoVersion::V1, "authz/contextual/deny");
    assert_eq!(evaluate(&deny, &json!({"context": {"risk_score": 0.7}})), defined(&json!(true)));
    assert_eq!(evaluate(&deny, &json!({"context": {"risk_score": 0.69}})), Ok(None));
}

#[test]
fn http_authz_is_rego_v0() {
    let source = include_str!("../../../tests-data/rego/http_authz_v0.rego");
    let policy = published(source, RegoVersion::V0, "http/authz/allow");
    let input = |identity: &str, method: &str, path: &str| {
        json!({"attributes": {"source": {"identity": identity},
                              "request": {"http": {"method": method, "path": path}}}})
    };
    let frontend = "spiffe://example.org/ns/default/sa/frontend";
    let cases = [
        (input("", "POST", "/health"), true),
        (input(frontend, "GET", "/anything"), true),
        (input(frontend, "POST", "/anything"), false),
        (input("spiffe://example.org/ns/default/sa/other", "GET", "/anything"), false),
        (json!({"attributes": {}}), false),
    ];
    for (input, want) in cases {
        assert_eq!(evaluate(&policy, &input), defined(&json!(want)), "{input}");
    }
    let v1 = compile(source, "http/authz/allow");
    assert_eq!(v1.err().map(|errors| errors[0].code()), Some("rego_parse_error"));
}

#[test]
fn constructs_of_v0() {
    let source = "package t\n\
        default r = false\n\
        r = true { names[input.x]; not blocked[\"c\"] } { input.force }\n\
        names[n] { n := input.l[_] }\n\
        blocked[\"b\"] { input.x }\n\
        level = 2 { input.x == 1 } else = 3 { input.x == 2 } else = 4\n\
        double(n) = m { m := n * 2 }\n\
        table[k] = v { v := input.o[k] }\n\
        all_of = [r, count(names), level, double(2), table]\n";
    let decide = |input: serde_json::Value| evaluate(&published(source, RegoVersion::V0, "t/all_of"), &input);
    let input = json!({"x": "a", "l": ["a", "a", "b"], "o": {"k": 1}});
    assert_eq!(decide(input), defined(&json!([true, 2, 4, 4, {"k": 1}])));
    assert_eq!(decide(json!({"x": 1})), defined(&json!([false, 0, 2, 4, {}])));
    assert_eq!(decide(json!({"x": 2, "force": 1})), defined(&json!([true, 0, 3, 4, {}])));
    assert_eq!(decide(json!({})), defined(&json!([false, 0, 4, 4, {}])));
    // The checks are the same.
    for refused in ["r { x == 1 }", "r { r }", "r { count(1) }", "r { f(1) }"] {
        let source = format!("package t\n{refused}");
        let policy = compile_with(&source, RegoVersion::V0, &json!({}), "t/r", BuiltinErrors::Undefined);
        assert!(policy.is_err(), "{refused}");
    }
}
