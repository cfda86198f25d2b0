//! Tokens that are bound to their holder's certificate: `cnf` (RFC 7800, RFC 8705 section 3.1).

use serde_json::{Map, Value};

use super::encoding::base64url;
use super::error::JwtError;

/// What the connection proves about who presents the token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// SHA-256 of the DER of the client certificate with which the connection was authenticated; none without
    /// one.
    pub certificate_sha256: Option<[u8; 32]>,
}

/// The certificate that a token is bound to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Confirmation([u8; 32]);

impl Confirmation {
    /// Reads `cnf`. RFC 7800 section 3.1 lets an application require that it understands confirmation
    /// members; ours requires it of every member, because to ignore one would turn a bound token into a
    /// bearer token.
    pub(crate) fn of(claims: &Map<String, Value>) -> Result<Option<Self>, JwtError> {
        let members = match claims.get("cnf") {
            None => return Ok(None),
            Some(Value::Object(members)) => members,
            Some(_) => return Err(JwtError::InvalidClaim { claim: "cnf" }),
        };
        if members.len() != 1 {
            return Err(JwtError::ConfirmationUnsupported);
        }
        match members.get("x5t#S256") {
            None => Err(JwtError::ConfirmationUnsupported),
            Some(Value::String(text)) => base64url(text.as_bytes())
                .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
                .map(|digest| Some(Self(digest)))
                .ok_or(JwtError::InvalidClaim { claim: "cnf" }),
            Some(_) => Err(JwtError::InvalidClaim { claim: "cnf" }),
        }
    }

    /// RFC 8705 section 3: "the protected resource MUST obtain, from its TLS implementation layer, the client
    /// certificate used for mutual TLS and MUST verify that the certificate matches the certificate
    /// associated with the access token".
    pub(crate) fn check(self, holder: &Holder) -> Result<(), JwtError> {
        if holder.certificate_sha256 == Some(self.0) { Ok(()) } else { Err(JwtError::ConfirmationMismatch) }
    }
}
