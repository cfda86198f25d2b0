//! Replays what the real OPA answered: `tests-data/rego/builtins-text.json`, made by the script beside it.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::Value as Json;

use super::{Call, Failure, Meter, Patterns, Run};
use crate::rego::value::{Number, Value};
use crate::time::UnixTime;

const TABLES: &[&[(&str, Run)]] = &[
    super::encoding::TABLE,
    super::glob::TABLE,
    super::net::TABLE,
    super::random::TABLE,
    super::regex::TABLE,
    super::runtime::TABLE,
    super::semver::TABLE,
    super::time::TABLE,
    super::uri::TABLE,
    super::urlquery::TABLE,
    super::uuid::TABLE,
];

fn function(name: &str) -> Run {
    let known = TABLES.iter().flat_map(|table| table.iter()).find(|(known, _)| *known == name);
    known.unwrap_or_else(|| panic!("no function {name}")).1
}

/// `{"$set": [...]}` is a set.
fn value(json: &Json) -> Value<'static> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(Number::parse(&number.to_string()).expect("a number")),
        Json::String(text) => Value::string(text),
        Json::Array(items) => Value::array(items.iter().map(value).collect()),
        Json::Object(object) => match object.get("$set") {
            Some(Json::Array(items)) => Value::Set(items.iter().map(value).collect()),
            _ => Value::Object(object.iter().map(|(key, item)| (Value::string(key), value(item))).collect()),
        },
    }
}

/// Sets become arrays, as in OPA's own output.
fn json(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(Number::Int(value)) => Json::from(*value),
        Value::Number(Number::Decimal(text)) => serde_json::from_str(text).expect("a number"),
        Value::String(text) => Json::from(text.as_str()),
        Value::Array(items) => Json::Array(items.iter().map(json).collect()),
        Value::Set(items) => Json::Array(items.iter().map(json).collect()),
        Value::Object(object) => {
            let key = |key: &Value<'_>| key.as_str().expect("a key that is text").to_owned();
            Json::Object(object.entries().iter().map(|(name, value)| (key(name), json(value))).collect())
        }
    }
}

/// `{"ok": value}`, `"undefined"`, `"error"` or `"limit"`.
fn answer(patterns: &Patterns, name: &str, arguments: &[Json]) -> Json {
    let mut meter = Meter::new(1_000_000, 16 * 1024 * 1024);
    let mut call = Call { meter: &mut meter, now: UnixTime::from_nanos(0), seed: 7, patterns };
    let arguments: Vec<Value<'_>> = arguments.iter().map(value).collect();
    match function(name)(&mut call, &arguments) {
        Ok(Some(found)) => serde_json::json!({ "ok": json(&found) }),
        Ok(None) => Json::from("undefined"),
        Err(Failure::Operand(_)) => Json::from("error"),
        Err(Failure::Limit(_)) => Json::from("limit"),
    }
}

#[test]
fn built_ins_answer_as_opa_did() {
    let cases: Json =
        serde_json::from_str(include_str!("../../../tests-data/rego/builtins-text.json")).expect("cases");
    let cases = cases.as_array().expect("an array");
    assert!(cases.len() > 1000, "only {} cases", cases.len());
    let patterns = Patterns::default();
    let mut wrong = Vec::new();
    for case in cases {
        let [name, arguments, want] = case.as_array().expect("a case").as_slice() else {
            panic!("a case of another length")
        };
        let name = name.as_str().expect("a name");
        let got = answer(&patterns, name, arguments.as_array().expect("arguments"));
        // Two repetitions that meet are refused: the search of OPA's library depends on more than what they match.
        let unsure = name == "regex.globs_match" && got == "limit";
        if got != *want && !unsure {
            wrong.push(format!("{name}{arguments}: OPA {want}, here {got}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
