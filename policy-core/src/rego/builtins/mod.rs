//! The built-in functions.
//!
//! One file a family; each has a `TABLE` of the names and functions in it.

mod aggregates;
mod arguments;
mod arithmetic;
mod arrays;
mod bits;
mod call;
mod casts;
mod comparison;
mod crypto;
mod encoding;
mod format;
pub(in crate::rego) mod glob;
mod graph;
mod json;
mod jwt;
mod net;
mod numbers;
mod objects;
mod operands;
pub(in crate::rego) mod patterns;
mod print;
mod random;
pub(in crate::rego) mod regex;
#[cfg(test)]
mod replay;
mod runtime;
mod semver;
mod sets;
pub(in crate::rego) mod signature;
mod strings;
mod template;
mod time;
mod types;
pub(in crate::rego) mod unavailable;
mod units;
mod uri;
mod urlquery;
mod uuid;
mod walk;

pub(in crate::rego) use call::{Call, Failure, Meter, Run};
pub(in crate::rego) use patterns::Patterns;

/// Every family.
const TABLES: &[&[(&str, Run)]] = &[
    aggregates::TABLE,
    arithmetic::TABLE,
    arrays::TABLE,
    bits::TABLE,
    casts::TABLE,
    comparison::TABLE,
    crypto::TABLE,
    encoding::TABLE,
    glob::TABLE,
    graph::TABLE,
    json::TABLE,
    jwt::TABLE,
    net::TABLE,
    numbers::TABLE,
    objects::TABLE,
    print::TABLE,
    random::TABLE,
    regex::TABLE,
    runtime::TABLE,
    semver::TABLE,
    sets::TABLE,
    strings::TABLE,
    template::TABLE,
    time::TABLE,
    types::TABLE,
    units::TABLE,
    uri::TABLE,
    urlquery::TABLE,
    uuid::TABLE,
    walk::TABLE,
    strings::SPRINTF,
];

/// The function of a name.
pub(in crate::rego) fn find(name: &str) -> Option<Run> {
    TABLES.iter().flat_map(|table| table.iter()).find(|(known, _)| *known == name).map(|(_, run)| *run)
}
