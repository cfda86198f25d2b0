//! Whom we believe about whom, and how far back: the operator's rule for XFCC.

use super::super::id::SpiffeId;
use super::super::limits::MAX_XFCC_ELEMENTS;
use super::error::XfccRuleError;

/// When `x-forwarded-client-cert` is believed, and which of its elements names the caller.
///
/// Hops are counted from the right, where the youngest element is: what is further left was sent by somebody
/// that only the elements to its right vouch for. Which hop it is depends on our own proxy, because Envoy's HTTP
/// connection manager writes the header before any filter sees it:
///
/// ```text
///   caller ──mTLS──▶ edge proxy ──mTLS──▶ our proxy ──▶ this filter reads
///
///   our proxy has FORWARD_ONLY:                              hops = 1
///     [ By=edge;Hash=#caller;URI=caller ]
///       └─ hop 1: written by edge, about the caller
///
///   our proxy has APPEND_FORWARD:                            hops = 2
///     [ By=edge;Hash=#caller;URI=caller , By=our;Hash=#edge;URI=edge ]
///       └─ hop 2: written by edge         └─ hop 1: written by our proxy about this connection's peer
/// ```
///
/// Under SANITIZE the header never arrives, and under SANITIZE_SET it only repeats the connection: then no rule
/// is needed. Under ALWAYS_FORWARD_ONLY the header arrives also without mTLS, and is refused here.
///
/// The edge proxy should have SANITIZE_SET, so that it writes the whole value. If it has APPEND_FORWARD, callers
/// may put elements before its own; they are further left than `hops` and are not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XfccRule {
    pub(super) trusted_proxies: Vec<SpiffeId>,
    pub(super) hops: usize,
    pub(super) by: Option<SpiffeId>,
}

impl XfccRule {
    /// A rule.
    ///
    /// - `trusted_proxies`: who may be the direct peer, and any proxy between it and the one that wrote the
    ///   chosen element.
    /// - `hops`: which element names the caller, counted from the right, from 1.
    /// - `by`: what the chosen element's `By` must be. `By` is the URI SAN of the certificate with which the
    ///   writing proxy *serves*. Left out, it must be the identity that the same proxy has as a *client*: that
    ///   of the direct peer, or the one in the element to the right. State it where a proxy has two.
    ///
    /// # Errors
    /// What is wrong with the rule.
    pub fn new(
        trusted_proxies: Vec<SpiffeId>,
        hops: usize,
        by: Option<SpiffeId>,
    ) -> Result<Self, XfccRuleError> {
        if trusted_proxies.is_empty() {
            return Err(XfccRuleError::NoTrustedProxy);
        }
        for (index, proxy) in trusted_proxies.iter().enumerate() {
            if !proxy.has_path() {
                return Err(XfccRuleError::ProxyRootPath { index });
            }
            if trusted_proxies.iter().take(index).any(|earlier| earlier == proxy) {
                return Err(XfccRuleError::DuplicateProxy { index });
            }
        }
        if by.as_ref().is_some_and(|by| !by.has_path()) {
            return Err(XfccRuleError::ByRootPath);
        }
        match hops {
            0 => Err(XfccRuleError::ZeroHops),
            1..=MAX_XFCC_ELEMENTS => Ok(Self { trusted_proxies, hops, by }),
            _ => Err(XfccRuleError::TooManyHops { hops }),
        }
    }

    /// Who may be the direct peer.
    #[must_use]
    pub fn trusted_proxies(&self) -> &[SpiffeId] {
        &self.trusted_proxies
    }

    /// Which element names the caller, counted from the right, from 1.
    #[must_use]
    pub fn hops(&self) -> usize {
        self.hops
    }

    /// What the chosen element's `By` must be, if it is stated.
    #[must_use]
    pub fn by(&self) -> Option<&SpiffeId> {
        self.by.as_ref()
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn id(text: &str) -> SpiffeId {
        SpiffeId::parse(text).unwrap()
    }

    #[test]
    fn a_rule_says_whom_how_far_and_by_whom() {
        let rule = XfccRule::new(vec![id("spiffe://a/edge")], 2, Some(id("spiffe://a/by"))).unwrap();
        assert_eq!((rule.trusted_proxies().len(), rule.hops()), (1, 2));
        assert_eq!(rule.by(), Some(&id("spiffe://a/by")));
    }

    #[test]
    fn somebody_is_trusted_and_once() {
        assert_eq!(XfccRule::new(vec![], 1, None), Err(XfccRuleError::NoTrustedProxy));
        let twice = vec![id("spiffe://a/x"), id("spiffe://a/y"), id("spiffe://a/x")];
        assert_eq!(XfccRule::new(twice, 1, None), Err(XfccRuleError::DuplicateProxy { index: 2 }));
    }

    #[test]
    fn proxies_are_workloads() {
        let domain = vec![id("spiffe://a/x"), id("spiffe://a")];
        assert_eq!(XfccRule::new(domain, 1, None), Err(XfccRuleError::ProxyRootPath { index: 1 }));
        let by = Some(id("spiffe://a"));
        assert_eq!(XfccRule::new(vec![id("spiffe://a/x")], 1, by), Err(XfccRuleError::ByRootPath));
    }

    #[test]
    fn hops_are_counted_from_1() {
        let rule = |hops| XfccRule::new(vec![id("spiffe://a/x")], hops, None);
        assert_eq!(rule(0), Err(XfccRuleError::ZeroHops));
        assert!(rule(1).is_ok() && rule(32).is_ok());
        assert_eq!(rule(33), Err(XfccRuleError::TooManyHops { hops: 33 }));
        assert_eq!(rule(usize::MAX), Err(XfccRuleError::TooManyHops { hops: usize::MAX }));
    }
}
