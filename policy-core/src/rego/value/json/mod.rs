//! To JSON and back.

mod read;
mod serde;
mod write;

pub(in crate::rego) use read::Reader;
pub(in crate::rego) use write::{by_text, quote as quote_json};
pub use read::{JsonError, JsonLimits};

#[cfg(test)]
mod tests;
