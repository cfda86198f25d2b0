//! Objects.

use std::sync::Arc;

use super::Value;
use super::entries::{Entries, Entry};

/// Values by keys, in the order of the keys; shared or lent.
#[derive(Clone)]
pub enum Object<'v> {
    /// Of somebody who outlives the evaluation.
    Lent(&'v Entries<'v>),
    /// Counted.
    Shared(Arc<Entries<'v>>),
}

impl<'v> Object<'v> {
    /// The same object for a shorter time, without a copy.
    #[must_use]
    pub fn lend<'a>(&'a self) -> Object<'a>
    where
        'v: 'a,
    {
        match self {
            Self::Lent(entries) => Object::Lent(entries),
            Self::Shared(entries) => Object::Lent(entries),
        }
    }

    /// The object without anything lent. An index is built anew if there was one.
    #[must_use]
    pub fn into_owned(self) -> Object<'static> {
        let owned = |(key, value): &Entry<'v>| (key.clone().into_owned(), value.clone().into_owned());
        let entries = Entries::sorted(self.entries().iter().map(owned).collect());
        Object::Shared(Arc::new(if self.is_indexed() { entries.with_index() } else { entries }))
    }

    /// The same object with an index of the keys that are text, if it is large enough to need one. For what is looked
    /// into more often than it is made: data, not requests.
    #[must_use]
    pub fn with_index(self) -> Object<'v> {
        if self.is_indexed() || !Entries::is_worth_an_index(self.len()) {
            return self;
        }
        let entries = match self {
            Self::Lent(entries) => entries.lend(),
            Self::Shared(entries) => Arc::try_unwrap(entries).unwrap_or_else(|entries| (*entries).clone()),
        };
        Object::Shared(Arc::new(entries.with_index()))
    }

    /// Whether keys that are text are found without a search.
    #[must_use]
    pub fn is_indexed(&self) -> bool {
        self.held().is_indexed()
    }

    /// The entries in the order of the keys.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'v>] {
        self.held().as_slice()
    }

    fn held(&self) -> &Entries<'v> {
        match self {
            Self::Lent(entries) => entries,
            Self::Shared(entries) => entries,
        }
    }

    /// How many entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    /// Whether it has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries().is_empty()
    }

    /// Where a key is, in order.
    #[must_use]
    pub fn position(&self, key: &Value<'_>) -> Option<usize> {
        self.held().position(key)
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &Value<'_>) -> Option<&Value<'v>> {
        self.entries().get(self.position(key)?).map(|(_, value)| value)
    }

    /// The value of a key that is text.
    #[must_use]
    pub fn get_str(&self, key: &str) -> Option<&Value<'v>> {
        let entries = self.held();
        entries.as_slice().get(entries.position_str(key)?).map(|(_, value)| value)
    }

    /// The entry at a place in the order, for as long as the object is lent.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<Entry<'v>> {
        match self {
            Self::Lent(entries) => {
                entries.as_slice().get(index).map(|(key, value)| (key.lend(), value.lend()))
            }
            Self::Shared(entries) => entries.as_slice().get(index).cloned(),
        }
    }

    /// The value of a key, for as long as the object is lent.
    #[must_use]
    pub fn child(&self, key: &Value<'_>) -> Option<Value<'v>> {
        let index = self.position(key)?;
        match self {
            Self::Lent(entries) => entries.as_slice().get(index).map(|(_, value)| value.lend()),
            Self::Shared(entries) => entries.as_slice().get(index).map(|(_, value)| value.clone()),
        }
    }
}

/// Collects entries in any order.
#[derive(Default)]
pub struct ObjectBuilder<'v>(Vec<Entry<'v>>);

impl<'v> ObjectBuilder<'v> {
    /// An empty object.
    #[must_use]
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds an entry. Of equal keys the last one's value stays.
    pub fn insert(&mut self, key: Value<'v>, value: Value<'v>) {
        self.0.push((key, value));
    }

    /// The object.
    #[must_use]
    pub fn build(mut self) -> Object<'v> {
        self.0.sort_by(|(a, _), (b, _)| a.cmp_to(b));
        self.0.dedup_by(|later, earlier| {
            let same = later.0.cmp_to(&earlier.0).is_eq();
            if same {
                std::mem::swap(&mut later.1, &mut earlier.1);
            }
            same
        });
        Object::Shared(Arc::new(Entries::sorted(self.0)))
    }

    /// The object, if no key has two different values.
    #[must_use]
    pub fn build_unique(mut self) -> Option<Object<'v>> {
        self.0.sort_by(|(a, _), (b, _)| a.cmp_to(b));
        let mut pairs = self.0.iter().zip(self.0.iter().skip(1));
        if pairs.any(|(a, b)| a.0.cmp_to(&b.0).is_eq() && a.1.cmp_to(&b.1).is_ne()) {
            return None;
        }
        self.0.dedup_by(|later, earlier| later.0.cmp_to(&earlier.0).is_eq());
        Some(Object::Shared(Arc::new(Entries::sorted(self.0))))
    }
}

impl<'v> FromIterator<Entry<'v>> for Object<'v> {
    fn from_iter<I: IntoIterator<Item = Entry<'v>>>(entries: I) -> Self {
        ObjectBuilder(entries.into_iter().collect()).build()
    }
}
