//! The compact serialisation of a signed token, parsed but not believed.

use std::fmt;

use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::encoding::base64url;
use super::error::{JwtError, Part};
use super::json;
use super::limits::{MAX_KEY_ID_BYTES, MAX_TYPE_BYTES};

/// Header members that we refuse to see, each with what it would do.
///
/// - `b64` (RFC 7797) and `zip`, `enc` (RFC 7516) change what the payload is.
/// - `jku`, `jwk`, `x5u`, `x5c` (RFC 7515 section 4.1) bring the key along, or its address. Keys come from
///   the provider only; a token that offers its own is not from an issuer who knows us (RFC 8725 section
///   3.10).
const NOT_ACCEPTED: [&str; 7] = ["b64", "zip", "enc", "jku", "jwk", "x5u", "x5c"];

/// A well-formed compact token about which nothing is proven.
///
/// It tells only what is needed to choose the provider and the key; claims are given by
/// [`VerifiedClaims`](super::VerifiedClaims):
/// ```
/// # use policy_core::jwt::VerifiedClaims;
/// fn subject(claims: &VerifiedClaims) -> Option<&str> { claims.subject() }
/// fn believe(token: &VerifiedClaims) -> Option<&str> { subject(token) }
/// ```
/// An unverified token is not accepted in their place:
/// ```compile_fail,E0308
/// # use policy_core::jwt::{UnverifiedJwt, VerifiedClaims};
/// fn subject(claims: &VerifiedClaims) -> Option<&str> { claims.subject() }
/// fn believe<'a>(token: &'a UnverifiedJwt<'a>) -> Option<&'a str> { subject(token) }
/// ```
pub struct UnverifiedJwt<'a> {
    signing_input: &'a [u8],
    signature: Vec<u8>,
    header: Header,
    claims: Map<String, Value>,
}

impl<'a> UnverifiedJwt<'a> {
    /// Parses a token of at most `max_bytes` bytes;
    /// [`DEFAULT_MAX_TOKEN_BYTES`](super::DEFAULT_MAX_TOKEN_BYTES) is the usual limit.
    ///
    /// Does not check the signature, the key, or any claim.
    ///
    /// # Errors
    /// The rule of the form that the token breaks, in the order size, parts, base64url, header, payload.
    pub fn parse(token: &'a [u8], max_bytes: usize) -> Result<Self, JwtError> {
        if token.len() > max_bytes {
            return Err(JwtError::TooLarge);
        }
        // RFC 7515 section 3.1: BASE64URL(header) || '.' || BASE64URL(payload) || '.' ||
        // BASE64URL(signature).
        let mut parts = token.split(|byte| *byte == b'.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwtError::Parts);
        };
        if header.is_empty() || payload.is_empty() || signature.is_empty() {
            return Err(JwtError::Parts);
        }
        let last_dot = token.iter().rposition(|byte| *byte == b'.').ok_or(JwtError::Parts)?;
        let signing_input = token.get(..last_dot).ok_or(JwtError::Parts)?;

        let signature = base64url(signature).ok_or(JwtError::Base64 { part: Part::Signature })?;
        let header = Header::read(&object(header, Part::Header)?)?;
        let claims = object(payload, Part::Payload)?;
        Ok(Self { signing_input, signature, header, claims })
    }

    /// The issuer that the token claims to be from: for choosing a provider, and for nothing else.
    #[must_use]
    pub fn unverified_issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// The subject that the token claims to be about: for choosing a trust domain, and for nothing else.
    #[must_use]
    pub fn unverified_subject(&self) -> Option<&str> {
        self.claims.get("sub").and_then(Value::as_str)
    }

    /// The header's members that choose the key and the profile's rules.
    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// What the signature was made over: the token up to its second dot.
    pub(crate) fn signing_input(&self) -> &'a [u8] {
        self.signing_input
    }

    /// The signature's bytes.
    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// All claims: for the one function that verifies them.
    pub(crate) fn unverified_claims(&self) -> &Map<String, Value> {
        &self.claims
    }
}

impl fmt::Debug for UnverifiedJwt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedJwt").finish_non_exhaustive()
    }
}

/// The members of the JOSE header that have a meaning here. Others are ignored, as RFC 7515 section 4 wants
/// it.
pub(crate) struct Header {
    /// `alg`, already one that we support.
    pub(crate) algorithm: Algorithm,
    /// `kid`, if there is one.
    pub(crate) key_id: Option<String>,
    /// `typ` as it stands, if there is one: what it may be is the profile's to say.
    pub(crate) token_type: Option<String>,
}

impl Header {
    fn read(members: &Map<String, Value>) -> Result<Self, JwtError> {
        // RFC 7515 section 4.1.11: "If any of the listed extension Header Parameters are not understood and
        // supported by the recipient, then the JWS is invalid." We support none, and an empty list is not
        // allowed.
        if members.contains_key("crit") {
            return Err(JwtError::Critical);
        }
        if let Some(member) = NOT_ACCEPTED.into_iter().find(|name| members.contains_key(*name)) {
            return Err(JwtError::HeaderNotAccepted { member });
        }
        let algorithm = short_text(members, "alg", MAX_TYPE_BYTES)?
            .ok_or(JwtError::HeaderMember { member: "alg" })?
            .parse()
            .map_err(|_| JwtError::Algorithm)?;
        let key_id = short_text(members, "kid", MAX_KEY_ID_BYTES)?.map(str::to_owned);
        let token_type = short_text(members, "typ", MAX_TYPE_BYTES)?.map(str::to_owned);
        Ok(Self { algorithm, key_id, token_type })
    }
}

/// Base64url and JSON of one part. Its size is already bounded by the token's.
fn object(part_text: &[u8], part: Part) -> Result<Map<String, Value>, JwtError> {
    let text = base64url(part_text).ok_or(JwtError::Base64 { part })?;
    json::object(&text, part_text.len()).map_err(|cause| JwtError::Json { part, cause })
}

fn short_text<'m>(
    members: &'m Map<String, Value>,
    member: &'static str,
    max_bytes: usize,
) -> Result<Option<&'m str>, JwtError> {
    match members.get(member) {
        None => Ok(None),
        Some(Value::String(text)) if text.len() <= max_bytes => Ok(Some(text)),
        Some(_) => Err(JwtError::HeaderMember { member }),
    }
}
