//! A policy: the `policy` part, or a route's own.

use serde_json::Value;

use super::compile::Faults;
use super::raw::{RawLimits, RawModule, RawPolicy, RawRegoVersion};
use crate::rego::{
    self, Budget, BuiltinErrors, DecisionPath, Limits, Module, Policy, RegoError, RegoVersion,
};

/// A rule that is asked for, and the field that names it.
pub(super) struct Asked<'a> {
    pub(super) place: String,
    pub(super) rule: &'a str,
}

impl<'a> Asked<'a> {
    /// The policy's own decision.
    pub(super) fn of(place: &str, raw: &'a RawPolicy) -> Self {
        Self { place: format!("{place}.decision"), rule: &raw.decision }
    }
}

/// The policy at `place`, once for each of the rules that are `asked` for: modules and data are read once.
/// `None` only when a fault was added.
pub(super) fn compile(
    place: &str,
    raw: &RawPolicy,
    asked: &[Asked<'_>],
    faults: &mut Faults,
) -> Option<Vec<Policy>> {
    if raw.modules.is_empty() {
        faults.add(
            format!("{place}.modules"),
            "must have at least one module",
            "an empty policy never means \"allow\"",
        );
    }
    if raw.data_file.is_some() {
        faults.add(
            format!("{place}.data_file"),
            "a filter has no files",
            "let `doorward render` put the file's contents here",
        );
    }
    let modules: Vec<Module> =
        raw.modules.iter().enumerate().filter_map(|(index, raw)| module(place, index, raw, faults)).collect();
    let mut decisions = Vec::new();
    for asked in asked {
        match DecisionPath::parse(asked.rule) {
            Ok(decision) => decisions.push(decision),
            Err(error) => faults.add(&*asked.place, error.to_string(), "write package/parts/rule"),
        }
    }
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
        .map_err(|error| faults.add(format!("{place}.data"), error.message(), "give less, or split it"))
        .ok()?;
    if decisions.len() != asked.len() {
        return None;
    }
    let compiled =
        Policy::compile_each(&modules, version, &data, &decisions, &limits, BuiltinErrors::Undefined)
            .map_err(|errors| add_all(place, errors, faults))
            .ok()?;
    let mut policies = Vec::new();
    for (asked, compiled) in asked.iter().zip(compiled) {
        match compiled {
            Ok(policy) => policies.push(policy),
            // What is wrong with the rule itself has a place in a module; that there is none has the field's.
            Err(errors) => add_all(&asked.place, errors, faults),
        }
    }
    (policies.len() == asked.len()).then_some(policies)
}

/// Adds the engine's errors: at their place in a module, of the top-level policy, or with the place of the policy before
/// it, since routes may have modules of the same names.
fn add_all(place: &str, errors: Vec<RegoError>, faults: &mut Faults) {
    for error in errors {
        let at = match error.line {
            0 => error.file.clone(),
            line => format!("{}:{line}:{}", error.file, error.column),
        };
        let at = match place.strip_prefix("policy") {
            Some(_) => at,
            None if at.is_empty() => place.to_owned(),
            None => format!("{place}, {at}"),
        };
        faults.add(at, format!("{}: {}", error.code(), error.message), error.hint);
    }
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

fn module(policy: &str, index: usize, raw: &RawModule, faults: &mut Faults) -> Option<Module> {
    let place = format!("{policy}.modules[{index}]");
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
