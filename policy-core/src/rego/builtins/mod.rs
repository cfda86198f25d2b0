//! The built-in functions.
//!
//! One file a family; each has a `TABLE` of the names and functions in it.

mod aggregates;
mod arithmetic;
mod arrays;
mod bits;
mod call;
mod casts;
mod comparison;
mod crypto;
mod format;
mod graph;
mod json;
mod jwt;
mod numbers;
mod objects;
mod operands;
mod print;
mod sets;
pub(in crate::rego) mod signature;
mod strings;
mod types;
pub(in crate::rego) mod unavailable;
mod units;
mod walk;

pub(in crate::rego) use call::{Call, Failure, Meter, Patterns, Run};

#[cfg(test)]
mod core_tests;
