//! The engine that is held to OPA: the one place that knows it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use policy_core::UnixTime;
use policy_core::rego::{
    Budget, BuiltinErrors, DecisionPath, EvalErrorReason, JsonLimits, Limits, Module, Moment, Outcome, Policy,
    RegoError, RegoVersion, Value,
};

use super::json::Json;
use super::source::{Source, Version};
use crate::opa::{Answer, EvalError, EvalErrorKind, Place, Refusal};

/// Whether the engine can be strict about built-ins, as OPA's library always is. Where it cannot, an answer of OPA's
/// that is an error of a built-in says nothing about ours.
pub const STRICT: bool = false;

/// The code that stands for a panic: no engine has it.
pub const PANIC: &str = "panic";

/// A policy loaded for one document.
pub struct Ours {
    policy: Policy,
}

/// Every evaluation is at this instant: 2026-01-01T00:00:00Z.
const NOW: i64 = 1_767_225_600;

impl Ours {
    /// Loads a policy that will be asked for the document at `ask`, such as `t/allow`.
    ///
    /// # Errors
    /// Every reason for which the engine does not take it.
    pub fn load(source: &Source, ask: &str) -> Result<Self, Vec<Refusal>> {
        match Self::compile(source, ask) {
            // A package is no decision: it is asked for as the value of a rule.
            Err(reasons) if reasons.iter().all(|reason| reason.code == "rego_decision_error") => {
                Self::compile(&with_question(source, ask), QUESTION).map_err(|_| reasons)
            }
            answer => answer,
        }
    }

    fn compile(source: &Source, ask: &str) -> Result<Self, Vec<Refusal>> {
        let own = |code: &str, message: String| {
            vec![Refusal { code: code.to_owned(), place: Place::default(), message }]
        };
        let modules: Vec<Module> =
            source.named().into_iter().map(|(name, text)| Module { name, source: text.to_owned() }).collect();
        let version = match source.version {
            Version::V0 => RegoVersion::V0,
            Version::V1 => RegoVersion::V1,
        };
        let path = DecisionPath::parse(ask).map_err(|error| own("rego_decision_error", error.to_string()))?;
        let limits = Limits::DEFAULT;
        let data = Value::from_json(source.data.as_bytes(), limits.data())
            .map_err(|error| own("rego_data_error", error.message().to_owned()))?;
        let errors = if STRICT { BuiltinErrors::Strict } else { BuiltinErrors::Undefined };
        let compile = || Policy::compile(&modules, version, &data, &path, &limits, errors);
        match catch_unwind(AssertUnwindSafe(compile)) {
            Ok(Ok(policy)) => Ok(Self { policy }),
            Ok(Err(errors)) => Err(errors.into_iter().map(refusal).collect()),
            Err(_) => Err(own(PANIC, String::from("while loading"))),
        }
    }

    /// The answer for an input in JSON; empty is none. `strict`: an error of a built-in ends the evaluation.
    #[must_use]
    pub fn evaluate(&self, input: &str, strict: bool) -> Answer {
        debug_assert!(!strict || STRICT, "this engine is never strict");
        let evaluate = || {
            let value = match input {
                "" => None,
                input => match Value::from_json(input.as_bytes(), JsonLimits::REQUEST) {
                    Ok(value) => Some(value),
                    Err(error) => return failed(format!("input: {}", error.message())),
                },
            };
            let moment = Moment { now: UnixTime::from_secs(NOW), seed: 0 };
            match self.policy.evaluate_input(value.as_ref(), moment, Budget::DEFAULT).outcome {
                Outcome::Undefined => Answer::Undefined,
                Outcome::Defined(value) => Json::parse(&value.to_json())
                    .map_or_else(|error| failed(format!("output: {error}")), Answer::Value),
                Outcome::Error(error) => Answer::Error(EvalError {
                    kind: match error.reason {
                        EvalErrorReason::Conflict(_) => EvalErrorKind::Conflict,
                        EvalErrorReason::Operation => EvalErrorKind::Builtin,
                        EvalErrorReason::Budget(_) => EvalErrorKind::Other,
                    },
                    message: error.reason.to_string(),
                    place: Place { file: error.file, line: error.line, column: error.column },
                }),
            }
        };
        catch_unwind(AssertUnwindSafe(evaluate)).unwrap_or_else(|_| failed(String::from(PANIC)))
    }
}

/// The document that stands for one that is no rule.
const QUESTION: &str = "conformance_question/r";

fn with_question(source: &Source, ask: &str) -> Source {
    let mut source = source.clone();
    let path: String = ask.split('/').map(|part| format!("[{}]", Json::Text(part.to_owned()))).collect();
    source.modules.push(format!("package conformance_question\n\nr = data{path}\n"));
    source
}

fn failed(message: String) -> Answer {
    Answer::Error(EvalError { kind: EvalErrorKind::Other, place: Place::default(), message })
}

fn refusal(error: RegoError) -> Refusal {
    Refusal {
        code: error.code().to_owned(),
        place: Place { file: error.file, line: error.line, column: error.column },
        message: error.message,
    }
}
