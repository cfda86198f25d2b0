//! Equality and order, as OPA has them.

use std::cmp::Ordering;

use super::{Number, Value};

impl Value<'_> {
    /// The order of all values.
    #[must_use]
    pub fn cmp_to(&self, other: &Value<'_>) -> Ordering {
        match (self, other) {
            (Value::String(a), Value::String(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Value::Number(a), Value::Number(b)) => a.cmp_to(b),
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Array(a), Value::Array(b)) => items(a, b),
            (Value::Set(a), Value::Set(b)) => items(a, b),
            (Value::Object(a), Value::Object(b)) => {
                let (a, b) = (a.entries(), b.entries());
                for ((key, value), (other_key, other_value)) in a.iter().zip(b) {
                    let order = key.cmp_to(other_key).then_with(|| value.cmp_to(other_value));
                    if order.is_ne() {
                        return order;
                    }
                }
                a.len().cmp(&b.len())
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::String(_) => 3,
            Self::Array(_) => 4,
            Self::Object(_) => 5,
            Self::Set(_) => 6,
        }
    }
}

fn items(a: &[Value<'_>], b: &[Value<'_>]) -> Ordering {
    for (a, b) in a.iter().zip(b) {
        let order = a.cmp_to(b);
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

impl<'a> PartialEq<Value<'a>> for Value<'_> {
    fn eq(&self, other: &Value<'a>) -> bool {
        self.cmp_to(other).is_eq()
    }
}

impl Eq for Value<'_> {}

impl PartialOrd for Value<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.cmp_to(other)
    }
}

impl<'a> PartialEq<Number<'a>> for Number<'_> {
    fn eq(&self, other: &Number<'a>) -> bool {
        self.cmp_to(other).is_eq()
    }
}

impl Eq for Number<'_> {}
