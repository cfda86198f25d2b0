//! Why a policy was refused, with the place and what to do.

use std::fmt;

use super::advice::advice;
use super::syntax::Loc;

/// One reason why a policy cannot be loaded.
///
/// The texts quote the policy (names of rules and functions), never a value of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegoError {
    /// What kind of error, in OPA's words where OPA has one.
    pub kind: RegoErrorKind,
    /// The module's name; `policy` if the error concerns no module alone.
    pub file: String,
    /// The line, from 1; 0 if the error concerns the whole module.
    pub line: u32,
    /// The column, from 1; 0 if the error concerns the whole module.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do; empty if the message says it.
    pub hint: String,
}

/// The kinds of errors in a policy. The first five are OPA's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegoErrorKind {
    /// The text is not Rego.
    Parse,
    /// A variable that nothing binds.
    UnsafeVar,
    /// Rules that depend on themselves.
    Recursion,
    /// Unknown functions, wrong numbers or types of arguments, rules that contradict each other.
    Type,
    /// Everything else that OPA's compiler refuses.
    Compile,
    /// OPA would take it; this engine does not, because it could not be sure to decide as OPA does.
    Refused,
    /// More of something than the limits allow.
    Limit,
    /// The data document cannot be used.
    Data,
    /// There is no such rule to decide with.
    Decision,
}

impl RegoErrorKind {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Parse => "rego_parse_error",
            Self::UnsafeVar => "rego_unsafe_var_error",
            Self::Recursion => "rego_recursion_error",
            Self::Type => "rego_type_error",
            Self::Compile => "rego_compile_error",
            Self::Refused => "rego_refused",
            Self::Limit => "rego_limit_error",
            Self::Data => "rego_data_error",
            Self::Decision => "rego_decision_error",
        }
    }
}

/// An error before the files have names: what every stage of the compiler returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rego) struct Fault {
    pub(in crate::rego) at: Loc,
    pub(in crate::rego) kind: RegoErrorKind,
    pub(in crate::rego) message: String,
    pub(in crate::rego) hint: String,
}

impl Fault {
    pub(in crate::rego) fn new(at: Loc, kind: RegoErrorKind, message: impl Into<String>) -> Self {
        Self { at, kind, message: message.into(), hint: String::new() }
    }

    /// What to write instead.
    #[must_use]
    pub(in crate::rego) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    /// The error with the file's name: `files` is indexed by [`Loc::file`].
    pub(in crate::rego) fn in_files(self, files: &[String]) -> RegoError {
        let file = usize::try_from(self.at.file).ok().and_then(|index| files.get(index));
        let hint = match self.hint {
            hint if hint.is_empty() => advice(self.kind, &self.message).to_owned(),
            hint => hint,
        };
        RegoError {
            kind: self.kind,
            file: file.cloned().unwrap_or_else(|| String::from("policy")),
            line: self.at.line,
            column: self.at.column,
            message: self.message,
            hint,
        }
    }
}

impl RegoError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    pub(in crate::rego) fn whole(
        file: &str,
        kind: RegoErrorKind,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { kind, file: file.to_owned(), line: 0, column: 0, message: message.into(), hint: hint.into() }
    }
}

impl fmt::Display for RegoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {}: {}", self.code(), self.message)?;
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for RegoError {}
