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
            &[METHOD, HEADERS],
            &[SOURCE, JWT],
        ),
        ("import input.jwt\nr if jwt.a", &[JWT], &[METHOD]),
        ("import input as i\nr if i.jwt", &[METHOD, JWT], &[]),
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
        ("r if { q with input as {\"jwt\": 1} }\nq if input.jwt", &[JWT], &[METHOD]),
        // A variable that hides nothing: `input` cannot be shadowed, but a field can be called so.
        ("r if data.input.jwt", &[], &[JWT, METHOD]),
    ];
    for (rules, wanted, unwanted) in cases {
        let (imports, rules): (Vec<&str>, Vec<&str>) = rules.lines().partition(|l| l.starts_with("import "));
        let source = format!("package t\nimport rego.v1\n{}\n{}\n", imports.join("\n"), rules.join("\n"));
        let policy = loaded(&source, "t/r");
        for path in wanted.iter().chain(*unwanted) {
            // Both ways of asking agree.
            let (key, above) = path.split_last().unwrap();
            let is_among = policy.reads().keys_below(above).is_none_or(|keys| keys.contains(key));
            assert_eq!(is_among, policy.reads().wants(path), "{source} {path:?}");
        }
        for path in *wanted {
            assert!(policy.reads().wants(path), "{source} reads {path:?}");
        }
        for path in *unwanted {
            assert!(!policy.reads().wants(path), "{source} does not read {path:?}");
        }
    }
}

#[test]
fn lists_paths_without_those_inside_of_others() {
    let policy = loaded("package t\nr if { input.a.b; input.a.b.c; input.d }", "t/r");
    let paths: Vec<Vec<String>> = policy.reads().paths().map(<[String]>::to_vec).collect();
    assert_eq!(paths, [vec!["a".to_owned(), "b".to_owned()], vec!["d".to_owned()]]);
}
