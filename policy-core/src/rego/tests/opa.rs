//! The answers of the real OPA, replayed: see `tests-data/rego/opa/README.md`.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

const HELPERS: &str = include_str!("../../../tests-data/rego/opa/helpers.rego");

/// How the cases of a file came out. Pinned by the tests, so that a change is seen in both directions.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    /// Every answer is OPA's.
    equal: usize,
    /// Both refuse the policy, with the same code.
    both_refuse: usize,
    /// Only we refuse it, in our own name.
    refused: usize,
}

fn replay(text: &str, is_one_call: bool) -> Tally {
    let file: serde_json::Value = serde_json::from_str(text).expect("a file of cases");
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for case in file["cases"].as_array().expect("cases") {
        let policy = case["policy"].as_str().expect("a policy");
        let source = if case["helpers"] == true { format!("{HELPERS}{policy}") } else { policy.to_owned() };
        let inputs = if case["inputs"].is_null() { &file["inputs"] } else { &case["inputs"] };
        let ours = compile_with(&source, RegoVersion::V1, &file["data"], "t/r", BuiltinErrors::Undefined);
        match (ours, case["opa"].as_array()) {
            (Err(errors), None) => {
                add(&mut tally.both_refuse);
                if case["opa"]["refused"] != errors[0].code() {
                    wrong.push(format!("OPA: {}, ours: {}: {policy}", case["opa"], texts(&errors)));
                }
            }
            (Err(errors), Some(_)) => {
                add(&mut tally.refused);
                if !matches!(errors[0].kind, RegoErrorKind::Refused | RegoErrorKind::Limit) {
                    wrong.push(format!("only ours refuses, {}: {policy}", texts(&errors)));
                }
            }
            (Ok(_), None) => wrong.push(format!("only OPA refuses, {}: {policy}", case["opa"])),
            (Ok(ours), Some(answers)) => {
                let inputs = inputs.as_array().expect("inputs");
                add(&mut tally.equal);
                let differing = inputs.iter().zip(answers).filter_map(|(input, opa)| {
                    let got = evaluate(&ours, input);
                    (!agrees(&got, opa, is_one_call))
                        .then(|| format!("ours {got:?}, OPA {opa}: {policy} on {input}"))
                });
                wrong.extend(differing);
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    tally
}

fn add(count: &mut usize) {
    *count = count.saturating_add(1);
}

/// Whether an answer is OPA's.
///
/// OPA was strict here: its error may be that of a built-in, which by default makes the expression undefined. Where the
/// policy is one call, ours is undefined then; elsewhere there is nothing to compare.
fn agrees(
    ours: &Result<Option<serde_json::Value>, EvalError>,
    opa: &serde_json::Value,
    is_one_call: bool,
) -> bool {
    match ours {
        _ if opa == "error" => !is_one_call || !matches!(ours, Ok(Some(_))),
        // Text that is not UTF-8 cannot be held: an error of the decision, never another text.
        Err(error) => error.to_string().contains("not UTF-8") || error.to_string().contains("not ASCII"),
        Ok(None) => opa == "undefined",
        Ok(Some(value)) => opa.get("value").is_some_and(|opa| same(value, opa)),
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
        (serde_json::Value::Number(x), serde_json::Value::Number(y)) => {
            // OPA's digits were read as doubles when they were written down.
            let near = |(x, y): (f64, f64)| (x - y).abs() <= f64::EPSILON * x.abs();
            a == b || x.as_f64().zip(y.as_f64()).is_some_and(near)
        }
        _ => a == b,
    }
}

#[test]
fn constructs_of_the_language() {
    let tally = replay(include_str!("../../../tests-data/rego/opa/constructs.json"), false);
    assert_eq!(tally, Tally { equal: 374, both_refuse: 36, refused: 0 });
}

#[test]
fn generated_rules() {
    let tally = replay(include_str!("../../../tests-data/rego/opa/generated.json"), false);
    assert_eq!(tally, Tally { equal: 596, both_refuse: 4, refused: 0 });
}

#[test]
fn built_in_functions() {
    let tally = replay(include_str!("../../../tests-data/rego/opa/builtins.json"), true);
    assert_eq!(tally, Tally { equal: 81, both_refuse: 0, refused: 0 });
}
