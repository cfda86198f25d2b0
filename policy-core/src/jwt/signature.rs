//! The signature check: a public key and whether it made this signature. The only file that names a
//! cryptography crate.
//!
//! RSA, P-256 and P-384 go through `jsonwebtoken`, of which nothing else is used: not its JWK, header or
//! claim rules. Its RustCrypto functions, or with the feature `aws-lc` those of AWS-LC, are taken directly, not
//! through the process-wide provider, which panics when features disagree. ES512, which it does not know, and EdDSA, where it panics on a short key
//! and lets weak keys pass, use the RustCrypto crates themselves.
//!
//! Two signatures may be good for one token: ECDSA accepts (r, n - s) for (r, s). So a signature never names a
//! token; only the whole token does.
//!
//! A public key has no secret, so the timing of these checks tells nobody anything (RUSTSEC-2023-0071 is
//! about private keys).

use std::fmt;

use jsonwebtoken::DecodingKey;
#[cfg(feature = "aws-lc")]
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER as CHECKS;
use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER as READS;
#[cfg(not(feature = "aws-lc"))]
use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER as CHECKS;
use p521::ecdsa::signature::Verifier as _;

use super::algorithm::{Algorithm, KeyType};

/// A public key that was found fit when it was made.
#[derive(Clone)]
pub(crate) enum PublicKey {
    /// An RSA key. `jsonwebtoken` reads modulus and exponent again for each check, which is cheap beside it.
    Rsa {
        /// Both numbers.
        key: DecodingKey,
        /// The modulus, big-endian and without leading zeros, of a whole number of bytes.
        modulus: Vec<u8>,
    },
    /// A point on P-256.
    P256(DecodingKey),
    /// A point on P-384.
    P384(DecodingKey),
    /// A point on P-521.
    P521(Box<p521::ecdsa::VerifyingKey>),
    /// An Ed25519 point that is not of small order.
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
}

impl PublicKey {
    /// An RSA key; both numbers big-endian, without leading zeros. Size and parity are checked by the caller.
    pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        Self::Rsa { key: DecodingKey::from_rsa_raw_components(modulus, exponent), modulus: modulus.to_vec() }
    }

    /// A point of P-256, P-384 or P-521 in SEC 1 form; `None` if it is not on the curve, or the type is no
    /// curve.
    pub(crate) fn ec(key_type: KeyType, sec1_point: &[u8]) -> Option<Self> {
        match key_type {
            KeyType::P256 => {
                let key = DecodingKey::from_ec_der(sec1_point);
                on_curve(jsonwebtoken::Algorithm::ES256, &key).then_some(Self::P256(key))
            }
            KeyType::P384 => {
                let key = DecodingKey::from_ec_der(sec1_point);
                on_curve(jsonwebtoken::Algorithm::ES384, &key).then_some(Self::P384(key))
            }
            KeyType::P521 => {
                let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(sec1_point).ok()?;
                Some(Self::P521(Box::new(key)))
            }
            KeyType::Rsa | KeyType::Ed25519 => None,
        }
    }

    /// An Ed25519 key; `None` if the bytes are no point, or one of small order, for which signatures are
    /// easily made.
    pub(crate) fn ed25519(point: &[u8; 32]) -> Option<Self> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(point).ok()?;
        (!key.is_weak()).then(|| Self::Ed25519(Box::new(key)))
    }

    /// What kind of key this is.
    pub(crate) fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa { .. } => KeyType::Rsa,
            Self::P256(_) => KeyType::P256,
            Self::P384(_) => KeyType::P384,
            Self::P521(_) => KeyType::P521,
            Self::Ed25519(_) => KeyType::Ed25519,
        }
    }

    /// Whether `signature` is this key's over `message` by `algorithm`. False when key and algorithm do not
    /// fit.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if algorithm.key_type() != self.key_type() {
            return false;
        }
        match self {
            Self::Rsa { key, modulus } => {
                is_below(signature, modulus) && checked_by_jsonwebtoken(algorithm, key, message, signature)
            }
            Self::P256(key) | Self::P384(key) => checked_by_jsonwebtoken(algorithm, key, message, signature),
            Self::P521(key) => p521::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&self.key_type()).finish()
    }
}

/// RFC 8017 section 5.2.2: "If the signature representative s is not between 0 and n - 1, output "signature
/// representative out of range" and stop." The `rsa` crate (0.9) forgets it for PSS, where s + n would pass too.
fn is_below(signature: &[u8], modulus: &[u8]) -> bool {
    signature.len() == modulus.len() && signature < modulus
}

/// Making RustCrypto's verifier reads the point, and refuses one that is not on the curve; AWS-LC's reads it late.
fn on_curve(algorithm: jsonwebtoken::Algorithm, key: &DecodingKey) -> bool {
    (READS.verifier_factory)(&algorithm, key).is_ok()
}

fn checked_by_jsonwebtoken(
    algorithm: Algorithm,
    key: &DecodingKey,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let algorithm = match algorithm {
        Algorithm::Rs256 => jsonwebtoken::Algorithm::RS256,
        Algorithm::Rs384 => jsonwebtoken::Algorithm::RS384,
        Algorithm::Rs512 => jsonwebtoken::Algorithm::RS512,
        Algorithm::Ps256 => jsonwebtoken::Algorithm::PS256,
        Algorithm::Ps384 => jsonwebtoken::Algorithm::PS384,
        Algorithm::Ps512 => jsonwebtoken::Algorithm::PS512,
        Algorithm::Es256 => jsonwebtoken::Algorithm::ES256,
        Algorithm::Es384 => jsonwebtoken::Algorithm::ES384,
        Algorithm::Es512 | Algorithm::EdDsa => return false,
    };
    (CHECKS.verifier_factory)(&algorithm, key)
        .is_ok_and(|verifier| verifier.verify(message, &signature.to_vec()).is_ok())
}
