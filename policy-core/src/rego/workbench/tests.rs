//! Questions, explanations and coverage, without files.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::{Ask, AttemptOutcome, TestOutcome, Workbench};
use crate::UnixTime;
use crate::rego::{JsonLimits, Module, Moment, RegoVersion, Value};

const NOW: Moment = Moment { now: UnixTime::from_secs(1), seed: 1 };

fn json(text: &str) -> Value<'static> {
    Value::from_json(text.as_bytes(), JsonLimits::REQUEST).unwrap()
}

fn bench(source: &str, data: &str) -> Workbench {
    let module = Module { name: "a.rego".to_owned(), source: source.to_owned() };
    Workbench::open(vec![module], RegoVersion::V1, json(data)).unwrap()
}

fn values(bench: &Workbench, query: &str) -> Vec<String> {
    let answer = bench.ask(query, &Ask::default()).unwrap();
    let expressions = |solution: super::Solution| {
        solution.expressions.iter().map(|found| found.value.to_json()).collect::<Vec<_>>().join(" ")
    };
    answer.results.unwrap().into_iter().map(expressions).collect()
}

#[test]
fn a_query_has_a_solution_for_each_way_it_holds() {
    let bench = bench("package a\nf(x) := x + 1\nfalsy := false", "{\"d\": [3, 4]}");
    for (query, wanted) in [
        ("data.d[i]", &["3", "4"][..]),
        ("data.a.f(data.d[_])", &["4", "5"]),
        // One expression alone may be false; one of several must hold.
        ("data.a.falsy", &["false"]),
        ("data.a.falsy; 1", &[]),
        ("1 == 2", &["false"]),
        ("data.d[_] == 3", &["true"]),
        ("data.d", &["[3,4]"]),
        ("data.nothing", &[]),
        ("print(input.x)", &["true"]),
        ("some x in data.d; x > 3", &["true true"]),
    ] {
        assert_eq!(values(&bench, query), wanted, "{query}");
    }
    // The query's own package is not there to be seen.
    assert_eq!(values(&bench, "data"), ["{\"a\":{\"falsy\":false},\"d\":[3,4]}"]);
}

#[test]
fn a_query_with_a_fault_is_refused_at_its_place() {
    let bench = bench("package a\nx := 1", "{}");
    for (query, code) in [
        ("y", "rego_unsafe_var_error"),
        ("f(", "rego_parse_error"),
        ("nothing(1)", "rego_type_error"),
        ("", "rego_parse_error"),
    ] {
        let errors = bench.ask(query, &Ask::default()).unwrap_err();
        assert_eq!((errors[0].code(), errors[0].file.as_str()), (code, ""), "{query}: {errors:?}");
    }
}

#[test]
fn an_explanation_names_the_condition_that_failed() {
    let source = "package a
default allow := false
allow if {
	admin
	input.n == 1
}
allow if g(input.n) == \"x\"
admin if input.role == \"admin\"
g(1) := \"y\"
g(n) := \"z\" if n > 5
";
    let bench = bench(source, "{}");
    let input = json("{\"role\": \"admin\", \"n\": 2}");
    let answer =
        bench.ask("data.a.allow", &Ask { input: Some(&input), explain: true, ..Ask::default() }).unwrap();
    let explanation = answer.explanation.unwrap();
    let said = "\
failed  allow  (a.rego:3)  at a.rego:5: input.n == 1
  held    admin  (a.rego:8)
failed  allow  (a.rego:7)  at a.rego:7: g(input.n) == \"x\"
  failed  g(1) := \"y\"  (a.rego:9)  at its head: it is for something else
  failed  g(n) := \"z\"  (a.rego:10)  at a.rego:10: n > 5
held    default allow := false  (a.rego:2)
";
    assert_eq!(explanation.to_string(), said);
    assert_eq!(explanation.attempts[2].outcome, AttemptOutcome::Held);
    assert_eq!(explanation.to_json()["attempts"][0]["failed_at"]["location"]["row"], 5);
    // Nothing is kept of an evaluation that nobody asked about.
    let answer = bench.ask("data.a.allow", &Ask { input: Some(&input), ..Ask::default() }).unwrap();
    assert_eq!(answer.explanation, None);
}

#[test]
fn tests_that_share_a_name_are_told_apart() {
    let source =
        "package a\ntest_x if true\ntest_x if false\nb.test_y if 1 == 1\ntodo_test_z if false\nother if true";
    let bench = bench(source, "{}");
    let suite = bench.suite(false).unwrap();
    let ran: Vec<(String, TestOutcome)> =
        suite.cases.iter().map(|case| (case.name.clone(), suite.run(case, NOW).outcome)).collect();
    let wanted = [
        ("test_x", TestOutcome::Pass),
        ("test_x#01", TestOutcome::Fail),
        ("b.test_y", TestOutcome::Pass),
        ("todo_test_z", TestOutcome::Skip),
    ];
    assert_eq!(ran, wanted.map(|(name, outcome)| (name.to_owned(), outcome)));
}

#[test]
fn cases_of_a_test_that_fail_are_known() {
    let source = "package a
test_x[c.a][c.b] if {
	some c in [{\"a\": \"1\", \"b\": 2}, {\"a\": \"1\", \"b\": 3}, {\"a\": \"2\", \"b\": 2}]
	c.b == 2
}";
    let bench = bench(source, "{}");
    let suite = bench.suite(true).unwrap();
    let run = suite.run(&suite.cases[0], NOW);
    assert_eq!(run.outcome, TestOutcome::Fail);
    assert_eq!(run.prints, Vec::<String>::new());
    let one = &run.cases["1"];
    assert!(one.has_failed && one.inner["3"].has_failed && !one.inner["2"].has_failed);
    assert!(!run.cases["2"].has_failed);
    let other_ways = &run.explanation.unwrap().attempts[0].other_ways;
    assert_eq!(other_ways[0].text, "c.b == 2");
}

#[test]
fn coverage_knows_what_was_not_reached() {
    let source = "package a\nr if {\n\tinput.x > 1\n\tinput.y\n}\ntest_r if not r with input as {\"x\": 1}";
    let bench = bench(source, "{}");
    let suite = bench.suite(true).unwrap();
    let runs: Vec<_> = suite.cases.iter().map(|case| suite.run(case, NOW)).collect();
    let coverage = suite.coverage(&runs);
    let file = &coverage.files["a.rego"];
    let places = |ranges: &[super::Range]| ranges.iter().map(|range| range.start).collect::<Vec<_>>();
    assert_eq!(places(&file.covered), [(3, 2), (6, 1), (6, 11)]);
    assert_eq!(places(&file.not_covered), [(2, 1), (4, 2)]);
    assert_eq!((coverage.covered_lines(), coverage.not_covered_lines()), (2, 2));
    assert!((coverage.percent() - 50.0).abs() < 1e-9);
}
