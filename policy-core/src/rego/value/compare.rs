//! Equality and order, as OPA has them.

use std::cmp::Ordering;

use super::{Number, Value};

impl Value<'_> {
    /// The order of all values: a total one, for sorting and searching. Numbers are compared exactly.
    #[must_use]
    pub fn cmp_to(&self, other: &Value<'_>) -> Ordering {
        order::<false>(self, other)
    }

    /// The order that OPA's operators see: as [`Value::cmp_to`], but numbers by [`Number::compare`].
    #[must_use]
    pub fn compare(&self, other: &Value<'_>) -> Ordering {
        order::<true>(self, other)
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

/// Numbers as OPA's operators see them, or exactly.
fn order<const AS_OPERATORS: bool>(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Number(a), Value::Number(b)) if AS_OPERATORS => a.compare(b),
        (Value::Number(a), Value::Number(b)) => a.cmp_to(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => items::<AS_OPERATORS>(a, b),
        (Value::Set(a), Value::Set(b)) => items::<AS_OPERATORS>(a, b),
        (Value::Object(a), Value::Object(b)) => {
            let (a, b) = (a.entries(), b.entries());
            if std::ptr::eq(a, b) {
                return Ordering::Equal;
            }
            for ((key, value), (other_key, other_value)) in a.iter().zip(b) {
                let by_key = order::<AS_OPERATORS>(key, other_key);
                let order = by_key.then_with(|| order::<AS_OPERATORS>(value, other_value));
                if order.is_ne() {
                    return order;
                }
            }
            a.len().cmp(&b.len())
        }
        _ => a.rank().cmp(&b.rank()),
    }
}

fn items<const AS_OPERATORS: bool>(a: &[Value<'_>], b: &[Value<'_>]) -> Ordering {
    if std::ptr::eq(a, b) {
        return Ordering::Equal;
    }
    for (a, b) in a.iter().zip(b) {
        let order = order::<AS_OPERATORS>(a, b);
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

/// As the operator `==` sees it.
impl<'a> PartialEq<Value<'a>> for Value<'_> {
    fn eq(&self, other: &Value<'a>) -> bool {
        self.compare(other).is_eq()
    }
}

impl<'a> PartialEq<Number<'a>> for Number<'_> {
    fn eq(&self, other: &Number<'a>) -> bool {
        self.compare(other).is_eq()
    }
}

impl Eq for Value<'_> {}

/// The total order, [`Value::cmp_to`], for maps and sorting.
impl Ord for Value<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.cmp_to(other)
    }
}

impl PartialOrd for Value<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Eq for Number<'_> {}
