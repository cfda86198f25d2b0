//! What OPA answers, taken apart.

use std::fmt;

use crate::conformance::json::Json;

/// What became of a policy and an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The document has this value.
    Value(Json),
    /// The document is undefined.
    Undefined,
    /// The evaluation ended with an error.
    Error(EvalError),
    /// The policy was refused when it was loaded: every reason, in the order given.
    Refused(Vec<Refusal>),
}

/// Where something is, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The module's name; empty if not known.
    pub file: String,
    /// The line, from 1; 0 if not known.
    pub line: u32,
    /// The column, from 1; 0 if not known. OPA tells it for errors of its parser only.
    pub column: u32,
}

/// One reason why a policy does not load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// OPA's code, such as `rego_type_error`.
    pub code: String,
    /// Where.
    pub place: Place,
    /// The words.
    pub message: String,
}

/// An evaluation that came to no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvalError {
    /// What kind of error.
    pub kind: EvalErrorKind,
    /// Where.
    pub place: Place,
    /// The words.
    pub message: String,
}

/// The kinds of errors of an evaluation.
///
/// OPA's library is strict about built-ins: what it reports as `eval_builtin_error` (the function failed) or
/// `eval_type_error` (an operand has a wrong type) would in OPA's default be an undefined call. Every other code is an
/// error in either mode, a conflict above all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvalErrorKind {
    /// Two values for one rule, function or key.
    Conflict,
    /// A built-in failed: an error because the evaluation is strict.
    Builtin,
    /// `with` replaces a part of something that has no parts.
    WithMerge,
    /// Anything else.
    Other,
}

impl EvalErrorKind {
    /// OPA's code for it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Conflict => "eval_conflict_error",
            Self::Builtin => "eval_builtin_error",
            Self::WithMerge => "eval_with_merge_error",
            Self::Other => "eval_error",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            "eval_conflict_error" => Self::Conflict,
            "eval_builtin_error" | "eval_type_error" => Self::Builtin,
            "eval_with_merge_error" => Self::WithMerge,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => f.write_str(if self.file.is_empty() { "?" } else { &self.file }),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.code, self.place, self.message)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "value {value}"),
            Self::Undefined => f.write_str("undefined"),
            Self::Error(error) => {
                write!(f, "error {} {} ({})", error.kind.code(), error.place, error.message)
            }
            Self::Refused(reasons) => {
                f.write_str("refused")?;
                reasons.iter().try_for_each(|reason| write!(f, " {reason}"))
            }
        }
    }
}

/// Takes apart `... FILE:LINE: CODE: WORDS`, one error a line, below a parse error the line of the policy and `^`.
pub(super) fn refusals(message: &str) -> Vec<Refusal> {
    let mut found: Vec<Refusal> = Vec::new();
    for line in message.lines() {
        let codes = ["rego_parse_error", "rego_unsafe_var_error", "rego_recursion_error", "rego_type_error"];
        let codes = codes.iter().chain(&["rego_compile_error"]);
        let at = codes.filter_map(|code| Some((line.find(&format!("{code}: "))?, *code))).min();
        match at {
            Some((index, code)) if !line.starts_with('\t') => {
                let (before, after) = line.split_at(index);
                let message = after.get(code.len()..).unwrap_or_default().trim_start_matches(": ").to_owned();
                found.push(Refusal { code: code.to_owned(), place: place(before), message });
            }
            _ => {
                if let Some(column) = caret(line)
                    && let Some(last) = found.last_mut()
                {
                    last.place.column = column;
                }
            }
        }
    }
    found
}

/// The evaluation's error in `[FILE:LINE: ]CODE: WORDS`.
pub(super) fn eval_error(message: &str) -> EvalError {
    let codes = [
        "eval_conflict_error",
        "eval_builtin_error",
        "eval_type_error",
        "eval_with_merge_error",
        "eval_internal_error",
        "eval_cancel_error",
    ];
    let at = codes.iter().filter_map(|code| Some((message.find(&format!("{code}: "))?, *code))).min();
    let (index, code) = at.unwrap_or((0, ""));
    let (before, after) = message.split_at(index);
    EvalError {
        kind: EvalErrorKind::of(code),
        place: place(before),
        message: after.strip_prefix(code).unwrap_or(after).trim_start_matches(": ").to_owned(),
    }
}

/// The place in `...WORDS: FILE:LINE: `.
fn place(text: &str) -> Place {
    let text = text.trim_end().trim_end_matches(':');
    let Some((before, line)) = text.rsplit_once(':') else { return Place::default() };
    let Ok(line) = line.parse() else { return Place::default() };
    let file = before.rsplit([' ', '\n']).next().unwrap_or_default();
    Place { file: file.to_owned(), line, column: 0 }
}

/// The column that a line of blanks and `^` points at. OPA indents it by one tab.
fn caret(line: &str) -> Option<u32> {
    let blanks = line.strip_prefix('\t')?.strip_suffix('^')?;
    let is_blank = blanks.chars().all(char::is_whitespace);
    is_blank.then(|| u32::try_from(blanks.chars().count()).ok()?.checked_add(1)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_compiler_are_taken_apart() {
        let message = "bundle activation failed: 2 errors occurred:\nm0.rego:2: rego_unsafe_var_error: var x is unsafe\n\
                       m1.rego:30: rego_type_error: undefined function foo";
        let found = refusals(message);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].code, "rego_unsafe_var_error");
        assert_eq!(found[0].place, Place { file: "m0.rego".into(), line: 2, column: 0 });
        assert_eq!(found[1].message, "undefined function foo");
        let one = refusals(
            "bundle activation failed: 1 error occurred: m0.rego:2: rego_compile_error: conflicting",
        );
        assert_eq!(one[0].place.to_string(), "m0.rego:2");
    }

    #[test]
    fn the_caret_below_a_parse_error_is_its_column() {
        let found =
            refusals("1 error occurred: m.rego:2: rego_parse_error: unexpected eof token\n\tq := \n\t   ^");
        assert_eq!(found[0].place, Place { file: "m.rego".into(), line: 2, column: 4 });
    }

    #[test]
    fn errors_of_an_evaluation_are_taken_apart() {
        let error =
            eval_error("m0.rego:3: eval_conflict_error: complete rules must not produce multiple outputs");
        assert_eq!(error.kind, EvalErrorKind::Conflict);
        assert_eq!(error.place.line, 3);
        assert_eq!(
            eval_error("m0.rego:2: eval_type_error: x: operand 1 must be").kind,
            EvalErrorKind::Builtin
        );
    }
}
