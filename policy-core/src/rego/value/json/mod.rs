//! To JSON and back.

mod read;
mod serde;
mod write;

pub(in crate::rego) use read::Reader;
pub use read::{JsonError, JsonLimits};
pub(in crate::rego) use write::{by_text, quote as quote_json};

#[cfg(test)]
mod tests;
