//! Long, deep and ambiguous texts: read in linear time or refused, on a small stack.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::limits::Limits;
use crate::rego::syntax::{Module, RegoVersion, parse_module};

fn parse(rule: &str) -> Result<Module, Vec<Fault>> {
    parse_module(0, &format!("package t\n{rule}"), RegoVersion::V1, &Limits::DEFAULT)
}

fn nested(open: &str, middle: &str, close: &str, levels: usize) -> String {
    format!("p := {}{middle}{}", open.repeat(levels), close.repeat(levels))
}

/// What opens a level, what stands in the innermost, what closes a level. Each has to be tried in more than one way.
const AMBIGUOUS: &[(&str, &str, &str)] = &[
    ("[x | ", "y", ", 1]"),
    ("{x | ", "y", ", 1}"),
    ("{a: b | ", "y", "}"),
    ("{a: b | ", "!", "}"),
    ("[x | y; [", "z", "]]"),
    ("{\"a\": ", "1", "}"),
    ("{a: ", "1", "+1}"),
    ("[1+", "1", "]"),
    ("{1+", "1", "}"),
    ("(a, (", "b", "))"),
    ("f(", "x", ")"),
    ("a[", "x", "]"),
    ("$\"{", "x", "}\""),
    ("[_ | _, ", "_", "]"),
    ("-(", "x", ")"),
];

#[test]
fn a_hundred_levels_are_read_as_fast_as_few() {
    // With a reading for each alternative of each level this would not end.
    for (open, middle, close) in AMBIGUOUS {
        let result = parse(&nested(open, middle, close, 100));
        assert!(result.is_ok() || result.is_err_and(|faults| !faults.is_empty()), "{open}");
    }
}

#[test]
fn more_levels_than_the_limit_are_refused() {
    let refusal = |rule: &str| parse(rule).unwrap_err()[0].kind;
    for (open, middle, close) in
        [("[", "1", "]"), ("{\"a\": ", "1", "}"), ("[x | ", "y", "]"), ("(", "1", ")"), ("f(", "1", ")")]
    {
        assert!(parse(&nested(open, middle, close, 60)).is_ok(), "{open}");
        assert_eq!(refusal(&nested(open, middle, close, 200)), RegoErrorKind::Limit, "{open}");
        assert_eq!(refusal(&nested(open, middle, close, 50_000)), RegoErrorKind::Limit, "{open}");
    }
    assert!(parse(&format!("p := {}1", "1 + ".repeat(100))).is_ok());
    assert_eq!(refusal(&format!("p := {}1", "1 + ".repeat(10_000))), RegoErrorKind::Limit);
    assert!(parse(&format!("p := 1 if x{}", " else := 2 if y".repeat(100))).is_ok());
    assert_eq!(refusal(&format!("p := 1 if x{}", " else := 2 if y".repeat(10_000))), RegoErrorKind::Limit);
}

#[test]
fn long_texts_are_read() {
    for rule in [
        format!("p := [{}1]", "1, ".repeat(50_000)),
        format!("p if {{ {} x }}", "x; ".repeat(50_000)),
        format!("p := a{}", ".b".repeat(50_000)),
        "p contains 1\n".repeat(15_000),
    ] {
        assert!(parse(&rule).is_ok());
    }
}

#[test]
fn the_limits_hold() {
    let limits = Limits { source_bytes: 100, lines: 5, rules: 2, ..Limits::DEFAULT };
    let kind = |text: &str| parse_module(0, text, RegoVersion::V1, &limits).map_err(|faults| faults[0].kind);
    assert!(kind("package t\np := 1\nq := 2").is_ok());
    assert_eq!(kind("package t\np := 1\nq := 2\nr := 3").unwrap_err(), RegoErrorKind::Limit);
    assert_eq!(kind("package t\np := 1 if x else := 2 if y else := 3").unwrap_err(), RegoErrorKind::Limit);
    assert_eq!(kind("package t\n\n\n\n\n\n\n").unwrap_err(), RegoErrorKind::Limit);
    assert_eq!(kind(&format!("package t\n# {}", "x".repeat(100))).unwrap_err(), RegoErrorKind::Limit);
}
