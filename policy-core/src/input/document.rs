//! Objects as lists of fields, and the way through them.

use std::sync::Arc;

use super::InputParts;
use crate::rego::{ObjectBuilder, Value};

/// A field of an object.
#[derive(Clone, Copy)]
pub(super) enum Field {
    /// Its whole value, however little of it is wanted.
    Whole(for<'a> fn(&InputParts<'a>) -> Option<Value<'a>>),
    /// What lies in it at a path; for an empty path the whole.
    Part(for<'a> fn(&InputParts<'a>, &[Arc<str>]) -> Option<Value<'a>>),
}

impl Field {
    /// What lies in it at a path; `None` also where the path goes on and the value does not.
    pub(super) fn at<'a>(self, parts: &InputParts<'a>, path: &[Arc<str>]) -> Option<Value<'a>> {
        match self {
            Self::Whole(value) => below(value(parts)?, path),
            Self::Part(part) => part(parts, path),
        }
    }
}

/// The part at a path of an object; for an empty path the whole, without the fields that are absent.
pub(super) fn fields<'a>(
    fields: &[(&'static str, Field)],
    parts: &InputParts<'a>,
    path: &[Arc<str>],
) -> Option<Value<'a>> {
    let Some((name, rest)) = path.split_first() else {
        let mut object = ObjectBuilder::new();
        for (name, field) in fields {
            if let Some(value) = field.at(parts, &[]) {
                object.insert(Value::text(name), value);
            }
        }
        return Some(Value::Object(object.build()));
    };
    let (_, field) = fields.iter().find(|(known, _)| **known == **name)?;
    field.at(parts, rest)
}

/// What lies in a value at a path.
pub(super) fn below<'a>(value: Value<'a>, path: &[Arc<str>]) -> Option<Value<'a>> {
    path.iter().try_fold(value, |value, name| value.child(&Value::text(name)))
}
