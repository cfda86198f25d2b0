//! The SPIFFE ID in a JWT-SVID's subject.

/// The longest SPIFFE ID, in bytes (SPIFFE-ID section 2.3).
const MAX_ID_BYTES: usize = 2048;

/// The longest trust domain name, in bytes (SPIFFE-ID section 2.1).
const MAX_TRUST_DOMAIN_BYTES: usize = 255;

/// Whether this is a trust domain's name (SPIFFE-ID section 2.1).
pub(crate) fn is_trust_domain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_TRUST_DOMAIN_BYTES
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_'))
}

/// The trust domain of a workload's SPIFFE ID, or `None` if the text is not one by the letter of the
/// specification.
///
/// An ID without a path names the trust domain itself, which is no workload and cannot be the subject of a
/// token.
pub(crate) fn trust_domain_of(subject: &str) -> Option<&str> {
    if subject.len() > MAX_ID_BYTES {
        return None;
    }
    let (trust_domain, path) = subject.strip_prefix("spiffe://")?.split_once('/')?;
    (is_trust_domain(trust_domain) && path.split('/').all(is_path_segment)).then_some(trust_domain)
}

fn is_path_segment(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..")
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn workloads() {
        assert_eq!(
            trust_domain_of("spiffe://corp.example.com/ns/payment/sa/processor"),
            Some("corp.example.com")
        );
        assert_eq!(trust_domain_of("spiffe://a/.../.x/A_b-9"), Some("a"));
    }

    #[test]
    fn everything_else() {
        let too_long = format!("spiffe://a/{}", "b".repeat(MAX_ID_BYTES));
        let long_domain = format!("spiffe://{}/b", "a".repeat(MAX_TRUST_DOMAIN_BYTES + 1));
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
            assert_eq!(trust_domain_of(text), None, "{text}");
        }
    }
}
