#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::check;
use crate::rego::compile;
use crate::rego::error::Fault;
use crate::rego::limits::Limits;
use crate::rego::syntax::{RegoVersion, parse_module};
use crate::rego::value::Value;

/// What stage refused these files, and why.
pub(super) fn compile(files: &[&str], is_v0: bool) -> (&'static str, Vec<Fault>) {
    let version = if is_v0 { RegoVersion::V0 } else { RegoVersion::V1 };
    let mut modules = Vec::new();
    for (index, text) in files.iter().enumerate() {
        match parse_module(u32::try_from(index).unwrap(), text, version, &Limits::DEFAULT) {
            Ok(module) => modules.push(module),
            Err(faults) => return ("parse", faults),
        }
    }
    match compile::compile(modules, &Value::Null, &compile::Options::default()) {
        Ok(program) => ("types", check(&program.modules)),
        Err(faults) => ("compile", faults),
    }
}

#[test]
fn nothing_has_no_errors() {
    assert_eq!(check(&[]), []);
}
