//! The keys that a policy trusts: a certificate or a public key in PEM, a JWK, or a set of JWKs.

use super::super::call::{Failure, Meter};
use super::super::crypto::{PublicKey, certificate_key, pem_block, public_key_from_der, refused};
use super::MAX_KEY_BYTES;
use super::jwk;

/// A key, what it is called, and the algorithm to which it is bound.
pub(super) struct NamedKey {
    pub(super) key: Key,
    /// Empty if it has none.
    pub(super) id: String,
    /// Empty if it is bound to none.
    pub(super) algorithm: String,
}

/// A key that can check signatures.
pub(super) enum Key {
    /// A public key.
    Public(PublicKey),
    /// The public half of a private key: only `io.jwt.decode_verify` uses it, the other functions take no private key.
    Private(PublicKey),
    /// A secret that both sides know.
    Secret(Vec<u8>),
    /// A key of an algorithm that nobody knows, in a certificate: nothing verifies with it.
    Unknown,
}

/// The keys of a text.
///
/// # Errors
/// When the text, or any key in it, is not well formed, or of a kind that is not known.
pub(super) fn keys(text: &str, meter: &mut Meter) -> Result<Vec<NamedKey>, Failure> {
    if text.len() > MAX_KEY_BYTES {
        return Err(Failure::Limit("a key has more than 1 MiB"));
    }
    meter.reads(text.len())?;
    let Some(block) = pem_block(text.as_bytes()) else {
        let set = jwk::parse_set(text.as_bytes(), meter)?;
        return Ok(set.into_iter().filter_map(jwk::Jwk::into_trusted).collect());
    };
    if !block.rest.is_empty() {
        return Err(refused("extra data after a PEM certificate block"));
    }
    meter.makes(block.bytes.len())?;
    let key = match block.label {
        b"CERTIFICATE" => certificate_key(&block.bytes, meter)?.map_or(Key::Unknown, Key::Public),
        b"PUBLIC KEY" => Key::Public(public_key_from_der(&block.bytes, meter)?),
        _ => return Err(refused("failed to extract a Key from the PEM certificate")),
    };
    Ok(vec![NamedKey { key, id: String::new(), algorithm: String::new() }])
}

/// The first key of that name.
pub(super) fn by_id<'k>(keys: &'k [NamedKey], id: &str) -> Option<&'k NamedKey> {
    keys.iter().find(|key| !id.is_empty() && key.id == id)
}
