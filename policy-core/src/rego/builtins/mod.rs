//! The built-in functions.
//!
//! One file a family; each has a `TABLE` of the names and functions in it.

mod arguments;
mod call;
mod encoding;
mod net;
mod random;
mod runtime;
mod semver;
mod signature;
mod urlquery;
mod uuid;

pub(in crate::rego) use call::{Call, Failure, Meter, Patterns, Run};
