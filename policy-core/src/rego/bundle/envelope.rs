//! What lies around the program: how it is known for what it is, and for undamaged.
//!
//! ```text
//! "\x89Doorwrd"  version (u32, little-endian)  SHA-256 of everything else  engine, texts, program
//! ```

use sha2::{Digest as _, Sha256};

use super::writer::{Writer, varint};
use super::{BYTES, CompiledError};

/// The first byte is no character of ASCII, so that no text is taken for a compiled policy.
const MAGIC: &[u8; 8] = b"\x89Doorwrd";

/// The version of the form. To be raised with every change of what is written.
pub(super) const FORMAT: u32 = 1;

/// The engine that compiled. What a program means may change with it.
const ENGINE: &str = env!("CARGO_PKG_VERSION");

fn digest(format: u32, payload: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(MAGIC)
        .chain_update(format.to_le_bytes())
        .chain_update(payload)
        .finalize()
        .into()
}

/// The bytes of what was written.
pub(super) fn seal(body: &Writer) -> Result<Vec<u8>, CompiledError> {
    let mut payload = Vec::new();
    bytes(&mut payload, ENGINE.as_bytes());
    varint(&mut payload, u64::try_from(body.texts().len()).unwrap_or(u64::MAX));
    for text in body.texts() {
        bytes(&mut payload, text.as_bytes());
    }
    payload.extend_from_slice(body.bytes());
    let all = envelope(&payload);
    if all.len() > BYTES { Err(CompiledError::TooLarge("bytes")) } else { Ok(all) }
}

/// A payload with its checksum in front.
fn envelope(payload: &[u8]) -> Vec<u8> {
    [MAGIC.as_slice(), &FORMAT.to_le_bytes(), &digest(FORMAT, payload), payload].concat()
}

fn bytes(into: &mut Vec<u8>, bytes: &[u8]) {
    varint(into, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    into.extend_from_slice(bytes);
}

/// What follows the engine's version, if all that is in front is right.
pub(super) fn open(bytes: &[u8]) -> Result<&[u8], CompiledError> {
    if bytes.len() > BYTES {
        return Err(CompiledError::TooLarge("bytes"));
    }
    let rest = bytes.strip_prefix(MAGIC.as_slice()).ok_or(CompiledError::Foreign)?;
    let (format, rest) = rest.split_first_chunk::<4>().ok_or(CompiledError::Damaged)?;
    let found = u32::from_le_bytes(*format);
    if found != FORMAT {
        return Err(CompiledError::Format { found });
    }
    let (wanted, payload) = rest.split_first_chunk::<32>().ok_or(CompiledError::Damaged)?;
    if digest(found, payload) != *wanted {
        return Err(CompiledError::Damaged);
    }
    let mut engine = Vec::new();
    self::bytes(&mut engine, ENGINE.as_bytes());
    payload.strip_prefix(engine.as_slice()).ok_or(CompiledError::Engine)
}

/// The same bytes with the checksum that is theirs: what an attacker does.
#[cfg(test)]
pub(super) fn reseal(form: &[u8]) -> Vec<u8> {
    envelope(form.get(MAGIC.len().saturating_add(36)..).unwrap_or_default())
}
