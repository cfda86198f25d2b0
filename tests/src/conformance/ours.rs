//! The engine that is held to OPA: the one place that knows it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use policy_core::UnixTime;
use policy_core::rego::{
    Budget, BuiltinErrors, DecisionPath, EvalErrorReason, JsonLimits, Limits, Module, Moment, Outcome,
    Policy, RegoError, RegoVersion, Value,
};

use super::json::Json;
use super::source::{Source, Version};
use crate::opa::{Answer, EvalError, EvalErrorKind, Place, Refusal};

/// The code that stands for a panic: no engine has it.
pub const PANIC: &str = "panic";

/// A policy loaded for one document, strict about built-ins as OPA's library is.
pub struct Ours {
    policy: Policy,
}

/// Every evaluation is at this instant, 2026-01-01T00:00:00Z, with this seed.
const NOW: i64 = 1_767_225_600;
const SEED: u64 = 1;

impl Ours {
    /// Loads a policy that will be asked for the document at `ask`, such as `t/allow`. `strict`: an error of a built-in
    /// ends the evaluation.
    ///
    /// # Errors
    /// Every reason for which the engine does not take it.
    pub fn load(source: &Source, ask: &str, strict: bool) -> Result<Self, Vec<Refusal>> {
        match Self::compile(source, ask, strict) {
            // A package is no decision: it is asked for as the value of a rule.
            Err(reasons) if reasons.iter().all(|reason| reason.code == "rego_decision_error") => {
                Self::compile(&with_question(source, ask), QUESTION, strict)
            }
            answer => answer,
        }
    }

    fn compile(source: &Source, ask: &str, strict: bool) -> Result<Self, Vec<Refusal>> {
        let own = |code: &str, message: String| {
            vec![Refusal { code: code.to_owned(), place: Place::default(), message }]
        };
        let modules: Vec<Module> =
            source.named().into_iter().map(|(name, text)| Module { name, source: text.to_owned() }).collect();
        let version = match source.version {
            Version::V0 => RegoVersion::V0,
            Version::V1 => RegoVersion::V1,
        };
        let errors = if strict { BuiltinErrors::Strict } else { BuiltinErrors::Undefined };
        let path = DecisionPath::parse(ask).map_err(|error| own("rego_decision_error", error.to_string()))?;
        let compile = || {
            let data = Value::from_json(source.data.as_bytes(), Limits::DEFAULT.data())
                .map_err(|error| own("rego_data_error", format!("{error:?}")))?;
            Policy::compile(&modules, version, &data, &path, &Limits::DEFAULT, errors)
                .map_err(|errors| errors.into_iter().map(refusal).collect::<Vec<_>>())
        };
        match catch_unwind(AssertUnwindSafe(compile)) {
            Ok(compiled) => compiled.map(|policy| Self { policy }),
            Err(_) => Err(own(PANIC, String::from("while loading"))),
        }
    }

    /// The answer for an input in JSON; empty is none.
    #[must_use]
    pub fn evaluate(&self, input: &str) -> Answer {
        let evaluate = || {
            let input = match input.is_empty() {
                true => None,
                false => match Value::from_json(input.as_bytes(), JsonLimits::REQUEST) {
                    Ok(input) => Some(input),
                    Err(error) => return failed(format!("input: {error:?}")),
                },
            };
            let moment = Moment { now: UnixTime::from_secs(NOW), seed: SEED };
            match self.policy.evaluate_input(input.as_ref(), moment, Budget::DEFAULT).outcome {
                Outcome::Undefined => Answer::Undefined,
                Outcome::Defined(value) => Json::parse(&value.to_json())
                    .map_or_else(|error| failed(format!("output: {error}")), Answer::Value),
                Outcome::Error(error) => Answer::Error(EvalError {
                    kind: match error.reason {
                        EvalErrorReason::Conflict(what) if what.contains("`with`") => {
                            EvalErrorKind::WithMerge
                        }
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
