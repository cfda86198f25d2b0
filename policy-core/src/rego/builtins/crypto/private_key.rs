//! Private keys in PKCS #1, PKCS #8 and SEC 1, accepted and refused as Go's `crypto/x509` does.

use super::super::call::{Failure, Meter};
use super::der::{Element, Reader, tag};
use super::ec::EcSecret;
use super::ed25519::Ed25519Secret;
use super::encoding::{Base64, base64_decode};
use super::pem::pem_block;
use super::public_key::{AlgorithmId, KeyError, PublicKey, named_curve, oid};
use super::rsa::{RsaCrt, RsaKey, RsaNumbers};

/// A private key.
pub(super) enum PrivateKey {
    Rsa(Box<RsaPrivate>),
    /// The secret with its number, as long as the curve's order.
    Ec(Box<EcSecret>, Vec<u8>),
    Ed25519(Box<Ed25519Secret>, [u8; 32]),
    X25519([u8; 32]),
}

/// A private RSA key, its numbers big-endian.
pub(super) struct RsaPrivate {
    pub(super) public: RsaKey,
    pub(super) private: Vec<u8>,
    pub(super) primes: [Vec<u8>; 2],
    pub(super) derived: RsaCrt,
}

const BROKEN: KeyError = KeyError::Broken("a private key is not well formed");

impl PrivateKey {
    /// The public half; `None` for a key that makes no signatures.
    pub(super) fn public(&self) -> Option<PublicKey> {
        match self {
            Self::Rsa(key) => Some(PublicKey::Rsa(key.public.clone())),
            Self::Ec(secret, _) => Some(PublicKey::Ec(secret.public())),
            Self::Ed25519(secret, _) => Some(PublicKey::Ed25519(secret.public())),
            Self::X25519(_) => None,
        }
    }

    /// RFC 8017 appendix A.1.2, and nothing behind it.
    pub(super) fn pkcs1(der: &[u8], meter: &mut Meter) -> Result<Self, KeyError> {
        let mut input = Reader::new(der);
        let mut inside = input.sequence().filter(|_| input.is_empty()).ok_or(BROKEN)?;
        let mut read = || {
            let version = inside.small().filter(|version| *version <= 1)?;
            let modulus = inside.positive()?;
            let exponent = inside.small()?;
            let (private, p, q) = (inside.positive()?, inside.positive()?, inside.positive()?);
            let mut optional = || match inside.optional_field(tag::INTEGER)? {
                Some(number) => super::der::positive(super::der::integer(number.content)?).map(Some),
                None => Some(None),
            };
            let derived = [optional()?, optional()?, optional()?];
            Some((version, modulus, exponent, private, [p, q], derived))
        };
        let (_, modulus, exponent, private, primes, derived) = read().ok_or(BROKEN)?;
        let more = inside.optional_field(tag::SEQUENCE).ok_or(BROKEN)?;
        if more.is_some_and(|more| !more.content.is_empty()) {
            return Err(KeyError::Limit(Failure::Limit(
                "an RSA key of more than two primes is not supported",
            )));
        }
        let exponent = u64::try_from(exponent).map_err(|_| BROKEN)?;
        let derived = match derived {
            [Some(p), Some(q), Some(inverse)] => Some([p, q, inverse]),
            _ => None,
        };
        let numbers = RsaNumbers { modulus, exponent, private, primes, derived };
        let derived =
            numbers.checked(meter)?.ok_or(KeyError::Broken("the numbers of an RSA key do not fit"))?;
        Ok(Self::Rsa(Box::new(RsaPrivate {
            public: RsaKey::new(modulus, exponent),
            private: private.to_vec(),
            primes: primes.map(<[u8]>::to_vec),
            derived,
        })))
    }

    /// RFC 5208 section 5; what follows it is left alone.
    pub(super) fn pkcs8(der: &[u8], meter: &mut Meter) -> Result<Self, KeyError> {
        let mut inside = Reader::new(der).sequence().ok_or(BROKEN)?;
        inside.small().ok_or(BROKEN)?;
        let algorithm = inside.sequence().and_then(AlgorithmId::read).ok_or(BROKEN)?;
        let key = inside.value(tag::OCTET_STRING).ok_or(BROKEN)?.content;
        match algorithm.oid {
            oid::RSA => Self::pkcs1(key, meter),
            oid::EC => {
                let name = Reader::new(algorithm.parameter_bytes()).oid();
                Self::sec1(key, name.map(|name| name.bytes()), meter)
            }
            oid::ED25519 => {
                let seed = curve25519_bytes(&algorithm, key)?;
                meter.steps(super::Ed25519Key::STEPS)?;
                Ok(Self::Ed25519(Box::new(Ed25519Secret::new(&seed)), seed))
            }
            oid::X25519 => Ok(Self::X25519(curve25519_bytes(&algorithm, key)?)),
            _ => Err(KeyError::Broken("the algorithm of a private key is not known")),
        }
    }

    /// RFC 5915 section 3; what follows it is left alone. The curve may be named outside.
    pub(super) fn sec1(der: &[u8], curve: Option<&[u8]>, meter: &mut Meter) -> Result<Self, KeyError> {
        let mut inside = Reader::new(der).sequence().ok_or(BROKEN)?;
        let mut read = || {
            let version = inside.small()?;
            let number = inside.value(tag::OCTET_STRING)?.content;
            let name = match inside.optional_field(tag::explicit(0))? {
                Some(name) => Some(name.reader().oid()?.bytes()),
                None => None,
            };
            if let Some(point) = inside.optional_field(tag::explicit(1))? {
                point.reader().bits()?;
            }
            (version == 1).then_some((number, name))
        };
        let (number, name) = read().ok_or(BROKEN)?;
        let curve = curve.or(name).and_then(named_curve);
        let curve = curve.ok_or(KeyError::Broken("the curve of a private key is not supported"))?;
        meter.steps(curve.steps())?;
        // Some leave the leading zeros out, some write too many.
        let zeros = number.len().saturating_sub(curve.size());
        let (extra, number) = number.split_at_checked(zeros).ok_or(BROKEN)?;
        let mut padded = vec![0; curve.size().saturating_sub(number.len())];
        padded.extend_from_slice(number);
        let secret = EcSecret::new(curve, &padded).filter(|_| extra.iter().all(|byte| *byte == 0));
        Ok(Self::Ec(Box::new(secret.ok_or(BROKEN)?), padded))
    }

    /// The first of the three forms that a key has, as TLS servers read it.
    pub(super) fn any_form(der: &[u8], meter: &mut Meter) -> Result<Self, KeyError> {
        let broken = |key: Result<Self, KeyError>| match key {
            Err(KeyError::Broken(_)) => Ok(None),
            Err(limit @ KeyError::Limit(_)) => Err(limit),
            Ok(key) => Ok(Some(key)),
        };
        if let Some(key) = broken(Self::pkcs1(der, meter))? {
            return Ok(key);
        }
        match broken(Self::pkcs8(der, meter))? {
            Some(Self::X25519(_)) => {
                Err(KeyError::Broken("a private key is of a kind that makes no signatures"))
            }
            Some(key) => Ok(key),
            None => Self::sec1(der, None, meter),
        }
    }
}

/// RFC 8410 section 7.
fn curve25519_bytes(algorithm: &AlgorithmId<'_>, key: &[u8]) -> Result<[u8; 32], KeyError> {
    if algorithm.parameters.is_some() {
        return Err(KeyError::Broken("a key of Curve25519 has parameters"));
    }
    let inner: Element<'_> = Reader::new(key).value(tag::OCTET_STRING).ok_or(BROKEN)?;
    <[u8; 32]>::try_from(inner.content).map_err(|_| BROKEN)
}

/// The private keys of a text: PEM, or PEM in base64. Blocks of other kinds are passed over.
///
/// # Errors
/// When a key is not well formed.
pub(super) fn private_keys(text: &[u8], meter: &mut Meter) -> Result<Vec<PrivateKey>, Failure> {
    meter.reads(text.len().saturating_mul(4))?;
    meter.makes(text.len().saturating_mul(2))?;
    let decoded = base64_decode(Base64::Standard, text);
    let mut rest = decoded.as_deref().unwrap_or(text);
    let mut keys = Vec::new();
    while let Some(block) = pem_block(rest) {
        match block.label {
            b"RSA PRIVATE KEY" => keys.push(PrivateKey::pkcs1(&block.bytes, meter)?),
            b"PRIVATE KEY" => keys.push(PrivateKey::pkcs8(&block.bytes, meter)?),
            b"EC PRIVATE KEY" => keys.push(PrivateKey::sec1(&block.bytes, None, meter)?),
            _ => {}
        }
        rest = block.rest;
    }
    Ok(keys)
}
