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
mod numbers;
mod objects;
mod operands;
mod sets;
pub(in crate::rego) mod signature;
mod types;
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

/// Every family.
const TABLES: &[&[(&str, Run)]] = &[aggregates::TABLE, arithmetic::TABLE, arrays::TABLE, bits::TABLE, casts::TABLE, comparison::TABLE, numbers::TABLE, objects::TABLE, sets::TABLE, types::TABLE];

/// The function of a name.
pub(in crate::rego) fn find(name: &str) -> Option<Run> {
    TABLES.iter().flat_map(|table| table.iter()).find(|(known, _)| *known == name).map(|(_, run)| *run)
}
