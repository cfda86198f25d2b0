//! Hostile policies and inputs: each ends as a refusal or as an error of the decision, soon, and on a small stack.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

/// The least stack that a host gives: 2 MiB. Without optimization frames are some four times as large.
#[cfg(not(target_arch = "wasm32"))]
const STACK: usize = if cfg!(debug_assertions) { 8 << 20 } else { 2 << 20 };

/// Does something on a small stack.
fn on_small_stack(inside: impl FnOnce() + Send + 'static) {
    #[cfg(target_arch = "wasm32")]
    inside();
    #[cfg(not(target_arch = "wasm32"))]
    {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn(inside);
        if let Err(panic) = thread.expect("a thread").join() {
            std::panic::resume_unwind(panic);
        }
    }
}

/// What a policy comes to.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Refused(&'static str),
    Error(&'static str),
    Undefined,
    Defined,
}

const OVER: End = End::Error("rego_budget");
const TOO_MUCH: End = End::Refused("rego_limit_error");

fn end_of(source: &str, input: &Value<'static>) -> End {
    let data = json!({});
    match compile_with(source, RegoVersion::V1, &data, "t/r", BuiltinErrors::Undefined) {
        Err(errors) => End::Refused(errors[0].code()),
        Ok(policy) => match policy.evaluate_input(Some(input), MOMENT, Budget::DEFAULT).outcome {
            Outcome::Defined(_) => End::Defined,
            Outcome::Undefined => End::Undefined,
            Outcome::Error(error) => End::Error(error.code()),
        },
    }
}

fn nested(open: &str, inner: &str, close: &str, levels: usize) -> String {
    format!("{}{inner}{}", open.repeat(levels), close.repeat(levels))
}

#[test]
fn terms_in_terms() {
    on_small_stack(|| {
        for levels in [8, 120, 20_100] {
            for (open, inner, close) in [
                ("[\n", "1", "]\n"),
                ("{\n", "1", "}\n"),
                ("{\"a\":\n", "1", "}\n"),
                ("{\n", "1", ": 1}\n"),
                ("[\n", "input.x", "]\n"),
                ("(\n", "1", ")\n"),
                ("(1 +\n", "input.x", ")\n"),
                ("count([\n", "1", "])\n"),
                ("input[\n", "1", "]\n"),
                ("[1 |\n", "true", "]\n"),
                ("{1 |\n", "true", "}\n"),
                ("{1: 2 |\n", "true", "}\n"),
                ("[\n", "1", "| true]\n"),
                ("[1 | not\n", "true", "]\n"),
                ("[1 | x := 1; x in\n", "[1]", "]\n"),
                ("[1 | every x in [1] { x == count(\n", "[1]", ") }]\n"),
                ("[1 | input.a with input as\n", "1", "]\n"),
                ("[1 | some x in\n", "[1]", "; x == 1]\n"),
                ("$\"{\n", "1", "}\"\n"),
                ("-\n", "1", ""),
                ("- -\n", "input.x", ""),
            ] {
                // The type check of comprehensions in one another takes its whole effort: elsewhere.
                if levels == 120 && [open, close].iter().any(|part| part.contains(['|', '$'])) {
                    continue;
                }
                let source = format!("package t\nr := {}", nested(open, inner, close, levels));
                let end = end_of(&source, &Value::Null);
                if levels > 120 {
                    assert!(matches!(end, End::Refused(_)), "{levels} {open:?}: {end:?}");
                }
            }
        }
    });
}

#[test]
fn comprehensions_in_comprehensions() {
    on_small_stack(|| {
        let source = format!("package t\nr := {}", nested("[1 |\n", "true", "]\n", 60));
        assert_eq!(end_of(&source, &Value::Null), TOO_MUCH);
    });
}

#[test]
fn unclosed_brackets() {
    on_small_stack(|| {
        for open in [
            "[\n",
            "{\n",
            "(\n",
            "{\"a\":\n",
            "f(\n",
            "[1 |\n",
            "not\n",
            "$\"{\n",
            "x[\n",
            "some x in\n",
            "every x in [1] {\n",
        ] {
            let end = end_of(&format!("package t\nr if {{ {}", open.repeat(50_000)), &Value::Null);
            assert!(matches!(end, End::Refused(_)), "{open:?}: {end:?}");
        }
    });
}

#[test]
fn bodies_in_bodies() {
    on_small_stack(|| {
        for levels in [10, 40, 120, 2_000] {
            let every: String =
                (0..levels).map(|n| format!("every x{n} in input.xs {{ x{n} > 0\n")).collect();
            end_of(&format!("package t\nr if {{ {every}{} }}", "}".repeat(levels)), &Value::Null);
            let otherwise: String = (0..levels).map(|n| format!("else := {n} if input.x == {n}\n")).collect();
            end_of(&format!("package t\nr := 1 if input.y\n{otherwise}"), &value(&json!({"x": 5})));
            let with: String = (0..levels).map(|n| format!("with input.a{n} as input.b{n}\n")).collect();
            end_of(&format!("package t\nr if {{ q {with} }}\nq if input.a1"), &value(&json!({})));
        }
    });
}

/// Every rule stands on another.
#[test]
fn long_chains_of_rules() {
    on_small_stack(|| {
        for (length, want) in [(250, End::Defined), (3_000, TOO_MUCH)] {
            let chain: String = (0..length).map(|n| format!("r{n} := r{}\n", n + 1)).collect();
            let source = format!("package t\nr := r0\n{chain}r{length} := 1");
            assert_eq!(end_of(&source, &Value::Null), want, "{length} rules");
            let chain: String = (0..length).map(|n| format!("f{n}(x) := f{}(x)\n", n + 1)).collect();
            let source = format!("package t\nr := f0(1)\n{chain}f{length}(x) := x");
            assert_eq!(end_of(&source, &Value::Null), want, "{length} functions");
            let chain: String = (0..length)
                .map(|n| format!("s{n} contains x if {{ not s{}[0]; some x in s{0} }}\n", n + 1))
                .collect();
            let source = format!("package t\nr := s0\n{chain}s{length} contains 1");
            let end = end_of(&source, &Value::Null);
            assert!(end == want || length < 1_000, "{length} sets: {end:?}");
        }
        // The steps of each make it deeper.
        let chain: String = (0..250)
            .map(|n| {
                format!(
                    "r{n} := [x | every y in [1] {{ count([z | z := y; not r{0} == 7]) == 1 }}; x := r{0}]\n",
                    n + 1
                )
            })
            .collect();
        let source = format!("package t\nr := r0\n{chain}r250 := 1");
        let end = end_of(&source, &Value::Null);
        assert!(!matches!(end, End::Undefined), "{end:?}");
    });
}

/// `with` opens a scope in which everything is worked out again.
#[test]
fn with_in_with() {
    on_small_stack(|| {
        let chain: String = (0..60)
            .map(|n| format!("r{n} if {{ r{0} with input.x as {n}; r{0} with input.x as 0 }}\n", n + 1))
            .collect();
        let source = format!("package t\nr if r0\n{chain}r60 if input.x >= 0");
        assert_eq!(end_of(&source, &value(&json!({"x": 1}))), OVER);
    });
}

/// Two calls at every level: remembered, this is a hundred calls.
#[test]
fn functions_that_call_twice() {
    on_small_stack(|| {
        let chain: String = (0..60).map(|n| format!("f{n}(x) := f{0}(x) + f{0}(x)\n", n + 1)).collect();
        let source = format!("package t\nr := f0(1)\n{chain}f60(x) := x");
        let policy = loaded(&source, "t/r");
        let answer = policy.evaluate_input(None, MOMENT, Budget::DEFAULT).outcome;
        let Outcome::Defined(value) = answer else { panic!("{answer:?}") };
        assert_eq!(value.to_json(), "1152921504606846976");
        // With other arguments every time nothing can be remembered.
        let chain: String =
            (0..60).map(|n| format!("f{n}(x) := f{0}(x * 2) + f{0}((x * 2) + 1)\n", n + 1)).collect();
        let source = format!("package t\nr := f0(1)\n{chain}f60(x) := x");
        assert_eq!(end_of(&source, &Value::Null), OVER);
    });
}

#[test]
fn loops() {
    on_small_stack(|| {
        let xs = "xs := numbers.range(1, 300)\n";
        for body in [
            "some a in xs; some b in xs; some c in xs; some d in xs; a + b + c + d == 0",
            "xs[_] = a; xs[_] = b; xs[_] = c; (a * b) * c == 0",
            "count([1 | some a in xs; some b in xs; some c in xs]) == 0",
            "count({[a, b, c] | some a in xs; some b in xs; some c in xs}) == 0",
            "count({a: 1 | some b in xs; some c in xs; some d in xs; a := (b * c) + d}) == 0",
            "every a in xs { every b in xs { every c in xs { a + b + c > 0 } } }",
            "not xs[_] + xs[_] + xs[_] == 0; xs[_] + xs[_] + xs[_] == 0",
            "some a in xs; some b in xs; some c in xs; print(a, b, c); false",
            "walk(xs, [_, a]); walk(xs, [_, b]); walk(xs, [_, c]); a == {1}",
            "some p; p[a] ; p[b]; p[c]; a + b + c == 0",
        ] {
            let source = format!("package t\n{xs}p contains x if some x in xs\nr if {{ {body} }}");
            let source = source.replace("some p; ", "");
            assert_eq!(end_of(&source, &Value::Null), OVER, "{body}");
        }
        let source = "package t\nr if { walk(input, [p, v]); count(p) > 1000000 }";
        let big = Value::array((0..90_000).map(Value::integer).collect());
        assert!(matches!(end_of(source, &big), End::Undefined | End::Error("rego_budget")));
        let source =
            "package t\nr if { walk(input, [_, a]); walk(input, [_, b]); walk(a, [_, b]); b == {1} }";
        assert_eq!(end_of(source, &big), OVER);
    });
}

/// Doubling chains, and functions that make much out of little.
#[test]
fn memory() {
    on_small_stack(|| {
        let doubling = |first: &str, next: &str| -> String {
            let chain: String =
                (0..60).map(|n| format!("v{} := {}\n", n + 1, next.replace("V", &format!("v{n}")))).collect();
            format!("package t\nv0 := {first}\n{chain}r := count(v60)")
        };
        for (first, next) in [
            ("\"ab\"", "concat(\"\", [V, V])"),
            ("\"ab\"", "replace(V, \"a\", \"aa\")"),
            ("\"ab\"", "replace(V, \"\", V)"),
            ("\"ab\"", "sprintf(\"%s%s\", [V, V])"),
            ("\"ab\"", "strings.replace_n({\"a\": \"aa\", \"b\": \"bb\"}, V)"),
            ("\"ab\"", "regex.replace(V, \".\", \"$0$0\")"),
            ("\"ab\"", "base64.encode(concat(\"\", [V, V]))"),
            ("\"ab\"", "urlquery.encode(concat(\"%\", [V, V]))"),
            ("\"ab\"", "json.marshal([V, V])"),
            ("\"ab\"", "hex.encode(V)"),
            ("\"ab\"", "$\"{V}{V}\""),
            ("[1]", "array.concat(V, V)"),
            ("[1, 2]", "array.flatten([V, V])"),
            ("[1]", "[x | some y in [V, V]; some x in y]"),
            ("\"a,b\"", "concat(\",\", array.concat(split(V, \",\"), split(V, \",\")))"),
        ] {
            assert_eq!(end_of(&doubling(first, next), &Value::Null), OVER, "{next}");
        }
        // Shared parts take no memory; written out they would.
        for next in [
            "[V, V]",
            "{\"a\": V, \"b\": V}",
            "object.union({\"a\": V}, {\"b\": V})",
            "json.patch({\"a\": V}, [{\"op\": \"copy\", \"from\": \"/a\", \"path\": \"/b\"}])",
        ] {
            let source = doubling("[1]", next);
            end_of(&source, &Value::Null);
            for over in [
                "json.marshal(v60)",
                "sprintf(\"%v\", [v60])",
                "v60 == json.unmarshal(json.marshal(v60))",
                "[x | walk(v60, [_, x])]",
                "{v60, [v60]}",
                "json.filter(v60, [\"a\"])",
            ] {
                let source = source.replace("count(v60)", over);
                let end = end_of(&source, &Value::Null);
                assert!(matches!(end, OVER | End::Defined | End::Refused(_)), "{next} {over}: {end:?}");
            }
        }
    });
}

#[test]
fn functions_that_make_much_of_little() {
    on_small_stack(|| {
        for (call, wants) in [
            ("numbers.range(1, 1000000000)", &[OVER][..]),
            ("numbers.range_step(1, 1000000000000000000000, 1)", &[OVER]),
            ("sprintf(\"%100000000d\", [1])", &[OVER, End::Defined, End::Undefined]),
            ("sprintf(\"%.100000000f\", [1])", &[OVER, End::Defined, End::Undefined]),
            ("sprintf(\"%*d\", [100000000, 1])", &[OVER, End::Defined, End::Undefined]),
            ("units.parse_bytes(\"1e999999999K\")", &[OVER, End::Undefined]),
            ("units.parse(\"1e999999999K\")", &[OVER, End::Undefined]),
            ("bits.lsh(1, 100000000)", &[OVER]),
            ("bits.lsh(1, 100000000000000000000)", &[OVER, End::Undefined]),
            ("bits.rsh(1, 1000000000)", &[OVER, End::Defined]),
            ("to_number(\"1e999999999\") * 2", &[OVER, End::Undefined, End::Defined]),
            ("to_number(\"1e1000000\") + 1", &[OVER, End::Undefined, End::Defined]),
            ("json.unmarshal(input.deep)", &[OVER, End::Undefined]),
            ("json.unmarshal(\"1e999999999\") + 1", &[OVER, End::Undefined, End::Defined]),
            ("net.cidr_expand(\"0.0.0.0/0\")", &[OVER, End::Undefined]),
            ("net.cidr_expand(\"::/0\")", &[OVER, End::Undefined]),
            ("regex.match(\"(a*)*b\", input.as)", &[OVER, End::Defined]),
            ("regex.match(\"((a{1,1000}){1,1000}){1,1000}\", \"a\")", &[OVER, End::Undefined, End::Defined]),
            ("regex.match(input.parens, \"a\")", &[OVER, End::Undefined, End::Defined]),
            ("regex.find_n(\"\", input.as, -1)", &[OVER, End::Defined]),
            (
                "regex.globs_match(input.globs, input.globs)",
                &[OVER, End::Undefined, End::Defined, End::Refused("rego_refused")],
            ),
            ("glob.match(input.stars, [\"/\"], input.as)", &[OVER, End::Undefined, End::Defined]),
            ("glob.match(input.braces, [\"/\"], input.as)", &[OVER, End::Undefined, End::Defined]),
            ("split(input.as, \"\")", &[OVER, End::Defined]),
            ("indexof_n(input.as, \"a\")", &[OVER, End::Defined]),
            ("graph.reachable(input.graph, [\"n0\"])", &[OVER, End::Defined]),
            ("graph.reachable_paths(input.graph, [\"n0\"])", &[OVER]),
            ("time.parse_duration_ns(\"99999999999999999999h\")", &[OVER, End::Undefined]),
            ("time.add_date(1, 999999999, 999999999, 999999999)", &[OVER, End::Undefined, End::Defined]),
            (
                "json.patch(input.graph, [{\"op\": \"add\", \"path\": input.pointer, \"value\": 1}])",
                &[OVER, End::Undefined, End::Defined],
            ),
            ("json.patch({\"a\": {}}, input.copies)", &[OVER]),
            ("json.filter(input.graph, [input.pointer])", &[OVER]),
            ("json.remove(input.graph, [input.pointer])", &[OVER, End::Undefined, End::Defined]),
            ("object.subset(input.graph, input.graph)", &[OVER, End::Defined]),
            ("semver.compare(input.as, input.as)", &[OVER, End::Undefined]),
            ("uuid.parse(input.as)", &[OVER, End::Undefined, End::Defined]),
            ("io.jwt.decode(input.as)", &[OVER, End::Undefined]),
            ("crypto.x509.parse_certificates(input.as)", &[OVER, End::Undefined]),
            (
                "strings.render_template(\"{{range .}}{{range $}}x{{end}}{{end}}\", input.xs)",
                &[OVER, End::Undefined, End::Defined, End::Refused("rego_refused")],
            ),
            ("strings.any_prefix_match(input.xs, input.xs)", &[OVER, End::Defined, End::Undefined]),
            (
                "yaml.unmarshal(input.yaml)",
                &[OVER, End::Undefined, End::Defined, End::Refused("rego_refused")],
            ),
        ] {
            let graph: serde_json::Map<_, _> = (0..40)
                .map(|n| (format!("n{n}"), json!((0..40).map(|m| format!("n{m}")).collect::<Vec<_>>())))
                .collect();
            let input = value(&json!({
                "as": "a".repeat(200_000), "deep": "[".repeat(200_000), "parens": "(".repeat(3_000),
                "globs": "[a-z]*".repeat(200), "stars": "*a*".repeat(500), "braces": "{a,b}".repeat(500),
                "graph": graph, "pointer": "/x".repeat(50_000),
                "copies": vec![json!({"op": "copy", "from": "/a", "path": "/a/x"}); 10_000], "yaml": format!("a: &a [x]\n{}", (0..30).map(|n| format!("b{n}: &b{n} [*a, *a]\n")).collect::<String>()),
                "xs": (0..2_000).map(|n| format!("x{n}")).collect::<Vec<_>>(),
            }));
            let end = end_of(&format!("package t\nr := {call}"), &input);
            assert!(wants.contains(&end), "{call}: {end:?}");
        }
    });
}

#[test]
fn numbers_that_grow() {
    on_small_stack(|| {
        for (first, next) in [
            ("7", "V * V"),
            ("0.7", "V * V"),
            ("7", "bits.lsh(V, V)"),
            ("1e300", "V * V"),
            ("7", "V + V"),
            ("1", "V / 3"),
        ] {
            let chain: String =
                (0..60).map(|n| format!("v{} := {}\n", n + 1, next.replace("V", &format!("v{n}")))).collect();
            let end = end_of(&format!("package t\nv0 := {first}\n{chain}r := v60"), &Value::Null);
            assert!(!matches!(end, End::Refused(_)), "{next}: {end:?}");
        }
        let power = "package t\nr := product([x | some _ in numbers.range(1, 20000); x := 12345678901234567890123456789])";
        let end = end_of(power, &Value::Null);
        assert!(matches!(end, OVER | End::Defined), "{end:?}");
        // In the input.
        for number in ["1e400", "1e-400", "9".repeat(50_000).as_str(), "1e1000000"] {
            let text = format!("{{\"x\": {number}}}");
            if let Ok(input) = Value::from_json(text.as_bytes(), JsonLimits::REQUEST) {
                for rule in [
                    "input.x * input.x",
                    "input.x + 1",
                    "input.x / 3",
                    "input.x % 7",
                    "round(input.x)",
                    "input.x < 1",
                    "format_int(input.x, 2)",
                    "sprintf(\"%d %f %x\", [input.x, input.x, input.x])",
                    "bits.and(input.x, 1)",
                    "input.x in {1, 2}",
                ] {
                    end_of(&format!("package t\nr := {rule}"), &input);
                }
            }
        }
    });
}

/// Large and deep inputs.
#[test]
fn hostile_inputs() {
    on_small_stack(|| {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Value::from_json(deep.as_bytes(), JsonLimits::REQUEST).err(), Some(JsonError::Depth));
        let wide = format!("[{}1]", "1,".repeat(200_000));
        assert_eq!(Value::from_json(wide.as_bytes(), JsonLimits::REQUEST).err(), Some(JsonError::Nodes));
        let level = JsonLimits::REQUEST.depth - 1;
        let deep = format!("{}1{}", "[".repeat(level), "]".repeat(level));
        let input = Value::from_json(deep.as_bytes(), JsonLimits::REQUEST).expect("it is allowed");
        for rule in [
            "input == input",
            "walk(input, [_, 1])",
            "json.marshal(input) != \"\"",
            "count({input, [input]}) == 2",
            "sprintf(\"%v\", [input]) != \"\"",
            "{x: y | walk(input, [x, y])} != {}",
        ] {
            assert_eq!(end_of(&format!("package t\nr if {rule}"), &input), End::Defined, "{rule}");
        }
        // A value that a policy makes deeper and deeper.
        let chain: String = (0..280).map(|n| format!("v{} := [[[[v{n}]]]]\n", n + 1)).collect();
        for over in [
            "v280",
            "v280 == [v280]",
            "{v280, [v280]}",
            "json.marshal(v280)",
            "sprintf(\"%v\", [v280])",
            "[x | walk(v280, [_, x])]",
            "object.union({\"a\": v280}, {\"a\": {}})",
            "json.patch({\"a\": v280}, [])",
            "sort([v280, [v280]])",
            "type_name(v280)",
            "json.is_valid(json.marshal(v280))",
            "{k: v280 | k := \"a\"}",
            "object.subset({\"a\": v280}, {\"a\": v280})",
            "array.flatten(v280)",
            "crypto.sha256(json.marshal(v280))",
        ] {
            let end = end_of(&format!("package t\nv0 := input\n{chain}r := {over}"), &input);
            assert!(!matches!(end, End::Refused(_)), "{over}: {end:?}");
        }
    });
}

#[test]
fn rules_are_counted_over_all_modules() {
    let part = |index: usize| {
        let source = format!("package t\n{}", "r if input.x\n".repeat(11_000));
        Module { name: format!("{index}.rego"), source }
    };
    let errors = Policy::compile(
        &[part(0), part(1)],
        RegoVersion::V1,
        &value(&json!({})),
        &DecisionPath::parse("t/r").unwrap(),
        &Limits::DEFAULT,
        BuiltinErrors::Undefined,
    )
    .unwrap_err();
    assert_eq!(
        texts(&errors),
        "1.rego:9002:1: rego_limit_error: more than 20000 definitions of rules in all modules; \
         put what differs between them into data"
    );
    let modules = vec![module("package t\nr := 1"); Limits::DEFAULT.modules + 1];
    let bench = crate::rego::workbench::Workbench::open(modules, RegoVersion::V1, value(&json!({})));
    assert_eq!(
        texts(&bench.unwrap().check().unwrap_err()),
        "policy: rego_limit_error: more than 256 modules; put several into one"
    );
}

#[test]
fn many_rules_and_long_bodies() {
    on_small_stack(|| {
        let many: String = (0..10_000).map(|n| format!("r if input.x == {n}\n")).collect();
        assert_eq!(end_of(&format!("package t\n{many}"), &value(&json!({"x": 9_999}))), End::Defined);
        let body: String = (0..2_000).map(|n| format!("input.x{n}\n")).collect();
        assert_eq!(end_of(&format!("package t\nr if {{\n{body}}}"), &value(&json!({}))), End::Undefined);
        let some: String = (0..5_000).map(|_| "input.x[_]\n").collect();
        assert_eq!(end_of(&format!("package t\nr if {{\n{some}}}"), &value(&json!({"x": [1]}))), OVER);
        let reversed: String = (0..300).rev().map(|n| format!("x{} == x{n}\n", n + 1)).collect();
        end_of(
            &format!("package t\nr if {{\n{}x0 := input.x\n}}", reversed.replace("==", "=")),
            &value(&json!({})),
        );
        let items = "1,\n".repeat(15_000);
        assert_eq!(end_of(&format!("package t\nr := [\n{items}]"), &Value::Null), End::Defined);
    });
}
