//! The compiler against OPA: what it refuses, with which words, at which lines. `tests-data/rego/compile.py` asked OPA.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde::Deserialize;

use super::{Options, Program, compile};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::limits::Limits;
use crate::rego::syntax::{ExprKind, RegoVersion, Term, TermKind, parse_module};
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
    let number = |term: &Term| match &term.kind {
        TermKind::Var(name) => name.strip_prefix("__local")?.strip_suffix("__")?.parse().ok(),
        _ => None,
    };
    let ExprKind::Call(call) = &p.body.get(1)?.kind else { return None };
    let calls: u32 = number(call.args.get(1)?)?;
    let ExprKind::Call(call) = &q.body.first()?.kind else { return None };
    let references: u32 = number(call.args.first()?)?;
    Some((calls, references - 1))
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
