//! The `policy` part.

use serde_json::Value;

use super::compile::Faults;
use super::raw::{RawLimits, RawModule, RawPolicy, RawRegoVersion};
use crate::rego::{self, Budget, BuiltinErrors, DecisionPath, Limits, Module, Policy, RegoErrorKind, RegoVersion};

/// `None` only when a fault was added.
pub(super) fn compile(raw: &RawPolicy, faults: &mut Faults) -> Option<Policy> {
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
    let decision = DecisionPath::parse(&raw.decision)
        .map_err(|error| faults.add("policy.decision", error.to_string(), "write package/parts/rule"))
        .ok();
    if modules.len() != raw.modules.len() || modules.is_empty() || raw.data_file.is_some() {
        return None;
    }
    let version = match raw.rego_version {
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
