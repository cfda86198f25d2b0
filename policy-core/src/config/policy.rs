//! The `policy` part.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::compile::Faults;
use super::raw::{RawLimits, RawModule, RawPolicy, RawRegoVersion};
use crate::rego::{
    self, Budget, BuiltinErrors, CompiledError, CompiledPolicy, DecisionPath, Limits, Module, Policy,
    RegoErrorKind, RegoVersion,
};

/// The rule that decides unless the configuration or a compiled policy says otherwise: OPA-Envoy's.
const DECISION: &str = "envoy/authz/allow";

/// `None` only when a fault was added.
pub(super) fn compile(raw: &RawPolicy, faults: &mut Faults) -> Option<Policy> {
    if raw.compiled.is_some() || raw.compiled_file.is_some() {
        return load(raw, faults);
    }
    if raw.modules.is_empty() {
        faults.add(
            "policy.modules",
            "must have at least one module",
            "an empty policy never means \"allow\"",
        );
    }
    if raw.data_file.is_some() {
        faults.add(
            "policy.data_file",
            "a filter has no files",
            "let `doorward render` put the file's contents here",
        );
    }
    let modules: Vec<Module> =
        raw.modules.iter().enumerate().filter_map(|(index, raw)| module(index, raw, faults)).collect();
    let decision = decision(raw.decision.as_deref().unwrap_or(DECISION), faults);
    if modules.len() != raw.modules.len() || modules.is_empty() || raw.data_file.is_some() {
        return None;
    }
    let version = match raw.rego_version.unwrap_or_default() {
        RawRegoVersion::V0 => RegoVersion::V0,
        RawRegoVersion::V1 => RegoVersion::V1,
    };
    let data = Value::Object(raw.data.clone().unwrap_or_default());
    let limits = Limits::DEFAULT;
    let data = rego::Value::from_serde(&data, limits.data())
        .map_err(|error| faults.add("policy.data", error.message(), "give less, or split it"))
        .ok()?;
    Policy::compile(&modules, version, &data, &decision?, &limits, BuiltinErrors::Undefined)
        .map_err(|errors| {
            for error in errors {
                let place = match (error.kind, error.line) {
                    (RegoErrorKind::Decision, _) => "policy.decision".to_owned(),
                    (_, 0) => error.file.clone(),
                    (_, line) => format!("{}:{line}:{}", error.file, error.column),
                };
                faults.add(place, format!("{}: {}", error.code(), error.message), error.hint);
            }
        })
        .ok()
}

fn decision(text: &str, faults: &mut Faults) -> Option<DecisionPath> {
    DecisionPath::parse(text)
        .map_err(|error| faults.add("policy.decision", error.to_string(), "write package/parts/rule"))
        .ok()
}

/// A compiled policy: it has its modules, data, language and decision in it.
fn load(raw: &RawPolicy, faults: &mut Faults) -> Option<Policy> {
    let RawPolicy { rego_version, decision: wanted, modules, data, data_file, compiled, compiled_file } = raw;
    let beside = [
        ("modules", !modules.is_empty()),
        ("data", data.is_some()),
        ("data_file", data_file.is_some()),
        ("rego_version", rego_version.is_some()),
    ];
    let mut is_alone = true;
    for (field, _) in beside.into_iter().filter(|(_, is_given)| *is_given) {
        faults.add(
            format!("policy.{field}"),
            "stands beside a compiled policy, which has its own",
            "give either the compiled policy or what it was compiled from",
        );
        is_alone = false;
    }
    if compiled_file.is_some() {
        faults.add(
            "policy.compiled_file",
            "a filter has no files",
            "let `doorward render` put the file's contents here",
        );
        return None;
    }
    let Ok(bytes) = STANDARD.decode(compiled.as_deref()?) else {
        faults.add(
            "policy.compiled",
            "is not base64",
            "name the file as `compiled_file` and let `doorward render` put it here",
        );
        return None;
    };
    let limits = Limits::DEFAULT;
    let compiled =
        CompiledPolicy::from_bytes(&bytes, &limits).map_err(|error| not_loaded(&error, faults)).ok()?;
    if let Some(text) = wanted {
        let wanted = decision(text, faults)?;
        if wanted != *compiled.decision() {
            let message = format!("is not what the policy was compiled for: {}", compiled.decision());
            faults.add("policy.decision", message, "leave it out, or compile the policy for it");
            return None;
        }
    }
    if !is_alone {
        return None;
    }
    compiled.plan(&limits, BuiltinErrors::Undefined).map_err(|error| not_loaded(&error, faults)).ok()
}

fn not_loaded(error: &CompiledError, faults: &mut Faults) {
    let text = error.to_string();
    let (message, hint) = text.rsplit_once("; ").unwrap_or((&text, "compile it again"));
    faults.add("policy.compiled", format!("{}: {message}", error.code()), hint);
}

/// Most steps that can be configured: about a second.
const STEPS_MAX: u64 = 10_000_000;

/// The budget of one evaluation.
pub(super) fn budget(raw: &RawLimits, faults: &mut Faults) -> Budget {
    match raw.evaluation_steps {
        None => Budget::DEFAULT,
        Some(steps) if (1..=STEPS_MAX).contains(&steps) => Budget::steps(steps),
        Some(_) => {
            faults.add("limits.evaluation_steps", format!("must be from 1 to {STEPS_MAX}"), "");
            Budget::DEFAULT
        }
    }
}

fn module(index: usize, raw: &RawModule, faults: &mut Faults) -> Option<Module> {
    let place = format!("policy.modules[{index}]");
    if raw.source_file.is_some() {
        faults.add(
            format!("{place}.source_file"),
            "a filter has no files",
            "let `doorward render` put the file's contents here",
        );
        return None;
    }
    let source = raw.source.as_deref().unwrap_or_default();
    if source.trim().is_empty() {
        faults.add(format!("{place}.source"), "is empty", "an empty policy never means \"allow\"");
        return None;
    }
    if raw.name.is_empty() || raw.name.chars().any(char::is_control) {
        faults.add(
            format!("{place}.name"),
            "must be the name that errors will show",
            "for example policy.rego",
        );
        return None;
    }
    Some(Module { name: raw.name.clone(), source: source.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Snapshot;
    use crate::rego::{JsonLimits, Moment, Outcome};
    use crate::time::UnixTime;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn compiled() -> String {
        let source = "package a\nallow if input.request.method == data.method".to_owned();
        let data = rego::Value::from_json(br#"{"method": "GET"}"#, JsonLimits::REQUEST).unwrap();
        let modules = [Module { name: "a.rego".to_owned(), source }];
        let decision = DecisionPath::parse("a/allow").unwrap();
        let limits = Limits::DEFAULT;
        let policy = CompiledPolicy::compile(&modules, RegoVersion::V1, &data, &decision, &limits).unwrap();
        STANDARD.encode(policy.to_bytes().unwrap())
    }

    /// What is said of a policy with this text and these other fields.
    fn said(compiled: &str, others: &str) -> String {
        let document = format!(r#"{{"version": 1, "policy": {{"compiled": "{compiled}"{others}}}}}"#);
        Snapshot::load(document.as_bytes()).map_or_else(|errors| errors.to_string(), |_| "ok".to_owned())
    }

    #[test]
    fn a_compiled_policy_decides() {
        for others in ["", r#", "decision": "a/allow""#, r#", "decision": "data.a.allow""#] {
            let document = format!(r#"{{"version": 1, "policy": {{"compiled": "{}"{others}}}}}"#, compiled());
            let snapshot = Snapshot::load(document.as_bytes()).unwrap();
            assert_eq!(snapshot.policy.reads().len(), 1);
            for (input, wanted) in
                [("GET", Outcome::Defined(rego::Value::Bool(true))), ("PUT", Outcome::Undefined)]
            {
                let input = format!(r#"{{"request": {{"method": "{input}"}}}}"#);
                let input = rego::Value::from_json(input.as_bytes(), JsonLimits::REQUEST).unwrap();
                let moment = Moment { now: UnixTime::from_secs(0), seed: 0 };
                let decided = snapshot.policy.evaluate_input(Some(&input), moment, Budget::DEFAULT);
                assert_eq!(decided.outcome, wanted);
            }
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        let good = compiled();
        let foreign = STANDARD.encode("package a");
        let mut cut = good.clone();
        cut.truncate(good.len() - 4);
        let old = STANDARD.encode([&b"\x89Doorwrd\x07\0\0\0"[..], &[0; 40]].concat());
        for (text, wanted) in [
            (
                "",
                "policy.compiled: compiled_foreign: this is not a compiled policy (make one with `doorward compile`)",
            ),
            (
                &foreign,
                "policy.compiled: compiled_foreign: this is not a compiled policy (make one with `doorward compile`)",
            ),
            (
                &cut,
                "policy.compiled: compiled_damaged: the compiled policy is damaged (copy it again, or compile it again)",
            ),
            (
                &old,
                "policy.compiled: compiled_format: the compiled policy has version 7 of the form, this engine reads 1 (compile it again)",
            ),
            (
                "%",
                "policy.compiled: is not base64 (name the file as `compiled_file` and let `doorward render` put it here)",
            ),
        ] {
            assert_eq!(said(text, ""), wanted);
        }
    }

    #[test]
    fn nothing_stands_beside_it() {
        let good = compiled();
        for (field, value) in [
            ("modules", r#"[{"name": "a.rego", "source": "package a"}]"#),
            ("data", "{}"),
            ("rego_version", r#""v1""#),
        ] {
            let why = "stands beside a compiled policy, which has its own";
            let hint = "give either the compiled policy or what it was compiled from";
            let said = said(&good, &format!(r#", "{field}": {value}"#));
            assert_eq!(said, format!("policy.{field}: {why} ({hint})"));
        }
        assert_eq!(
            said(&good, r#", "decision": "a/other""#),
            "policy.decision: is not what the policy was compiled for: data.a.allow (leave it out, or compile the policy for it)"
        );
    }
}
