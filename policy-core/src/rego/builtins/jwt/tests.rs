//! What the real OPA answered, asked of our functions.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::call::{Call, Failure, Meter, Patterns, Run};
use super::super::crypto;
use super::json::{self, Json};
use crate::rego::value::Value;
use crate::time::UnixTime;

/// When the answers were written: only tokens without times far away depend on it, and there are none.
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn function(name: &str) -> Option<Run> {
    let tables = super::TABLE.iter().chain(crypto::TABLE);
    tables.into_iter().find(|(known, _)| *known == name).map(|(_, run)| *run)
}

fn run(run: Run, arguments: &[Value<'_>], steps: u64) -> Result<Option<Value<'static>>, Failure> {
    let mut meter = Meter::new(steps, 100_000_000);
    let patterns = Patterns::default();
    let mut call = Call { meter: &mut meter, now: NOW, seed: 1, patterns: &patterns };
    run(&mut call, arguments).map(|value| value.map(Value::into_owned))
}

fn text<'j>(case: &'j Json, member: &str) -> &'j str {
    match case.member(member) {
        Some(Json::String(text)) => text,
        _ => "",
    }
}

fn value(json: &Json) -> Value<'static> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(digits) => Json::Number(digits.clone()).into_value().unwrap(),
        Json::String(text) => Value::string(text),
        Json::Array(items) => Value::array(items.iter().map(value).collect()),
        Json::Object(members) => {
            Value::Object(members.iter().map(|(name, member)| (Value::string(name), value(member))).collect())
        }
    }
}

#[test]
fn every_answer_is_that_of_opa() {
    let cases = include_bytes!("../../../../tests-data/rego/builtins-crypto.json");
    let Ok(Json::Array(cases)) = json::parse(cases) else { panic!("the cases are not an array") };
    let (mut known, mut wrong) = (0, Vec::new());
    for (index, case) in cases.iter().enumerate() {
        let name = text(case, "function");
        let Some(function) = function(name) else { continue };
        known += 1;
        let Some(Json::Array(arguments)) = case.member("arguments") else { panic!("case {index}") };
        let arguments: Vec<_> = arguments.iter().map(value).collect();
        let got = run(function, &arguments, 100_000_000);
        let wanted = case.member("want").map(value);
        let right = match (&got, &wanted) {
            (Ok(Some(got)), Some(wanted)) => got == wanted,
            (Err(Failure::Operand(_)), None) => case.member("error").is_some(),
            (Err(Failure::Limit(_)), None) => case.member("abort").is_some(),
            _ => false,
        };
        if !right {
            let wanted = wanted.map(|wanted| super::to_json::to_json(&wanted, &mut Meter::new(1 << 40, 1 << 40)));
            let got = got.map(|got| got.map(|got| super::to_json::to_json(&got, &mut Meter::new(1 << 40, 1 << 40))));
            wrong.push(format!("{index} {name} ({}): got {got:?}, wanted {wanted:?}", text(case, "note")));
        }
    }
    assert!(wrong.is_empty(), "{} of {known} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(known > 1_000, "{known}");
}
