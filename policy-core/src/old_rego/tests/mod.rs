//! Tests of the policy engine as a whole. What belongs to one function is tested beside it.

mod bounds;
mod opa;
mod published;
mod reads;
mod refusals;
mod values;

use serde_json::json;

use super::*;
use crate::time::UnixTime;

/// 2023-11-14T22:13:20Z.
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

fn module(source: &str) -> Module {
    Module { name: String::from("test.rego"), source: source.to_owned() }
}

fn compile(source: &str, decision: &str) -> Result<Policy, Vec<RegoError>> {
    compile_with(&[module(source)], &json!({}), decision)
}

fn compile_with(
    modules: &[Module],
    data: &serde_json::Value,
    decision: &str,
) -> Result<Policy, Vec<RegoError>> {
    let decision = DecisionPath::parse(decision).expect("a decision path");
    Policy::compile(modules, RegoVersion::V1, data, &decision, &Limits::DEFAULT)
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

fn evaluate(policy: &Policy, input: &serde_json::Value) -> Outcome {
    policy.evaluate(Value::from_json(input).expect("an input"), NOW, Budget::DEFAULT).outcome
}

fn defined(json: &serde_json::Value) -> Outcome {
    Outcome::Defined(Value::from_json(json).expect("a value"))
}
