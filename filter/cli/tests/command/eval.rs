//! `doorward eval`, `explain` and `plan`; the answers of `eval` are those of `opa eval` of 1.20, byte for byte.

use crate::common::{Ended, doorward, folder};

const POLICY: &str = "package a

default allow := false

allow if {
	some r in data.roles
	r == input.role
}

f(x) := x + 1
";

fn files() -> [(&'static str, &'static str); 5] {
    [
        ("a.rego", POLICY),
        ("roles.yaml", "roles: [admin, x]\n"),
        ("in.json", "{\"role\": \"nobody\"}"),
        (
            "doorward.yaml",
            "version: 1\npolicy: { decision: a/allow, data_file: roles.yaml, modules: [{ source_file: a.rego }] }\n",
        ),
        ("bad.rego", "package b\n\nallow if {\n\tinput.x == y\n}\n"),
    ]
}

fn eval(name: &str, arguments: &[&str]) -> Ended {
    let folder = folder(name, &files());
    doorward(&folder, &[&["eval", "-d", "a.rego", "-d", "roles.yaml"], arguments].concat())
}

#[test]
fn json_is_opas() {
    let ended = eval("eval-json", &["x := [1, \"a\"][i]; data.a.f(i) > 1"]);
    let said = r#"{
  "result": [
    {
      "expressions": [
        {
          "value": true,
          "text": "x := [1, \"a\"][i]",
          "location": {
            "row": 1,
            "col": 1
          }
        },
        {
          "value": true,
          "text": "data.a.f(i) \u003e 1",
          "location": {
            "row": 1,
            "col": 19
          }
        }
      ],
      "bindings": {
        "i": 1,
        "x": "a"
      }
    }
  ]
}
"#;
    assert_eq!(ended, Ended { code: Some(0), stdout: said.to_owned(), stderr: String::new() });
    assert_eq!(eval("eval-undefined", &["input.x"]).stdout, "{}\n");
}

#[test]
fn the_other_forms_are_opas() {
    for (index, (form, query, said)) in [
        ("pretty", "data.a.allow", "false\n"),
        ("pretty", "input.x", "undefined\n"),
        ("pretty", "{\"b\": [1], \"a\": {}}", "{\n  \"a\": {},\n  \"b\": [\n    1\n  ]\n}\n"),
        (
            "pretty",
            "x := [1, \"a\"][i]; data.a.allow = z",
            "┌───┬─────┬───────┐\n│ i │  x  │   z   │\n├───┼─────┼───────┤\n│ 0 │ 1   │ false │\n│ 1 │ \"a\" │ false │\n└───┴─────┴───────┘\n",
        ),
        ("raw", "\"a b\"; 1", "a b 1\n"),
        ("raw", "[1,2][_]", "1\n2\n"),
        ("values", "[1,2][_]", "[\n  1\n]\n[\n  2\n]\n"),
        ("bindings", "x = [1][_]", "{\n  \"x\": 1\n}\n"),
        ("bindings", "1", "{}\n"),
    ]
    .into_iter()
    .enumerate()
    {
        let ended = eval(&format!("eval-form-{index}"), &["-f", form, query]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), said), "{form} {query}");
    }
}

#[test]
fn exit_codes_are_opas() {
    for (index, (arguments, code)) in [
        (&["--fail", "data.a.allow"][..], 0),
        (&["--fail", "input.x"], 1),
        (&["--fail-defined", "input.x"], 0),
        (&["--fail-defined", "1"], 1),
        (&["to_number(\"x\")"], 0),
        (&["--strict-builtin-errors", "to_number(\"x\")"], 2),
        (&["y"], 2),
        (&["f("], 2),
        (&["-d", "bad.rego", "1"], 2),
        (&["-d", "gone.rego", "1"], 2),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(eval(&format!("eval-exit-{index}"), arguments).code, Some(code), "{arguments:?}");
    }
}

#[test]
fn errors_are_json_too() {
    let ended = eval("eval-error", &["-d", "bad.rego", "1"]);
    let json: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        json,
        serde_json::json!({ "errors": [{
            "message": "var y is unsafe",
            "code": "rego_unsafe_var_error",
            "location": { "file": "bad.rego", "row": 4, "col": 2 },
            "hint": "give it a value in the same body, as in `some x in xs` or `x := y`, or mend its name",
        }]})
    );
}

#[test]
fn a_denial_is_explained() {
    let tree = "\
failed  allow  (a.rego:5)  at a.rego:7: r == input.role
held    default allow := false  (a.rego:3)
";
    let ended = eval("eval-explain", &["-i", "in.json", "--explain", "-f", "pretty", "data.a.allow"]);
    assert_eq!((ended.code, ended.stdout), (Some(0), format!("{tree}false\n")));
    let folder = folder("explain", &files());
    let ended = doorward(&folder, &["explain", "doorward.yaml", "--request", "in.json"]);
    assert_eq!(ended.stdout, format!("data.a.allow is false\n{tree}"));
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let ended = doorward(&folder, &["explain", "doorward.yaml", "--request", "in.json", "-f", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(json["value"], false);
    let failed = &json["explanation"]["attempts"][0]["failed_at"];
    assert_eq!(failed["condition"], "r == input.role");
    assert_eq!(failed["location"], serde_json::json!({ "file": "a.rego", "row": 7, "col": 2 }));
}

#[test]
fn policies_are_checked_with_their_places() {
    let folder = folder("check-rego", &files());
    let ended = doorward(&folder, &["check", "a.rego", "doorward.yaml"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "doorward.yaml: ok\na.rego: ok\n"));
    let ended = doorward(&folder, &["check", "."]);
    let said = "\
bad.rego:4:2: rego_unsafe_var_error: var y is unsafe; give it a value in the same body, as in `some x in xs` or `x := y`, or mend its name
  | \tinput.x == y
  | \t^
";
    assert_eq!(ended, Ended { code: Some(1), stdout: String::new(), stderr: said.to_owned() });
}

#[test]
fn the_plan_says_what_is_indexed() {
    let mut policy = String::from("package p\n");
    for index in 0..6 {
        policy.push_str(&format!("allow if input.path == \"/{index}\"\n"));
    }
    policy.push_str("allow if glob.match(\"/g/*\", [\"/\"], input.path)\n");
    policy.push_str("allow if startswith(input.path, \"/s/\")\n");
    policy.push_str("allow if {\n\tother\n\tinput.path == \"/x\"\n}\nother if input.y\n");
    policy.push_str("allow if {\n\tsome b in data.list\n\tb.id == input.id\n}\n");
    let list: Vec<String> = (0..20).map(|id| format!("{{\"id\": {id}}}")).collect();
    let data = format!("{{\"list\": [{}]}}", list.join(","));
    let folder = folder("plan", &[("p.rego", &policy), ("d.json", &data)]);
    let ended = doorward(&folder, &["plan", "-d", ".", "p/allow"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in [
        "decision  data.p.allow\n",
        "reads\n  input.id\n  input.path\n  input.y\n",
        "asks      input.path: 6 values in a table, 1 prefixes, 1 patterns in one automaton of ",
        "p.rego:10: line 11: asks another rule first, which could end in an error",
        "search    p.rego:16: data.list by element.id = input.id: a table of 20 keys, 20 elements",
    ] {
        assert!(ended.stdout.contains(part), "{part}\nin\n{}", ended.stdout);
    }
    assert_eq!(doorward(&folder, &["plan", "-d", ".", ""]).code, Some(1));
}

#[test]
fn a_route_is_explained_by_its_own_policy() {
    let config = "\
version: 1
policy: { decision: a/allow, data_file: roles.yaml, modules: [{ source_file: a.rego }] }
routes:
  - { name: other, match: { path_prefix: /o }, decision: a/other }
  - { name: own, match: { path_prefix: /p }, policy: { decision: own/allow, data_file: own.json, modules: [{ source_file: own.rego }] } }
  - { name: health, match: { path_prefix: /healthz }, off: true }
";
    let files = [
        ("a.rego", "package a\n\ndefault allow := false\n\nother := input.role == data.roles[0]\n"),
        ("roles.yaml", "roles: [nobody]\n"),
        ("own.rego", "package own\n\nallow := input.role == data.role\n"),
        ("own.json", "{\"role\": \"admin\"}"),
        ("in.json", "{\"role\": \"nobody\"}"),
        ("doorward.yaml", config),
    ];
    let folder = folder("explain-route", &files);
    let explain = |route: &str| {
        doorward(&folder, &["explain", "doorward.yaml", "--request", "in.json", "--route", route])
    };
    assert!(explain("other").stdout.starts_with("data.a.other is true\n"), "{:?}", explain("other"));
    assert!(explain("own").stdout.starts_with("data.own.allow is false\n"), "{:?}", explain("own"));
    assert!(explain("health").stderr.contains("the route health is off: no policy is asked"));
    assert!(explain("gone").stderr.contains("the configuration has no route gone"));
    assert_eq!((explain("health").code, explain("gone").code), (Some(1), Some(1)));
}
