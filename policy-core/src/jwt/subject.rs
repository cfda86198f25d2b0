//! The SPIFFE ID in a JWT-SVID's subject.

use crate::spiffe::{SpiffeId, TrustDomain};

/// Whether this is the SPIFFE ID of a workload of the trust domain.
///
/// An ID without a path names the trust domain itself, which is no workload and cannot be the subject of a
/// token.
pub(crate) fn is_workload_of(trust_domain: &TrustDomain, subject: &str) -> bool {
    SpiffeId::parse(subject).is_ok_and(|id| id.has_path() && id.trust_domain() == trust_domain.as_str())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn workloads() {
        let a = TrustDomain::parse("a").unwrap();
        let corp = TrustDomain::parse("corp.example.com").unwrap();
        assert!(is_workload_of(&corp, "spiffe://corp.example.com/ns/payment/sa/processor"));
        assert!(is_workload_of(&a, "spiffe://a/.../.x/A_b-9"));
    }

    #[test]
    fn everything_else() {
        let a = TrustDomain::parse("a").unwrap();
        let too_long = format!("spiffe://a/{}", "b".repeat(2048));
        let long_domain = format!("spiffe://{}/b", "a".repeat(256));
        for text in [
            "",
            "spiffe://",
            "spiffe://a",
            "spiffe://a/",
            "spiffe:///b",
            "spiffe://a//b",
            "spiffe://a/b/",
            "spiffe://a/./b",
            "spiffe://a/../b",
            "spiffe://a/b?c",
            "spiffe://a/b#c",
            "spiffe://A/b",
            "Spiffe://a/b",
            "spiffe://b/b",
            "spiffe://aa/b",
            "http://a/b",
            "spiffe://u@a/b",
            "spiffe://a:1/b",
            "spiffe://a/%62",
            "spiffe://a/b c",
            "spiffe://é/b",
            " spiffe://a/b",
            "spiffe://a/b\n",
            &too_long,
            &long_domain,
        ] {
            assert!(!is_workload_of(&a, text), "{text}");
        }
    }
}
