//! Policies that are refused, with the exact text of each error.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn every_refusal_has_its_text() {
    let want = include_str!("../../../tests-data/rego/refusals.txt");
    let mut is = String::new();
    for line in want.lines() {
        if line.starts_with("    ") {
            continue;
        }
        is.push_str(line);
        is.push('\n');
        if line.starts_with('#') {
            continue;
        }
        let source = format!("package t\nimport rego.v1\n{}\n", line.replace("\\n", "\n"));
        let errors = compile(&source, "t/r").err().unwrap_or_default();
        assert!(!errors.is_empty(), "loads: {line}");
        for error in errors {
            is.push_str(&format!("    {error}\n"));
        }
    }
    assert_eq!(is, want, "the file should read:\n{is}");
}

#[test]
fn data_must_not_lie_on_a_rules_path() {
    let policy = module("package t\ndefault allow := false\nallow if input.x\no.a := 1\n");
    let refused = |data: serde_json::Value| {
        compile_with(std::slice::from_ref(&policy), &data, "t/allow").err().map(|errors| texts(&errors))
    };
    let hint = "remove it from the data document, or rename one of them";
    let at = |place: &str, path: &str, rule: &str| {
        format!(
            "test.rego:{place}: rego_data_error: the data document has a value at {path}, on the path of the rule \
             {rule}; {hint}"
        )
    };
    assert_eq!(refused(json!({"t": {"allow": true}})), Some(at("2:1", "data.t.allow", "data.t.allow")));
    assert_eq!(refused(json!({"t": {"o": {"a": 2}}})), Some(at("4:1", "data.t.o.a", "data.t.o.a")));
    assert_eq!(refused(json!({"t": {"o": 1}})), Some(at("4:1", "data.t.o", "data.t.o.a")));
    let both = refused(json!({"t": null})).unwrap_or_default();
    assert_eq!(both.lines().count(), 2, "{both}");
    assert_eq!(
        refused(json!([])),
        Some("data: rego_data_error: the data document is not an object".to_owned())
    );
    // Beside the rules, and inside of an object of rules, is room for data.
    assert_eq!(refused(json!({"t": {"other": 1, "o": {"b": 1}}, "u": 2})), None);
}

#[test]
fn a_decision_that_does_not_exist_lists_those_that_do() {
    let source = "package a.b\nallow if true\ndeny contains 1\nf(x) := x\no.x := 1\n";
    let text = |decision: &str| compile(source, decision).err().map(|errors| texts(&errors));
    let rules = "the rules are: a/b/allow, a/b/deny, a/b/o/x";
    let want = |message: &str| Some(format!("policy: rego_decision_error: {message}; {rules}"));
    assert_eq!(text("a/b/alow"), want("there is no rule data.a.b.alow"));
    assert_eq!(text("c"), want("there is no rule data.c"));
    assert_eq!(text("a/b"), want("the decision data.a.b is a package, not a rule"));
    assert_eq!(text("a"), want("the decision data.a is a package, not a rule"));
    let function =
        "policy: rego_decision_error: the decision data.a.b.f is a function; name a rule that calls it";
    assert_eq!(text("a/b/f").as_deref(), Some(function));
    assert_eq!(text("a/b/allow"), None);
    assert_eq!(text("a/b/o"), None);
    assert_eq!(text("a/b/o/x"), None);
    let none = "policy: rego_decision_error: there is no rule data.x; the policy has no rules";
    assert_eq!(compile("package y\n", "x").err().map(|errors| texts(&errors)).as_deref(), Some(none));
}

#[test]
fn errors_of_several_modules_come_in_order() {
    let modules = [
        Module { name: "b.rego".into(), source: "package t\nr if not f(input.x)\n".into() },
        Module { name: "a.rego".into(), source: "package t\nf(x) if nowhere(x)\n".into() },
    ];
    let errors = compile_with(&modules, &json!({}), "t/r").expect_err("errors");
    let found: Vec<(&str, u32, u32, &str)> =
        errors.iter().map(|e| (e.file.as_str(), e.line, e.column, e.code())).collect();
    assert_eq!(found, [("a.rego", 2, 9, "rego_type_error")]);
}

#[test]
fn modules_share_packages_and_conflict_across_them() {
    let load = |first: &str, second: &str| {
        compile_with(&[module(first), module(second)], &json!({}), "t/r").map_err(|errors| errors[0].code())
    };
    assert!(load("package t\nr if q", "package t\nq if input.x").is_ok());
    assert!(load("package t\nimport data.u\nr if u.f(1)", "package u\nf(x) if x").is_ok());
    assert_eq!(load("package t\nr if u.f(1)", "package u\nf(x) if x").err(), Some("rego_type_error"));
    assert_eq!(
        load("package t\nr if data.u.q", "package u\nq if data.t.r").err(),
        Some("rego_recursion_error")
    );
    assert_eq!(load("package t\nr := 1", "package t.r\nx := 1").err(), Some("rego_type_error"));
    assert_eq!(load("package t\nr := 1", "package t\nr contains 1").err(), Some("rego_type_error"));
    assert_eq!(load("package t\nr := 1", "not rego").err(), Some("rego_parse_error"));
}

#[test]
fn an_empty_policy_is_refused() {
    let text = compile_with(&[], &json!({}), "t/r").err().map(|errors| texts(&errors));
    assert_eq!(text.as_deref(), Some("policy: rego_compile_error: there is no module; give at least one"));
    for source in ["", "  \n", "# only a comment", "package"] {
        assert_eq!(compile(source, "t/r").err().map(|e| e[0].code()), Some("rego_parse_error"), "{source:?}");
    }
}

/// What looks like the refused shapes and is the same in both engines loads.
#[test]
fn common_shapes_of_negation_load() {
    let bodies = [
        "not input.x",
        "not input.a.b[\"c\"]",
        "not input.x == 1",
        "not input.x == input.y",
        "not some_rule",
        "not data.t.some_rule",
        "not yes > 1",
        "x := input.x; not x > 1",
        "x := input.x; not f(x)",
        "some x in input.l; not x in [\"a\"]",
        "some x in input.l; not x in data.blocked",
        "some x in input.l; not data.table[x]",
        "some x in input.l; not data.table[x].k == 1",
        "some x in input.l; not x in names",
        "x := input.o; not x.a",
        "x := input.o; not x.a == 1",
        "not count([x | some x in input.l]) > 1",
        "not f(\"a\")",
        "startswith(input.path, \"/a\"); not startswith(input.path, \"/a/b\")",
        "input.path == \"/x\"; not input.path in [\"/a\"]",
        "every x in input.l { not x == \"a\" }",
        "every x in input.l { not f(x) }",
        "not input.x with input as {\"x\": false}",
    ];
    for body in bodies {
        let source = format!(
            "package t\nsome_rule if input.q\ndefault yes := 1\nyes := 2 if input.q\nnames contains \"a\"\n\
             f(x) if x == \"a\"\nr if {{ {body} }}\n"
        );
        let data = json!({"blocked": ["a"], "table": {"a": {"k": 1}}});
        let loaded = compile_with(&[module(&source)], &data, "t/r");
        assert!(loaded.is_ok(), "{body}: {}", texts(&loaded.err().unwrap_or_default()));
    }
}
