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
pub use json::{JsonError, JsonLimits};
pub(in crate::rego) use json::{Reader, by_text, quote_json};
pub use number::Number;
pub(in crate::rego) use number::NumberError;
pub(in crate::rego) use number::is_too_large;
pub use object::{Object, ObjectBuilder};
pub(in crate::rego) use print::quote_with;
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

    /// The number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<&Number<'v>> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// The array, if it is one.
    #[must_use]
    pub fn as_array(&self) -> Option<&Array<'v>> {
        if let Self::Array(array) = self { Some(array) } else { None }
    }

    /// The object, if it is one.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object<'v>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The set, if it is one.
    #[must_use]
    pub fn as_set(&self) -> Option<&Set<'v>> {
        if let Self::Set(set) = self { Some(set) } else { None }
    }

    /// The items of an array, or the members of a set.
    #[must_use]
    pub fn as_items(&self) -> Option<&[Value<'v>]> {
        match self {
            Self::Array(items) => Some(items),
            Self::Set(items) => Some(items),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Object(_) => None,
        }
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

    /// What lies below in a data document, as OPA's store finds it: a number is the key that is written like it, and
    /// text that is a number is an array's index.
    #[must_use]
    pub fn stored(&self, key: &Value<'_>) -> Option<Value<'v>> {
        let number;
        let text: &str = match key {
            Value::String(text) => text,
            Value::Number(Number::Int(value)) if *value >= 0 && matches!(self, Self::Array(_)) => {
                return self.child(key);
            }
            Value::Number(value) => {
                number = value.text();
                &number
            }
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) | Value::Set(_) => return None,
        };
        match self {
            Self::Object(object) => object.child(&Value::text(text)),
            Self::Array(array) => array.at(index(text)?),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Set(_) => None,
        }
    }

    /// An object's value by a key that is text.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value<'v>> {
        if let Self::Object(object) = self { object.get_str(key) } else { None }
    }

    /// The items of an array or the members of a set.
    #[must_use]
    pub fn items(&self) -> Option<&[Value<'v>]> {
        match self {
            Self::Array(array) => Some(array.items()),
            Self::Set(set) => Some(set.items()),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Object(_) => None,
        }
    }

    /// The entries of an object whose keys are text; none of anything else.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value<'v>)> {
        let entries = if let Self::Object(object) = self { object.entries() } else { &[] };
        entries.iter().filter_map(|(key, value)| Some((key.as_str()?, value)))
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

/// An array's index in a path of the store: Go's whole numbers, and those with a fraction of zeros.
fn index(text: &str) -> Option<usize> {
    if let Ok(index) = text.strip_prefix('+').unwrap_or(text).parse() {
        return Some(index);
    }
    let (whole, fraction) = text.split_once('.')?;
    (fraction.bytes().all(|byte| byte == b'0') && !fraction.is_empty()).then(|| whole.parse().ok()).flatten()
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
