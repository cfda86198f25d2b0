//! The stages against what OPA says, from `tests-data/rego/check.json`.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::rego::compile::{Options, compile};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::parse_module;
use crate::rego::value::{Object, Value};
use crate::rego::{Limits, RegoVersion};

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
    compile(modules, &data, &Options::default()).err().unwrap_or_default()
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

fn refused(text: &str, data: serde_json::Value) -> Vec<(RegoErrorKind, u32)> {
    let case = Case { modules: vec![text.to_owned()], errors: Vec::new(), data: Some(data) };
    faults(&case).iter().map(|fault| (fault.kind, fault.at.line)).collect()
}

/// OPA takes these, and evaluates an expression before its variables are bound.
#[test]
fn what_opa_orders_wrongly_is_refused() {
    let none = || serde_json::json!({});
    let left_over = "package t\nr if {\n plus(data.x[i], w, z)\n y = 1\n not data.q[i]\n w = 1\n}";
    assert_eq!(refused(left_over, none()), [(RegoErrorKind::Refused, 5)]);
    let lost = "package t\nr if {\n x = 2\n not w = [1 | x > 0]\n w = [x]\n}";
    assert_eq!(refused(lost, none()), [(RegoErrorKind::Refused, 4)]);
    let right = "package t\nr if {\n w = 1\n plus(data.x[i], w, z)\n y = 1\n not data.q[i]\n}";
    assert_eq!(refused(right, none()), []);
}

#[test]
fn data_in_the_way_of_a_rule_with_a_key_that_is_no_text_is_refused() {
    let rule = "package t\nx[1] := 1";
    assert_eq!(refused(rule, serde_json::json!({"t": {"x": 1}})), [(RegoErrorKind::Refused, 2)]);
    assert_eq!(refused(rule, serde_json::json!({"t": {"x": {"a": 1}}})), []);
    assert_eq!(refused(rule, serde_json::json!({"t": {"y": 1}})), []);
}

#[test]
fn ten_thousand_rules_are_checked_without_comparing_each_with_each() {
    let rules =
        |rule: fn(usize) -> String| format!("package t\n{}", (0..5_000).map(rule).collect::<String>());
    let many_ask_many = rules(|i| format!("p if input.a == {i}\nq{i} if p\n"));
    assert_eq!(refused(&many_ask_many, serde_json::json!({})), []);
    let dynamic = rules(|i| format!("q{i} := data[input.x].z[input.y]\n"));
    assert_eq!(refused(&dynamic, serde_json::json!({})), []);
    let backwards: String = (0..600).rev().map(|i| format!(" x{} = x{i} + 1\n", i + 1)).collect();
    assert_eq!(refused(&format!("package t\np if {{\n{backwards} x0 = 1\n}}"), serde_json::json!({})), []);
}

#[test]
fn functions_that_are_not_here_are_refused_by_name() {
    let none = || serde_json::json!({});
    let call = "package t\nr if {\n http.send({})\n}";
    assert_eq!(refused(call, none()), [(RegoErrorKind::Refused, 3)]);
    let replacing = "package t\nr if {\n base64.encode(\"a\")\n with base64.encode as urlquery.encode\n}";
    assert_eq!(refused(replacing, none()), []);
    // OPA's own refusal comes first.
    let both = "package t\nr if {\n http.send({})\n any([true])\n}";
    assert_eq!(refused(both, none()), [(RegoErrorKind::Type, 4)]);
}
