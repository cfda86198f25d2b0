//! Public keys, and the form in which certificates carry them.

use super::super::call::{Failure, Meter};
use super::der::{Element, Reader, tag};
use super::ec::{Curve, EcKey};
use super::ed25519::Ed25519Key;
use super::rsa::RsaKey;

/// A public key of a kind that Go knows.
#[derive(Clone)]
pub(in crate::rego::builtins) enum PublicKey {
    Rsa(RsaKey),
    Ec(EcKey),
    Ed25519(Ed25519Key),
    /// For key agreement; no signature is made with it.
    X25519,
    /// Only read: no function here checks its signatures.
    Dsa(Box<DsaKey>),
}

/// The numbers of a DSA key, big-endian.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::rego::builtins) struct DsaKey {
    pub(in crate::rego::builtins) p: Vec<u8>,
    pub(in crate::rego::builtins) q: Vec<u8>,
    pub(in crate::rego::builtins) g: Vec<u8>,
    pub(in crate::rego::builtins) y: Vec<u8>,
}

/// The algorithms of keys in certificates.
pub(in crate::rego::builtins) mod oid {
    /// 1.2.840.113549.1.1.1
    pub(in crate::rego::builtins) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    /// 1.2.840.10045.2.1
    pub(in crate::rego::builtins) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    /// 1.3.101.112
    pub(in crate::rego::builtins) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
    /// 1.3.101.110
    pub(in crate::rego::builtins) const X25519: &[u8] = &[0x2b, 0x65, 0x6e];
    /// 1.2.840.10040.4.1
    pub(in crate::rego::builtins) const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
    /// 1.3.132.0.33
    pub(in crate::rego::builtins) const P224: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x21];
    /// 1.2.840.10045.3.1.7
    pub(in crate::rego::builtins) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    /// 1.3.132.0.34
    pub(in crate::rego::builtins) const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
    /// 1.3.132.0.35
    pub(in crate::rego::builtins) const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
}

/// An algorithm's identifier: its number and its parameters.
#[derive(Clone, Copy)]
pub(in crate::rego::builtins) struct AlgorithmId<'d> {
    pub(in crate::rego::builtins) oid: &'d [u8],
    pub(in crate::rego::builtins) parameters: Option<Element<'d>>,
}

impl<'d> AlgorithmId<'d> {
    /// Reads the inside of the sequence.
    pub(in crate::rego::builtins) fn read(mut inside: Reader<'d>) -> Option<Self> {
        let oid = inside.oid()?.bytes();
        let parameters = if inside.is_empty() { None } else { Some(inside.any()?) };
        Some(Self { oid, parameters })
    }

    /// The parameters with their tag; empty if there are none.
    pub(in crate::rego::builtins) fn parameter_bytes(&self) -> &'d [u8] {
        self.parameters.map(|parameters| parameters.full).unwrap_or_default()
    }
}

/// Why there is no key.
#[derive(Debug)]
pub(in crate::rego::builtins) enum KeyError {
    /// The rule that the encoding breaks.
    Broken(&'static str),
    /// A limit of the evaluation.
    Limit(Failure),
}

impl From<Failure> for KeyError {
    fn from(failure: Failure) -> Self {
        Self::Limit(failure)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Broken(rule) => super::refused(rule),
            KeyError::Limit(failure) => failure,
        }
    }
}

/// Go's number of a key's algorithm; 0 if a certificate's key is not read.
pub(super) fn key_algorithm(algorithm: &[u8]) -> i64 {
    match algorithm {
        oid::RSA => 1,
        oid::DSA => 2,
        oid::EC => 3,
        oid::ED25519 => 4,
        _ => 0,
    }
}

/// The curve that an identifier names.
pub(in crate::rego::builtins) fn named_curve(identifier: &[u8]) -> Option<Curve> {
    match identifier {
        oid::P224 => Some(Curve::P224),
        oid::P256 => Some(Curve::P256),
        oid::P384 => Some(Curve::P384),
        oid::P521 => Some(Curve::P521),
        _ => None,
    }
}

/// A `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7) and nothing behind it: the contents of a PEM block `PUBLIC KEY`.
///
/// # Errors
/// What is wrong with the encoding, or the limit that was reached.
pub(in crate::rego::builtins) fn public_key_from_der(
    der: &[u8],
    meter: &mut Meter,
) -> Result<PublicKey, KeyError> {
    const BROKEN: KeyError = KeyError::Broken("the public key is not well formed");
    let mut reader = Reader::new(der);
    let mut info = reader.sequence().ok_or(BROKEN)?;
    if !reader.is_empty() {
        return Err(KeyError::Broken("there is data behind the public key"));
    }
    let algorithm = info.sequence().and_then(AlgorithmId::read).ok_or(BROKEN)?;
    let bits = info.bits().ok_or(BROKEN)?;
    public_key(&algorithm, &bits.right_aligned(), meter)
}

/// A key of an algorithm.
///
/// # Errors
/// What is wrong with it, or the limit that was reached.
pub(in crate::rego::builtins) fn public_key(
    algorithm: &AlgorithmId<'_>,
    data: &[u8],
    meter: &mut Meter,
) -> Result<PublicKey, KeyError> {
    match algorithm.oid {
        oid::RSA => rsa(algorithm, data),
        oid::EC => {
            let mut parameters = Reader::new(algorithm.parameter_bytes());
            let name = parameters
                .oid()
                .ok_or(KeyError::Broken("the parameters of an EC key are no curve's name"))?;
            let curve =
                named_curve(name.bytes()).ok_or(KeyError::Broken("the curve of a key is not supported"))?;
            meter.steps(curve.steps() / 10)?;
            let key = EcKey::uncompressed(curve, data)
                .ok_or(KeyError::Broken("an EC key is no point of its curve"))?;
            Ok(PublicKey::Ec(key))
        }
        oid::ED25519 => Ok(PublicKey::Ed25519(Ed25519Key(montgomery(algorithm, data)?))),
        oid::X25519 => montgomery(algorithm, data).map(|_| PublicKey::X25519),
        oid::DSA => dsa(algorithm, data).ok_or(KeyError::Broken("a DSA key is not well formed")),
        _ => Err(KeyError::Broken("the algorithm of a public key is not known")),
    }
}

fn rsa(algorithm: &AlgorithmId<'_>, data: &[u8]) -> Result<PublicKey, KeyError> {
    // RFC 3279 section 2.3.1: "The parameters field MUST have ASN.1 type NULL".
    if algorithm.parameter_bytes() != [0x05, 0x00] {
        return Err(KeyError::Broken("the parameters of an RSA key are not NULL"));
    }
    let numbers = || {
        let mut inside = Reader::new(data).sequence()?;
        let modulus = inside.positive()?;
        let exponent = u64::try_from(inside.small()?).ok().filter(|exponent| *exponent > 0)?;
        Some(RsaKey::new(modulus, exponent))
    };
    numbers().map(PublicKey::Rsa).ok_or(KeyError::Broken("an RSA key is not well formed"))
}

/// RFC 8410 section 3: "For all of the OIDs, the parameters MUST be absent."
fn montgomery(algorithm: &AlgorithmId<'_>, data: &[u8]) -> Result<[u8; 32], KeyError> {
    if algorithm.parameters.is_some() {
        return Err(KeyError::Broken("a key of Curve25519 has parameters"));
    }
    <[u8; 32]>::try_from(data).map_err(|_| KeyError::Broken("a key of Curve25519 has not 32 bytes"))
}

fn dsa(algorithm: &AlgorithmId<'_>, data: &[u8]) -> Option<PublicKey> {
    let y = Reader::new(data).positive()?.to_vec();
    let mut parameters = Reader::new(algorithm.parameter_bytes()).inside(tag::SEQUENCE)?;
    let mut number = || parameters.positive().map(<[u8]>::to_vec);
    let (p, q, g) = (number()?, number()?, number()?);
    Some(PublicKey::Dsa(Box::new(DsaKey { p, q, g, y })))
}
