//! Digests and HMAC.

use hmac::digest::Digest;
use hmac::digest::core_api::BlockSizeUser;
use hmac::{Mac as _, SimpleHmac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::super::call::{Call, Failure, Meter};
use super::string_operand;
use crate::rego::value::Value;

/// A hash of the SHA-2 family, as the signature algorithms use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rego::builtins) enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// Bytes of a digest.
    pub(in crate::rego::builtins) fn size(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The digest of some parts, one after the other.
    pub(in crate::rego::builtins) fn digest(self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Sha256 => digest::<Sha256>(parts),
            Self::Sha384 => digest::<Sha384>(parts),
            Self::Sha512 => digest::<Sha512>(parts),
        }
    }
}

/// HMAC with a hash of the SHA-2 family.
pub(in crate::rego::builtins) struct Mac;

impl Mac {
    /// The authentication code of some text.
    pub(in crate::rego::builtins) fn code(hash: Hash, key: &[u8], message: &[u8]) -> Vec<u8> {
        match hash {
            Hash::Sha256 => code::<Sha256>(key, message),
            Hash::Sha384 => code::<Sha384>(key, message),
            Hash::Sha512 => code::<Sha512>(key, message),
        }
    }

    /// Whether an authentication code is right; takes the same time wherever they differ.
    pub(in crate::rego::builtins) fn verifies(
        hash: Hash,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        same(&Self::code(hash, key, message), signature)
    }
}

/// Equality that takes the same time wherever two texts of one length differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut hasher = D::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().to_vec()
}

fn code<D: Digest + BlockSizeUser>(key: &[u8], message: &[u8]) -> Vec<u8> {
    // RFC 2104 section 2: a key of any length; `new_from_slice` has no length to refuse.
    let Ok(mut mac) = SimpleHmac::<D>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// What hashing costs: about three times what reading does.
pub(in crate::rego::builtins) fn charge(meter: &mut Meter, bytes: usize) -> Result<(), Failure> {
    meter.steps(5)?;
    meter.reads(bytes.saturating_mul(3))
}

/// Lower-case hexadecimal digits.
pub(in crate::rego::builtins) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)]).collect()
}

fn hashed<'v, D: Digest>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let text = string_operand(arguments, 1)?;
    charge(call.meter, text.len())?;
    Ok(Some(Value::from(hex(&digest::<D>(&[text.as_bytes()])))))
}

fn authenticated<'v, D: Digest + BlockSizeUser>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    let message = string_operand(arguments, 1)?;
    let key = string_operand(arguments, 2)?;
    charge(call.meter, message.len().saturating_add(key.len()))?;
    Ok(Some(Value::from(hex(&code::<D>(key.as_bytes(), message.as_bytes())))))
}

/// `crypto.md5(text)`.
pub(super) fn md5<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    hashed::<Md5>(call, arguments)
}

/// `crypto.sha1(text)`.
pub(super) fn sha1<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    hashed::<Sha1>(call, arguments)
}

/// `crypto.sha256(text)`.
pub(super) fn sha256<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    hashed::<Sha256>(call, arguments)
}

/// `crypto.hmac.md5(message, key)`.
pub(super) fn hmac_md5<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    authenticated::<Md5>(call, arguments)
}

/// `crypto.hmac.sha1(message, key)`.
pub(super) fn hmac_sha1<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    authenticated::<Sha1>(call, arguments)
}

/// `crypto.hmac.sha256(message, key)`.
pub(super) fn hmac_sha256<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    authenticated::<Sha256>(call, arguments)
}

/// `crypto.hmac.sha512(message, key)`.
pub(super) fn hmac_sha512<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    authenticated::<Sha512>(call, arguments)
}

/// `crypto.hmac.equal(code, code)`.
pub(super) fn hmac_equal<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    let (a, b) = (string_operand(arguments, 1)?, string_operand(arguments, 2)?);
    call.meter.reads(a.len().saturating_add(b.len()))?;
    Ok(Some(Value::Bool(same(a.as_bytes(), b.as_bytes()))))
}
