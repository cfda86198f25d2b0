//! Damage to a compiled policy.

use sha2::{Digest as _, Sha256};

use crate::hostile::prng::Prng;

/// Bytes before the checksum: the mark and the version of the form.
const START: usize = 12;

/// Bytes of the checksum.
const CHECKSUM: usize = 32;

/// The bytes with one to four damages; `other` gives parts of another form.
#[must_use]
pub fn damaged(form: &[u8], other: &[u8], random: &mut Prng) -> Vec<u8> {
    let mut bytes = form.to_vec();
    for _ in 0..random.between(1, 5) {
        // Most damage is done where the program is.
        let start = if random.one_in(20) { 0 } else { START + CHECKSUM };
        if bytes.len() <= start {
            return bytes;
        }
        let at = random.between(start, bytes.len());
        match random.below(7) {
            0 | 1 => bytes[at] ^= 1 << random.below(8),
            2 => bytes[at] = random.byte(),
            3 => bytes.truncate(at),
            4 => drop(bytes.remove(at)),
            5 if !other.is_empty() => {
                let from = random.below(other.len());
                let part: Vec<u8> = other.iter().skip(from).take(random.between(1, 64)).copied().collect();
                let end = bytes.len().min(at.saturating_add(random.between(0, 64)));
                bytes.splice(at..end, part);
            }
            _ => {
                let end = bytes.len().min(at.saturating_add(random.between(1, 64)));
                let part = bytes[at..end].to_vec();
                let to = random.between(start, bytes.len());
                bytes.splice(to..to, part);
            }
        }
    }
    bytes
}

/// The bytes with the checksum that is theirs: what whoever damages on purpose does.
#[must_use]
pub fn resealed(form: &[u8]) -> Vec<u8> {
    let (Some(start), Some(payload)) = (form.get(..START), form.get(START + CHECKSUM..)) else {
        return form.to_vec();
    };
    let digest = Sha256::new().chain_update(start).chain_update(payload).finalize();
    [start, &digest, payload].concat()
}
