//! Expressions, their limits, and searches that could take long.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::search::Matches;
use super::syntax::{SyntaxError, translate};
use crate::rego::builtins::patterns::{check_glob, check_regex, compile_regex};
use crate::rego::builtins::{Failure, Meter, Patterns};

#[test]
fn what_go_has_and_the_crate_has_not() {
    let cases = [
        (r"^\d$", "\u{663}", false),
        (r"^\w$", "é", false),
        (r"(?i)^\w$", "ſ", true),
        (r"^\s$", "\u{a0}", false),
        (r"\bb\b", "ébé", true),
        (r"^\B.\B$", "é", true),
        ("^[a&&b]$", "&", true),
        ("^[[]$", "[", true),
        ("^[]a]$", "]", true),
        ("^a{,2}$", "a{,2}", true),
        (r"^\Qa.b\E+$", "a.bb", true),
        (r"^\101\x41\x{41}$", "AAA", true),
        ("(?U)^a+$", "aa", true),
        ("(?m)^b$", "a\nb\nc", true),
        ("^a$", "a\n", false),
        ("^(?P<1>a)(?P<1>b)$", "ab", true),
        ("(a){0}", "", true),
        (r"^\p{Greek}\pN$", "α1", true),
        (r"^\x{1c89}$", "\u{1c89}", true),
        // Assigned after the version of Unicode that Go has.
        (r"^\pL$", "\u{1c89}", false),
    ];
    for (pattern, text, want) in cases {
        let regex = compile_regex(pattern).expect(pattern);
        assert_eq!(regex.is_match(text), want, "{pattern} {text:?}");
    }
}

#[test]
fn what_go_refuses_is_refused() {
    for pattern in [
        "a**",
        "a{1001}",
        "(a{100}){11}",
        "[",
        "(",
        ")",
        "*",
        "a|*",
        r"\8",
        r"\1",
        r"\C",
        r"\e",
        "[b-a]",
        "[[:x:]]",
        r"\p{Old_Italic}",
        r"\p{Grek}",
        "(?x)a",
        "(?=a)",
        "(?P<a-b>c)",
        r"\",
        r"[\Q]",
        r"\x{110000}",
        "(?i-)",
        "[a-\\d]",
    ] {
        let refused = translate(pattern).err();
        assert!(matches!(refused, Some(SyntaxError::Invalid(_))), "{pattern} {refused:?}");
        assert_eq!(check_regex(pattern), Ok(()), "{pattern}");
    }
}

#[test]
fn what_is_too_large_is_refused_when_the_policy_loads() {
    assert!(check_regex(r"(\pL{100}){10}").is_err());
    assert!(check_regex(&"(".repeat(300)).is_err());
    assert!(check_regex(&"a".repeat(5_000)).is_err());
    assert!(check_glob(&"a".repeat(5_000), &['/']).is_err());
}

#[test]
fn searches_are_charged() {
    let regex = compile_regex("(.*[^A-Z]|[A-Z])").expect("an expression");
    let text = "A".repeat(100_000);
    let mut meter = Meter::new(1_000_000, 1_000_000);
    let mut matches = Matches::new(&regex, &text, -1);
    let end = loop {
        match matches.next(&mut meter) {
            Ok(Some(_)) => {}
            other => break other,
        }
    };
    assert!(matches!(end, Err(Failure::Limit(_))));
}

#[test]
fn patterns_are_kept() {
    let patterns = Patterns::default();
    let mut meter = Meter::new(u64::MAX, u64::MAX);
    let first = patterns.regex(&mut meter, "a+").expect("an expression");
    let second = patterns.regex(&mut meter, "a+").expect("an expression");
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    for number in 0..1_000 {
        assert!(patterns.regex(&mut meter, &format!("a{{{number}}}")).is_ok());
    }
}
