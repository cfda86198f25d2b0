//! The built-ins against the answers of OPA, which `tests-data/rego/builtins-core.py` collected.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::rego::value::{JsonLimits, Object, Set, Value};
use crate::time::UnixTime;

const CASES: &str = include_str!("../../../tests-data/rego/builtins-core.json");

const TABLES: &[&[(&str, Run)]] = &[
    aggregates::TABLE,
    arithmetic::TABLE,
    arrays::TABLE,
    bits::TABLE,
    casts::TABLE,
    comparison::TABLE,
    graph::TABLE,
    json::TABLE,
    numbers::TABLE,
    objects::TABLE,
    print::TABLE,
    sets::TABLE,
    strings::SPRINTF,
    strings::TABLE,
    types::TABLE,
    units::TABLE,
    walk::TABLE,
];

fn find(name: &str) -> Run {
    let mut all = TABLES.iter().flat_map(|table| table.iter());
    all.find(|(known, _)| *known == name).unwrap_or_else(|| panic!("there is no {name}")).1
}

fn call<'v>(name: &str, args: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let mut meter = Meter::new(10_000_000, 100_000_000);
    let patterns = Patterns::default();
    let mut call = Call { meter: &mut meter, now: UnixTime::from_secs(0), seed: 0, patterns: &patterns };
    find(name)(&mut call, args)
}

/// An argument from its JSON, in which `{"$set": [..]}` is a set.
fn decode(value: &Value<'static>) -> Value<'static> {
    match value {
        Value::Array(items) => Value::array(items.iter().map(decode).collect()),
        Value::Object(object) => {
            if let Some(Value::Array(items)) = object.get_str("$set") {
                return Value::Set(items.iter().map(decode).collect::<Set<'_>>());
            }
            if let Some(Value::Array(pairs)) = object.get_str("$object") {
                let pair = |pair: &Value<'static>| {
                    let Value::Array(pair) = pair else { panic!("a pair") };
                    (decode(&pair[0]), decode(&pair[1]))
                };
                return Value::Object(pairs.iter().map(pair).collect::<Object<'_>>());
            }
            Value::Object(object.entries().iter().map(|(key, value)| (key.clone(), decode(value))).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn answers_as_opa() {
    let limits = JsonLimits { depth: 64, nodes: 10_000_000 };
    let cases = Value::from_json(CASES.as_bytes(), limits).expect("JSON");
    let Value::Array(cases) = &cases else { panic!("an array") };
    let mut wrong = Vec::new();
    for case in cases.iter() {
        let Value::Array(case) = case else { panic!("an array") };
        let (name, want) = (case[0].as_str().expect("a name"), &case[2]);
        let Value::Array(args) = decode(&case[1]) else { panic!("arguments") };
        let got = call(name, &args);
        let is_right = match (&got, want) {
            (Ok(Some(value)), Value::String(want)) => Value::array(vec![value.clone()]).to_rego() == **want,
            (Ok(None), Value::Null) => true,
            // The inside of Go's own number.
            (Err(Failure::Limit(_)), Value::String(want)) => {
                name == "sprintf" && want.contains("%!w(*big.Int=")
            }
            (Err(Failure::Operand(text)), Value::Object(_)) => {
                let want = want.get("error").and_then(Value::as_str).expect("a message");
                // Ours do not quote keys, which may be a request's.
                let quotes_a_key = want.contains("unknown key") || want.contains("at index");
                !want.starts_with("operand") || quotes_a_key || want == text
            }
            _ => false,
        };
        if !is_right {
            let got = got.map(|value| value.map(|value| value.to_rego()));
            wrong.push(format!(
                "{name}{}: want {}, got {got:?}",
                args.to_vec().iter().map(Value::to_rego).collect::<Vec<_>>().join(" ; "),
                want.to_rego()
            ));
        }
    }
    assert!(cases.len() > 10_000, "{} cases", cases.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
