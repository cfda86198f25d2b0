//! When a token counts: `exp`, `nbf`, `iat`, and how long it may live.

use serde_json::{Map, Value};

use crate::time::UnixTime;

use super::claims::date;
use super::error::JwtError;

/// How much time a provider's tokens are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeRules {
    /// Seconds of clock difference that are forgiven.
    pub(crate) leeway: i64,
    /// Seconds from issue to expiry, at most.
    pub(crate) max_lifetime: i64,
    /// Whether `iat` must be there.
    pub(crate) issued_at_required: bool,
}

/// A token's dates, in whole seconds since 1970, each rounded against the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    /// `exp`.
    pub(crate) expires_at: i64,
    /// `nbf`.
    pub(crate) not_before: Option<i64>,
    /// `iat`.
    pub(crate) issued_at: Option<i64>,
}

impl Validity {
    /// Reads the dates. `exp` is required in every profile: a token without an end could not be taken back.
    pub(crate) fn of(claims: &Map<String, Value>, rules: TimeRules) -> Result<Self, JwtError> {
        let expires_at = date(claims, "exp")?.ok_or(JwtError::MissingClaim { claim: "exp" })?;
        let not_before = date(claims, "nbf")?;
        let issued_at = date(claims, "iat")?;
        if rules.issued_at_required && issued_at.is_none() {
            return Err(JwtError::MissingClaim { claim: "iat" });
        }
        Ok(Self {
            expires_at: expires_at.floor,
            not_before: not_before.map(|date| date.ceil),
            issued_at: issued_at.map(|date| date.ceil),
        })
    }

    /// Checks the dates at `now`.
    pub(crate) fn check(self, now: UnixTime, rules: TimeRules) -> Result<(), JwtError> {
        let now = now.secs();
        // RFC 7519 section 4.1.4: "the current date/time MUST be before the expiration date/time".
        if now >= self.expires_at.saturating_add(rules.leeway) {
            return Err(JwtError::Expired);
        }
        // Section 4.1.5: "the current date/time MUST be after or equal to the not-before date/time".
        let latest_beginning = now.saturating_add(rules.leeway);
        if self.not_before.is_some_and(|not_before| not_before > latest_beginning) {
            return Err(JwtError::NotYetValid);
        }
        if self.issued_at.is_some_and(|issued_at| issued_at > latest_beginning) {
            return Err(JwtError::IssuedInFuture);
        }
        Ok(())
    }

    /// Checks the lifetime: from `iat` to `exp`, and without `iat` from `now`, with the leeway because two
    /// clocks are compared.
    pub(crate) fn check_lifetime(self, now: UnixTime, rules: TimeRules) -> Result<(), JwtError> {
        let (lifetime, longest) = match self.issued_at {
            Some(issued_at) => (self.expires_at.saturating_sub(issued_at), rules.max_lifetime),
            None => {
                (self.expires_at.saturating_sub(now.secs()), rules.max_lifetime.saturating_add(rules.leeway))
            }
        };
        // Issued after it expired: one of the dates is wrong, and we cannot know which.
        let issued_too_late = self.issued_at.is_some() && lifetime < 0;
        if issued_too_late || lifetime > longest { Err(JwtError::Lifetime) } else { Ok(()) }
    }
}
