//! The published JSON Schema, generated from the types that read the configuration.

use super::raw::RawConfig;

/// The JSON Schema (draft 2020-12) of Doorward's configuration.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(RawConfig);
    schema.insert("title".to_owned(), "Doorward configuration".into());
    schema.to_value()
}
