//! The stages against what OPA says, from `tests-data/rego/check.json`.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::rego::{Limits, RegoVersion, types};
use crate::rego::compile::{Options, compile};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::parse_module;
use crate::rego::value::{Object, Value};

#[derive(serde::Deserialize)]
struct Case {
    modules: Vec<String>,
    /// Codes, modules and lines, sorted.
    errors: Vec<(String, u32, u32)>,
    data: Option<serde_json::Value>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../../tests-data/rego/check.json")).unwrap()
}

fn value(json: &serde_json::Value) -> Value<'static> {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(value) => Value::integer(value.as_i64().unwrap()),
        serde_json::Value::String(value) => Value::string(value),
        serde_json::Value::Array(items) => Value::array(items.iter().map(value).collect()),
        serde_json::Value::Object(entries) => {
            let entries = entries.iter().map(|(key, item)| (Value::string(key), value(item)));
            Value::Object(entries.collect::<Object<'static>>())
        }
    }
}

fn faults(case: &Case) -> Vec<Fault> {
    let data = case.data.as_ref().map_or_else(|| value(&serde_json::json!({})), value);
    let mut modules = Vec::new();
    for (index, text) in case.modules.iter().enumerate() {
        match parse_module(u32::try_from(index).unwrap(), text, RegoVersion::V1, &Limits::DEFAULT) {
            Ok(module) => modules.push(module),
            Err(faults) => return faults,
        }
    }
    match compile(modules, &data, &Options::default()) {
        Ok(program) => types::check(&program.modules, &program.original),
        Err(faults) => faults,
    }
}

fn found(faults: &[Fault]) -> Vec<(String, u32, u32)> {
    let mut found: Vec<_> =
        faults.iter().map(|fault| (fault.kind.code().to_owned(), fault.at.file, fault.at.line)).collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn opa_refuses_the_same_in_the_same_lines() {
    let mut different = Vec::new();
    for case in cases() {
        let faults = faults(&case);
        let is_refused_here = faults.first().is_some_and(|fault| fault.kind == RegoErrorKind::Refused);
        if found(&faults) != case.errors && !is_refused_here {
            different.push(format!(
                "{}\ndata {:?}\n OPA: {:?}\nhere: {:?}\n{:?}\n",
                case.modules.join("\n--\n"),
                case.data,
                case.errors,
                found(&faults),
                faults.iter().map(|fault| &fault.message).collect::<Vec<_>>(),
            ));
        }
    }
    assert!(different.is_empty(), "{} differences:\n{}", different.len(), different.join("\n"));
}
