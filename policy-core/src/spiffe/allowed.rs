//! The trust domains whose workloads may be anyone at all here.

use std::collections::BTreeSet;

use super::id::SpiffeId;
use super::limits::MAX_FEDERATED_TRUST_DOMAINS;
use super::trust_domain::TrustDomain;

/// The trust domain we belong to, and those we federate with. Each is stated; none follows from a certificate
/// that Envoy happened to accept, or from the name of a bundle's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustDomains {
    own: TrustDomain,
    federated: BTreeSet<TrustDomain>,
}

/// Why a set of trust domains is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustDomainsError {
    /// A federated trust domain is our own, or is stated twice. SPIFFE_Trust_Domain_and_Bundle rejects the same
    /// in a map of bundles: what was meant by the second is not known.
    #[error("federated trust domain {index} is stated twice or is our own")]
    Duplicate {
        /// Its place in the list, from 0.
        index: usize,
    },
    /// More trust domains than one configuration may have.
    #[error("{count} federated trust domains, more than {MAX_FEDERATED_TRUST_DOMAINS}")]
    TooMany {
        /// Trust domains in the list.
        count: usize,
    },
}

impl TrustDomains {
    /// Our own trust domain and those we federate with.
    ///
    /// # Errors
    /// If a trust domain is stated twice, or there are too many.
    pub fn new(own: TrustDomain, federated: Vec<TrustDomain>) -> Result<Self, TrustDomainsError> {
        if federated.len() > MAX_FEDERATED_TRUST_DOMAINS {
            return Err(TrustDomainsError::TooMany { count: federated.len() });
        }
        let mut set = BTreeSet::new();
        for (index, trust_domain) in federated.into_iter().enumerate() {
            if trust_domain == own || !set.insert(trust_domain) {
                return Err(TrustDomainsError::Duplicate { index });
            }
        }
        Ok(Self { own, federated: set })
    }

    /// Our own trust domain.
    #[must_use]
    pub fn own(&self) -> &TrustDomain {
        &self.own
    }

    /// The trust domains we federate with, in order.
    pub fn federated(&self) -> impl Iterator<Item = &TrustDomain> {
        self.federated.iter()
    }

    /// Whether a workload with this ID may be considered at all. It says nothing about what it may do.
    #[must_use]
    pub fn admits(&self, id: &SpiffeId) -> bool {
        self.own.as_str() == id.trust_domain() || self.federated.contains(id.trust_domain())
    }
}

impl TrustDomainsError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Duplicate { .. } => "trust_domains_duplicate",
            Self::TooMany { .. } => "trust_domains_too_many",
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn domain(name: &str) -> TrustDomain {
        TrustDomain::parse(name).unwrap()
    }

    fn id(text: &str) -> SpiffeId {
        SpiffeId::parse(text).unwrap()
    }

    #[test]
    fn our_own_and_the_stated_trust_domains_are_admitted() {
        let domains =
            TrustDomains::new(domain("example.org"), vec![domain("b.org"), domain("a.org")]).unwrap();
        for admitted in ["spiffe://example.org/x", "spiffe://a.org/x", "spiffe://b.org"] {
            assert!(domains.admits(&id(admitted)), "{admitted}");
        }
        assert_eq!(domains.own().as_str(), "example.org");
        assert_eq!(domains.federated().map(TrustDomain::as_str).collect::<Vec<_>>(), ["a.org", "b.org"]);
    }

    #[test]
    fn no_other_trust_domain_is_admitted() {
        let domains = TrustDomains::new(domain("example.org"), vec![domain("a.org")]).unwrap();
        for refused in [
            "spiffe://example.com/x",
            "spiffe://sub.example.org/x",
            "spiffe://example.or/x",
            "spiffe://example.org.evil/x",
            "spiffe://evil/example.org",
            "spiffe://c.org/a.org",
        ] {
            assert!(!domains.admits(&id(refused)), "{refused}");
        }
    }

    #[test]
    fn a_trust_domain_is_stated_once() {
        let twice = vec![domain("a.org"), domain("b.org"), domain("a.org")];
        let error = TrustDomains::new(domain("example.org"), twice).unwrap_err();
        assert_eq!(error, TrustDomainsError::Duplicate { index: 2 });
        let own = TrustDomains::new(domain("example.org"), vec![domain("example.org")]).unwrap_err();
        assert_eq!(own, TrustDomainsError::Duplicate { index: 0 });
    }

    #[test]
    fn there_is_a_limit() {
        let many = (0..=1024).map(|n| domain(&format!("td{n}"))).collect();
        let error = TrustDomains::new(domain("example.org"), many).unwrap_err();
        assert_eq!(error, TrustDomainsError::TooMany { count: 1025 });
    }
}
