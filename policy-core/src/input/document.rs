//! Objects as lists of fields, and the way through them.

use std::sync::Arc;

use super::InputParts;
use crate::rego::{ObjectBuilder, Value};

/// The value of a field, or of what lies in it at a path; a field that is no object leaves the path alone.
pub(super) type Field = for<'a> fn(&InputParts<'a>, &[Arc<str>]) -> Option<Value<'a>>;

/// The part at a path of an object; for an empty path the whole, without the fields that are absent.
pub(super) fn fields<'a>(
    fields: &[(&'static str, Field)],
    parts: &InputParts<'a>,
    path: &[Arc<str>],
) -> Option<Value<'a>> {
    let Some((name, rest)) = path.split_first() else {
        let mut object = ObjectBuilder::new();
        for (name, field) in fields {
            if let Some(value) = field(parts, &[]) {
                object.insert(Value::text(name), value);
            }
        }
        return Some(Value::Object(object.build()));
    };
    let (_, field) = fields.iter().find(|(known, _)| **known == **name)?;
    field(parts, rest)
}

/// What lies in a value at a path.
pub(super) fn below<'a>(value: Value<'a>, path: &[Arc<str>]) -> Option<Value<'a>> {
    path.iter().try_fold(value, |value, name| value.child(&Value::text(name)))
}
