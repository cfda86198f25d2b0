//! The compiler against OPA: what it refuses, with which words, at which lines. `tests-data/rego/compile.py` asked OPA.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde::Deserialize;

use super::build::{ASSIGN, EQ, calls, var_name};
use super::walk::{Below, Node, walk};
use super::{Options, Program, compile};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::limits::Limits;
use crate::rego::syntax::{ExprKind, RegoVersion, Rule, Term, TermKind, parse_module};
use crate::rego::value::{ObjectBuilder, Value};

#[derive(Deserialize)]
struct Case {
    modules: Vec<String>,
    /// Code, file, line and message of each error.
    opa: Vec<(String, u32, u32, String)>,
    /// How many variables OPA had made before it took calls, and references, out of terms.
    numbers: Option<(u32, u32)>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../../../tests-data/rego/compile.json")).unwrap()
}

fn load(modules: &[&str]) -> Result<Program, Vec<Fault>> {
    let parse = |(file, text): (usize, &&str)| {
        parse_module(u32::try_from(file).unwrap(), text, RegoVersion::V1, &Limits::DEFAULT)
    };
    let modules = modules.iter().enumerate().map(parse).collect::<Result<Vec<_>, _>>()?;
    compile(modules, &Value::Object(ObjectBuilder::new().build()), &Options::default())
}

/// What must be the same of an error. The words of compile errors are OPA's; those of unsafe variables at one place
/// come in any order; what OPA says without a place has one here.
fn compared(code: &str, file: u32, line: u32, message: &str) -> (String, u32, u32, String) {
    let message = if code == "rego_compile_error" { message } else { "" };
    (code.to_owned(), file, line, message.to_owned())
}

#[test]
fn what_opa_refuses_is_refused_at_its_place() {
    let mut different = Vec::new();
    let mut refused = 0;
    for case in cases() {
        let modules: Vec<&str> = case.modules.iter().map(String::as_str).collect();
        let faults = load(&modules).err().unwrap_or_default();
        let placeless = case.opa.iter().any(|(_, _, line, _)| *line == 0);
        let mut opa: Vec<_> = case
            .opa
            .iter()
            .map(|(code, file, line, message)| compared(code, *file, *line, message))
            .collect();
        let mut ours: Vec<_> = faults
            .iter()
            .map(|fault| compared(fault.kind.code(), fault.at.file, fault.at.line, &fault.message))
            .collect();
        if placeless {
            opa.truncate(1);
            ours.truncate(1);
            ours.iter_mut().zip(&opa).for_each(|(ours, opa)| ours.2 = opa.2);
        }
        // What OPA takes may be refused for a reason of our own; how often is counted.
        if opa.is_empty()
            && faults.iter().all(|fault| fault.kind == RegoErrorKind::Refused)
            && !faults.is_empty()
        {
            refused += 1;
            continue;
        }
        if ours != opa {
            different.push(format!(
                "{}\n  OPA  {:?}\n  ours {faults:?}",
                case.modules.join("\n--\n"),
                case.opa
            ));
        }
    }
    assert!(different.is_empty(), "{} different:\n{}", different.len(), different.join("\n"));
    assert_eq!(refused, 5);
}

/// Says which numbers the variables have that two stages make: see `compile.py`.
const PROBE: &str = r#"package zz
f(_) := "a"
p := {f(0): 0}
q := o if { o := {data.zu.a: 0} }
"#;

fn numbers(program: &Program) -> Option<(u32, u32)> {
    let [_, p, q] = program.modules.last()?.rules.as_slice() else { return None };
    let number = |term: &Term| -> Option<u32> {
        var_name(term)?.strip_prefix("__local")?.strip_suffix("__")?.parse().ok()
    };
    let ExprKind::Call(call) = &p.body.last()?.kind else { return None };
    let calls: u32 = number(call.args.get(1)?)?;
    let ExprKind::Call(call) = &q.body.first()?.kind else { return None };
    let references: u32 = number(call.args.first()?)?;
    Some((calls, references.checked_sub(1)?))
}

#[test]
fn every_stage_makes_the_variables_that_opa_makes() {
    let mut different = Vec::new();
    for case in cases() {
        let Some(opa) = case.numbers else { continue };
        let modules: Vec<&str> = case.modules.iter().map(String::as_str).chain([PROBE]).collect();
        let ours = load(&modules).map(|program| numbers(&program));
        if matches!(&ours, Ok(Some(ours)) if *ours != opa) || matches!(ours, Ok(None)) {
            different.push(format!("{}\n  OPA {opa:?}\n  ours {ours:?}", case.modules.join("\n--\n")));
        }
    }
    assert!(different.is_empty(), "{} different:\n{}", different.len(), different.join("\n"));
}

/// Whether a term has something in it that must be evaluated.
fn is_dynamic(term: &Term) -> bool {
    let mut found = false;
    walk(Node::Term(term), &mut |node| {
        if let Node::Term(term) = node {
            found |= !matches!(
                term.kind,
                TermKind::Null
                    | TermKind::Bool(_)
                    | TermKind::Number(_)
                    | TermKind::String(_)
                    | TermKind::Var(_)
                    | TermKind::Array(_)
                    | TermKind::Object(_)
                    | TermKind::Set(_)
            );
        }
        Below::Enter
    });
    found
}

/// Whether a term is evaluated where it stands and has nothing else in it that must be.
fn is_flat(term: &Term) -> bool {
    if let TermKind::Ref(parts) = &term.kind {
        !parts.iter().any(is_dynamic)
    } else if let TermKind::ArrayCompr(element, _) | TermKind::SetCompr(element, _) = &term.kind {
        !is_dynamic(element)
    } else if let TermKind::ObjectCompr(key, value, _) = &term.kind {
        !is_dynamic(key) && !is_dynamic(value)
    } else {
        !is_dynamic(term)
    }
}

#[test]
fn nothing_is_left_to_be_evaluated_inside_anything_else() {
    let mut checked = 0;
    for case in cases() {
        let modules: Vec<&str> = case.modules.iter().map(String::as_str).collect();
        let Ok(program) = load(&modules) else { continue };
        for rule in program.modules.iter().flat_map(|module| &module.rules) {
            let head = &rule.head;
            assert!(matches!(&head.reference[0].kind, TermKind::Var(name) if &**name == "data"));
            let terms =
                head.reference.iter().chain(head.args.iter().flatten()).chain(&head.key).chain(&head.value);
            assert!(!terms.clone().any(is_dynamic), "{rule:?}");
            walk(Node::Rule(rule), &mut |node| {
                if let Node::Expr(expr) = node {
                    let is_settled = match &expr.kind {
                        ExprKind::Term(term) => is_flat(term),
                        ExprKind::Call(call) if calls(call, EQ) => call.args.iter().all(is_flat),
                        ExprKind::Call(call) => !calls(call, ASSIGN) && !call.args.iter().any(is_dynamic),
                        ExprKind::Some(_) => false,
                        ExprKind::Every(every) => !is_dynamic(&every.domain) && every.key.is_some(),
                    };
                    assert!(is_settled, "{expr:?} in {modules:?}");
                    checked += 1;
                }
                Below::Enter
            });
        }
    }
    assert!(checked > 1000, "{checked}");
}

#[test]
fn long_policies_compile_and_endless_ones_are_refused() {
    let rule = |index: usize| {
        format!("p{index} := z if {{ x := input.a[_]; some y in x; z := f(y, p{}) }}\n", index / 2)
    };
    let rules: String = (1..2000).map(rule).collect();
    let text = format!("package t\np0 := 1\nf(x, y) := x + y\n{rules}");
    assert_eq!(load(&[&text]).err(), None);
    // Every level would be renamed twice as often as the one around it.
    let depth = 40;
    let text = format!(
        "package t\np if {{ {}true{} }}\n",
        "every x in [1] { x == count([1 | ".repeat(depth),
        "]) }".repeat(depth)
    );
    let faults = load(&[&text]).unwrap_err();
    assert_eq!(faults[0].kind, RegoErrorKind::Limit, "{faults:?}");
}

#[test]
fn a_compiled_program_can_be_written_out_and_read_again() {
    let mut read = 0;
    for case in cases() {
        let modules: Vec<&str> = case.modules.iter().map(String::as_str).collect();
        let Ok(program) = load(&modules) else { continue };
        // A default that must be evaluated has a body then, which the text cannot say.
        let has_body = |rule: &Rule| {
            let is_computed = |value: &Term| matches!(value.kind, TermKind::Var(_));
            rule.is_default && (rule.body.len() > 1 || rule.head.value.as_ref().is_some_and(is_computed))
        };
        if program.modules.iter().flat_map(|module| &module.rules).any(has_body) {
            continue;
        }
        let texts = program.texts();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(load(&texts).err(), None, "{}", texts.join("\n"));
        read += 1;
    }
    assert!(read > 300, "{read}");
}
