#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::envelope::reseal;
use super::writer::varint;
use super::*;
use crate::UnixTime;
use crate::rego::{Budget, BuiltinErrors, JsonLimits, Module, Moment, Outcome, Policy, RegoVersion};

const POLICY: &str = r#"package authz.workload
import rego.v1

default allow := false

allow if {
    some binding in data.bindings
    binding.subject == input.source.principal
    input.request.method in binding.methods
    not blocked[input.source.principal]
    every role in binding.roles { startswith(role, "r") }
}
allow if count([x | x := input.tags[_]; x != "no"]) == 1000 with input.tags as []

blocked contains name if { some name; data.users[name].blocked }
tier := 1 if input.a else := 2.50 if input.b else := {"x": {1, "y"}}
limits[name].rate := n if some name, n in data.rates
f(x) := sprintf("%v-%d", [x, y]) if y := x + 1
text := $"tier {tier} of {f(2)}"
unused := {k: v | some k, v in data.rates; v > 1}
"#;

const DATA: &str = r#"{"bindings": [{"subject": "spiffe://a/b", "methods": ["GET"], "roles": ["r1"]}],
    "users": {"eve": {"blocked": true}}, "rates": {"x": 1.50, "y": 12345678901234567890}}"#;

const INPUT: &str = r#"{"source": {"principal": "spiffe://a/b"}, "request": {"method": "GET"}, "b": 1}"#;

fn json(text: &str) -> Value<'static> {
    Value::from_json(text.as_bytes(), JsonLimits { depth: 128, nodes: 100_000 }).unwrap()
}

fn compiled(source: &str, decision: &str) -> CompiledPolicy {
    let modules = [Module { name: String::from("a.rego"), source: source.to_owned() }];
    let decision = DecisionPath::parse(decision).unwrap();
    CompiledPolicy::compile(&modules, RegoVersion::V1, &json(DATA), &decision, &Limits::DEFAULT).unwrap()
}

fn load(bytes: &[u8]) -> Result<Policy, CompiledError> {
    Policy::from_compiled(bytes, &Limits::DEFAULT, BuiltinErrors::Undefined)
}

fn decide(policy: &Policy, input: &Value<'static>) -> Option<String> {
    let moment = Moment { now: UnixTime::from_secs(0), seed: 1 };
    match policy.evaluate_input(Some(input), moment, Budget::DEFAULT).outcome {
        Outcome::Defined(value) => Some(value.to_json()),
        Outcome::Undefined => None,
        Outcome::Error(error) => Some(error.to_string()),
    }
}

#[test]
fn what_is_loaded_decides_as_what_was_compiled() {
    for (decision, wanted) in [
        ("authz/workload/allow", Some("true")),
        ("authz/workload/blocked", Some(r#"["eve"]"#)),
        ("authz/workload/tier", Some("2.50")),
        ("authz/workload/limits", Some(r#"{"x":{"rate":1.50},"y":{"rate":12345678901234567890}}"#)),
        ("authz/workload/text", Some(r#""tier 2.50 of 2-3""#)),
    ] {
        let compiled = compiled(POLICY, decision);
        let loaded = load(&compiled.to_bytes().unwrap()).unwrap();
        let planned = compiled.plan(&Limits::DEFAULT, BuiltinErrors::Undefined).unwrap();
        let input = json(INPUT);
        assert_eq!(decide(&planned, &input).as_deref(), wanted, "{decision}");
        assert_eq!(decide(&loaded, &input).as_deref(), wanted, "{decision}");
        assert_eq!(loaded.reads(), planned.reads());
    }
}

#[test]
fn errors_of_an_evaluation_name_the_files() {
    let policy = "package t\n\nr := 1 if input.a\nr := 2 if input.a";
    let loaded = load(&compiled(policy, "t/r").to_bytes().unwrap()).unwrap();
    assert_eq!(
        decide(&loaded, &json(r#"{"a": 1}"#)).as_deref(),
        Some("a rule has several values (at a.rego:4:1)")
    );
}

#[test]
fn the_same_policy_has_the_same_bytes() {
    let bytes = compiled(POLICY, "authz/workload/allow").to_bytes().unwrap();
    assert_eq!(bytes, compiled(POLICY, "authz/workload/allow").to_bytes().unwrap());
    let read = CompiledPolicy::from_bytes(&bytes, &Limits::DEFAULT).unwrap();
    assert_eq!(read.to_bytes().unwrap(), bytes);
    assert_eq!(read.files(), ["a.rego"]);
    assert_eq!(read.decision().to_string(), "data.authz.workload.allow");
}

#[test]
fn what_is_foreign_old_or_damaged_is_refused() {
    let bytes = compiled(POLICY, "authz/workload/allow").to_bytes().unwrap();
    assert_eq!(load(b"").unwrap_err(), CompiledError::Foreign);
    assert_eq!(load(POLICY.as_bytes()).unwrap_err(), CompiledError::Foreign);
    assert_eq!(load(&bytes[..8]).unwrap_err(), CompiledError::Damaged);
    assert_eq!(load(&bytes[..bytes.len() - 1]).unwrap_err(), CompiledError::Damaged);
    assert_eq!(load(&[&bytes[..], b"\0"].concat()).unwrap_err(), CompiledError::Damaged);
    let other = [&bytes[..8], &2_u32.to_le_bytes(), &bytes[12..]].concat();
    assert_eq!(load(&other).unwrap_err(), CompiledError::Format { found: 2 });
    let mut engine = bytes.clone();
    engine[45] ^= 1;
    assert_eq!(load(&reseal(&engine)).unwrap_err(), CompiledError::Engine);
    assert!(load(&bytes).is_ok());
}

#[test]
fn no_changed_bit_loads() {
    let bytes = compiled(POLICY, "authz/workload/allow").to_bytes().unwrap();
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(load(&changed).is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn a_changed_bit_under_a_repaired_checksum_harms_nobody() {
    let bytes = compiled(POLICY, "authz/workload/allow").to_bytes().unwrap();
    let input = json(INPUT);
    let mut loaded = 0;
    for at in 44..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(policy) = load(&reseal(&changed)) {
            loaded += 1;
            let _ = decide(&policy, &input);
        }
    }
    assert!(loaded > 0, "some changes are other programs");
}

/// A form whose body is given.
fn form(body: &[u8]) -> Vec<u8> {
    let empty = envelope::seal(&Writer::default()).unwrap();
    // Without the number of texts, which is the last byte.
    let (_, before) = empty.split_last().unwrap();
    reseal(&[before, body].concat())
}

#[test]
fn lengths_are_not_believed() {
    let mut huge = Vec::new();
    varint(&mut huge, u64::MAX);
    assert_eq!(load(&form(&huge)).unwrap_err(), CompiledError::Malformed("it ends too early"));
    huge.push(0);
    assert_eq!(load(&form(&huge)).unwrap_err(), CompiledError::Malformed("it ends too early"));
    assert_eq!(load(&form(&[0x80; 11])).unwrap_err(), CompiledError::Malformed("a number does not fit"));
}

#[test]
fn levels_are_counted() {
    // One text `t`; one file; the decision t; data: arrays in arrays.
    let data = [&[1_u8, 1, b't', 0, 1, 0][..], &[5, 1].repeat(100_000)].concat();
    assert_eq!(load(&form(&data)).unwrap_err(), CompiledError::TooLarge("levels of data"));
    // No data; one module, without a package; a rule whose reference has arrays in arrays.
    let start = [1_u8, 1, b't', 0, 1, 0, 6, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1];
    let terms = [&start[..], &[0, 0, 0, 7, 1].repeat(100_000)].concat();
    assert_eq!(load(&form(&terms)).unwrap_err(), CompiledError::TooLarge("levels"));
}

/// The deepest program that can be read goes through the checks and the planner on a small stack.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_deepest_program_fits_a_small_stack() {
    use crate::rego::syntax::{Term, TermKind};
    let levels = |levels: usize, wrap: fn(Term) -> TermKind| {
        let mut policy = compiled("package t\nr := input.x", "t/r");
        let mut kind = TermKind::Null;
        for _ in 0..levels {
            kind = wrap(Term { at: syntax::Loc::default(), kind });
        }
        policy.modules[0].rules[0].head.value = Some(Term { at: syntax::Loc::default(), kind });
        policy
    };
    let nest: [fn(Term) -> TermKind; 4] = [
        |term| TermKind::Array(vec![term]),
        |term| TermKind::Object(vec![(term, Term { at: syntax::Loc::default(), kind: TermKind::Null })]),
        |term| TermKind::SetCompr(Box::new(term), vec![always()]),
        |term| TermKind::ArrayCompr(Box::new(Term { at: term.at, kind: TermKind::Null }), vec![holds(term)]),
    ];
    for (index, wrap) in nest.into_iter().enumerate() {
        let policy = levels(if index == 3 { DEPTH / 2 - 1 } else { DEPTH - 3 }, wrap);
        let bytes = policy.to_bytes().unwrap();
        let load = move || load(&bytes).map(|policy| decide(&policy, &json(INPUT)));
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(load).unwrap();
        let answer = thread.join().unwrap();
        assert!(answer.is_ok(), "{index}: {answer:?}");
        let deeper = levels(if index == 3 { DEPTH / 2 + 1 } else { DEPTH + 1 }, wrap);
        assert_eq!(deeper.to_bytes().unwrap_err(), CompiledError::TooLarge("levels of terms"));
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn always() -> syntax::Expr {
    let at = syntax::Loc::default();
    holds(syntax::Term { at, kind: syntax::TermKind::Bool(true) })
}

#[cfg(not(target_arch = "wasm32"))]
fn holds(term: syntax::Term) -> syntax::Expr {
    let kind = syntax::ExprKind::Term(term);
    syntax::Expr {
        at: syntax::Loc::default(),
        is_negated: false,
        kind,
        with: Vec::new(),
        is_generated: false,
    }
}

#[test]
fn a_program_that_never_ends_is_refused() {
    let mut policy = compiled("package t\nr := s\ns := input.x", "t/r");
    let s = policy.modules[0].rules[0].head.value.clone();
    let body = policy.modules[0].rules[0].body.clone();
    // s is made of what r is made of: of s.
    policy.modules[0].rules[1].head.value = s;
    policy.modules[0].rules[1].body = body;
    match load(&policy.to_bytes().unwrap()) {
        Err(CompiledError::Refused(errors)) => assert_eq!(errors[0].code(), "rego_recursion_error"),
        other => panic!("{other:?}"),
    }
}
