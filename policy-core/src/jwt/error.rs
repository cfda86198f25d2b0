//! Why a token does not count: one variant a rule, a stable code for logs and metrics, nothing of the token.

use super::json::JsonError;

/// One of the three parts of a compact token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The first part, the JOSE header.
    Header,
    /// The second part, the claims.
    Payload,
    /// The third part.
    Signature,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// The rule that a token broke. Names in it are ours (of members and claims), never the token's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// Longer than the limit.
    #[error("the token is too long")]
    TooLarge,
    /// Not exactly three parts that are not empty.
    #[error("the token is not three parts separated by dots")]
    Parts,
    /// A part is not base64url without padding, in its one canonical spelling.
    #[error("the token's {part} is not base64url without padding")]
    Base64 {
        /// Which part.
        part: Part,
    },
    /// A part is not a strict JSON object.
    #[error("the token's {part} is refused: {cause}")]
    Json {
        /// Which part.
        part: Part,
        /// The rule of JSON.
        cause: JsonError,
    },
    /// A header member that we read is missing, has the wrong type or is too long.
    #[error("the token's header member `{member}` is missing or malformed")]
    HeaderMember {
        /// The member.
        member: &'static str,
    },
    /// A header member that changes how the token is to be read, or that brings its own key.
    #[error("the token's header member `{member}` is not accepted")]
    HeaderNotAccepted {
        /// The member.
        member: &'static str,
    },
    /// `crit` is there: we understand no extension.
    #[error("the token has critical header extensions")]
    Critical,
    /// `alg` is no supported algorithm (`none` and HMAC included) or the provider does not allow it.
    #[error("the token's signature algorithm is not allowed")]
    Algorithm,
    /// `typ` is not one of the profile's.
    #[error("the token is of another type")]
    Type,
    /// No key of the provider has the token's `kid`.
    #[error("the token is signed by an unknown key")]
    UnknownKey,
    /// The token has no `kid`, and not exactly one key fits its algorithm.
    #[error("the token does not say which key signed it")]
    AmbiguousKey,
    /// The key with the token's `kid` is for another algorithm.
    #[error("the token's key is not for the token's algorithm")]
    KeyAlgorithm,
    /// The signature is not the key's over this header and payload.
    #[error("the token's signature is wrong")]
    Signature,
    /// A required claim is missing.
    #[error("the token lacks the claim `{claim}`")]
    MissingClaim {
        /// The claim.
        claim: &'static str,
    },
    /// A registered claim has the wrong type or form.
    #[error("the token's claim `{claim}` is malformed")]
    InvalidClaim {
        /// The claim.
        claim: &'static str,
    },
    /// `iss` is not the provider's issuer.
    #[error("the token is from another issuer")]
    Issuer,
    /// `aud` holds none of the provider's audiences.
    #[error("the token is for another audience")]
    Audience,
    /// `sub` is not a SPIFFE ID of a workload in the provider's trust domain.
    #[error("the token's subject is not a workload of the trust domain")]
    Subject,
    /// `exp` is in the past.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is in the future.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// The token lives longer than the provider allows.
    #[error("the token's lifetime is too long")]
    Lifetime,
    /// `cnf` asks for a proof that we cannot check.
    #[error("the token is bound to a proof that is not supported")]
    ConfirmationUnsupported,
    /// `cnf` names another client certificate, or there is none.
    #[error("the token is bound to another certificate")]
    ConfirmationMismatch,
    /// The remembered claims were verified by another provider or another configuration.
    #[error("the claims were verified by another provider")]
    ForeignClaims,
}

impl JwtError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "jwt_too_large",
            Self::Parts | Self::Base64 { .. } | Self::Json { .. } | Self::HeaderMember { .. } => {
                "jwt_malformed"
            }
            Self::HeaderNotAccepted { .. } => "jwt_header",
            Self::Critical => "jwt_crit",
            Self::Algorithm => "jwt_algorithm",
            Self::Type => "jwt_type",
            Self::UnknownKey => "jwt_unknown_key",
            Self::AmbiguousKey => "jwt_ambiguous_key",
            Self::KeyAlgorithm => "jwt_key_algorithm",
            Self::Signature => "jwt_signature",
            Self::MissingClaim { .. } => "jwt_missing_claim",
            Self::InvalidClaim { .. } => "jwt_invalid_claim",
            Self::Issuer => "jwt_issuer",
            Self::Audience => "jwt_audience",
            Self::Subject => "jwt_subject",
            Self::Expired => "jwt_expired",
            Self::NotYetValid => "jwt_not_yet_valid",
            Self::IssuedInFuture => "jwt_issued_in_future",
            Self::Lifetime => "jwt_lifetime",
            Self::ConfirmationUnsupported => "jwt_confirmation_unsupported",
            Self::ConfirmationMismatch => "jwt_confirmation_mismatch",
            Self::ForeignClaims => "jwt_foreign_claims",
        }
    }
}
