//! What an operator says about a provider, and what makes it no provider.

use super::algorithm::Algorithm;
use super::jwks::KeySet;
use super::limits::{DEFAULT_LEEWAY_SECONDS, DEFAULT_MAX_LIFETIME_SECONDS};
use super::profile::Profile;

/// One provider as it was configured, not checked yet: see [`Provider::new`](super::Provider::new).
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// The name under which the policy finds the claims.
    pub name: String,
    /// What kind of token.
    pub profile: Profile,
    /// The exact `iss`: required, except for JWT-SVIDs, which must not have it.
    pub issuer: Option<String>,
    /// The trust domain of the subjects: for JWT-SVIDs only, and required there.
    pub trust_domain: Option<String>,
    /// The names by which we are meant; at least one.
    pub audiences: Vec<String>,
    /// The allowed algorithms; none for all of the profile.
    pub algorithms: Option<Vec<Algorithm>>,
    /// Seconds of clock difference that are forgiven.
    pub leeway_seconds: u64,
    /// Seconds from issue to expiry, at most.
    pub max_lifetime_seconds: u64,
    /// The keys of this issuer or trust domain, and of no other.
    pub keys: KeySet,
}

impl ProviderSettings {
    /// Settings with the default times and all algorithms of the profile; issuer or trust domain is still to
    /// be set.
    #[must_use]
    pub fn new(name: &str, profile: Profile, audiences: Vec<String>, keys: KeySet) -> Self {
        Self {
            name: name.to_owned(),
            profile,
            issuer: None,
            trust_domain: None,
            audiences,
            algorithms: None,
            leeway_seconds: DEFAULT_LEEWAY_SECONDS,
            max_lifetime_seconds: DEFAULT_MAX_LIFETIME_SECONDS,
            keys,
        }
    }
}

/// A setting that makes the whole provider unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// The name is empty or too long.
    #[error("name: must not be empty or longer than 1024 bytes")]
    Name,
    /// `issuer` is missing, empty or too long.
    #[error("issuer: state the exact `iss` of the tokens")]
    Issuer,
    /// `issuer` stands beside the profile of JWT-SVIDs.
    #[error("issuer: a jwt_svid provider is known by its trust_domain: remove the issuer")]
    IssuerNotForSvid,
    /// `trust_domain` is missing or no trust domain name.
    #[error("trust_domain: state the trust domain's name, such as corp.example.com, without spiffe://")]
    TrustDomain,
    /// `trust_domain` stands beside another profile.
    #[error("trust_domain: only a jwt_svid provider has one: remove it, or use the profile jwt_svid")]
    TrustDomainOnlyForSvid,
    /// No audience.
    #[error("audiences: state at least one: a token for somebody else must not be accepted here")]
    NoAudience,
    /// An audience is empty or too long, or there are too many.
    #[error("audiences: at most 64, each not empty and not longer than 1024 bytes")]
    Audience,
    /// The list of algorithms is there and empty.
    #[error("algorithms: list at least one, or leave the setting out for all of the profile")]
    NoAlgorithm,
    /// An algorithm that the profile does not have.
    #[error("algorithms: EdDSA is not allowed for JWT-SVIDs")]
    AlgorithmNotInProfile,
    /// The leeway is too long.
    #[error("leeway_seconds: at most 300")]
    Leeway,
    /// The maximum lifetime is zero or too long.
    #[error("max_lifetime_seconds: from 1 to 31622400 (366 days)")]
    Lifetime,
    /// No key can be used with the allowed algorithms.
    #[error("keys: no key can be used with the allowed algorithms")]
    NoUsableKey,
}

impl ProviderError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name => "provider_name",
            Self::Issuer => "provider_issuer",
            Self::IssuerNotForSvid => "provider_issuer_not_for_svid",
            Self::TrustDomain => "provider_trust_domain",
            Self::TrustDomainOnlyForSvid => "provider_trust_domain_only_for_svid",
            Self::NoAudience => "provider_no_audience",
            Self::Audience => "provider_audience",
            Self::NoAlgorithm => "provider_no_algorithm",
            Self::AlgorithmNotInProfile => "provider_algorithm_not_in_profile",
            Self::Leeway => "provider_leeway",
            Self::Lifetime => "provider_lifetime",
            Self::NoUsableKey => "provider_no_usable_key",
        }
    }
}
