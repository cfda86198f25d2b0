//! Why a key set is refused: which key, which member, which rule, and what the operator can do.

use std::fmt;

use super::json::JsonError;

/// A key set that is refused. Nothing of the keys is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JwksError {
    /// The position of the key in `keys`, from 0; none when the set as a whole is at fault.
    pub index: Option<usize>,
    /// The member at fault.
    pub field: &'static str,
    /// The rule.
    pub kind: JwksErrorKind,
}

/// The rule that a key set or one of its keys broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwksErrorKind {
    /// The text is not a strict JSON object.
    Json(JsonError),
    /// The member is missing.
    Missing,
    /// The member has another JSON type than it must have.
    WrongType,
    /// The member is an empty text, or too long.
    Length,
    /// More keys than the limit.
    TooManyKeys,
    /// The key is symmetric: whoever can check with it can sign with it.
    Symmetric,
    /// The key has private members.
    PrivateKey,
    /// The value is not base64url without padding.
    Base64,
    /// A coordinate or key has another length than its curve asks for.
    CoordinateLength,
    /// The point is not on the curve, or is a weak one.
    InvalidPoint,
    /// The RSA modulus is shorter than 2048 bits.
    ModulusTooSmall,
    /// The RSA modulus is longer than 4096 bits.
    ModulusTooLarge,
    /// The RSA modulus has not a whole number of bytes.
    ModulusLength,
    /// The RSA modulus is even.
    ModulusEven,
    /// The RSA exponent is even, smaller than 3 or larger than 2^33 - 1.
    Exponent,
    /// The key's algorithm needs another type of key.
    AlgorithmMismatch,
    /// `key_ops` contradicts `use`, or names an operation twice.
    KeyOperations,
    /// Another key has the same `kid`.
    DuplicateKeyId,
    /// No key of the set can be used.
    NoUsableKey,
}

impl JwksErrorKind {
    /// What is wrong and what to do, in words.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Json(_) => "give the key set as one JSON object with a `keys` array (RFC 7517 section 5)",
            Self::Missing => "the member is missing: add it",
            Self::WrongType => "the member has the wrong JSON type: see RFC 7517 and RFC 7518",
            Self::Length => "the text is empty or too long",
            Self::TooManyKeys => "too many keys: give only those that sign this issuer's tokens",
            Self::Symmetric => {
                "a symmetric key (`oct`) is never accepted: let the issuer sign with RSA, EC or Ed25519 and give \
                 its public key"
            }
            Self::PrivateKey => {
                "this is a PRIVATE key: remove it here, replace it at the issuer because it must count as leaked, \
                 and give the public key only"
            }
            Self::Base64 => "the value is not base64url without padding",
            Self::CoordinateLength => {
                "the value's length does not fit the curve (RFC 7518 section 6.2.1.2, RFC 8037)"
            }
            Self::InvalidPoint => {
                "the point is not a usable one of its curve: take the key from the issuer again"
            }
            Self::ModulusTooSmall => {
                "an RSA key must have at least 2048 bits (RFC 7518 section 3.3): let the issuer make a new one"
            }
            Self::ModulusTooLarge => "an RSA key may have at most 4096 bits",
            Self::ModulusLength => "an RSA modulus must have a multiple of 8 bits, such as 2048 or 3072",
            Self::ModulusEven => "an RSA modulus is odd: take the key from the issuer again",
            Self::Exponent => {
                "the RSA exponent must be odd and from 3 to 2^33 - 1: take the key from the issuer again"
            }
            Self::AlgorithmMismatch => "`alg` does not fit the key's type and curve",
            Self::KeyOperations => "`key_ops` must hold `verify`, each operation once, and agree with `use`",
            Self::DuplicateKeyId => "another key has the same `kid`: key IDs must be unique in a set",
            Self::NoUsableKey => {
                "no key can check a signature: see the warnings for why each was skipped, and the provider's \
                 profile and algorithms"
            }
        }
    }
}

impl JwksError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.kind {
            JwksErrorKind::Json(_) => "jwks_json",
            JwksErrorKind::Missing => "jwks_missing_member",
            JwksErrorKind::WrongType => "jwks_wrong_type",
            JwksErrorKind::Length => "jwks_length",
            JwksErrorKind::TooManyKeys => "jwks_too_many_keys",
            JwksErrorKind::Symmetric => "jwks_symmetric_key",
            JwksErrorKind::PrivateKey => "jwks_private_key",
            JwksErrorKind::Base64 => "jwks_base64",
            JwksErrorKind::CoordinateLength => "jwks_coordinate_length",
            JwksErrorKind::InvalidPoint => "jwks_invalid_point",
            JwksErrorKind::ModulusTooSmall => "jwks_modulus_too_small",
            JwksErrorKind::ModulusTooLarge => "jwks_modulus_too_large",
            JwksErrorKind::ModulusLength => "jwks_modulus_length",
            JwksErrorKind::ModulusEven => "jwks_modulus_even",
            JwksErrorKind::Exponent => "jwks_exponent",
            JwksErrorKind::AlgorithmMismatch => "jwks_algorithm_mismatch",
            JwksErrorKind::KeyOperations => "jwks_key_operations",
            JwksErrorKind::DuplicateKeyId => "jwks_duplicate_key_id",
            JwksErrorKind::NoUsableKey => "jwks_no_usable_key",
        }
    }
}

impl fmt::Display for JwksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) if self.field.is_empty() => write!(f, "keys[{index}]: ")?,
            Some(index) => write!(f, "keys[{index}].{}: ", self.field)?,
            None if self.field.is_empty() => {}
            None => write!(f, "{}: ", self.field)?,
        }
        if let JwksErrorKind::Json(cause) = self.kind {
            write!(f, "{cause}; ")?;
        }
        f.write_str(self.kind.advice())
    }
}

impl std::error::Error for JwksError {}
