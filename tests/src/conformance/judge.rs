//! The comparison of two answers.

use std::fmt;

use super::ours::PANIC;
use crate::opa::{Answer, EvalErrorKind, Refusal};

/// How our answer stands to OPA's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The same, place and digits of numbers included.
    Equal,
    /// The same refusal or error, told of another place or with other reasons beside the first.
    Place,
    /// Ours refuses, in its own name, what OPA takes.
    Refused,
    /// OPA gave no answer: its value is no JSON.
    Unjudged,
    /// Equal by OPA's default, where an error of a built-in leaves a call undefined. Strict, the two met different errors
    /// first: which calls an evaluation comes to depends on its order, and its result does not.
    Strictness,
    /// Ours ends at one of its limits: the decision is an error, which denies.
    Limit,
    /// The same number, written otherwise.
    Digits,
    /// Not the same.
    Different(Difference),
}

/// Kinds of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// Two values.
    Values,
    /// OPA has no value, ours has one.
    Defined,
    /// OPA has a value, ours has none.
    Undefined,
    /// OPA ends with an error, ours gives a value or none.
    NoError,
    /// OPA gives a value or none, ours ends with an error.
    Error,
    /// Both end with errors of different kinds.
    ErrorKind,
    /// OPA refuses, ours takes the policy.
    Accepted,
    /// OPA takes the policy, ours refuses it with a code of OPA's.
    WronglyRefused,
    /// Both refuse, with different codes.
    Code,
    /// Ours panicked.
    Panic,
}

impl Verdict {
    /// Whether the run fails because of it.
    #[must_use]
    pub fn is_different(self) -> bool {
        matches!(self, Self::Different(_) | Self::Digits)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "equal",
            Self::Place => "another place",
            Self::Refused => "refused by ours",
            Self::Strictness => "equal unless strict",
            Self::Unjudged => "not judged",
            Self::Limit => "ended by a limit of ours",
            Self::Digits => "number written otherwise",
            Self::Different(Difference::Values) => "another value",
            Self::Different(Difference::Defined) => "a value where OPA has none",
            Self::Different(Difference::Undefined) => "no value where OPA has one",
            Self::Different(Difference::NoError) => "no error where OPA has one",
            Self::Different(Difference::Error) => "an error where OPA has none",
            Self::Different(Difference::ErrorKind) => "another error",
            Self::Different(Difference::Accepted) => "accepted, refused by OPA",
            Self::Different(Difference::WronglyRefused) => "refused in OPA's name",
            Self::Different(Difference::Code) => "another code",
            Self::Different(Difference::Panic) => "a panic",
        })
    }
}

/// The codes that are OPA's own.
#[must_use]
pub fn is_of_opa(code: &str) -> bool {
    let codes = ["rego_parse_error", "rego_unsafe_var_error", "rego_recursion_error", "rego_type_error"];
    codes.contains(&code) || code == "rego_compile_error"
}

/// Compares our answer with OPA's.
#[must_use]
pub fn judge(opa: &Answer, ours: &Answer) -> Verdict {
    let different = Verdict::Different;
    match (opa, ours) {
        (_, Answer::Error(error)) if error.message == PANIC => different(Difference::Panic),
        (_, Answer::Refused(reasons)) if code(reasons) == PANIC => different(Difference::Panic),
        (Answer::Refused(theirs), Answer::Refused(ours)) => {
            if code(theirs) != code(ours) {
                different(Difference::Code)
            } else if same_places(theirs, ours) {
                Verdict::Equal
            } else {
                Verdict::Place
            }
        }
        (Answer::Refused(_), _) => different(Difference::Accepted),
        (_, Answer::Refused(reasons)) => {
            if is_of_opa(code(reasons)) {
                different(Difference::WronglyRefused)
            } else {
                Verdict::Refused
            }
        }
        (Answer::Error(error), _) if error.kind == EvalErrorKind::Other => Verdict::Unjudged,
        (Answer::Value(_) | Answer::Undefined, Answer::Error(error))
            if error.kind == EvalErrorKind::Other =>
        {
            Verdict::Limit
        }
        // OPA's built-in refuses what ours will not look at: no value either way.
        (Answer::Error(theirs), Answer::Error(ours))
            if (theirs.kind, ours.kind) == (EvalErrorKind::Builtin, EvalErrorKind::Other) =>
        {
            Verdict::Limit
        }
        (Answer::Error(theirs), Answer::Error(ours)) => {
            if theirs.kind != ours.kind {
                different(Difference::ErrorKind)
            } else if theirs.place.line == ours.place.line && theirs.place.file == ours.place.file {
                Verdict::Equal
            } else {
                Verdict::Place
            }
        }
        (Answer::Error(_), _) => different(Difference::NoError),
        (_, Answer::Error(_)) => different(Difference::Error),
        (Answer::Undefined, Answer::Undefined) => Verdict::Equal,
        (Answer::Undefined, Answer::Value(_)) => different(Difference::Defined),
        (Answer::Value(_), Answer::Undefined) => different(Difference::Undefined),
        (Answer::Value(theirs), Answer::Value(ours)) => {
            if theirs == ours {
                Verdict::Equal
            } else if theirs.with_plain_numbers() == ours.with_plain_numbers() {
                Verdict::Digits
            } else {
                different(Difference::Values)
            }
        }
    }
}

/// As [`judge`], where ours ended with an error that a default evaluation does not have: `ours_by_default` says what that
/// gives. OPA's own default is known where it met no error of a built-in.
#[must_use]
pub fn judge_strict(opa: &Answer, ours: &Answer, ours_by_default: impl FnOnce() -> Answer) -> Verdict {
    let verdict = judge(opa, ours);
    let is_builtin =
        |answer: &Answer| matches!(answer, Answer::Error(error) if error.kind == EvalErrorKind::Builtin);
    let is_conflict =
        |answer: &Answer| matches!(answer, Answer::Error(error) if error.kind == EvalErrorKind::Conflict);
    match verdict {
        Verdict::Different(_)
            if is_builtin(ours) && !is_builtin(opa) && !matches!(opa, Answer::Refused(_)) =>
        {
            match judge(opa, &ours_by_default()) {
                Verdict::Equal | Verdict::Place => Verdict::Strictness,
                _ => verdict,
            }
        }
        // Both end with an error; which of the two comes first is a matter of order.
        Verdict::Different(_) if is_builtin(opa) && is_conflict(ours) => Verdict::Strictness,
        _ => verdict,
    }
}

/// The code of the reason that comes first in the text: OPA finds some in any order.
fn code(reasons: &[Refusal]) -> &str {
    let first = reasons.iter().min_by_key(|reason| (reason.place.line == 0, &reason.place));
    first.map_or("", |reason| reason.code.as_str())
}

/// The same reasons at the same places, in whatever order; columns only where OPA tells them.
fn same_places(theirs: &[Refusal], ours: &[Refusal]) -> bool {
    let sorted = |reasons: &[Refusal]| {
        let mut places: Vec<_> = reasons
            .iter()
            .map(|reason| {
                (reason.place.file.clone(), reason.place.line, reason.code.clone(), reason.place.column)
            })
            .collect();
        places.sort();
        places.dedup();
        places
    };
    let (theirs, ours) = (sorted(theirs), sorted(ours));
    theirs.len() == ours.len()
        && theirs.iter().zip(&ours).all(|(one, other)| {
            (&one.0, one.1, &one.2) == (&other.0, other.1, &other.2) && (one.3 == 0 || one.3 == other.3)
        })
}

#[cfg(test)]
mod tests {
    use super::super::json::Json;
    use super::*;
    use crate::opa::{EvalError, Place};

    fn value(text: &str) -> Answer {
        Answer::Value(Json::parse(text).expect("it is JSON"))
    }

    fn refused(code: &str, line: u32) -> Answer {
        let place = Place { file: "m0.rego".into(), line, column: 0 };
        Answer::Refused(vec![Refusal { code: code.into(), place, message: String::new() }])
    }

    #[test]
    fn values_are_compared_with_their_digits() {
        assert_eq!(judge(&value("[1]"), &value("[1]")), Verdict::Equal);
        assert_eq!(judge(&value("[1.0]"), &value("[1]")), Verdict::Digits);
        assert_eq!(judge(&value("[1]"), &value("[2]")), Verdict::Different(Difference::Values));
        assert_eq!(judge(&Answer::Undefined, &value("false")), Verdict::Different(Difference::Defined));
        assert_eq!(judge(&value("false"), &Answer::Undefined), Verdict::Different(Difference::Undefined));
    }

    #[test]
    fn refusals_are_compared_by_code_and_then_by_place() {
        let theirs = refused("rego_type_error", 2);
        assert_eq!(judge(&theirs, &theirs), Verdict::Equal);
        assert_eq!(judge(&theirs, &refused("rego_type_error", 3)), Verdict::Place);
        assert_eq!(judge(&theirs, &refused("rego_parse_error", 2)), Verdict::Different(Difference::Code));
        assert_eq!(judge(&theirs, &refused("rego_refused", 2)), Verdict::Different(Difference::Code));
        assert_eq!(judge(&theirs, &Answer::Undefined), Verdict::Different(Difference::Accepted));
        assert_eq!(judge(&Answer::Undefined, &theirs), Verdict::Different(Difference::WronglyRefused));
        assert_eq!(judge(&Answer::Undefined, &refused("rego_refused", 2)), Verdict::Refused);
    }

    #[test]
    fn an_error_that_only_strictness_has_is_no_difference() {
        let error = |kind| Answer::Error(EvalError { kind, place: Place::default(), message: String::new() });
        let builtin = error(EvalErrorKind::Builtin);
        assert_eq!(judge_strict(&value("1"), &builtin, || value("1")), Verdict::Strictness);
        assert_eq!(judge_strict(&value("1"), &builtin, || value("2")), Verdict::Different(Difference::Error));
        assert_eq!(
            judge_strict(&builtin, &value("1"), || value("1")),
            Verdict::Different(Difference::NoError)
        );
    }

    #[test]
    fn a_conflict_is_nothing_else() {
        let error = |kind| Answer::Error(EvalError { kind, place: Place::default(), message: String::new() });
        let conflict = error(EvalErrorKind::Conflict);
        assert_eq!(judge(&conflict, &conflict), Verdict::Equal);
        assert_eq!(judge(&conflict, &Answer::Undefined), Verdict::Different(Difference::NoError));
        assert_eq!(judge(&conflict, &error(EvalErrorKind::Other)), Verdict::Different(Difference::ErrorKind));
    }
}
