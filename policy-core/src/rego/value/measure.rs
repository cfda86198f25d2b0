//! How large values are.

use super::{Number, Value};

/// Bytes of a value's own fixed part.
const VALUE: usize = size_of::<Value<'static>>();

impl Value<'_> {
    /// Levels of arrays, objects and sets: 0 for all others. Looks no deeper than `limit` levels.
    #[must_use]
    pub fn depth(&self, limit: usize) -> usize {
        let Some(below) = limit.checked_sub(1) else { return 0 };
        let deepest = match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => return 0,
            Self::Array(items) => items.iter().map(|item| item.depth(below)).max(),
            Self::Set(items) => items.iter().map(|item| item.depth(below)).max(),
            Self::Object(object) => {
                object.entries().iter().map(|(key, value)| key.depth(below).max(value.depth(below))).max()
            }
        };
        deepest.unwrap_or(0).saturating_add(1)
    }

    /// Values in it, itself included; keys count.
    #[must_use]
    pub fn nodes(&self) -> usize {
        let below: usize = match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => 0,
            Self::Array(items) => items.iter().map(Value::nodes).fold(0, usize::saturating_add),
            Self::Set(items) => items.iter().map(Value::nodes).fold(0, usize::saturating_add),
            Self::Object(object) => object
                .entries()
                .iter()
                .map(|(key, value)| key.nodes().saturating_add(value.nodes()))
                .fold(0, usize::saturating_add),
        };
        below.saturating_add(1)
    }

    /// Bytes of memory it takes, about; what is shared counts each time.
    #[must_use]
    pub fn size_in_bytes(&self) -> usize {
        let below: usize = match self {
            Self::Null | Self::Bool(_) | Self::Number(Number::Int(_)) => 0,
            Self::Number(Number::Decimal(text)) | Self::String(text) => text.len(),
            Self::Array(items) => items.iter().map(Value::size_in_bytes).fold(0, usize::saturating_add),
            Self::Set(items) => items.iter().map(Value::size_in_bytes).fold(0, usize::saturating_add),
            Self::Object(object) => object
                .entries()
                .iter()
                .map(|(key, value)| key.size_in_bytes().saturating_add(value.size_in_bytes()))
                .fold(0, usize::saturating_add),
        };
        below.saturating_add(VALUE)
    }
}
