//! Which parts of `input` a policy reads.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

const METHOD: &[&str] = &["attributes", "request", "http", "method"];
const HEADERS: &[&str] = &["attributes", "request", "http", "headers"];
const SOURCE: &[&str] = &["attributes", "source"];
const JWT: &[&str] = &["jwt"];

/// The rules, what they want, and what they do not.
#[test]
fn wants_what_the_text_can_read() {
    type Case<'a> = (&'a str, &'a [&'a [&'a str]], &'a [&'a [&'a str]]);
    let cases: &[Case<'_>] = &[
        ("r if true", &[], &[METHOD, SOURCE, JWT, &["x"]]),
        ("r if input.attributes.request.http.method == \"GET\"", &[METHOD], &[HEADERS, SOURCE, JWT]),
        ("r if input[\"attributes\"][\"request\"].http.method", &[METHOD], &[HEADERS, JWT]),
        // Above and below what is read.
        ("r if input.attributes.request.http", &[METHOD, HEADERS, &["attributes"]], &[SOURCE, JWT]),
        (
            "r if input.jwt.staff.groups[_] == \"a\"",
            &[JWT, &["jwt", "staff", "groups", "x"]],
            &[&["jwt", "other"]],
        ),
        // A computed key reads everything beside it.
        ("r if { k := \"method\"; input.attributes.request.http[k] }", &[METHOD, HEADERS], &[SOURCE, JWT]),
        ("r if { some k; input[k] == 1 }", &[METHOD, SOURCE, JWT], &[]),
        ("r if input.attributes[input.jwt.k].http", &[METHOD, SOURCE, JWT], &[&["identity"]]),
        // The whole, in every position.
        ("r if count(input) == 1", &[METHOD, JWT], &[]),
        ("r := input", &[METHOD, JWT], &[]),
        ("r if { x := input; x.jwt }", &[METHOD, JWT], &[]),
        ("r if [input] == [1]", &[METHOD, JWT], &[]),
        ("r if { walk(input, [_, 1]) }", &[METHOD, JWT], &[]),
        ("r if { walk(input.jwt, [_, 1]) }", &[JWT], &[METHOD]),
        ("r if object.get(input, \"jwt\", 1) == 1", &[METHOD, JWT], &[]),
        ("r if f(input)\nf(x) if x.jwt", &[METHOD, JWT], &[]),
        ("r if f(input.jwt)\nf(x) if x.a", &[JWT], &[METHOD]),
        // Imports, under their names and others.
        (
            "import input.attributes.request.http as http\nr if http.method",
            &[METHOD],
            &[HEADERS, SOURCE, JWT],
        ),
        ("import input.jwt\nr if jwt.a", &[JWT], &[METHOD]),
        ("import input as i\nr if i.jwt", &[JWT], &[METHOD]),
        // Other rules, negations, comprehensions, heads.
        ("r if q\nq if not input.jwt.blocked", &[JWT], &[METHOD]),
        ("r := {\"a\": input.jwt.sub}", &[JWT], &[METHOD]),
        ("r := [x | x := input.jwt.groups[_]]", &[JWT], &[METHOD]),
        ("r if { every g in input.jwt.groups { g == \"a\" } }", &[JWT], &[METHOD]),
        ("p contains input.jwt.sub if true\nr if \"a\" in p", &[JWT], &[METHOD]),
        ("r := 1 if { false } else := input.jwt.sub", &[JWT], &[METHOD]),
        (
            "r if { x := input.identity; q with input.jwt as x }\nq if input.jwt.a",
            &[JWT, &["identity"]],
            &[METHOD],
        ),
        // Replacing the whole reads none of it.
        ("r if { q with input as {\"jwt\": 1} }\nq if input.jwt", &[JWT, METHOD], &[]),
        // A variable that hides nothing: `input` cannot be shadowed, but a field can be called so.
        ("r if data.input.jwt", &[], &[JWT, METHOD]),
    ];
    for (rules, wanted, unwanted) in cases {
        let (imports, rules): (Vec<&str>, Vec<&str>) = rules.lines().partition(|l| l.starts_with("import "));
        let source = format!("package t\nimport rego.v1\n{}\n{}\n", imports.join("\n"), rules.join("\n"));
        let policy = loaded(&source, "t/r");
        for path in wanted.iter().chain(*unwanted) {
            let is_wanted = wanted.contains(path);
            assert_eq!(policy.may_read(path), is_wanted, "{source} {path:?}");
        }
    }
}

#[test]
fn lists_paths_without_those_inside_of_others() {
    let policy = loaded("package t\nr if { input.a.b; input.a.b.c; input.d }", "t/r");
    let paths: Vec<String> = policy.reads().iter().map(|path| path.join("/")).collect();
    assert_eq!(paths, ["a/b", "d"]);
}

/// What is not read does not change the decision: the policy is given nothing else.
#[test]
fn is_asked_for_what_it_reads_and_nothing_else() {
    let policy = loaded(
        "package t\nr if { input.a.b == 1; not input.c; q }\nq if input.a.d\nunused if input.e",
        "t/r",
    );
    let mut asked = Vec::new();
    let mut read = |index: usize, path: &[std::sync::Arc<str>]| {
        asked.push((index, path.join("/")));
        (path.first().map(|part| &**part) == Some("a")).then(|| Value::integer(1))
    };
    let evaluation = policy.evaluate(&mut read, MOMENT, Budget::DEFAULT, &mut Workspace::default());
    assert_eq!(evaluation.outcome, Outcome::Defined(Value::Bool(true)));
    assert_eq!(asked, [(0, "a/b".to_owned()), (1, "a/d".to_owned()), (2, "c".to_owned())]);
}
