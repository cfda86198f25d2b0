//! What the tree of a text looks like.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::rego::limits::Limits;
use crate::rego::syntax::{Module, RegoVersion, TermKind, parse_module, parse_query};

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
    let v0 = parse_module(0, "package t\np[x] { x = 1 }\np.q { true }", RegoVersion::V0, &Limits::DEFAULT).unwrap();
    for rule in &v0.rules {
        assert_eq!(rule.head.reference.len(), 1);
        assert!(rule.head.key.is_some() && rule.head.value.is_none());
    }
    let v1 = module("package t\np[x] if x = 1\np.q if true");
    for rule in &v1.rules {
        assert_eq!(rule.head.reference.len(), 2);
        assert!(rule.head.key.is_none() && matches!(rule.head.value.as_ref().unwrap().kind, TermKind::Bool(true)));
    }
}

#[test]
fn a_query_is_a_body() {
    let body = parse_query(0, "x := data.t.p; x > 1\ny = x", RegoVersion::V1).unwrap();
    assert_eq!(body.len(), 3);
}
