//! What bounds an evaluation and a compilation, and what an evaluation does not depend on.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn outcome(source: &str, input: &serde_json::Value) -> Outcome {
    evaluate(&loaded(source, "t/r"), input)
}

fn reason(outcome: &Outcome) -> Option<EvalErrorReason> {
    match outcome {
        Outcome::Error(error) => Some(error.reason),
        Outcome::Defined(_) | Outcome::Undefined => None,
    }
}

fn code(source: &str) -> Option<&'static str> {
    compile(source, "t/r").err().and_then(|errors| errors.first().map(RegoError::code))
}

#[test]
fn a_loop_ends_with_the_budget_at_the_same_step_every_time() {
    let policy = loaded(
        "package t\nr contains [a, b, c] if { some a in input.l; some b in input.l; some c in input.l }",
        "t/r",
    );
    let list: Vec<u32> = (0..100).collect();
    let input = Value::from_json(&json!({"l": list})).expect("an input");
    let run = |steps| policy.evaluate(input.clone(), NOW, Budget::steps(steps)).outcome;
    for steps in [0, 1, 100, 10_000] {
        assert_eq!(reason(&run(steps)), Some(EvalErrorReason::Budget), "{steps}");
        assert_eq!(run(steps), run(steps));
    }
    // The next evaluation has its own budget.
    let small = Value::from_json(&json!({"l": [1]})).expect("an input");
    let after = policy.evaluate(small, NOW, Budget::DEFAULT).outcome;
    assert_eq!(after, defined_set(&policy));
}

/// The value for a list of one item.
fn defined_set(policy: &Policy) -> Outcome {
    let outcome = evaluate(policy, &json!({"l": [1]}));
    let Outcome::Defined(value) = &outcome else { panic!("{outcome:?}") };
    assert_eq!(value.to_json(), Ok(json!([[1, 1, 1]])));
    outcome
}

/// The smallest budget that suffices is the same in every run: it counts steps, not time.
#[test]
fn the_budget_is_exact() {
    let policy = loaded("package t\nr if { some x in input.l; x == 20 }", "t/r");
    let list: Vec<u32> = (0..40).collect();
    let input = Value::from_json(&json!({"l": list})).expect("an input");
    let suffices = |steps: u64| {
        policy.evaluate(input.clone(), NOW, Budget::steps(steps)).outcome == defined(&json!(true))
    };
    let smallest = || (0..10_000).step_by(16).find(|steps| suffices(*steps));
    assert!(smallest().is_some());
    assert_eq!(smallest(), smallest());
}

/// A budget reached under `not`, or inside of a function, is no undefined value.
#[test]
fn the_budget_is_no_way_to_an_allow() {
    let list: Vec<u32> = (0..2000).collect();
    let input = json!({ "l": list });
    let slow = "slow if { some a in input.l; some b in input.l; a + b == 1000000 }";
    for rule in
        ["r if not slow", "r if not f(1)\nf(x) if { slow; x }", "r if { x := [1 | slow]; count(x) == 0 }"]
    {
        let outcome = outcome(&format!("package t\n{slow}\n{rule}"), &input);
        assert_eq!(reason(&outcome), Some(EvalErrorReason::Budget), "{rule}");
    }
}

/// Built-ins pay before they work.
#[test]
fn bombs_end_with_the_budget() {
    let text = "x".repeat(1000);
    let list: Vec<u32> = (0..1000).collect();
    let input = json!({"s": text, "l": list, "q": "1e999999999K"});
    let doubling = |call: &str| {
        let lines: Vec<String> = (1..=40_u32)
            .map(|i| format!("x{i} := {}\n", call.replace('$', &format!("x{}", i.saturating_sub(1)))))
            .collect();
        format!("package t\nr := count(x40) if {{\nx0 := input.s\n{}}}", lines.concat())
    };
    let bombs = [
        doubling("concat(\"\", [$, $])"),
        doubling("sprintf(\"%v%v\", [$, $])"),
        doubling("replace($, \"x\", \"xx\")"),
        doubling("array.concat($, $)").replace("x0 := input.s", "x0 := input.l"),
        String::from("package t\nr := numbers.range(1, 1000000000)"),
        String::from("package t\nr := count({[a, b] | a := input.l[_]; b := input.l[_]})"),
    ];
    for bomb in bombs {
        assert_eq!(reason(&outcome(&bomb, &input)), Some(EvalErrorReason::Budget), "{bomb}");
    }
    // A number that Go reads and a double cannot hold.
    let number = outcome("package t\nr := to_number(input.q)", &input);
    assert_eq!(reason(&number), Some(EvalErrorReason::Operation));
}

#[test]
fn nesting_is_refused_before_it_is_parsed() {
    for (open, close) in
        [("[", "]"), ("{", "}"), ("{\"a\":", "}"), ("(", ")"), ("f(", ")"), ("[x | x := ", "]")]
    {
        for depth in [15, 30, 1000] {
            let source = format!("package t\nr := {}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(code(&source), Some("rego_limit_error"), "{open} {depth}");
        }
    }
    // Brackets in strings and comments are none.
    let quoted = format!("package t\n# {0}\nr := \"{0}\\\"{0}\"\nq := `{0}`", "[{(".repeat(100));
    assert_eq!(code(&quoted), None);
}

#[test]
fn long_expressions_and_modules_are_refused() {
    let limits = [
        format!("package t\nr := {}1", "1 + ".repeat(100)),
        format!("package t\nr := {}1", "1 +\n".repeat(100)),
        format!("package t\nr := {}f(1, 2)", "f(1, 2) + ".repeat(100)),
        format!("package t\nr := input{}", ".a".repeat(100)),
        format!("package t\nr := input{}", "[0]".repeat(100)),
        format!("package t\nr := \"{}\"", "x".repeat(1100)),
        format!("package t\nr := 1\n{}", "\n".repeat(20_000)),
        format!("package t\nr := 1\n{}", "# x\n".repeat(270_000)),
        format!("package t\nr if {{\n{}}}", "input.x\n".repeat(501)),
        format!("package t\n{}", "r := [[[[[[[[1, 2, 3, 4], 1], 2], 3], 4], 5], 6], 7]\n".repeat(4000)),
    ];
    for source in limits {
        let start: String = source.chars().take(40).collect();
        assert_eq!(code(&source), Some("rego_limit_error"), "{start}");
    }
    let many = vec![module("package t\nr := 1"); 257];
    let errors = compile_with(&many, &json!({}), "t/r").expect_err("too many");
    assert_eq!(errors[0].code(), "rego_limit_error");
}

#[test]
fn recursion_and_long_chains_are_refused() {
    let chain = |length: u32| {
        let rules: Vec<String> = (0..length).map(|i| format!("r{i} if r{}\n", i.saturating_add(1))).collect();
        format!("package t\nr if r0\n{}r{length} := true\n", rules.concat())
    };
    let functions = |length: u32| {
        let rules: Vec<String> =
            (0..length).map(|i| format!("f{i}(x) := f{}(x)\n", i.saturating_add(1))).collect();
        format!("package t\nr if f0(1)\n{}f{length}(x) := x\n", rules.concat())
    };
    assert_eq!(outcome(&chain(30), &json!({})), defined(&json!(true)));
    assert_eq!(outcome(&functions(30), &json!({})), defined(&json!(true)));
    assert_eq!(code(&chain(3000)), Some("rego_limit_error"));
    assert_eq!(code(&functions(3000)), Some("rego_limit_error"));
    for recursive in [
        "r if r",
        "r if x\nx if y\ny if x",
        "r := r",
        "r contains y if { y := r[_] }",
        "r := f(1)\nf(a) := f(a + 1)",
        "r := f(1)\nf(a) := g(a)\ng(a) := f(a)",
        "r := f(1)\nf(a) := r",
        "r := p.a\np[k] := v if { some k, v in r }",
        "r := [x | x := data.t.r]",
        "r if not r",
        "r if { every x in [1] { x; r } }",
    ] {
        assert_eq!(code(&format!("package t\n{recursive}")), Some("rego_recursion_error"), "{recursive}");
    }
}

/// Natively in a debug build, in the 2 MiB that a test's thread has; the wasm builds have 4 MiB.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_deepest_policy_that_loads_fits_the_stack() {
    let nested = |i: u32| {
        let next = i.saturating_add(1);
        format!("r{i} if {{ every x in [1] {{ every y in [[x]] {{ [[[[r{next}, x, y]]]] }} }} }}\n")
    };
    // The most rules of this kind that are admitted, nearly.
    let policy = (1..48_u32).rev().step_by(4).find_map(|length| {
        let rules: Vec<String> = (0..length).map(nested).collect();
        compile(&format!("package t\nr if r0\n{}r{length} := true\n", rules.concat()), "t/r").ok()
    });
    let policy = policy.expect("some length is admitted");
    assert_eq!(evaluate(&policy, &json!({})), defined(&json!(true)));
}

#[test]
fn time_is_the_requests() {
    let policy = loaded("package t\nr := [time.now_ns(), time.now_ns(), f(1)]\nf(_) := time.now_ns()", "t/r");
    for seconds in [0, 1_700_000_000, -1] {
        let now = UnixTime::from_secs(seconds);
        let nanos = now.nanos();
        let outcome = policy.evaluate(Value::object([]), now, Budget::DEFAULT).outcome;
        assert_eq!(outcome, defined(&json!([nanos, nanos, nanos])));
    }
    let clock =
        "package t\nr := [time.clock(time.now_ns()), time.date(time.now_ns()), time.weekday(time.now_ns())]";
    assert_eq!(outcome(clock, &json!({})), defined(&json!([[22, 13, 20], [2023, 11, 14], "Tuesday"])));
}

#[test]
fn prints_are_kept_within_bounds() {
    let policy =
        loaded("package t\nr if { print(\"x\", input.x, input.missing, [1, \"a\"]); print() }", "t/r");
    let input = Value::from_json(&json!({"x": {"k": null}})).expect("an input");
    let evaluation = policy.evaluate(input, NOW, Budget::DEFAULT);
    assert_eq!(evaluation.outcome, defined(&json!(true)));
    assert_eq!(evaluation.prints, ["x {\"k\": null} <undefined> [1, \"a\"]", ""]);
    assert_eq!(evaluation.prints_dropped, 0);

    let policy = loaded("package t\nr if { some x in input.l; print(x, input.s); x == 99 }", "t/r");
    let list: Vec<u32> = (0..100).collect();
    let input = Value::from_json(&json!({"l": list, "s": "é".repeat(10_000)})).expect("an input");
    for _ in 0..2 {
        let evaluation = policy.evaluate(input.clone(), NOW, Budget::DEFAULT);
        assert_eq!(evaluation.outcome, defined(&json!(true)));
        assert_eq!((evaluation.prints.len(), evaluation.prints_dropped), (64, 36));
        assert!(evaluation.prints.iter().all(|line| line.len() <= 1024));
    }
}

#[test]
fn errors_tell_the_place_and_nothing_of_the_request() {
    let source = "package t\nr := 1 if input.a\nr := 2 if input.b\nq := input.a * input.b\n";
    let policy = loaded(source, "t/r");
    let Outcome::Error(error) = evaluate(&policy, &json!({"a": "secret", "b": "secret"})) else {
        panic!("no error")
    };
    assert_eq!((error.reason, error.code()), (EvalErrorReason::Conflict, "rego_conflict"));
    assert_eq!((error.file.as_str(), error.line), ("test.rego", 3));
    assert_eq!(
        error.to_string(),
        format!("a rule or function has several values (at test.rego:3:{})", error.column)
    );

    let policy = loaded(source, "t/q");
    let Outcome::Error(error) = evaluate(&policy, &json!({"a": "secret", "b": "secret"})) else {
        panic!("no error")
    };
    assert_eq!((error.reason, error.line), (EvalErrorReason::Operation, 4));
    assert!(!format!("{error} {error:?}").contains("secret"));
}

/// A conflict inside of one definition of a function is an error of the whole, also if another definition has a value.
#[test]
fn a_conflict_in_a_function_is_not_dropped() {
    let source = "package t\nr := f(1)\nf(x) := 1 if g(x) == 1\nf(x) := 1 if x == 1\ng(_) := 1\ng(_) := 2\n";
    assert_eq!(reason(&outcome(source, &json!({}))), Some(EvalErrorReason::Conflict));
}

#[test]
fn a_built_ins_error_is_undefined() {
    let source = "package t\nr if startswith(input.x, \"a\")\nr if input.y\nq if { x := input.x; not startswith(x, \"a\") }";
    let policy = loaded(source, "t/r");
    assert_eq!(evaluate(&policy, &json!({"x": 5, "y": true})), defined(&json!(true)));
    assert_eq!(evaluate(&policy, &json!({"x": 5})), Outcome::Undefined);
    assert_eq!(evaluate(&loaded(source, "t/q"), &json!({"x": 5})), defined(&json!(true)));
}

#[test]
fn an_evaluation_leaves_nothing_behind() {
    let policy = loaded("package t\nr contains x if { some x in input.l }\nq := count(r)", "t/q");
    for length in [3_u32, 1, 0, 2] {
        let list: Vec<u32> = (0..length).collect();
        assert_eq!(evaluate(&policy, &json!({ "l": list })), defined(&json!(length)));
    }
    assert_eq!(evaluate(&policy, &json!({})), defined(&json!(0)));
}

#[test]
fn the_decision_may_be_an_object_of_rules_or_a_part_of_one() {
    let source = "package t\nr.allowed := true if input.x\nr.headers.a := \"b\" if input.y\nr.list contains 1 if input.y\n\
                  v := {\"deep\": {\"er\": input.x}}\n";
    let decide = |decision: &str, input: serde_json::Value| evaluate(&loaded(source, decision), &input);
    assert_eq!(
        json_of(&decide("t/r", json!({"x": 1, "y": 1}))),
        json!({"allowed": true, "headers": {"a": "b"}, "list": [1]})
    );
    assert_eq!(json_of(&decide("t/r", json!({}))), json!({"headers": {}, "list": []}));
    assert_eq!(decide("t/r/allowed", json!({})), Outcome::Undefined);
    assert_eq!(decide("t/r/headers", json!({})), defined(&json!({})));
    assert_eq!(decide("t/v/deep/er", json!({"x": 7})), defined(&json!(7)));
    assert_eq!(decide("t/v/deep/no", json!({"x": 7})), Outcome::Undefined);
}

fn json_of(outcome: &Outcome) -> serde_json::Value {
    match outcome {
        Outcome::Defined(value) => value.to_json().expect("JSON"),
        Outcome::Undefined | Outcome::Error(_) => panic!("{outcome:?}"),
    }
}

#[test]
fn a_policy_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&loaded("package t\nr := 1", "t/r"));
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn threads_do_not_disturb_each_other() {
    let policy = loaded("package t\nr := [x | some x in input.l; print(x); x > 1]", "t/r");
    std::thread::scope(|scope| {
        for thread in 0..4_i64 {
            let policy = &policy;
            scope.spawn(move || {
                for round in 0..200 {
                    let now = UnixTime::from_secs(thread);
                    let input = Value::from_json(&json!({"l": [1, 2, thread + 3]})).expect("an input");
                    let budget = if round % 2 == 0 { Budget::DEFAULT } else { Budget::steps(16) };
                    let evaluation = policy.evaluate(input, now, budget);
                    if round % 2 == 0 {
                        assert_eq!(evaluation.outcome, defined(&json!([2, thread + 3])));
                        assert_eq!(evaluation.prints.len(), 3);
                    } else {
                        assert_eq!(reason(&evaluation.outcome), Some(EvalErrorReason::Budget));
                    }
                }
            });
        }
    });
}
