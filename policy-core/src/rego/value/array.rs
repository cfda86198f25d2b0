//! Arrays.

use std::ops::Deref;
use std::sync::Arc;

use super::Value;

/// Values in a row, shared or lent.
#[derive(Clone)]
pub enum Array<'v> {
    /// Of somebody who outlives the evaluation.
    Lent(&'v [Value<'v>]),
    /// Counted.
    Shared(Arc<[Value<'v>]>),
}

impl<'v> Array<'v> {
    /// The same array for a shorter time, without a copy.
    #[must_use]
    pub fn lend<'a>(&'a self) -> Array<'a>
    where
        'v: 'a,
    {
        match self {
            Self::Lent(items) => Array::Lent(items),
            Self::Shared(items) => Array::Lent(items),
        }
    }

    /// The array without anything lent.
    #[must_use]
    pub fn into_owned(self) -> Array<'static> {
        Array::Shared(self.iter().map(|item| item.clone().into_owned()).collect())
    }

    /// The items.
    #[must_use]
    pub fn items(&self) -> &[Value<'v>] {
        match self {
            Self::Lent(items) => items,
            Self::Shared(items) => items,
        }
    }

    /// The item at an index, for as long as the array is lent.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<Value<'v>> {
        match self {
            Self::Lent(items) => items.get(index).map(Value::lend),
            Self::Shared(items) => items.get(index).cloned(),
        }
    }

    /// The item at an index that is a value: only whole numbers from 0 have one.
    #[must_use]
    pub fn child(&self, key: &Value<'_>) -> Option<Value<'v>> {
        self.at(usize::try_from(key.as_i64()?).ok()?)
    }
}

impl<'v> Deref for Array<'v> {
    type Target = [Value<'v>];

    fn deref(&self) -> &[Value<'v>] {
        self.items()
    }
}

impl<'v> From<Vec<Value<'v>>> for Array<'v> {
    fn from(items: Vec<Value<'v>>) -> Self {
        Self::Shared(Arc::from(items))
    }
}
