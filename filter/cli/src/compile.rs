//! `doorward compile`: a policy as bytes that load without the parser.

use policy_core::rego::{CompiledPolicy, DecisionPath, Limits, Module, RegoVersion, Value};

/// Compiles modules and data for one decision.
///
/// # Errors
/// One line a fault: the place in a module, what is wrong, what to do.
pub fn compile(
    modules: &[Module],
    version: RegoVersion,
    data: &Value<'static>,
    decision: &str,
) -> Result<Vec<u8>, Vec<String>> {
    let decision = DecisionPath::parse(decision).map_err(|error| vec![error.to_string()])?;
    let compiled = CompiledPolicy::compile(modules, version, data, &decision, &Limits::DEFAULT)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    compiled.to_bytes().map_err(|error| vec![error.to_string()])
}

#[cfg(test)]
mod tests {
    use policy_core::rego::{BuiltinErrors, Policy};

    use super::*;

    #[test]
    fn what_is_compiled_loads() {
        let module = |source: &str| [Module { name: String::from("a.rego"), source: source.to_owned() }];
        let data = Value::from_json(b"{}", Limits::DEFAULT.data()).unwrap();
        let bytes = compile(&module("package t\nr if input.x"), RegoVersion::V1, &data, "t/r").unwrap();
        assert!(Policy::from_compiled(&bytes, &Limits::DEFAULT, BuiltinErrors::Undefined).is_ok());
        let faults = compile(&module("package t\nr if x"), RegoVersion::V1, &data, "t/r").unwrap_err();
        assert!(faults[0].starts_with("a.rego:2:"), "{faults:?}");
    }
}
