//! The answers of the real OPA, replayed: see `tests-data/rego/opa/README.md`.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

const HELPERS: &str = include_str!("../../../tests-data/rego/opa/helpers.rego");

/// How the cases of a file came out. Pinned by the tests, so that a change is seen in both directions.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    /// Every answer is OPA's, or OPA's is an error of a built-in and ours is that or undefined.
    equal: usize,
    /// Some answer is an error where OPA's is not: a deny.
    errors: usize,
    /// Both refuse the policy.
    both_refuse: usize,
    /// Only we refuse it.
    refused: usize,
    /// Only OPA refuses it, for a type that cannot match.
    lenient: usize,
}

fn replay(text: &str) -> Tally {
    let file: serde_json::Value = serde_json::from_str(text).expect("a file of cases");
    let mut tally = Tally::default();
    for case in file["cases"].as_array().expect("cases") {
        let policy = case["policy"].as_str().expect("a policy");
        let source = if case["helpers"] == true { format!("{HELPERS}{policy}") } else { policy.to_owned() };
        let inputs = if case["inputs"].is_null() { &file["inputs"] } else { &case["inputs"] };
        let ours = compile_with(&[module(&source)], &file["data"], "t/r");
        match (ours, case["opa"].as_array()) {
            (Err(_), None) => add(&mut tally.both_refuse),
            (Err(_), Some(_)) => add(&mut tally.refused),
            (Ok(_), None) => {
                assert_eq!(case["opa"]["refused"], "rego_type_error", "only OPA refuses: {policy}");
                add(&mut tally.lenient);
            }
            (Ok(ours), Some(answers)) => {
                let inputs = inputs.as_array().expect("inputs");
                let worse =
                    inputs.iter().zip(answers).filter(|(input, opa)| !agrees(&ours, policy, input, opa));
                if worse.count() == 0 { add(&mut tally.equal) } else { add(&mut tally.errors) }
            }
        }
    }
    tally
}

fn add(count: &mut usize) {
    *count = count.saturating_add(1);
}

/// Whether an answer is OPA's; false if ours is an error instead. Anything else fails the test.
fn agrees(ours: &Policy, policy: &str, input: &serde_json::Value, opa: &serde_json::Value) -> bool {
    let outcome = evaluate(ours, input);
    match &outcome {
        Outcome::Error(_) => opa == "error",
        Outcome::Undefined => {
            assert!(
                opa == "undefined" || opa == "error",
                "ours is undefined, OPA's {opa}: {policy} on {input}"
            );
            true
        }
        Outcome::Defined(value) => {
            let value = value.to_json().expect("JSON");
            // OPA was strict here: by default it takes the error for undefined, and goes on with other rules.
            if opa == "error" && !policy.contains("input[0]") {
                return true;
            }
            assert!(same(&value, &opa["value"]), "ours is {value}, OPA's {opa}: {policy} on {input}");
            true
        }
    }
}

/// Equal, with numbers by their value.
fn same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    match (a, b) {
        (serde_json::Value::Array(a), serde_json::Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (serde_json::Value::Object(a), serde_json::Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (serde_json::Value::Number(x), serde_json::Value::Number(y)) => a == b || x.as_f64() == y.as_f64(),
        _ => a == b,
    }
}

#[test]
fn constructs_of_the_language() {
    let tally = replay(include_str!("../../../tests-data/rego/opa/constructs.json"));
    assert_eq!(tally, Tally { equal: 328, errors: 0, both_refuse: 36, refused: 46, lenient: 0 });
}

#[test]
fn generated_rules() {
    let tally = replay(include_str!("../../../tests-data/rego/opa/generated.json"));
    assert_eq!(tally, Tally { equal: 262, errors: 0, both_refuse: 4, refused: 334, lenient: 0 });
}

#[test]
fn built_in_functions() {
    let tally = replay(include_str!("../../../tests-data/rego/opa/builtins.json"));
    assert_eq!(tally, Tally { equal: 74, errors: 7, both_refuse: 0, refused: 0, lenient: 0 });
}
