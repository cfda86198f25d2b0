//! From and to the values of `serde_json`.

use serde_json::Value as Json;

use super::super::{Array, Number, ObjectBuilder, Value};
use super::write::by_text;
use super::{JsonError, JsonLimits};

impl Value<'_> {
    /// The same value. A number keeps the text that `serde_json` kept; an object stays an object whatever its keys are.
    ///
    /// # Errors
    /// If it has more levels or values than the limits allow, or a number's exponent is beyond a million.
    pub fn from_serde(json: &Json, limits: JsonLimits) -> Result<Value<'static>, JsonError> {
        let JsonLimits { depth, mut nodes } = limits;
        convert(json, depth, &mut nodes)
    }

    /// The same value; sets become arrays, and keys the text of their JSON. `serde_json` writes the exponent of a
    /// number with its sign: `1e5` becomes `1e+5`.
    #[must_use]
    pub fn to_serde(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Number(Number::Int(value)) => Json::from(*value),
            Self::Number(Number::Decimal(text)) => text.parse().map_or(Json::Null, Json::Number),
            Self::String(text) => Json::from(text.as_str()),
            Self::Array(items) => Json::Array(items.iter().map(Value::to_serde).collect()),
            Self::Set(items) => Json::Array(items.iter().map(Value::to_serde).collect()),
            Self::Object(object) => {
                let entries = by_text(object.entries()).into_iter();
                Json::Object(entries.map(|(key, value)| (key.into_owned(), value.to_serde())).collect())
            }
        }
    }
}

fn convert(json: &Json, depth: usize, nodes: &mut usize) -> Result<Value<'static>, JsonError> {
    *nodes = nodes.checked_sub(1).ok_or(JsonError::Nodes)?;
    match json {
        Json::Null => Ok(Value::Null),
        Json::Bool(value) => Ok(Value::Bool(*value)),
        Json::Number(number) => match number.as_i64() {
            Some(value) if number.is_i64() => {
                Ok(Number::parse(&number.to_string()).map_or(Value::integer(value), Value::Number))
            }
            _ => Number::parse(&number.to_string()).map(Value::Number).ok_or(JsonError::Number),
        },
        Json::String(text) => Ok(Value::string(text)),
        Json::Array(items) => {
            let below = depth.checked_sub(1).ok_or(JsonError::Depth)?;
            let items: Result<Vec<_>, _> = items.iter().map(|item| convert(item, below, nodes)).collect();
            Ok(Value::Array(Array::from(items?)))
        }
        Json::Object(map) => {
            let below = depth.checked_sub(1).ok_or(JsonError::Depth)?;
            let mut object = ObjectBuilder::new();
            for (key, value) in map {
                object.insert(Value::string(key), convert(value, below, nodes)?);
            }
            Ok(Value::Object(object.build()))
        }
    }
}
