//! Sets.

use std::ops::Deref;
use std::sync::Arc;

use super::Value;

/// Values in order, each once; shared or lent.
#[derive(Clone)]
pub enum Set<'v> {
    /// Of somebody who outlives the evaluation.
    Lent(&'v [Value<'v>]),
    /// Counted.
    Shared(Arc<[Value<'v>]>),
}

impl<'v> Set<'v> {
    /// The same set for a shorter time, without a copy.
    #[must_use]
    pub fn lend<'a>(&'a self) -> Set<'a>
    where
        'v: 'a,
    {
        match self {
            Self::Lent(items) => Set::Lent(items),
            Self::Shared(items) => Set::Lent(items),
        }
    }

    /// The set without anything lent.
    #[must_use]
    pub fn into_owned(self) -> Set<'static> {
        Set::Shared(self.iter().map(|item| item.clone().into_owned()).collect())
    }

    /// The members in order.
    #[must_use]
    pub fn items(&self) -> &[Value<'v>] {
        match self {
            Self::Lent(items) => items,
            Self::Shared(items) => items,
        }
    }

    /// Where a member is, in order.
    #[must_use]
    pub fn position(&self, key: &Value<'_>) -> Option<usize> {
        self.items().binary_search_by(|item| item.cmp_to(key)).ok()
    }

    /// Whether it has the member.
    #[must_use]
    pub fn contains(&self, key: &Value<'_>) -> bool {
        self.position(key).is_some()
    }

    /// The member at a place in the order, for as long as the set is lent.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<Value<'v>> {
        match self {
            Self::Lent(items) => items.get(index).map(Value::lend),
            Self::Shared(items) => items.get(index).cloned(),
        }
    }

    /// The member that equals the key.
    #[must_use]
    pub fn child(&self, key: &Value<'_>) -> Option<Value<'v>> {
        self.at(self.position(key)?)
    }
}

impl<'v> Deref for Set<'v> {
    type Target = [Value<'v>];

    fn deref(&self) -> &[Value<'v>] {
        self.items()
    }
}

/// Collects members, in any order and more than once.
#[derive(Default)]
pub struct SetBuilder<'v>(Vec<Value<'v>>);

impl<'v> SetBuilder<'v> {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a member. Of equal ones the first stays.
    pub fn insert(&mut self, value: Value<'v>) {
        self.0.push(value);
    }

    /// The set.
    #[must_use]
    pub fn build(mut self) -> Set<'v> {
        self.0.sort_by(Value::cmp_to);
        self.0.dedup_by(|later, earlier| later.cmp_to(earlier).is_eq());
        Set::Shared(Arc::from(self.0))
    }
}

impl<'v> FromIterator<Value<'v>> for Set<'v> {
    fn from_iter<I: IntoIterator<Item = Value<'v>>>(items: I) -> Self {
        SetBuilder(items.into_iter().collect()).build()
    }
}
