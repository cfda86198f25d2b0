//! The rule that decides.

use std::fmt;

use thiserror::Error;

/// The path of the document that a policy decides with, as segments below `data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionPath(Vec<String>);

/// Segments that a decision path may have.
const SEGMENTS: usize = 32;

/// Why a text is no decision path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecisionPathError {
    /// Nothing, or only `data`.
    #[error("the decision path is empty; write package and rule, as in authz/allow or data.authz.allow")]
    Empty,
    /// A segment is empty or has a character that is not a letter, a digit, `_` or `-`.
    #[error("segment {index} of the decision path is not a name")]
    Segment {
        /// Which segment, from 0.
        index: usize,
    },
    /// More than 32 segments.
    #[error("the decision path has more than {SEGMENTS} segments")]
    TooLong,
}

impl DecisionPathError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "decision_path_empty",
            Self::Segment { .. } => "decision_path_segment",
            Self::TooLong => "decision_path_too_long",
        }
    }
}

impl DecisionPath {
    /// Reads `a/b/c`, as in OPA-Envoy's `path`, or `data.a.b.c`, as in Rego. A leading `/` is allowed in the first.
    ///
    /// # Errors
    /// If the path is empty or a segment is no name.
    pub fn parse(text: &str) -> Result<Self, DecisionPathError> {
        let (text, separator) = match text.strip_prefix("data.") {
            Some(rest) if !text.contains('/') => (rest, '.'),
            _ => (text.strip_prefix('/').unwrap_or(text), '/'),
        };
        if text.is_empty() || text == "data" {
            return Err(DecisionPathError::Empty);
        }
        let segments: Vec<String> = text.split(separator).map(str::to_owned).collect();
        if segments.len() > SEGMENTS {
            return Err(DecisionPathError::TooLong);
        }
        let is_name = |segment: &String| {
            !segment.is_empty() && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        };
        match segments.iter().position(|segment| !is_name(segment)) {
            Some(index) => Err(DecisionPathError::Segment { index }),
            None => Ok(Self(segments)),
        }
    }

    /// The segments below `data`.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for DecisionPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&reference(&self.0))
    }
}

/// The Rego text of a path below `data`: `data.a.b["c-d"]`.
pub(in crate::old_rego) fn reference(segments: &[String]) -> String {
    let mut text = String::from("data");
    for segment in segments {
        if is_identifier(segment) {
            text.push('.');
            text.push_str(segment);
        } else {
            text.push_str(&format!("[{}]", serde_json::Value::from(segment.as_str())));
        }
    }
    text
}

fn is_identifier(segment: &str) -> bool {
    let mut chars = segment.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
