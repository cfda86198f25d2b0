//! `doorward test`: the reports, word by word. They are those of `opa test` of 1.20 for the same files; only where a
//! failing test is followed (`-v`) do we show conditions as they were written, and the path to the failure alone.
use crate::common::{doorward, folder};

const POLICY: &str = "package authz

default allow := false

allow if {
	input.path == [\"users\"]
	input.method == \"POST\"
}

allow if {
	some r in data.roles
	r == input.role
}

f(x) := y if {
	y := x + 1
} else := 7
";

const TESTS: &str = "package authz_test

import data.authz

test_post if {
	authz.allow with input as {\"path\": [\"users\"], \"method\": \"POST\"}
}

test_role if {
	print(\"hello\", authz.f(1))
	authz.allow with input as {\"role\": \"admin\"}
}

test_role if {
	print(\"world\")
	not authz.allow with input as {\"role\": \"admin\"}
}

test_cases[tc.note] if {
	some tc in [{\"note\": \"a\", \"v\": 1}, {\"note\": \"b\", \"v\": 3}, {\"note\": \"c c\", \"v\": 4}]
	tc.v < 4
	tc.v != 3
}

test_conflict if twice == 1

twice := 1

twice := 2

todo_test_later if false
";

/// The text with every duration as `(T)`.
fn untimed(text: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        let is_timed = |unit: &&str| line.ends_with(*unit);
        match line.rsplit_once(" (") {
            Some((start, _)) if ["s)", "ms)", "µs)"].iter().any(is_timed) => {
                lines.push(format!("{start} (T)"));
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

fn files() -> [(&'static str, &'static str); 3] {
    [
        ("p/authz.rego", POLICY),
        ("p/authz_test.rego", TESTS),
        ("p/data.json", "{\"roles\": [\"admin\", \"x\"]}"),
    ]
}

#[test]
fn what_is_not_well_is_shown_and_everything_counted() {
    let folder = folder("test-pretty", &files());
    let ended = doorward(&folder, &["test", "p"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(2), ""));
    let said = "\
p/authz_test.rego:14:
data.authz_test.test_role#01: FAIL (T)

  world

p/authz_test.rego:19:
data.authz_test.test_cases: FAIL (T)
  b: FAIL
  c c: FAIL
p/authz_test.rego:25:
data.authz_test.test_conflict: ERROR (T)
  p/authz_test.rego:29: eval_conflict_error: complete rules must not produce multiple outputs
p/authz_test.rego:31:
data.authz_test.todo_test_later: SKIPPED
--------------------------------------------------------------------------------
PASS: 3/8
FAIL: 3/8
SKIPPED: 1/8
ERROR: 1/8";
    assert_eq!(untimed(&ended.stdout), said);
}

#[test]
fn verbose_says_what_failing_tests_tried() {
    let folder = folder("test-verbose", &files());
    let ended = doorward(&folder, &["test", "p", "-v", "--run", "test_role#01|test_cases"]);
    assert_eq!(ended.code, Some(2));
    let said = "\
p/authz_test.rego:14:
data.authz_test.test_role#01: FAIL (T)

  world

p/authz_test.rego:19:
data.authz_test.test_cases: FAIL (T)
  a: PASS
  b: FAIL
  c c: FAIL
--------------------------------------------------------------------------------
FAILURES
--------------------------------------------------------------------------------
data.authz_test.test_role#01: FAIL (T)

  query:1                    Enter data.authz_test[\"test_role#01\"] = _
  p/authz_test.rego:14       | Enter test_role
  p/authz.rego:5             | | Enter allow
  p/authz.rego:6             | | | Fail input.path == [\"users\"]
  p/authz_test.rego:16       | | Fail not authz.allow with input as {\"role\": \"admin\"}
  query:1                    | Fail data.authz_test[\"test_role#01\"] = _

data.authz_test.test_cases: FAIL (T)

  query:1                    Enter data.authz_test.test_cases = _
  p/authz_test.rego:19       | Enter test_cases[tc.note]
  p/authz_test.rego:22       | | Fail tc.v != 3
  p/authz_test.rego:21       | | Fail tc.v < 4
  query:1                    | Fail data.authz_test.test_cases = _

  b: FAIL
  c c: FAIL

--------------------------------------------------------------------------------
PASS: 1/4
FAIL: 3/4";
    assert_eq!(untimed(&ended.stdout), said);
}

#[test]
fn json_has_the_fields_of_opa() {
    let folder = folder("test-json", &files());
    let run = |filter: &str| doorward(&folder, &["test", "p", "-f", "json", "-r", filter]);
    let ended = run("test_role$|test_cases|later|conflict");
    assert_eq!(ended.code, Some(2));
    let said: Vec<String> =
        ended
            .stdout
            .lines()
            .map(|line| {
                if line.contains("\"duration\"") { "    \"duration\": T".to_owned() } else { line.to_owned() }
            })
            .collect();
    let said = said.join("\n");
    for part in [
        "    \"package\": \"data.authz_test\",\n    \"name\": \"test_role\",\n    \"duration\": T\n    \"output\": \"aGVsbG8gMgo=\"\n",
        "\"sub_results\": {\n      \"a\": {\n        \"name\": \"a\"\n      },\n      \"b\": {\n        \"name\": \"b\",\n        \"fail\": true\n      },",
        "    \"name\": \"todo_test_later\",\n    \"skip\": true,\n    \"duration\": T\n",
        "    \"error\": {\n      \"code\": \"eval_conflict_error\",\n      \"message\": \"complete rules must not produce multiple outputs\",",
        "    \"location\": {\n      \"file\": \"p/authz_test.rego\",\n      \"row\": 9,\n      \"col\": 1\n    },",
    ] {
        assert!(said.contains(part), "{part}\nin\n{said}");
    }
    assert_eq!(run("test_role$").code, Some(0));
    assert_eq!(run("later").code, Some(2));
    assert_eq!(doorward(&folder, &["test", "p", "-r", "later", "-z"]).code, Some(0));
    assert_eq!(run("nothing").code, Some(0));
    assert_eq!(doorward(&folder, &["test", "p", "-r", "nothing", "--fail-on-empty"]).code, Some(1));
}

#[test]
fn coverage_counts_as_opa_does() {
    let folder = folder("test-coverage", &files());
    let ended = doorward(&folder, &["test", "p", "-c", "-r", "test_role$"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let lines = |file: &str, which: &str| -> Vec<u64> {
        let ranges = report["files"][file][which].as_array().unwrap();
        ranges.iter().map(|range| range["start"]["row"].as_u64().unwrap()).collect()
    };
    assert_eq!(lines("p/authz.rego", "covered"), [10, 11, 12, 15, 16]);
    assert_eq!(lines("p/authz.rego", "not_covered"), [3, 3, 5, 6, 7, 17]);
    let first = &report["files"]["p/authz.rego"]["covered"][1];
    assert_eq!(first["end"], serde_json::json!({ "row": 11, "col": 22 }));
    let left_out = &report["files"]["p/authz.rego"]["not_covered"][3];
    assert_eq!(left_out["kinds"], serde_json::json!(["index_excluded"]));
    assert_eq!(report["files"]["p/authz.rego"]["covered_lines"], 5);
    assert_eq!(report["files"]["p/authz.rego"]["not_covered_lines"], 5);
    assert_eq!(report["files"]["p/authz.rego"]["coverage"], 50);
}

#[test]
fn too_little_coverage_fails() {
    let folder = folder("test-threshold", &files());
    let run = |threshold: &str, more: &[&str]| {
        let arguments = [&["test", "p", "-r", "test_role$", "--threshold", threshold], more].concat();
        doorward(&folder, &arguments)
    };
    assert_eq!(run("10", &[]).code, Some(0));
    let ended = run("99.5", &["-v"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.starts_with("Code coverage threshold not met: got "), "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .contains(" instead of 99.50\nLines not covered:\n\tp/authz.rego:3\n\tp/authz.rego:5-7\n")
    );
    assert_eq!(run("101", &[]).code, Some(1));
    // A test that fails has no coverage to speak of.
    assert_eq!(doorward(&folder, &["test", "p", "-c"]).code, Some(1));
}

#[test]
fn what_cannot_be_run_is_told_apart() {
    let files = [
        ("bad.rego", "package a\n\ntest_a if x\n"),
        ("old.rego", "package old\n\ntest_a { input_is(1) }\n\ninput_is(x) { x == 1 }\n"),
        ("a.json", "{\"a\": 1}"),
        ("b.yaml", "a: 2\n"),
    ];
    let folder = folder("test-errors", &files);
    let ended = doorward(&folder, &["test", "bad.rego"]);
    let said = "\
bad.rego:3:11: rego_unsafe_var_error: var x is unsafe; give it a value in the same body, as in `some x in xs` or `x := y`, or mend its name
  | test_a if x
  |           ^
";
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), said));
    assert_eq!(doorward(&folder, &["test", "gone.rego"]).code, Some(1));
    assert_eq!(doorward(&folder, &["test", "old.rego"]).code, Some(1));
    let ended = doorward(&folder, &["test", "old.rego", "--v0-compatible"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "PASS: 1/1\n"));
    let ended = doorward(&folder, &["test", "a.json", "b.yaml"]);
    assert_eq!(ended.stderr, "b.yaml: data.a is in another file already, with another value\n");
}
