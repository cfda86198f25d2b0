//! The built-in functions.
//!
//! One file a family; each has a `TABLE` of the names and functions in it.

mod arguments;
mod call;
mod encoding;
mod glob;
mod net;
mod patterns;
mod random;
mod regex;
#[cfg(test)]
mod replay;
mod runtime;
mod semver;
mod signature;
mod time;
mod uri;
mod urlquery;
mod uuid;

pub(in crate::rego) use call::{Call, Failure, Meter, Run};
pub(in crate::rego) use patterns::Patterns;
