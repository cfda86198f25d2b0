//! To JSON and back.

mod read;
mod serde;
mod write;

pub(in crate::rego) use read::Reader;
pub use read::{JsonError, JsonLimits};

#[cfg(test)]
mod tests;
