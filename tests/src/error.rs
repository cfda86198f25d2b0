//! The lab's one error: a sentence for the person at the terminal, and what caused it.

use std::fmt;

/// What went wrong, with the cause below it.
pub struct Error {
    what: String,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything in the lab.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of the lab's own.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), cause: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl std::error::Error for Error {}

impl From<doorward_opa::Error> for Error {
    fn from(error: doorward_opa::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Says what was being done when something failed.
pub trait Context<T> {
    /// Wraps the failure in `what`, which is only built when there is one.
    ///
    /// # Errors
    /// Whatever `self` was an error for.
    fn context<S: Into<String>>(self, what: impl FnOnce() -> S) -> Result<T>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> Context<T> for std::result::Result<T, E> {
    fn context<S: Into<String>>(self, what: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|cause| Error { what: what().into(), cause: Some(cause.into()) })
    }
}

impl<T> Context<T> for Option<T> {
    fn context<S: Into<String>>(self, what: impl FnOnce() -> S) -> Result<T> {
        self.ok_or_else(|| Error::new(what()))
    }
}
