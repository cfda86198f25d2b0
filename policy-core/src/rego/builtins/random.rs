//! `rand.intn`: numbers that look random and follow from the seed of the evaluation.

use sha2::{Digest, Sha256};

use super::arguments::{integer, text};
use super::{Call, Failure, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[("rand.intn", intn)];

/// A number from 0 up to but not including the size of `n`; the same for the same arguments in one evaluation.
fn intn<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (key, n) = (text(arguments, 1)?, integer(arguments, 2)?);
    call.meter.reads(key.len())?;
    // OPA does not survive the one number that has no positive counterpart.
    let n = n.checked_abs().ok_or(Failure::Limit("rand.intn takes no number that small"))?;
    let [first, second, ..] = digest(call.seed, &format!("intn {n}"), key);
    // 128 bits for a range of at most 63: no number is likelier than another by more than 2^-65.
    let wide = u128::from(first).wrapping_shl(64) | u128::from(second);
    let number = wide.checked_rem(u128::from(n.unsigned_abs())).unwrap_or(0);
    Ok(Some(Value::integer(i64::try_from(number).unwrap_or(0))))
}

/// 256 bits that follow from a seed, a purpose and a key.
pub(super) fn digest(seed: u64, purpose: &str, key: &str) -> [u64; 4] {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(u64::try_from(purpose.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(purpose);
    hash.update(key);
    let bytes = hash.finalize();
    let mut words = [0u64; 4];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks(8)) {
        *word = chunk.iter().fold(0, |word, byte| word.wrapping_shl(8) | u64::from(*byte));
    }
    words
}
