//! Values of the policy language, behind a type of our own.

use std::fmt;
use std::sync::Arc;

use regorus::Value as Inner;
use thiserror::Error;

use super::builtins::is_bearable;
use super::limits::{NUMBER_DIGITS, NUMBER_MAGNITUDE, STRING_BYTES, VALUE_DEPTH, VALUE_NODES};

/// The key that serde_json uses to carry numbers of any size. regorus turns an object with it into a number, so it
/// must not come from outside.
const SERDE_NUMBER_KEY: &str = "$serde_json::private::Number";

/// A value of the policy language: null, boolean, number, string, array, object, or a set that a policy made.
///
/// Always defined: what a policy leaves undefined is [`Outcome::Undefined`](super::Outcome::Undefined). A clone shares
/// the contents. `Debug` tells the kind and the size, never the contents: claims and headers pass through here.
#[derive(Clone, PartialEq, Eq)]
pub struct Value(Inner);

impl Value {
    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Self(Inner::Null)
    }

    /// A boolean.
    #[must_use]
    pub fn bool(value: bool) -> Self {
        Self(Inner::Bool(value))
    }

    /// A whole number.
    #[must_use]
    pub fn integer(value: i64) -> Self {
        Self(Inner::from(value))
    }

    /// A number; `None` for NaN, the infinities and magnitudes of 10^32 and above.
    #[must_use]
    pub fn number_f64(value: f64) -> Option<Self> {
        (value.is_finite() && value.abs() < NUMBER_MAGNITUDE).then(|| Self(Inner::from(value)))
    }

    /// A string.
    #[must_use]
    pub fn string(value: &str) -> Self {
        Self(Inner::from(value))
    }

    /// An array.
    #[must_use]
    pub fn array(items: Vec<Value>) -> Self {
        Self(Inner::from(items.into_iter().map(|item| item.0).collect::<Vec<_>>()))
    }

    /// An object; of a repeated key the last value stays.
    #[must_use]
    pub fn object<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Self {
        let mut object = ObjectBuilder::new();
        for (key, value) in entries {
            object.insert(key, value);
        }
        object.build()
    }

    /// The value of a JSON document.
    ///
    /// # Errors
    /// If the document is deeper than 64 levels, has more than 100,000 values, a string of more than 1 MiB, a number
    /// that has more than 32 digits, or a key that serde_json keeps for itself.
    pub fn from_json(json: &serde_json::Value) -> Result<Self, ValueError> {
        let mut nodes = VALUE_NODES;
        Self::from_json_within(json, &mut nodes)
    }

    /// As [`from_json`](Self::from_json), with another number of values; `nodes` holds what is left.
    pub(crate) fn from_json_within(json: &serde_json::Value, nodes: &mut usize) -> Result<Self, ValueError> {
        read(json, VALUE_DEPTH, nodes).map(Self)
    }

    /// The JSON of this value; a set becomes an array in its order, a key that is no string its JSON text.
    ///
    /// # Errors
    /// If the value is deeper than 64 levels, has more than 100,000 values, or holds a number that JSON cannot.
    pub fn to_json(&self) -> Result<serde_json::Value, ValueError> {
        write(&self.0, VALUE_DEPTH, &mut { VALUE_NODES })
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.0 {
            Inner::Bool(value) => Some(value),
            Inner::Null
            | Inner::Number(_)
            | Inner::String(_)
            | Inner::Array(_)
            | Inner::Set(_)
            | Inner::Object(_)
            | Inner::Undefined => None,
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_string().ok().map(AsRef::as_ref)
    }

    /// The number as `i64`, if it is one and whole.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.0.as_i64().ok()
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.0, Inner::Null)
    }

    /// Whether this is a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self.0, Inner::Number(_))
    }

    /// Whether this is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self.0, Inner::Object(_))
    }

    /// The value under a key of an object; `None` if this is no object or has no such key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value> {
        self.0.as_object().ok()?.get(&Inner::from(key)).cloned().and_then(Self::defined)
    }

    /// The entries of an object that have a string as key, in the order of the keys; nothing if this is no object.
    pub fn entries(&self) -> impl Iterator<Item = (&str, Value)> {
        self.0
            .as_object()
            .ok()
            .into_iter()
            .flat_map(|object| object.iter_sorted())
            .filter_map(|(key, value)| Some((key.as_string().ok()?.as_ref(), Self::defined(value.clone())?)))
    }

    /// The items of an array or a set, in order; `None` if this is neither.
    #[must_use]
    pub fn items(&self) -> Option<Vec<Value>> {
        match &self.0 {
            Inner::Array(items) => Some(items.iter().cloned().filter_map(Self::defined).collect()),
            Inner::Set(items) => Some(items.iter_sorted().cloned().filter_map(Self::defined).collect()),
            Inner::Null
            | Inner::Bool(_)
            | Inner::Number(_)
            | Inner::String(_)
            | Inner::Object(_)
            | Inner::Undefined => None,
        }
    }

    /// `None` for what the engine calls undefined.
    pub(in crate::old_rego) fn defined(inner: Inner) -> Option<Self> {
        (inner != Inner::Undefined).then_some(Self(inner))
    }

    pub(in crate::old_rego) fn into_inner(self) -> Inner {
        self.0
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Null => f.write_str("Value(null)"),
            Inner::Bool(_) => f.write_str("Value(boolean)"),
            Inner::Number(_) => f.write_str("Value(number)"),
            Inner::String(s) => write!(f, "Value(string, {} bytes)", s.len()),
            Inner::Array(a) => write!(f, "Value(array, {} items)", a.len()),
            Inner::Set(s) => write!(f, "Value(set, {} items)", s.len()),
            Inner::Object(o) => write!(f, "Value(object, {} entries)", o.len()),
            Inner::Undefined => f.write_str("Value(undefined)"),
        }
    }
}

/// A key that is built once and used in many objects without an allocation.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Inner);

impl Key {
    /// A key with this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(Inner::String(Arc::from(name)))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Builds an object entry by entry.
#[derive(Default)]
pub struct ObjectBuilder(regorus::value::Object);

impl ObjectBuilder {
    /// An object without entries.
    #[must_use]
    pub fn new() -> Self {
        Self(regorus::value::Object::new())
    }

    /// Sets the value under a key; replaces an earlier one.
    pub fn insert(&mut self, key: &str, value: Value) {
        self.0.insert(Inner::from(key), value.0);
    }

    /// As [`insert`](Self::insert), with a key built before.
    pub fn insert_key(&mut self, key: &Key, value: Value) {
        self.0.insert(key.0.clone(), value.0);
    }

    /// The object.
    #[must_use]
    pub fn build(self) -> Value {
        Value(Inner::from(self.0))
    }
}

impl fmt::Debug for ObjectBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectBuilder({} entries)", self.0.len())
    }
}

/// Why a JSON document cannot be a value of the policy language, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ValueError {
    /// More than 64 levels.
    #[error("nested deeper than {VALUE_DEPTH} levels")]
    TooDeep,
    /// More values than allowed.
    #[error("too many values")]
    TooManyNodes,
    /// A string or key of more than 1 MiB.
    #[error("a string is longer than {STRING_BYTES} bytes")]
    StringTooLong,
    /// A number of more than 32 digits.
    #[error("a number has more than {NUMBER_DIGITS} digits")]
    NumberTooLarge,
    /// A key that serde_json keeps for itself.
    #[error("an object has a key that is reserved by the JSON parser")]
    ReservedKey,
}

impl ValueError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooDeep => "value_too_deep",
            Self::TooManyNodes => "value_too_many_nodes",
            Self::StringTooLong => "value_string_too_long",
            Self::NumberTooLarge => "value_number_too_large",
            Self::ReservedKey => "value_reserved_key",
        }
    }
}

fn read(json: &serde_json::Value, depth: usize, nodes: &mut usize) -> Result<Inner, ValueError> {
    *nodes = nodes.checked_sub(1).ok_or(ValueError::TooManyNodes)?;
    let below = || depth.checked_sub(1).ok_or(ValueError::TooDeep);
    match json {
        serde_json::Value::Null => Ok(Inner::Null),
        serde_json::Value::Bool(value) => Ok(Inner::Bool(*value)),
        serde_json::Value::Number(number) => read_number(number),
        serde_json::Value::String(text) => read_string(text),
        serde_json::Value::Array(items) => {
            let depth = below()?;
            let items = items.iter().map(|item| read(item, depth, nodes)).collect::<Result<Vec<_>, _>>()?;
            Ok(Inner::from(items))
        }
        serde_json::Value::Object(entries) => {
            let depth = below()?;
            let mut object = regorus::value::Object::new();
            for (key, value) in entries {
                if key == SERDE_NUMBER_KEY {
                    return Err(ValueError::ReservedKey);
                }
                object.insert(read_string(key)?, read(value, depth, nodes)?);
            }
            Ok(Inner::from(object))
        }
    }
}

fn read_string(text: &str) -> Result<Inner, ValueError> {
    if text.len() > STRING_BYTES {
        return Err(ValueError::StringTooLong);
    }
    Ok(Inner::from(text))
}

/// Whole numbers of 64 bits exactly; others by their text where it is short, so that nothing is rounded that need
/// not be.
fn read_number(number: &serde_json::Number) -> Result<Inner, ValueError> {
    if let Some(value) = number.as_i64() {
        return Ok(Inner::from(value));
    }
    if let Some(value) = number.as_u64() {
        return Ok(Inner::from(value));
    }
    let approximate = number.as_f64().ok_or(ValueError::NumberTooLarge)?;
    if !approximate.is_finite() || approximate.abs() >= NUMBER_MAGNITUDE {
        return Err(ValueError::NumberTooLarge);
    }
    let value = Inner::from_numeric_string(&number.to_string()).map_err(|_| ValueError::NumberTooLarge)?;
    if is_bearable(&value) { Ok(value) } else { Err(ValueError::NumberTooLarge) }
}

/// Counts what it writes: a value may hold the same part many times, and be far larger written out than it is.
fn write(value: &Inner, depth: usize, nodes: &mut usize) -> Result<serde_json::Value, ValueError> {
    *nodes = nodes.checked_sub(1).ok_or(ValueError::TooManyNodes)?;
    let below = || depth.checked_sub(1).ok_or(ValueError::TooDeep);
    match value {
        Inner::Null | Inner::Undefined => Ok(serde_json::Value::Null),
        Inner::Bool(value) => Ok(serde_json::Value::Bool(*value)),
        Inner::Number(_) => write_number(value),
        Inner::String(text) => Ok(serde_json::Value::String(text.to_string())),
        Inner::Array(items) => {
            let depth = below()?;
            items.iter().map(|item| write(item, depth, nodes)).collect::<Result<Vec<_>, _>>().map(Into::into)
        }
        Inner::Set(items) => {
            let depth = below()?;
            items
                .iter_sorted()
                .map(|item| write(item, depth, nodes))
                .collect::<Result<Vec<_>, _>>()
                .map(Into::into)
        }
        Inner::Object(entries) => {
            let depth = below()?;
            let mut object = serde_json::Map::new();
            for (key, value) in entries.iter_sorted() {
                let key = match key.as_string() {
                    Ok(text) => text.to_string(),
                    Err(_) => write(key, depth, nodes)?.to_string(),
                };
                object.insert(key, write(value, depth, nodes)?);
            }
            Ok(serde_json::Value::Object(object))
        }
    }
}

fn write_number(value: &Inner) -> Result<serde_json::Value, ValueError> {
    if let Ok(whole) = value.as_i64() {
        return Ok(whole.into());
    }
    if let Ok(whole) = value.as_u64() {
        return Ok(whole.into());
    }
    let text = value.to_json_str().map_err(|_| ValueError::NumberTooLarge)?;
    serde_json::from_str(&text).map_err(|_| ValueError::NumberTooLarge)
}
