//! Remembered tokens: a table of fixed size from a digest of the token to what was verified about it.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::limits::MAX_REMEMBERED_TOKENS;

/// Entries that share a place; a lookup compares at most this many digests.
const WAYS: usize = 8;

/// A token, as a digest, and the provider that it was presented to: nothing of the token can be read back from
/// it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenKey {
    provider_index: u32,
    digest: [u8; 32],
}

impl TokenKey {
    /// The key of a token for the provider at this place in the configuration.
    #[must_use]
    pub fn of(provider_index: u32, token: &[u8]) -> Self {
        Self { provider_index, digest: Sha256::digest(token).into() }
    }

    /// The same token for another provider, without reading the token again.
    #[must_use]
    pub fn for_provider(self, provider_index: u32) -> Self {
        Self { provider_index, ..self }
    }

    /// A number that is spread evenly, because a digest is.
    fn number(self) -> usize {
        let [a, b, c, d, ..] = self.digest;
        usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(0)
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey").finish_non_exhaustive()
    }
}

/// Values remembered for tokens, each found in constant time. When a place is full, the entry that was used
/// longest ago makes room. It never holds more entries than its capacity, whatever is put in.
///
/// Belongs to one configuration: drop it with the configuration. Whoever finds a value checks its times again
/// with [`Provider::recheck`](super::Provider::recheck); only verified tokens may be remembered.
pub struct TokenCache<T> {
    /// Each set holds at most `ways` entries, the most recently used first.
    sets: Vec<Vec<(TokenKey, Arc<T>)>>,
    ways: usize,
}

impl<T> TokenCache<T> {
    /// A table for at most `capacity` tokens, and never more than [`MAX_REMEMBERED_TOKENS`]; 0 remembers
    /// nothing. Rounded down to a multiple of 8 from 8 on.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.min(MAX_REMEMBERED_TOKENS);
        let ways = capacity.min(WAYS);
        let sets = capacity.checked_div(ways).unwrap_or(0);
        Self { sets: (0..sets).map(|_| Vec::new()).collect(), ways }
    }

    /// How many tokens can be remembered.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.sets.len().saturating_mul(self.ways)
    }

    /// How many tokens are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sets.iter().map(Vec::len).sum()
    }

    /// Whether none is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sets.iter().all(Vec::is_empty)
    }

    /// What is remembered for a token.
    pub fn find(&mut self, key: &TokenKey) -> Option<Arc<T>> {
        let set = self.set(key)?;
        let position = set.iter().position(|(other, _)| other == key)?;
        set.get_mut(..=position)?.rotate_right(1);
        set.first().map(|(_, value)| Arc::clone(value))
    }

    /// Remembers a value for a token, in place of what was remembered for it.
    pub fn remember(&mut self, key: TokenKey, value: Arc<T>) {
        let ways = self.ways;
        if let Some(set) = self.set(&key) {
            set.retain(|(other, _)| *other != key);
            set.truncate(ways.saturating_sub(1));
            set.insert(0, (key, value));
        }
    }

    /// Forgets a token, such as one that has expired.
    pub fn forget(&mut self, key: &TokenKey) {
        if let Some(set) = self.set(key) {
            set.retain(|(other, _)| other != key);
        }
    }

    fn set(&mut self, key: &TokenKey) -> Option<&mut Vec<(TokenKey, Arc<T>)>> {
        let index = key.number().checked_rem(self.sets.len())?;
        self.sets.get_mut(index)
    }
}

impl<T> fmt::Debug for TokenCache<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCache").field("len", &self.len()).field("capacity", &self.capacity()).finish()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn key(number: u32) -> TokenKey {
        TokenKey::of(0, &number.to_be_bytes())
    }

    #[test]
    fn what_was_remembered_is_found_for_its_provider_only() {
        let mut cache = TokenCache::new(64);
        cache.remember(TokenKey::of(1, b"token"), Arc::new("value"));
        assert_eq!(cache.find(&TokenKey::of(1, b"token")).as_deref(), Some(&"value"));
        assert_eq!(cache.find(&TokenKey::of(0, b"token").for_provider(1)).as_deref(), Some(&"value"));
        for other in [
            TokenKey::of(0, b"token"),
            TokenKey::of(1, b"token").for_provider(2),
            TokenKey::of(1, b"tokem"),
            TokenKey::of(1, b""),
            TokenKey::of(1, b"token "),
        ] {
            assert_eq!(cache.find(&other), None);
        }
    }

    #[test]
    fn remembering_again_replaces() {
        let mut cache = TokenCache::new(64);
        cache.remember(key(1), Arc::new(1));
        cache.remember(key(1), Arc::new(2));
        assert_eq!((cache.find(&key(1)).as_deref(), cache.len()), (Some(&2), 1));
        cache.forget(&key(1));
        assert_eq!((cache.find(&key(1)), cache.len()), (None, 0));
    }

    #[test]
    fn a_flood_never_grows_it_beyond_its_capacity() {
        for capacity in [1, 7, 8, 9, 100, 1024] {
            let mut cache = TokenCache::new(capacity);
            assert!(cache.capacity() <= capacity && cache.capacity() > 0);
            for number in 0..20_000 {
                cache.remember(key(number), Arc::new(number));
                assert!(cache.sets.iter().all(|set| set.len() <= cache.ways && set.capacity() <= WAYS));
            }
            assert!(cache.len() <= capacity);
            assert_eq!(cache.find(&key(19_999)).as_deref(), Some(&19_999));
            assert_eq!(cache.find(&key(0)), None);
        }
    }

    #[test]
    fn the_least_recently_used_makes_room() {
        let mut cache = TokenCache::new(WAYS);
        for number in 0..8 {
            cache.remember(key(number), Arc::new(number));
        }
        assert!(cache.find(&key(0)).is_some());
        cache.remember(key(8), Arc::new(8));
        assert!(cache.find(&key(0)).is_some());
        assert!(cache.find(&key(1)).is_none());
    }

    #[test]
    fn a_token_in_use_outlives_a_flood_of_a_few() {
        let mut cache = TokenCache::new(1024);
        cache.remember(key(0), Arc::new(0));
        for number in 1..50_000 {
            cache.remember(key(number), Arc::new(number));
            assert!(cache.find(&key(0)).is_some());
        }
    }

    #[test]
    fn no_capacity_remembers_nothing() {
        let mut cache = TokenCache::new(0);
        cache.remember(key(1), Arc::new(1));
        assert_eq!((cache.find(&key(1)), cache.len(), cache.capacity()), (None, 0, 0));
    }

    #[test]
    fn the_capacity_itself_is_bounded() {
        assert_eq!(TokenCache::<()>::new(usize::MAX).capacity(), MAX_REMEMBERED_TOKENS);
    }
}
