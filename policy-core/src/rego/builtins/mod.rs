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
mod core;
mod format;
mod graph;
mod json;
mod numbers;
mod objects;
mod operands;
mod print;
mod sets;
mod signature;
mod strings;
mod template;
mod types;
mod units;
mod walk;

pub(in crate::rego) use call::{Call, Failure, Meter, Patterns, Run};
