//! One key of a set: whether it is for us, and whether it is fit, decided when it is loaded.
//!
//! Does not check `x5c`, `x5t` or `x5t#S256`: the key's trust comes from where the operator took the set
//! from.

use serde_json::{Map, Value};

use super::algorithm::{Algorithm, KeyType};
use super::encoding::base64url;
use super::jwks_error::JwksErrorKind as Kind;
use super::limits::{
    MAX_KEY_ID_BYTES, MAX_RSA_EXPONENT, MAX_RSA_MODULUS_BITS, MIN_RSA_EXPONENT, MIN_RSA_MODULUS_BITS,
};
use super::signature::PublicKey;

/// What the members `use` and `kid` must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwksProfile {
    /// A JWK set as an OpenID provider, an OAuth authorization server or SPIRE's OIDC discovery provider
    /// publishes it: `use` is absent or `sig`; encryption keys are skipped.
    Oidc,
    /// A SPIFFE bundle: only keys with `use` `jwt-svid`, which must have a `kid` (SPIFFE Trust Domain and
    /// Bundle, sections 4.2.1 and 4.2.2, and the JWT-SVID specification on `kid` in bundles).
    SpiffeBundle,
}

/// Why a key is left out without making the set wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// `use`, `key_ops` or `alg` says that it is not for checking the signatures of tokens.
    OtherUse,
    /// A type or curve that we do not know. RFC 7517 section 5: "Implementations SHOULD ignore JWKs within a
    /// JWK Set that use "kty" (key type) values that are not understood by them".
    UnknownKeyType,
    /// None of the allowed algorithms can use it.
    AlgorithmNotAllowed,
}

impl SkipReason {
    /// A stable name for logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherUse => "other_use",
            Self::UnknownKeyType => "unknown_key_type",
            Self::AlgorithmNotAllowed => "algorithm_not_allowed",
        }
    }
}

/// The member at fault and the rule that it broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub(crate) &'static str, pub(crate) Kind);

/// What became of one member of `keys`.
#[derive(Debug)]
pub(crate) enum Loaded {
    /// A key to check signatures with.
    Key(Key),
    /// Nothing for us.
    Skipped(SkipReason),
}

/// A fit public key with its name and the algorithms it is bound to.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// `kid`.
    pub(crate) id: Option<String>,
    /// Exactly `alg` where the key has it; otherwise those allowed algorithms that its type can do.
    pub(crate) algorithms: Vec<Algorithm>,
    /// The key itself.
    pub(crate) public_key: PublicKey,
}

/// The private members of RFC 7518 sections 6.2.2 and 6.3.2 and RFC 8037 section 2.
const PRIVATE_MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// Loads one member of `keys`.
///
/// # Errors
/// The first rule that the key breaks. A private or symmetric key is an error even where a public one would
/// be skipped.
pub(crate) fn load(jwk: &Value, profile: JwksProfile, allowed: &[Algorithm]) -> Result<Loaded, Fault> {
    let Value::Object(jwk) = jwk else {
        return Err(Fault("", Kind::WrongType));
    };
    refuse_secrets(jwk)?;
    if is_for_another_use(jwk, profile)? {
        return Ok(Loaded::Skipped(SkipReason::OtherUse));
    }
    let Some(key_type) = key_type(jwk, profile)? else {
        return Ok(Loaded::Skipped(SkipReason::UnknownKeyType));
    };
    let id = key_id(jwk, profile)?;
    let algorithms = match bound_algorithms(jwk, key_type, allowed)? {
        Bound::To(algorithms) => algorithms,
        Bound::Nothing(reason) => return Ok(Loaded::Skipped(reason)),
    };
    let public_key = match key_type {
        KeyType::Rsa => rsa(jwk)?,
        KeyType::P256 => ec(jwk, key_type, 32)?,
        KeyType::P384 => ec(jwk, key_type, 48)?,
        KeyType::P521 => ec(jwk, key_type, 66)?,
        KeyType::Ed25519 => ed25519(jwk)?,
    };
    Ok(Loaded::Key(Key { id, algorithms, public_key }))
}

fn refuse_secrets(jwk: &Map<String, Value>) -> Result<(), Fault> {
    if jwk.get("kty").and_then(Value::as_str) == Some("oct") || jwk.contains_key("k") {
        return Err(Fault("kty", Kind::Symmetric));
    }
    match PRIVATE_MEMBERS.into_iter().find(|member| jwk.contains_key(*member)) {
        Some(member) => Err(Fault(member, Kind::PrivateKey)),
        None => Ok(()),
    }
}

/// RFC 7517 sections 4.2 and 4.3. For bundles, SPIFFE Trust Domain and Bundle section 4.2.2: "Clients
/// encountering unknown `use` values MUST ignore the entire JWK element"; a missing one says as little.
fn is_for_another_use(jwk: &Map<String, Value>, profile: JwksProfile) -> Result<bool, Fault> {
    let stated = optional_text(jwk, "use")?;
    let for_signatures = match profile {
        JwksProfile::Oidc => matches!(stated, None | Some("sig")),
        JwksProfile::SpiffeBundle => stated == Some("jwt-svid"),
    };
    if !for_signatures {
        return Ok(true);
    }
    let Some(operations) = jwk.get("key_ops") else {
        return Ok(false);
    };
    let operations = operations.as_array().ok_or(Fault("key_ops", Kind::WrongType))?;
    let mut seen: Vec<&str> = Vec::new();
    for operation in operations {
        let operation = operation.as_str().ok_or(Fault("key_ops", Kind::WrongType))?;
        // Section 4.3: "Duplicate key operation values MUST NOT be present in the array."
        if seen.contains(&operation) {
            return Err(Fault("key_ops", Kind::KeyOperations));
        }
        seen.push(operation);
    }
    match (seen.contains(&"verify"), stated) {
        (true, _) => Ok(false),
        (false, None) => Ok(true),
        // "if both are used, the information they convey MUST be consistent".
        (false, Some(_)) => Err(Fault("key_ops", Kind::KeyOperations)),
    }
}

fn key_id(jwk: &Map<String, Value>, profile: JwksProfile) -> Result<Option<String>, Fault> {
    match (optional_text(jwk, "kid")?, profile) {
        (Some(id), _) if id.is_empty() || id.len() > MAX_KEY_ID_BYTES => Err(Fault("kid", Kind::Length)),
        (Some(id), _) => Ok(Some(id.to_owned())),
        (None, JwksProfile::Oidc) => Ok(None),
        (None, JwksProfile::SpiffeBundle) => Err(Fault("kid", Kind::Missing)),
    }
}

/// The type from `kty` and `crv`; none if we do not know it. In a bundle a key without `kty` is one that we
/// do not know (SPIFFE Trust Domain and Bundle section 4.2.1).
fn key_type(jwk: &Map<String, Value>, profile: JwksProfile) -> Result<Option<KeyType>, Fault> {
    let kty = match (optional_text(jwk, "kty")?, profile) {
        (Some(kty), _) => kty,
        (None, JwksProfile::SpiffeBundle) => return Ok(None),
        (None, JwksProfile::Oidc) => return Err(Fault("kty", Kind::Missing)),
    };
    Ok(match kty {
        "RSA" => Some(KeyType::Rsa),
        "EC" => match required_text(jwk, "crv")? {
            "P-256" => Some(KeyType::P256),
            "P-384" => Some(KeyType::P384),
            "P-521" => Some(KeyType::P521),
            _ => None,
        },
        "OKP" => match required_text(jwk, "crv")? {
            "Ed25519" => Some(KeyType::Ed25519),
            _ => None,
        },
        _ => None,
    })
}

enum Bound {
    To(Vec<Algorithm>),
    Nothing(SkipReason),
}

/// RFC 8725 section 3.1: "Each key MUST be used with exactly one algorithm" where the key says which.
fn bound_algorithms(
    jwk: &Map<String, Value>,
    key_type: KeyType,
    allowed: &[Algorithm],
) -> Result<Bound, Fault> {
    let candidates = match optional_text(jwk, "alg")? {
        None => Algorithm::ALL.into_iter().filter(|algorithm| algorithm.key_type() == key_type).collect(),
        Some(name) => match name.parse::<Algorithm>() {
            Ok(algorithm) if algorithm.key_type() == key_type => vec![algorithm],
            Ok(_) => return Err(Fault("alg", Kind::AlgorithmMismatch)),
            // An encryption algorithm, or one that we do not know.
            Err(_) => return Ok(Bound::Nothing(SkipReason::OtherUse)),
        },
    };
    let algorithms: Vec<_> = candidates.into_iter().filter(|algorithm| allowed.contains(algorithm)).collect();
    Ok(if algorithms.is_empty() {
        Bound::Nothing(SkipReason::AlgorithmNotAllowed)
    } else {
        Bound::To(algorithms)
    })
}

fn rsa(jwk: &Map<String, Value>) -> Result<PublicKey, Fault> {
    let modulus = bytes(jwk, "n")?;
    // RFC 7518 section 6.3.1.1: "some cryptographic libraries prefix an extra zero-valued octet": it changes
    // nothing.
    let modulus = without_leading_zeros(&modulus);
    let bits = bit_length(modulus);
    if bits < MIN_RSA_MODULUS_BITS {
        return Err(Fault("n", Kind::ModulusTooSmall));
    }
    if bits > MAX_RSA_MODULUS_BITS {
        return Err(Fault("n", Kind::ModulusTooLarge));
    }
    // PSS with 8k + 1 bits has an encoded message that is shorter than the modulus, which the `rsa` crate reads
    // too loosely. Every issuer's modulus has a whole number of bytes.
    if !bits.is_multiple_of(8) {
        return Err(Fault("n", Kind::ModulusLength));
    }
    if modulus.last().is_none_or(|last| last & 1 == 0) {
        return Err(Fault("n", Kind::ModulusEven));
    }
    let exponent = bytes(jwk, "e")?;
    let exponent = without_leading_zeros(&exponent);
    let value = big_endian(exponent).ok_or(Fault("e", Kind::Exponent))?;
    if value & 1 == 0 || !(MIN_RSA_EXPONENT..=MAX_RSA_EXPONENT).contains(&value) {
        return Err(Fault("e", Kind::Exponent));
    }
    Ok(PublicKey::rsa(modulus, exponent))
}

/// RFC 7518 section 6.2.1.2: "The length of this octet string MUST be the full size of a coordinate for the
/// curve".
fn ec(jwk: &Map<String, Value>, key_type: KeyType, coordinate_bytes: usize) -> Result<PublicKey, Fault> {
    let mut point = vec![0x04];
    for member in ["x", "y"] {
        let coordinate = bytes(jwk, member)?;
        if coordinate.len() != coordinate_bytes {
            return Err(Fault(member, Kind::CoordinateLength));
        }
        point.extend_from_slice(&coordinate);
    }
    PublicKey::ec(key_type, &point).ok_or(Fault("x", Kind::InvalidPoint))
}

fn ed25519(jwk: &Map<String, Value>) -> Result<PublicKey, Fault> {
    let point = bytes(jwk, "x")?;
    let point = <[u8; 32]>::try_from(point).map_err(|_| Fault("x", Kind::CoordinateLength))?;
    PublicKey::ed25519(&point).ok_or(Fault("x", Kind::InvalidPoint))
}

fn optional_text<'m>(jwk: &'m Map<String, Value>, member: &'static str) -> Result<Option<&'m str>, Fault> {
    match jwk.get(member) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Fault(member, Kind::WrongType)),
    }
}

fn required_text<'m>(jwk: &'m Map<String, Value>, member: &'static str) -> Result<&'m str, Fault> {
    optional_text(jwk, member)?.ok_or(Fault(member, Kind::Missing))
}

fn bytes(jwk: &Map<String, Value>, member: &'static str) -> Result<Vec<u8>, Fault> {
    base64url(required_text(jwk, member)?.as_bytes()).ok_or(Fault(member, Kind::Base64))
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// Bits of a big-endian number without leading zero bytes.
fn bit_length(number: &[u8]) -> usize {
    match number.first() {
        None => 0,
        Some(first) => {
            let unused = usize::try_from(first.leading_zeros()).unwrap_or(0);
            number.len().saturating_mul(8).saturating_sub(unused)
        }
    }
}

/// A big-endian number of at most eight bytes.
fn big_endian(number: &[u8]) -> Option<u64> {
    let mut padded = [0; 8];
    let start = padded.len().checked_sub(number.len())?;
    padded.get_mut(start..)?.copy_from_slice(number);
    Some(u64::from_be_bytes(padded))
}
