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

    /// Bytes of memory it takes, about; what is shared counts each time. More than 256 MiB are not told apart: what is
    /// shared in what is shared doubles with every level, and counting has to come to an end.
    #[must_use]
    pub fn size_in_bytes(&self) -> usize {
        const MOST: usize = 256 * 1024 * 1024;
        let mut left = MOST;
        match self.takes_from(&mut left) {
            Some(()) => MOST.saturating_sub(left),
            None => usize::MAX,
        }
    }

    fn takes_from(&self, left: &mut usize) -> Option<()> {
        let own = match self {
            Self::Number(Number::Decimal(text)) | Self::String(text) => text.len(),
            Self::Null | Self::Bool(_) | Self::Number(Number::Int(_)) => 0,
            Self::Array(_) | Self::Set(_) | Self::Object(_) => 0,
        };
        *left = left.checked_sub(own.saturating_add(VALUE))?;
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => Some(()),
            Self::Array(items) => items.iter().try_for_each(|item| item.takes_from(left)),
            Self::Set(items) => items.iter().try_for_each(|item| item.takes_from(left)),
            Self::Object(object) => object.entries().iter().try_for_each(|(key, value)| {
                key.takes_from(left)?;
                value.takes_from(left)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::JsonLimits;
    use super::*;

    #[test]
    fn measures_nested_values() {
        let value =
            Value::from_json(br#"{"a": [1, {"b": "text"}], "c": null}"#, JsonLimits::REQUEST).expect("JSON");
        assert_eq!(value.depth(10), 3);
        assert_eq!(value.depth(2), 2);
        assert_eq!(value.nodes(), 9);
        assert_eq!(value.size_in_bytes(), 9 * VALUE + "acbtext".len());
        assert_eq!(Value::Null.depth(10), 0);
    }
}
