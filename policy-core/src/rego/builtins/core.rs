//! The families of the language's own built-ins, all in one list.

use super::Run;

/// Each family's names and functions.
pub(in crate::rego) const TABLES: &[&[(&str, Run)]] = &[
    super::aggregates::TABLE,
    super::arithmetic::TABLE,
    super::arrays::TABLE,
    super::bits::TABLE,
    super::casts::TABLE,
    super::comparison::TABLE,
    super::graph::TABLE,
    super::json::TABLE,
    super::numbers::TABLE,
    super::objects::TABLE,
    super::print::TABLE,
    super::sets::TABLE,
    super::strings::SPRINTF,
    super::strings::TABLE,
    super::template::TABLE,
    super::types::TABLE,
    super::units::TABLE,
    super::walk::TABLE,
];

#[cfg(test)]
mod tests;
