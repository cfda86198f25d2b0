//! What a glob and the expression made of it answer.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::Glob;
use crate::rego::builtins::Failure;

const PATTERNS: &[&str] = &[
    "a",
    "*",
    "**",
    "?",
    "a*b",
    "a**b",
    "a**a",
    "{a,b}",
    "{a*,b}",
    "{,a}",
    "[ab]",
    "[!a]",
    "[a-c]",
    "[!a-c]b",
    "*.example.com",
    "/v1/**/x",
    "/v1/*/x",
    "a\\*",
    "*:*",
    "{*.a.com,a.com}",
    "/api/**",
    "??",
    "?*",
    "a?b*",
    "*a*b*",
    "/a/**/a",
    "{ab,ac}*",
    "a{b,c}d",
    "{a,bc}*",
    "**.b",
    "***",
    "b**ba",
    "aba**ba",
    "{?,ab}",
    "*/[ab]?",
    "{a/,b*}x",
];

const TEXTS: &[&str] = &[
    "",
    "a",
    "b",
    "ab",
    "ba",
    "aa",
    "aab",
    "abab",
    "/v1/x",
    "/v1/a/x",
    "/v1/a/b/x",
    "/v1/",
    "a*",
    "x.example.com",
    ".example.com",
    "a.b.example.com",
    "x:y",
    "a.com",
    "x.a.com",
    "/api/",
    "/api",
    "abc",
    "a/b",
    "/a/a",
    "/a/",
    "abd",
    "acd",
    "bca",
    "bba",
    "aba",
    "ababa",
    "a\nb",
    "b\n",
    "bx",
    "a/x",
];

#[test]
fn the_expression_of_a_glob_matches_the_same_texts_of_ascii() {
    let mut made = 0;
    for delimiters in [&[][..], &['/'], &['.'], &['.', '/']] {
        for pattern in PATTERNS {
            let glob = Glob::new(pattern, delimiters).expect(pattern);
            let Some(expression) = glob.to_regex() else { continue };
            let regex = regex::Regex::new(&expression).expect("an expression");
            made += 1;
            for text in TEXTS {
                let want = glob.is_match(text).expect("a short text");
                assert_eq!(regex.is_match(text), want, "{pattern} {delimiters:?} {text:?} {expression}");
            }
        }
    }
    assert!(made > 100, "only {made} expressions");
}

#[test]
fn answers_are_those_of_the_library_and_not_those_of_the_grammar() {
    let answer =
        |pattern: &str, delimiters: &[char], text: &str| Glob::new(pattern, delimiters)?.is_match(text);
    assert_eq!(answer("/v1/**/admin", &['/'], "/v1/admin"), Ok(true));
    assert_eq!(answer("/v1/*/admin", &['/'], "/v1/admin"), Ok(false));
    assert_eq!(answer("?", &['/'], ""), Ok(true));
    assert_eq!(answer("?a", &[], "éa"), Ok(false));
}

#[test]
fn many_stars_end_at_a_limit() {
    let pattern = "*a".repeat(40) + "*";
    let glob = Glob::new(&pattern, &['/']).expect("a pattern");
    let found = glob.is_match(&("a".repeat(2_000) + "/"));
    assert_eq!(found, Err(Failure::Limit("the glob takes too long for this text")));
    let many = "{".repeat(1_000);
    assert!(matches!(Glob::new(&many, &[]), Err(Failure::Limit(_))));
    assert!(matches!(Glob::new(&"?[a]".repeat(500), &[]), Err(Failure::Limit(_))));
}
