//! Claims that were verified: the only form in which the rest of the program sees a token.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::time::UnixTime;

use super::algorithm::Algorithm;
use super::confirmation::Confirmation;
use super::validity::Validity;

/// The claims of a token whose signature, issuer, audience, times and holder were checked by a
/// [`Provider`](super::Provider), and the proof that they were: only
/// [`Provider::verify`](super::Provider::verify) makes one.
///
/// It cannot be made by hand:
/// ```compile_fail,E0451
/// let claims = policy_core::jwt::VerifiedClaims { claims: serde_json::Map::new() };
/// ```
/// Times and holder were checked for the moment of the check: a remembered value goes through
/// [`Provider::recheck`](super::Provider::recheck) before it counts again.
#[derive(Clone)]
pub struct VerifiedClaims {
    pub(super) claims: Map<String, Value>,
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    pub(super) validity: Validity,
    pub(super) confirmation: Option<Confirmation>,
    /// The subject of a JWT-SVID.
    pub(super) is_svid: bool,
    /// Whose verification this is: compared by identity, so claims never outlive the keys they were checked
    /// with.
    pub(super) verifier: Arc<VerifierIdentity>,
}

/// One provider of one configuration. It has no content: two are the same when they are the same allocation.
#[derive(Debug)]
pub(super) struct VerifierIdentity {
    /// Allocations of types without size may share an address.
    _occupied: u8,
}

impl VerifierIdentity {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { _occupied: 0 })
    }
}

impl VerifiedClaims {
    /// All claims, the registered ones included.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// `iss`.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.claims.get("iss").and_then(Value::as_str)
    }

    /// `sub`.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.claims.get("sub").and_then(Value::as_str)
    }

    /// `exp`, rounded to the past; without the leeway.
    #[must_use]
    pub fn expires_at(&self) -> UnixTime {
        UnixTime::from_secs(self.validity.expires_at)
    }

    /// `iat`, rounded to the future.
    #[must_use]
    pub fn issued_at(&self) -> Option<UnixTime> {
        self.validity.issued_at.map(UnixTime::from_secs)
    }

    /// The algorithm of the signature.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid` of the provider's key that made the signature; none if that key has no name.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Whether the token is bound to the certificate of who presented it.
    #[must_use]
    pub fn is_bound_to_certificate(&self) -> bool {
        self.confirmation.is_some()
    }

    /// The workload's SPIFFE ID, in the provider's trust domain; none unless the token is a JWT-SVID.
    #[must_use]
    pub fn spiffe_id(&self) -> Option<&str> {
        self.subject().filter(|_| self.is_svid)
    }
}

impl fmt::Debug for VerifiedClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedClaims").finish_non_exhaustive()
    }
}
