//! Searches for prefixes: what is found from a table has to be what is found one by one.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn data() -> serde_json::Value {
    json!({
        "ps": ["/b", "/a", "/a/b", "", "/ä", "/a", "/c/d", "/zz", "/a/b/c"],
        "mixed": ["/b", "/a", 1, "/a/b", "", "/a", "/c/d", "/zz"],
        "named": {"a": "/b", "b": "/a", "c": "/a/b", "d": "/ä", "e": "/a", "f": "/c/d", "g": "/zz", "h": "/q"},
    })
}

const RULES: [&str; 11] = [
    "r if {\n some p in data.ps\n p != \"\"\n startswith(input.p, p)\n}",
    "r := [p | some p in data.ps; startswith(input.p, p)]",
    "r := [[i, p] | some i, p in data.ps; startswith(input.p, p)]",
    "r := [i | some i; startswith(input.p, data.ps[i])]",
    "r := [k | some k, p in data.named; startswith(input.p, p)]",
    "r := [p | text := input.p; some p in data.ps; startswith(text, p); count(p) > 2]",
    "r := [p | some p in data.ps; startswith(\"/a/b\", p)]",
    "r := [p | some p in data.ps; not startswith(input.p, p)]",
    "r := [[p, b] | some p in data.ps; b := startswith(input.p, p)]",
    "q := [p | some p in data.ps; startswith(input.p, p)]\n\nr := v if v := q with input.p as \"/zzz\"",
    "q := [p | some p in data.ps; startswith(input.p, p)]\n\nr := v if v := q with data.ps as [\"/\", \"/a\"]",
];

#[test]
fn a_table_finds_what_is_found_one_by_one() {
    for rule in RULES {
        let source = format!("package t\n\n{rule}\n");
        let load = |errors| {
            compile_with(&source, RegoVersion::V1, &data(), "t/r", errors)
                .unwrap_or_else(|errors| panic!("{}", texts(&errors)))
        };
        // Where errors of built-ins count, everything is gone through.
        let (table, one_by_one) = (load(BuiltinErrors::Undefined), load(BuiltinErrors::Strict));
        for path in ["/a/b/c", "/a", "/ä/x", "/x", "", "a", "/zz/a", "/c/dd"] {
            let input = json!({ "p": path });
            assert_eq!(evaluate(&table, &input), evaluate(&one_by_one, &input), "{rule} on {path:?}");
        }
        assert_eq!(evaluate(&table, &json!({})), evaluate(&one_by_one, &json!({})), "{rule}");
    }
}

#[test]
fn prefixes_come_in_the_order_of_the_collection() {
    let source = "package t\n\nr := [p | some p in data.ps; startswith(input.p, p)]\n";
    let policy = compile_with(source, RegoVersion::V1, &data(), "t/r", BuiltinErrors::Undefined).unwrap();
    let found = evaluate(&policy, &json!({"p": "/a/b/c"}));
    assert_eq!(found, defined(&json!(["/a", "/a/b", "", "/a", "/a/b/c"])));
    for other in [json!(1), json!(null), json!(["/a"])] {
        assert_eq!(evaluate(&policy, &json!({ "p": other })), defined(&json!([])));
    }
}

#[test]
fn what_is_no_text_is_passed_over() {
    let source = "package t\n\nr := [p | some p in data.mixed; startswith(input.p, p)]\n";
    let policy = compile_with(source, RegoVersion::V1, &data(), "t/r", BuiltinErrors::Undefined).unwrap();
    assert_eq!(evaluate(&policy, &json!({"p": "/a"})), defined(&json!(["/a", "", "/a"])));
}

#[test]
fn another_function_in_its_place_is_asked() {
    let source = "package t\n\nq := {p | some p in data.ps; startswith(input.p, p)}\n\n\
                  r := v if v := count(q) with startswith as true\n";
    let policy = compile_with(source, RegoVersion::V1, &data(), "t/r", BuiltinErrors::Undefined).unwrap();
    assert_eq!(evaluate(&policy, &json!({"p": "/x"})), defined(&json!(8)));
}
