//! An issuer of tokens: its keys, its rules, and the one function that turns a token into verified claims.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::spiffe::TrustDomain;
use crate::time::UnixTime;

use super::algorithm::Algorithm;
use super::claims::{check_audience, required_text, text};
use super::compact::{Header, UnverifiedJwt};
use super::confirmation::{Confirmation, Holder};
use super::error::JwtError;
use super::jwk::Key;
use super::jwks::{KeySet, NoKey};
use super::limits::{MAX_AUDIENCES, MAX_LEEWAY_SECONDS, MAX_LIFETIME_SECONDS, MAX_NAME_BYTES};
use super::profile::Profile;
use super::settings::{ProviderError, ProviderSettings};
use super::subject::is_workload_of;
use super::validity::{TimeRules, Validity};
use super::verified::{VerifiedClaims, VerifierIdentity};

/// One issuer or trust domain, ready to verify its tokens. Its keys verify nobody else's.
pub struct Provider {
    name: String,
    profile: Profile,
    origin: Origin,
    audiences: Vec<String>,
    algorithms: Vec<Algorithm>,
    times: TimeRules,
    keys: KeySet,
    identity: Arc<VerifierIdentity>,
}

/// Who may have issued the token.
#[derive(PartialEq, Eq)]
enum Origin {
    /// The exact `iss`.
    Issuer(String),
    /// The trust domain of `sub`.
    TrustDomain(TrustDomain),
}

impl Provider {
    /// Checks the settings as a whole.
    ///
    /// # Errors
    /// The first setting that cannot stand, named in the message with what to do.
    pub fn new(settings: ProviderSettings) -> Result<Self, ProviderError> {
        let ProviderSettings {
            name,
            profile,
            issuer,
            trust_domain,
            audiences,
            algorithms,
            leeway_seconds,
            max_lifetime_seconds,
            keys,
        } = settings;
        if !is_name(&name) {
            return Err(ProviderError::Name);
        }
        let origin = origin(profile, issuer, trust_domain)?;
        if audiences.is_empty() {
            return Err(ProviderError::NoAudience);
        }
        if audiences.len() > MAX_AUDIENCES || !audiences.iter().all(|audience| is_name(audience)) {
            return Err(ProviderError::Audience);
        }
        let algorithms = algorithms.unwrap_or_else(|| profile.algorithms().to_vec());
        if algorithms.is_empty() {
            return Err(ProviderError::NoAlgorithm);
        }
        if !algorithms.iter().all(|algorithm| profile.algorithms().contains(algorithm)) {
            return Err(ProviderError::AlgorithmNotInProfile);
        }
        if !keys.fits_any(&algorithms) {
            return Err(ProviderError::NoUsableKey);
        }
        let times = time_rules(profile, leeway_seconds, max_lifetime_seconds)?;
        Ok(Self {
            name,
            profile,
            origin,
            audiences,
            algorithms,
            times,
            keys,
            identity: VerifierIdentity::new(),
        })
    }

    /// The name under which the policy finds the claims.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of token this provider issues.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Whether both stand for the same issuer or the same trust domain.
    #[must_use]
    pub fn shares_issuer(&self, other: &Self) -> bool {
        self.origin == other.origin
    }

    /// Whether the token says that it is from here: the same `iss`, or a `sub` in the same trust domain. Only
    /// for choosing the provider that is to verify it; anybody can write such a token.
    #[must_use]
    pub fn matches_unverified(&self, token: &UnverifiedJwt<'_>) -> bool {
        match &self.origin {
            Origin::Issuer(issuer) => token.unverified_issuer() == Some(issuer),
            Origin::TrustDomain(trust_domain) => {
                token.unverified_subject().is_some_and(|subject| is_workload_of(trust_domain, subject))
            }
        }
    }

    /// Verifies a token at `now`, presented by `holder`.
    ///
    /// In this order: type and algorithm, key, signature, then the claims. Nothing in the payload is believed
    /// before the signature is checked.
    ///
    /// Does not check: whether the token was revoked, whether it is used for the first time (`jti`), scopes
    /// and all other claims, which are the policy's.
    ///
    /// # Errors
    /// The first rule that the token breaks.
    pub fn verify(
        &self,
        token: &UnverifiedJwt<'_>,
        now: UnixTime,
        holder: &Holder,
    ) -> Result<VerifiedClaims, JwtError> {
        let header = token.header();
        let key = self.key_for(header)?;
        if !key.public_key.verifies(header.algorithm, token.signing_input(), token.signature()) {
            return Err(JwtError::Signature);
        }
        let claims = token.unverified_claims();
        self.check_parties(claims)?;
        let validity = Validity::of(claims, self.times)?;
        validity.check(now, self.times)?;
        validity.check_lifetime(now, self.times)?;
        let confirmation = Confirmation::of(claims)?;
        if let Some(confirmation) = confirmation {
            confirmation.check(holder)?;
        }
        Ok(VerifiedClaims {
            claims: claims.clone(),
            algorithm: header.algorithm,
            key_id: key.id.clone(),
            validity,
            confirmation,
            is_svid: self.profile == Profile::JwtSvid,
            verifier: Arc::clone(&self.identity),
        })
    }

    /// Checks again what may have changed since a token was verified: the time, and who presents it.
    ///
    /// # Errors
    /// The token has expired or is not valid yet; the certificate is another; or the claims were verified by
    /// another provider, which includes this one before a change of the configuration or the keys.
    pub fn recheck(&self, claims: &VerifiedClaims, now: UnixTime, holder: &Holder) -> Result<(), JwtError> {
        if !Arc::ptr_eq(&self.identity, &claims.verifier) {
            return Err(JwtError::ForeignClaims);
        }
        claims.validity.check(now, self.times)?;
        match claims.confirmation {
            Some(confirmation) => confirmation.check(holder),
            None => Ok(()),
        }
    }

    /// The one key that may have signed a token with this header.
    fn key_for(&self, header: &Header) -> Result<&Key, JwtError> {
        if !self.profile.accepts_type(header.token_type.as_deref()) {
            return Err(JwtError::Type);
        }
        if !self.algorithms.contains(&header.algorithm) {
            return Err(JwtError::Algorithm);
        }
        self.keys.choose(header.key_id.as_deref(), header.algorithm).map_err(|no_key| match no_key {
            NoKey::Unknown => JwtError::UnknownKey,
            NoKey::OtherAlgorithm => JwtError::KeyAlgorithm,
            NoKey::Ambiguous => JwtError::AmbiguousKey,
        })
    }

    /// Who issued the token, about whom, for whom.
    fn check_parties(&self, claims: &Map<String, Value>) -> Result<(), JwtError> {
        for claim in ["iss", "sub", "jti"] {
            text(claims, claim)?;
        }
        for claim in self.profile.required_texts() {
            required_text(claims, claim)?;
        }
        match &self.origin {
            // RFC 9068 section 4 and RFC 8725 section 3.8; compared as text, as RFC 7519 section 2 on
            // StringOrURI wants.
            Origin::Issuer(issuer) => {
                if text(claims, "iss")? != Some(issuer) {
                    return Err(JwtError::Issuer);
                }
            }
            Origin::TrustDomain(trust_domain) => {
                if !text(claims, "sub")?.is_some_and(|subject| is_workload_of(trust_domain, subject)) {
                    return Err(JwtError::Subject);
                }
            }
        }
        check_audience(claims, &self.audiences)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("profile", &self.profile)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

fn origin(
    profile: Profile,
    issuer: Option<String>,
    trust_domain: Option<String>,
) -> Result<Origin, ProviderError> {
    match profile {
        Profile::Jwt | Profile::AccessToken => {
            if trust_domain.is_some() {
                return Err(ProviderError::TrustDomainOnlyForSvid);
            }
            issuer.filter(|issuer| is_name(issuer)).map(Origin::Issuer).ok_or(ProviderError::Issuer)
        }
        Profile::JwtSvid => {
            if issuer.is_some() {
                return Err(ProviderError::IssuerNotForSvid);
            }
            let name = trust_domain.ok_or(ProviderError::TrustDomain)?;
            TrustDomain::parse(&name).map(Origin::TrustDomain).map_err(|_| ProviderError::TrustDomain)
        }
    }
}

fn time_rules(
    profile: Profile,
    leeway_seconds: u64,
    max_lifetime_seconds: u64,
) -> Result<TimeRules, ProviderError> {
    if leeway_seconds > MAX_LEEWAY_SECONDS {
        return Err(ProviderError::Leeway);
    }
    if max_lifetime_seconds == 0 || max_lifetime_seconds > MAX_LIFETIME_SECONDS {
        return Err(ProviderError::Lifetime);
    }
    Ok(TimeRules {
        leeway: i64::try_from(leeway_seconds).map_err(|_| ProviderError::Leeway)?,
        max_lifetime: i64::try_from(max_lifetime_seconds).map_err(|_| ProviderError::Lifetime)?,
        issued_at_required: profile.requires_issued_at(),
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME_BYTES
}
