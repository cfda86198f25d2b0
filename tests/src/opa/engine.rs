//! An engine of OPA's.

use doorward_opa::Handle;

use super::answer::{Answer, eval_error, refusals};
use crate::conformance::json::Json;
use crate::{Error, Result};

/// OPA with one policy and its data.
///
/// `Ok` is an answer about the policy; `Err` is a failure of the library itself.
pub struct Opa {
    handle: Handle,
    refused: Option<Answer>,
}

impl Opa {
    /// Loads modules (name and text, Rego v1) and data.
    ///
    /// # Errors
    /// The library is not there, or the data is no JSON.
    pub fn load<'a>(modules: impl IntoIterator<Item = (&'a str, &'a str)>, data: &str) -> Result<Self> {
        let handle = Handle::new()?;
        if let Some((code, message)) = error_of(&handle.add_data("", data)?)? {
            return Err(Error::new(format!("OPA does not take the data: {code}: {message}")));
        }
        let mut reasons = Vec::new();
        for (name, source) in modules {
            if let Some((code, message)) = error_of(&handle.add_policy(name, source)?)? {
                let found = refusals(&message);
                if found.is_empty() {
                    return Err(Error::new(format!("OPA does not take {name}: {code}: {message}")));
                }
                reasons.extend(found);
            }
        }
        Ok(Self { handle, refused: (!reasons.is_empty()).then_some(Answer::Refused(reasons)) })
    }

    /// The document at a path such as `t/allow`, for an input in JSON; an empty `input` is none.
    ///
    /// # Errors
    /// The library's answer cannot be read, or is none of those that [`Answer`] has.
    pub fn evaluate(&self, path: &str, input: &str) -> Result<Answer> {
        if let Some(refused) = &self.refused {
            return Ok(refused.clone());
        }
        let envelope = self.handle.evaluate(&path.replace('/', "."), input)?;
        let envelope = Json::parse(&envelope)?;
        if let Some((code, message)) = error_in(&envelope) {
            return match code {
                // `internal`: the value cannot be written as JSON, such as the number 1_000.
                "eval_error" | "internal" => Ok(Answer::Error(eval_error(message))),
                _ if !refusals(message).is_empty() => match refused_question(message) {
                    false => Ok(Answer::Refused(refusals(message))),
                    true => Err(Error::new(format!("OPA refuses the question, not the policy: {message}"))),
                },
                _ => Err(Error::new(format!("OPA: {code}: {message}"))),
            };
        }
        let first = |json: &'_ Json| match json {
            Json::Array(items) => items.first().cloned(),
            _ => None,
        };
        let value = envelope.get("result").and_then(first);
        let value = value.as_ref().and_then(|result| result.get("expressions")).and_then(first);
        Ok(match value.as_ref().and_then(|expression| expression.get("value")) {
            Some(value) => Answer::Value(value.clone()),
            None => Answer::Undefined,
        })
    }
}

/// Whether the first reason lies in the reference that is asked for: its place is `LINE:COLUMN`, without a file.
fn refused_question(message: &str) -> bool {
    refusals(message).first().is_some_and(|reason| {
        let file = &reason.place.file;
        !file.is_empty() && file.chars().all(|c| c.is_ascii_digit() || c == ':')
    })
}

fn error_of(envelope: &str) -> Result<Option<(String, String)>> {
    let envelope = Json::parse(envelope)?;
    Ok(error_in(&envelope).map(|(code, message)| (code.to_owned(), message.to_owned())))
}

fn error_in(envelope: &Json) -> Option<(&str, &str)> {
    let error = envelope.get("error")?;
    Some((error.get("code")?.as_str()?, error.get("message")?.as_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(source: &str, path: &str, input: &str) -> String {
        let opa = Opa::load([("m.rego", source)], "{}").expect("OPA's library is here");
        opa.evaluate(path, input).expect("OPA answers").to_string()
    }

    #[test]
    fn opa_answers() {
        assert_eq!(ask("package t\nr := input.a + 1", "t/r", r#"{"a": 1}"#), "value 2");
        assert_eq!(ask("package t\nr := 1e1000", "t", ""), r#"value {"r":1e1000}"#);
        assert_eq!(ask("package t\nr := input.a", "t/r", "{}"), "undefined");
        assert_eq!(
            ask("package t\nr := x", "t/r", "{}"),
            "refused rego_unsafe_var_error m.rego:2 (var x is unsafe)"
        );
        assert_eq!(
            ask("package t\nr := 1/0", "t/r", "{}"),
            "error eval_builtin_error m.rego:2 (div: divide by zero)"
        );
    }
}
