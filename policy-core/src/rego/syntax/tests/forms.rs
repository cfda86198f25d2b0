//! What the tree of a text looks like.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::rego::error::RegoErrorKind;
use crate::rego::limits::Limits;
use crate::rego::syntax::{ExprKind, Module, RegoVersion, TermKind, parse_module, parse_query};

fn module(text: &str) -> Module {
    parse_module(0, text, RegoVersion::V1, &Limits::DEFAULT).unwrap()
}

#[test]
fn a_module_has_its_parts() {
    let module = module(
        "package a.b[\"c\"]\n\nimport data.x as y\nimport rego.v1\n\ndefault allow := false\n\n\
         allow if {\n\tsome i, x in input.xs\n\tx == 1 + 2 * 3\n\tnot y[x]\n\tevery z in [1, 2] { z > 0 }\n}\n\n\
         p contains [x, _] if some x in {1, 2}\n\nf(x) := {y | y := x[_]} if x else := 2 if { x } else := 3\n",
    );
    assert_eq!(module.package.path.iter().map(|part| &**part).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(module.imports.len(), 2);
    assert_eq!(module.imports[0].alias.as_deref(), Some("y"));
    assert_eq!(module.rules.len(), 4);
    assert!(module.rules[0].is_default);
    assert_eq!(module.rules[1].body.len(), 4);
    assert!(module.rules[1].body[2].is_negated);
    assert!(module.rules[2].head.key.is_some() && module.rules[2].head.value.is_none());
    let otherwise = module.rules[3].otherwise.as_ref().unwrap();
    assert!(otherwise.otherwise.as_ref().unwrap().otherwise.is_none());
    assert!(module.is_v1);
}

#[test]
fn a_pair_in_a_head_is_a_set_in_v0_and_a_document_in_v1() {
    let v0 = parse_module(0, "package t\np[x] { x = 1 }\np.q { true }", RegoVersion::V0, &Limits::DEFAULT)
        .unwrap();
    for rule in &v0.rules {
        assert_eq!(rule.head.reference.len(), 1);
        assert!(rule.head.key.is_some() && rule.head.value.is_none());
    }
    let v1 = module("package t\np[x] if x = 1\np.q if true");
    for rule in &v1.rules {
        assert_eq!(rule.head.reference.len(), 2);
        assert!(
            rule.head.key.is_none() && matches!(rule.head.value.as_ref().unwrap().kind, TermKind::Bool(true))
        );
    }
}

#[test]
fn a_query_is_a_body() {
    let body = parse_query(0, "x := data.t.p; x > 1\ny = x", RegoVersion::V1).unwrap();
    assert_eq!(body.len(), 3);
}

#[test]
fn a_chained_body_stands_where_it_opens_and_its_head_with_it() {
    let module =
        parse_module(0, "package t\nf(_) = x { x = 1 }\n{ x = 2 }", RegoVersion::V0, &Limits::DEFAULT)
            .unwrap();
    let (first, second) = (&module.rules[0], &module.rules[1]);
    assert_eq!((second.at.line, second.at.column), (3, 1));
    assert_eq!(second.head.value.as_ref().unwrap().at, second.at);
    assert_eq!(second.head.reference[0].at, first.head.reference[0].at);
    assert_ne!(first.head.args.as_ref().unwrap()[0].to_string(), "$0");
    let name = |index: usize| format!("{:#}", module.rules[index].head.args.as_ref().unwrap()[0]);
    assert_ne!(name(0), name(1), "each `_` has a name of its own");
}

#[test]
fn the_body_of_an_else_without_braces_stands_at_the_else() {
    let module = module("package t\np := 1 if x else := 2 if y.z");
    let otherwise = module.rules[0].otherwise.as_ref().unwrap();
    assert_eq!((otherwise.at.line, otherwise.at.column), (2, 13));
    assert_eq!(otherwise.body[0].at, otherwise.at);
    let ExprKind::Term(term) = &otherwise.body[0].kind else { panic!("a term") };
    assert_eq!(term.at, otherwise.at);
}

#[test]
fn operators_bind_as_in_opa() {
    for (text, printed) in [
        ("1 + 2 * 3 - 4", "minus(plus(1, mul(2, 3)), 4)"),
        ("a | b & c - d", "or(a, and(b, minus(c, d)))"),
        ("a == b | c in d", "internal.member_2(equal(a, or(b, c)), d)"),
        ("a < b == c", "equal(lt(a, b), c)"),
        ("-x - -1", "minus(minus(0, x), -1)"),
        ("(a, b in c) in d", "internal.member_2(internal.member_3(a, b, c), d)"),
        ("[a | b, c]", "[or(a, b), c]"),
        ("[a | b]", "[a | b]"),
        ("{a | b, c in d}", "{a | internal.member_3(b, c, d)}"),
        ("{a: b | c}", "{a: b | c}"),
        ("{a: b + c}", "{a: plus(b, c)}"),
        ("f(x).y[z](w)", "f(x).y[z](w)"),
        ("set()", "set()"),
        ("{}", "{}"),
    ] {
        let body = parse_query(0, text, RegoVersion::V1).unwrap();
        assert_eq!(body[0].to_string(), printed, "{text}");
    }
}

#[test]
fn strings_are_read_as_json_reads_them() {
    for (text, value) in [
        (r#""a\u00e9\n\/""#, "aé\n/"),
        (r#""\ud83d\ude00""#, "😀"),
        (r#""\ud83d""#, "\u{fffd}"),
        (r#""\ud83dx""#, "\u{fffd}x"),
        (r#""\ud83d\u0041""#, "\u{fffd}A"),
        ("`a\\n\n`", "a\\n\n"),
        ("\"a\tb\"", "a\tb"),
    ] {
        let body = parse_query(0, text, RegoVersion::V1).unwrap();
        let ExprKind::Term(term) = &body[0].kind else { panic!("a term") };
        let TermKind::String(found) = &term.kind else { panic!("a string") };
        assert_eq!(&**found, value, "{text}");
    }
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    for text in [
        "import future.keywords.and\np if x and y",
        "import future.keywords\np if x or y",
        "import future.keywords.not\np if not { x; y }",
        "import future.keywords.not\np if not print(x)",
    ] {
        let faults =
            parse_module(0, &format!("package t\n{text}"), RegoVersion::V1, &Limits::DEFAULT).unwrap_err();
        assert_eq!(faults[0].kind, RegoErrorKind::Refused, "{text}");
        assert_eq!(faults[0].at.line, 3);
    }
    module("package t\nimport future.keywords\np if not x\nq if and(x, y) == or(x.and, y)");
}
