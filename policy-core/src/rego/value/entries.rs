//! What an object holds: sorted entries, and an index of them if they are many.

use std::sync::Arc;

use super::{Text, Value};

/// A key and its value.
pub(super) type Entry<'v> = (Value<'v>, Value<'v>);

/// Entries from which an index pays: below, a search compares four keys at most.
const INDEX_FROM: usize = 16;

/// Entries in the order of their keys, each key once.
#[derive(Clone)]
pub struct Entries<'v> {
    sorted: Box<[Entry<'v>]>,
    index: Option<Arc<Index>>,
}

impl<'v> Entries<'v> {
    /// Entries that are in order already.
    pub(super) fn sorted(entries: Vec<Entry<'v>>) -> Self {
        Self { sorted: entries.into_boxed_slice(), index: None }
    }

    pub(super) fn is_worth_an_index(entries: usize) -> bool {
        entries > INDEX_FROM
    }

    pub(super) fn with_index(self) -> Self {
        let index = Index::of(&self.sorted).map(Arc::new);
        Self { index, ..self }
    }

    pub(super) fn is_indexed(&self) -> bool {
        self.index.is_some()
    }

    /// The same entries for a shorter time.
    pub(super) fn lend<'a>(&'a self) -> Entries<'a> {
        let lend = |(key, value): &'a Entry<'v>| (key.lend(), value.lend());
        Entries { sorted: self.sorted.iter().map(lend).collect(), index: self.index.clone() }
    }

    pub(super) fn as_slice(&self) -> &[Entry<'v>] {
        &self.sorted
    }

    pub(super) fn position(&self, key: &Value<'_>) -> Option<usize> {
        match key {
            Value::String(key) => self.position_str(key),
            key => self.sorted.binary_search_by(|(known, _)| known.cmp_to(key)).ok(),
        }
    }

    pub(super) fn position_str(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.position(key, &self.sorted),
            None => {
                let key = Value::String(Text::Lent(key));
                self.sorted.binary_search_by(|(known, _)| known.cmp_to(&key)).ok()
            }
        }
    }
}

/// A table of places by the hash of the key, searched linearly from there on.
///
/// The hash is fixed, so that a policy behaves the same everywhere; keys that are chosen to collide make looking up
/// slow. That is why only the operator's data is indexed.
struct Index {
    /// Places plus one; 0 is empty. Twice as many slots as entries or more, a power of two.
    slots: Box<[u32]>,
}

impl Index {
    /// `None` for more entries than a place can count.
    fn of(entries: &[Entry<'_>]) -> Option<Self> {
        let size = entries.len().checked_mul(2)?.checked_next_power_of_two()?;
        let mut slots = vec![0_u32; size].into_boxed_slice();
        for (place, (key, _)) in entries.iter().enumerate() {
            let Value::String(key) = key else { continue };
            let place = u32::try_from(place.checked_add(1)?).ok()?;
            let mut at = start(key, size);
            while *slots.get(at)? != 0 {
                at = next(at, size);
            }
            *slots.get_mut(at)? = place;
        }
        Some(Self { slots })
    }

    fn position(&self, key: &str, entries: &[Entry<'_>]) -> Option<usize> {
        let mut at = start(key, self.slots.len());
        loop {
            let place = usize::try_from(*self.slots.get(at)?).ok()?.checked_sub(1)?;
            if let Some((Value::String(known), _)) = entries.get(place)
                && known.as_str() == key
            {
                return Some(place);
            }
            at = next(at, self.slots.len());
        }
    }
}

fn start(key: &str, slots: usize) -> usize {
    let hash = hash(key.as_bytes());
    // The high half is the better mixed one; `slots` is a power of two.
    usize::try_from(hash >> 32).unwrap_or(0) & slots.saturating_sub(1)
}

fn next(at: usize, slots: usize) -> usize {
    at.wrapping_add(1) & slots.saturating_sub(1)
}

/// Eight bytes at a time: multiplied to twice the width and folded.
fn hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let last = rest.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let words = words.iter().map(|word| u64::from_le_bytes(*word)).chain([last]);
    words.fold(fold(length ^ 0x9e37_79b9_7f4a_7c15), |hash, word| fold(hash ^ word))
}

fn fold(value: u64) -> u64 {
    let wide = u128::from(value).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let (low, high) = (wide & u128::from(u64::MAX), wide >> 64);
    u64::try_from(low ^ high).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::{Object, ObjectBuilder, Value};

    fn object(size: i64) -> Object<'static> {
        let mut object = ObjectBuilder::new();
        for number in 0..size {
            object.insert(Value::string(&format!("key {number}")), Value::integer(number));
            object.insert(Value::integer(number), Value::Null);
        }
        object.build()
    }

    #[test]
    fn finds_every_key_with_an_index() {
        let object = object(1000).with_index();
        assert!(object.is_indexed());
        for number in 0..1000 {
            let key = format!("key {number}");
            assert_eq!(object.get_str(&key).and_then(Value::as_i64), Some(number));
            assert_eq!(
                object.lend().child(&Value::text(&key)).and_then(|value| value.as_i64()),
                Some(number)
            );
            assert!(object.get(&Value::integer(number)).is_some_and(Value::is_null));
        }
        assert!(object.get_str("key 1000").is_none());
        assert!(object.get_str("").is_none());
        assert!(object.get(&Value::Null).is_none());
    }

    #[test]
    fn the_index_survives_lending_and_owning() {
        let object = object(20).with_index();
        assert!(object.lend().is_indexed());
        assert!(object.lend().into_owned().is_indexed());
    }

    #[test]
    fn small_objects_have_no_index() {
        let object = object(8).with_index();
        assert!(!object.is_indexed());
        assert_eq!(object.get_str("key 7").and_then(Value::as_i64), Some(7));
    }
}
