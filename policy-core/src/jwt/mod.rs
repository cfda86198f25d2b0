//! Tokens: from header lines to verified claims.
//!
//! ```text
//! header lines ─ token_from ─▶ bytes ─ UnverifiedJwt::parse ─▶ Provider::verify ─▶ VerifiedClaims ─▶ policy
//!                                └─ TokenKey ─▶ TokenCache ──▶ Provider::recheck ──────┘
//! ```
//! A [`Provider`] is one issuer or one SPIFFE trust domain with its own [`KeySet`]; keys are checked when
//! they are loaded, and never shared. `now` and the [`Holder`] come from the caller. Only
//! [`Provider::verify`] makes [`VerifiedClaims`], and nothing else is ever shown to a policy.
//!
//! Not here: fetching keys, revocation, replay (`jti`), DPoP, encrypted tokens.

mod algorithm;
mod bearer;
mod cache;
mod challenge;
mod claims;
mod compact;
mod confirmation;
mod encoding;
mod error;
mod json;
mod jwk;
mod jwks;
mod jwks_error;
mod limits;
mod profile;
mod provider;
mod settings;
mod signature;
mod subject;
mod validity;
mod verified;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

// The way of a token: found in the request, parsed, verified, remembered.
pub use bearer::{BearerError, token_from};
pub use cache::{TokenCache, TokenKey};
pub use compact::UnverifiedJwt;
pub use confirmation::Holder;
pub use error::{JwtError, Part};
pub use json::JsonError;
pub use verified::VerifiedClaims;

// Who may issue tokens, and with which keys.
pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use jwk::{JwksProfile, SkipReason};
pub use jwks::{KeySet, SkippedKey};
pub use jwks_error::{JwksError, JwksErrorKind};
pub use profile::Profile;
pub use provider::Provider;
pub use settings::{ProviderError, ProviderSettings};

// What a client is told.
pub use challenge::{Challenge, ChallengeTextError, Complaint, Realm, Scope};

// The numbers that a configuration may state, and what they are when it does not.
pub use limits::{
    DEFAULT_LEEWAY_SECONDS, DEFAULT_MAX_LIFETIME_SECONDS, DEFAULT_MAX_TOKEN_BYTES, MAX_AUDIENCES,
    MAX_JSON_DEPTH, MAX_JWKS_BYTES, MAX_JWKS_KEYS, MAX_KEY_ID_BYTES, MAX_LEEWAY_SECONDS,
    MAX_LIFETIME_SECONDS, MAX_REMEMBERED_TOKENS,
};
