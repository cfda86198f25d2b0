//! Hashes of values: equal values have equal hashes.

use std::hash::{Hash, Hasher};

use super::Value;

impl Hash for Value<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Bool(value) => value.hash(state),
            Self::Number(value) => value.hash(state),
            Self::String(value) => value.as_str().hash(state),
            Self::Array(items) => items.items().hash(state),
            Self::Set(items) => items.items().hash(state),
            Self::Object(object) => object.entries().hash(state),
        }
    }
}
