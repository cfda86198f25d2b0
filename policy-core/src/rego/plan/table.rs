//! Tables of what a policy holds, by a hash that is the same everywhere.
//!
//! Keys are the policy's own, so nobody who sends requests can choose them to collide.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table.
pub(in crate::rego) type Table<K, V> = HashMap<K, V, BuildHasherDefault<Folding>>;

/// An empty table.
pub(in crate::rego) fn table<K, V>() -> Table<K, V> {
    HashMap::default()
}

/// Eight bytes at a time: multiplied to twice the width and folded.
#[derive(Default)]
pub(in crate::rego) struct Folding(u64);

impl Folding {
    fn add(&mut self, word: u64) {
        let wide = u128::from(self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let (low, high) = (wide & u128::from(u64::MAX), wide >> 64);
        self.0 = u64::try_from((low ^ high) & u128::from(u64::MAX)).unwrap_or(0);
    }
}

impl Hasher for Folding {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let last = rest.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.add(last ^ length.rotate_left(56));
    }

    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }
}
