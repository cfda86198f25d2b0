//! OPA itself, in this process: its engine as a C library, for tests and for comparisons.
//!
//! The library is that of the Python wheel `opa-golib-python-bindings`; `build.sh` keeps it in the cache folder.

mod find;
mod library;

use std::fmt;

pub use find::find;
pub use library::Handle;

/// Why the library cannot be used: a sentence for the person at the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}
