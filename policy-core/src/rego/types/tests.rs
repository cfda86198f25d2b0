//! The type check against OPA: `tests-data/rego/types.py` asked OPA what it refuses, and where.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde::Deserialize;

use crate::rego::compile;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::limits::Limits;
use crate::rego::syntax::{RegoVersion, parse_module};
use crate::rego::value::{ObjectBuilder, Value};

#[derive(Deserialize)]
struct Case {
    modules: Vec<String>,
    /// Code, module, line and column of each error.
    errors: Vec<(String, u32, u32, u32)>,
}

/// What a policy is refused for; the last module comes last in the order of names.
fn refusals(modules: &[String]) -> Vec<Fault> {
    let parse = |(file, text): (usize, &String)| {
        parse_module(u32::try_from(file).unwrap(), text, RegoVersion::V1, &Limits::DEFAULT)
    };
    let parsed = modules.iter().enumerate().map(parse).collect::<Result<Vec<_>, _>>();
    let data = Value::Object(ObjectBuilder::new().build());
    let compiled = parsed.and_then(|modules| compile::compile(modules, &data, &compile::Options::default()));
    // The last stage of all but one is the one of types.
    compiled.err().unwrap_or_default()
}

fn refusal(policy: &str) -> String {
    refusals(&[policy.to_owned()]).first().map(|fault| fault.message.clone()).unwrap_or_default()
}

#[test]
fn what_opa_refuses_is_refused_at_its_place_and_nothing_else_is() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests-data/rego/types.json")).unwrap();
    assert!(cases.len() > 800);
    let mut different = Vec::new();
    for case in cases {
        let faults = refusals(&case.modules);
        let mut ours: Vec<_> = faults
            .iter()
            // A function that this engine has not is no error of OPA's.
            .filter(|fault| fault.kind != RegoErrorKind::Refused)
            .map(|fault| (fault.kind.code().to_owned(), fault.at.file, fault.at.line, fault.at.column))
            // Beyond this many the compiler reports that there are more.
            .take(10)
            .collect();
        let mut opa = case.errors.clone();
        opa.sort();
        opa.truncate(10);
        ours.sort();
        if ours != opa {
            different.push(format!("{}\n  OPA  {opa:?}\n  ours {faults:?}", case.modules.join("\n--\n")));
        }
    }
    assert!(different.is_empty(), "{} different:\n{}", different.len(), different.join("\n"));
}

#[test]
fn errors_name_what_is_there_and_what_is_wanted() {
    for (policy, says) in [
        ("a := {\"x\": 1}\nr if a.y", "undefined ref: data.t.a.y: have \"y\", want one of \"x\""),
        ("r if { x := [1]; x[\"a\"] }", "undefined ref: x.a: have \"a\", want a key of type number"),
        ("r if { x := 1; x.a }", "undefined ref: x.a: x is of type number, which has nothing inside"),
        ("f(x) := x\nr := data.t.f", "function data.t.f is not called: it is (any) => any"),
        (
            "r if startswith(input.x, 1)",
            "startswith: invalid argument(s): have (any, number), want (string, string, boolean)",
        ),
        ("r if f(1)\nf([x]) := x", "data.t.f: invalid argument(s): have (number), want (array<any>, any)"),
        ("r if [1] = {1}", "match error: array<number> on the left can never equal set[number] on the right"),
        (
            "f(x) := x\nr if count([1]) == 1 with count as f\ng(x, y) := x\ns if f(1) with f as g",
            "data.t.f: arity mismatch: have (any, any), want (any, any)",
        ),
    ] {
        assert_eq!(refusal(&format!("package t\n{policy}\n")), says, "{policy}");
    }
}

#[test]
fn types_that_double_with_every_rule_are_refused_or_taken_in_time() {
    use std::fmt::Write as _;
    let mut policy = String::from("package t\np0 := 1\nq0 := 1\n");
    for rule in 1..100 {
        let before = rule - 1;
        writeln!(policy, "p{rule} := [p{before}, p{before}]\nq{rule} := [q{before}, q{before}]").unwrap();
        writeln!(policy, "r{rule} if p{rule} = q{rule}").unwrap();
    }
    let faults = refusals(&[policy]);
    assert_eq!(faults.first().map(|fault| fault.kind), Some(RegoErrorKind::Limit));
}

#[test]
fn nested_comprehensions_are_refused_or_taken_in_time() {
    let nested = |depth: usize| {
        let term = (0..depth)
            .fold(String::from("input.x"), |term, level| format!("[x{level} | x{level} := {term}]"));
        refusals(&[format!("package t\np := {term}\n")])
    };
    assert_eq!(nested(8), []);
    let deep = nested(28);
    assert!(deep.iter().all(|fault| fault.kind == RegoErrorKind::Limit), "{deep:?}");
}

#[test]
fn deep_types_and_wide_unions_are_taken() {
    use std::fmt::Write as _;
    let mut policy = String::from("package t\np0 := 1\n");
    for rule in 1..3_000 {
        let before = rule - 1;
        writeln!(policy, "p{rule} := [p{before}]\nu := {{\"k{rule}\": 1}} if input.x == {rule}").unwrap();
    }
    policy.push_str("r if p2999[0][0] == u.k1\n");
    assert_eq!(refusals(&[policy]), []);
}

#[test]
fn a_long_path_is_refused() {
    let path = vec!["a"; 300].join(".");
    let faults = refusals(&[format!("package {path}\np := 1\n")]);
    assert_eq!(faults.first().map(|fault| fault.kind), Some(RegoErrorKind::Limit));
}
