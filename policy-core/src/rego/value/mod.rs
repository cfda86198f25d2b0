//! Rego's values.
//!
//! A value is shared or lent: what the policy and its data hold, and what a request sent, is lent to an evaluation for
//! its time (`'v`) without a copy and without a counter; what an evaluation makes is shared.

mod array;
mod compare;
mod entries;
mod hash;
mod json;
mod measure;
mod number;
mod object;
mod print;
mod set;
mod text;
mod unicode;

pub use array::Array;
pub use entries::Entries;
pub use json::{JsonError, JsonLimits};
pub(in crate::rego) use json::{Reader, by_text, quote_json};
pub(in crate::rego) use number::is_too_large;
pub use number::{Number, NumberError};
pub use object::{Object, ObjectBuilder};
pub(in crate::rego) use print::{quote, quote_with};
pub use set::{Set, SetBuilder};
pub use text::Text;
pub(in crate::rego) use unicode::{is_printable, to_lower, to_upper};

/// A value of Rego: JSON's, and sets.
///
/// Equality and order are OPA's: null < booleans < numbers < strings < arrays < objects < sets, numbers by what they
/// are worth (`1.0 == 1`).
#[derive(Clone)]
pub enum Value<'v> {
    /// `null`.
    Null,
    /// `true` and `false`.
    Bool(bool),
    /// A number of any size.
    Number(Number<'v>),
    /// Text.
    String(Text<'v>),
    /// Values in a row.
    Array(Array<'v>),
    /// Values by keys, which may be any values.
    Object(Object<'v>),
    /// Values without order, each once.
    Set(Set<'v>),
}

impl<'v> Value<'v> {
    /// The same value for a shorter time, without a copy.
    #[must_use]
    pub fn lend<'a>(&'a self) -> Value<'a>
    where
        'v: 'a,
    {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(value) => Value::Number(value.lend()),
            Self::String(value) => Value::String(value.lend()),
            Self::Array(value) => Value::Array(value.lend()),
            Self::Object(value) => Value::Object(value.lend()),
            Self::Set(value) => Value::Set(value.lend()),
        }
    }

    /// The value without anything lent: copies what is.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(value) => Value::Number(value.into_owned()),
            Self::String(value) => Value::String(value.into_owned()),
            Self::Array(value) => Value::Array(value.into_owned()),
            Self::Object(value) => Value::Object(value.into_owned()),
            Self::Set(value) => Value::Set(value.into_owned()),
        }
    }

    /// Text that outlives the evaluation, without a copy.
    #[must_use]
    pub fn text(text: &'v str) -> Self {
        Self::String(Text::Lent(text))
    }

    /// A copy of some text.
    #[must_use]
    pub fn string(text: &str) -> Self {
        Self::String(Text::from(text))
    }

    /// A whole number.
    #[must_use]
    pub fn integer(value: i64) -> Self {
        Self::Number(Number::Int(value))
    }

    /// An array.
    #[must_use]
    pub fn array(items: Vec<Value<'v>>) -> Self {
        Self::Array(Array::from(items))
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The text, if it is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(value) = self { Some(value) } else { None }
    }

    /// The whole number, if it is one that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        if let Self::Number(value) = self { value.as_i64() } else { None }
    }

    /// What lies below: an object's value by key, an array's by index, a set's member itself. `None` for everything
    /// that has no such thing.
    #[must_use]
    pub fn child(&self, key: &Value<'_>) -> Option<Value<'v>> {
        match self {
            Self::Object(object) => object.child(key),
            Self::Array(array) => array.child(key),
            Self::Set(set) => set.child(key),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => None,
        }
    }

    /// An object's value by a key that is text.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value<'v>> {
        if let Self::Object(object) = self { object.get_str(key) } else { None }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    /// Whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// What OPA calls the type: `null`, `boolean`, `number`, `string`, `array`, `object`, `set`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::Set(_) => "set",
        }
    }
}

/// Shows no contents: they may be a token's.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Value({})", self.type_name())
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::integer(value)
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::String(Text::from(value))
    }
}
