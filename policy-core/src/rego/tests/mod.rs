//! Tests of the policy engine as a whole. What belongs to one function is tested beside it.

mod bounds;
mod opa;
mod prefixes;
mod published;
mod reads;

use serde_json::json;

use super::*;
use crate::time::UnixTime;

/// 2023-11-14T22:13:20Z.
const MOMENT: Moment = Moment { now: UnixTime::from_secs(1_700_000_000), seed: 1 };

fn module(source: &str) -> Module {
    Module { name: String::from("test.rego"), source: source.to_owned() }
}

fn value(json: &serde_json::Value) -> Value<'static> {
    Value::from_serde(json, Limits::DEFAULT.data()).expect("a value")
}

fn compile_with(
    source: &str,
    version: RegoVersion,
    data: &serde_json::Value,
    decision: &str,
    builtin_errors: BuiltinErrors,
) -> Result<Policy, Vec<RegoError>> {
    let decision = DecisionPath::parse(decision).expect("a decision path");
    Policy::compile(&[module(source)], version, &value(data), &decision, &Limits::DEFAULT, builtin_errors)
}

fn compile(source: &str, decision: &str) -> Result<Policy, Vec<RegoError>> {
    compile_with(source, RegoVersion::V1, &json!({}), decision, BuiltinErrors::Undefined)
}

/// A policy that must load.
fn loaded(source: &str, decision: &str) -> Policy {
    match compile(source, decision) {
        Ok(policy) => policy,
        Err(errors) => panic!("{}", texts(&errors)),
    }
}

fn texts(errors: &[RegoError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The decision in JSON; `None` is undefined.
fn evaluate(policy: &Policy, input: &serde_json::Value) -> Result<Option<serde_json::Value>, EvalError> {
    match policy.evaluate_input(Some(&value(input)), MOMENT, Budget::DEFAULT).outcome {
        Outcome::Defined(value) => Ok(Some(serde_json::from_str(&value.to_json()).expect("JSON"))),
        Outcome::Undefined => Ok(None),
        Outcome::Error(error) => Err(error),
    }
}

fn defined(json: &serde_json::Value) -> Result<Option<serde_json::Value>, EvalError> {
    Ok(Some(json.clone()))
}
