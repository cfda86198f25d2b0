//! Why a policy was refused, with the place and what to do.

use std::fmt;

use regorus::unstable::Span;

/// One reason why a policy cannot be loaded.
///
/// The texts quote the policy (names of rules and functions), never a value of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegoError {
    /// What kind of error, in OPA's words where OPA has one.
    pub kind: RegoErrorKind,
    /// The module's name.
    pub file: String,
    /// The line, from 1; 0 if the error concerns the whole module.
    pub line: u32,
    /// The column, from 1; 0 if the error concerns the whole module.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to write instead; empty if there is nothing to say.
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
    /// Unknown functions, wrong numbers of arguments, rules that contradict each other.
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

impl RegoError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    pub(in crate::old_rego) fn at(
        span: &Span,
        kind: RegoErrorKind,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let (line, column) = start(span).unwrap_or((span.line, span.col));
        let file = span.source.get_path().clone();
        Self { kind, file, line, column, message: message.into(), hint: hint.into() }
    }

    pub(in crate::old_rego) fn whole(
        file: &str,
        kind: RegoErrorKind,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { kind, file: file.to_owned(), line: 0, column: 0, message: message.into(), hint: hint.into() }
    }
}

/// Where a span starts. Its own line and column are those of its last token.
fn start(span: &Span) -> Option<(u32, u32)> {
    let before = span.source.contents().get(..usize::try_from(span.start).ok()?)?;
    let line = before.matches('\n').count().checked_add(1)?;
    let column = before.rsplit('\n').next()?.chars().count().checked_add(1)?;
    Some((u32::try_from(line).ok()?, u32::try_from(column).ok()?))
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
