//! A policy: the `policy` part, or a route's own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::compile::Faults;
use super::raw::{RawLimits, RawModule, RawPolicy, RawRegoVersion};
use crate::rego::{
    self, Budget, BuiltinErrors, CompiledError, CompiledPolicy, DecisionPath, Limits, Module, Policy,
    RegoError, RegoErrorKind, RegoVersion,
};

/// The rule that decides unless the configuration or a compiled policy says otherwise: OPA-Envoy's.
const DECISION: &str = "envoy/authz/allow";

/// A rule that is asked for, and the field that names it.
pub(super) struct Asked<'a> {
    pub(super) place: String,
    pub(super) rule: &'a str,
}

impl<'a> Asked<'a> {
    /// The policy's own decision.
    pub(super) fn of(place: &str, raw: &'a RawPolicy) -> Self {
        Self { place: format!("{place}.decision"), rule: raw.decision.as_deref().unwrap_or(DECISION) }
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
    if raw.compiled.is_some() || raw.compiled_file.is_some() {
        return load(place, raw, asked, faults);
    }
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
    let version = match raw.rego_version.unwrap_or_default() {
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
            // That there is no such rule is about the field that names it.
            _ if error.kind == RegoErrorKind::Decision => place.to_owned(),
            Some(_) => at,
            None if at.is_empty() => place.to_owned(),
            None => format!("{place}, {at}"),
        };
        faults.add(at, format!("{}: {}", error.code(), error.message), error.hint);
    }
}

/// A compiled policy: it has its modules, data, language and decision in it. `asked` are its own decision and those of
/// routes that share it.
fn load(place: &str, raw: &RawPolicy, asked: &[Asked<'_>], faults: &mut Faults) -> Option<Vec<Policy>> {
    let RawPolicy { rego_version, decision: _, modules, data, data_file, compiled, compiled_file } = raw;
    let beside = [
        ("modules", !modules.is_empty()),
        ("data", data.is_some()),
        ("data_file", data_file.is_some()),
        ("rego_version", rego_version.is_some()),
    ];
    let mut is_whole = true;
    for (field, _) in beside.into_iter().filter(|(_, is_given)| *is_given) {
        faults.add(
            format!("{place}.{field}"),
            "stands beside a compiled policy, which has its own",
            "give either the compiled policy or what it was compiled from",
        );
        is_whole = false;
    }
    if compiled_file.is_some() {
        faults.add(
            format!("{place}.compiled_file"),
            "a filter has no files",
            "let `doorward render` put the file's contents here",
        );
        return None;
    }
    let Ok(bytes) = STANDARD.decode(compiled.as_deref()?) else {
        faults.add(
            format!("{place}.compiled"),
            "is not base64",
            "name the file as `compiled_file` and let `doorward render` put it here",
        );
        return None;
    };
    let limits = Limits::DEFAULT;
    let compiled = CompiledPolicy::from_bytes(&bytes, &limits)
        .map_err(|error| not_loaded(place, &error, faults))
        .ok()?;
    for (index, asked) in asked.iter().enumerate() {
        // Its own decision may be left out: then it is what it was compiled for.
        if index == 0 && raw.decision.is_none() {
            continue;
        }
        match DecisionPath::parse(asked.rule) {
            Ok(wanted) if wanted == *compiled.decision() => continue,
            Ok(_) => {
                let message = format!("is not what the policy was compiled for: {}", compiled.decision());
                let hint = if index == 0 {
                    "leave it out, or compile the policy for it"
                } else {
                    "a compiled policy has one decision: give the route a policy of its own"
                };
                faults.add(&*asked.place, message, hint);
            }
            Err(error) => faults.add(&*asked.place, error.to_string(), "write package/parts/rule"),
        }
        is_whole = false;
    }
    if !is_whole {
        return None;
    }
    // Routes that share it have a plan each.
    let again = asked.iter().skip(1).map(|_| CompiledPolicy::from_bytes(&bytes, &limits));
    let planned = std::iter::once(Ok(compiled))
        .chain(again)
        .map(|compiled| compiled?.plan(&limits, BuiltinErrors::Undefined))
        .collect::<Result<Vec<_>, _>>();
    planned.map_err(|error| not_loaded(place, &error, faults)).ok()
}

fn not_loaded(place: &str, error: &CompiledError, faults: &mut Faults) {
    let text = error.to_string();
    let (message, hint) = text.rsplit_once("; ").unwrap_or((&text, "compile it again"));
    faults.add(format!("{place}.compiled"), format!("{}: {message}", error.code()), hint);
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
            assert_eq!(snapshot.policies[0].reads().len(), 1);
            for (input, wanted) in
                [("GET", Outcome::Defined(rego::Value::Bool(true))), ("PUT", Outcome::Undefined)]
            {
                let input = format!(r#"{{"request": {{"method": "{input}"}}}}"#);
                let input = rego::Value::from_json(input.as_bytes(), JsonLimits::REQUEST).unwrap();
                let moment = Moment { now: UnixTime::from_secs(0), seed: 0 };
                let decided = snapshot.policies[0].evaluate_input(Some(&input), moment, Budget::DEFAULT);
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
