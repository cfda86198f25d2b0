//! The built-in functions.
//!
//! One file a family; each has a `TABLE` of the names and functions in it.

mod call;
mod crypto;
mod jwt;
mod signature;
mod unavailable;

pub(in crate::rego) use call::{Call, Failure, Meter, Patterns, Run};
