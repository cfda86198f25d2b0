//! What the real OPA answered, asked of our functions.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::call::{Call, Failure, Meter, Patterns, Run};
use super::super::crypto;
use crate::rego::value::{JsonLimits, Value};
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

fn text<'j>(case: &'j Value<'_>, member: &str) -> &'j str {
    case.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// An object without some members.
fn without(object: &Value<'static>, members: &[Value<'_>]) -> Value<'static> {
    let Value::Object(object) = object else { return object.clone() };
    let kept = object.entries().iter().filter(|(name, _)| !members.contains(name));
    Value::Object(kept.cloned().collect())
}

#[test]
fn every_answer_is_that_of_opa() {
    let cases = include_bytes!("../../../../tests-data/rego/builtins-crypto.json");
    let limits = JsonLimits { depth: 128, nodes: usize::MAX };
    let Ok(Value::Array(cases)) = Value::from_json(cases, limits) else { panic!("the cases are not an array") };
    let (mut known, mut refused, mut wrong) = (0, 0, Vec::new());
    for (index, case) in cases.iter().enumerate() {
        let name = text(case, "function");
        let Some(function) = function(name) else { continue };
        known += 1;
        let Some(Value::Array(arguments)) = case.get("arguments") else { panic!("case {index}") };
        let mut got = run(function, arguments, 100_000_000);
        if let (Some(Value::Array(long)), Ok(Some(Value::Array(made)))) = (case.get("without"), &got) {
            let made = made.iter().map(|made| without(made, long)).collect();
            got = Ok(Some(Value::array(made)));
        }
        let wanted = case.get("want");
        let right = match (&got, &wanted) {
            (Ok(Some(got)), Some(wanted)) => got == *wanted,
            (Err(Failure::Operand(_)), None) => case.get("error").is_some(),
            // Forms that we refuse loudly, because we might read them otherwise than Go.
            (Err(Failure::Limit(rule)), _) if rule.ends_with("not supported") => {
                refused += 1;
                true
            }
            (Err(Failure::Limit(_)), None) => case.get("abort").is_some(),
            _ => false,
        };
        if !right {
            let wanted = wanted.map(Value::to_json);
            let got = got.map(|got| got.map(|got| got.to_json()));
            wrong.push(format!("{index} {name} ({}): got {got:?}, wanted {wanted:?}", text(case, "note")));
        }
    }
    assert!(wrong.is_empty(), "{} of {known} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(known > 3_000, "{known}");
    assert!(refused < 30, "{refused}");
}
