//! The trust domain name: SPIFFE-ID section 2.1.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use super::limits::MAX_TRUST_DOMAIN_BYTES;

/// A trust domain name, such as `prod.example.com`: a name only, without scheme and path.
///
/// It is compared byte by byte and is never treated as a DNS name or an address: "Implementations MUST NOT
/// process trust domain names differently whether or not they are valid IP addresses and/or valid DNS names"
/// (SPIFFE-ID section 2.1). Cloning is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrustDomain(Arc<str>);

/// Which rule of SPIFFE-ID section 2.1 a trust domain name breaks. Positions are byte offsets in the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustDomainError {
    /// "The `host` part of the authority MUST NOT be empty."
    #[error("the trust domain is empty")]
    Empty,
    /// "a maximum length of a trust domain name is 255 bytes" (section 2.3).
    #[error("the trust domain has {length} bytes, more than {MAX_TRUST_DOMAIN_BYTES}")]
    TooLong {
        /// Bytes of the name.
        length: usize,
    },
    /// "The `userinfo` and `port` parts of the authority component MUST be empty": an `@`.
    #[error("the trust domain has a userinfo part, at byte {position}")]
    UserInfo {
        /// Where the `@` is.
        position: usize,
    },
    /// "The `userinfo` and `port` parts of the authority component MUST be empty": a `:`.
    #[error("the trust domain has a port part, at byte {position}")]
    Port {
        /// Where the `:` is.
        position: usize,
    },
    /// "The `host` part of the authority MUST be lowercase."
    #[error("the trust domain has an upper-case letter at byte {position}")]
    Uppercase {
        /// Where the letter is.
        position: usize,
    },
    /// "The `host` part of the authority MUST NOT contain percent-encoded characters."
    #[error("the trust domain has a percent-encoded character at byte {position}")]
    PercentEncoding {
        /// Where the `%` is.
        position: usize,
    },
    /// "MUST contain only letters, numbers, dots, dashes, and underscores ([a-z0-9.-_])."
    #[error("the trust domain has a character outside [a-z0-9.-_] at byte {position}")]
    Character {
        /// Where the character is.
        position: usize,
    },
}

impl TrustDomain {
    /// Reads a trust domain name.
    ///
    /// Upper-case letters are refused, although section 2.4 calls the name case-insensitive: section 2.1 says
    /// that it "MUST be lowercase", and a name that has two spellings is two names to a policy that compares
    /// strings. go-spiffe refuses them too.
    ///
    /// # Errors
    /// The first rule that the name breaks.
    pub fn parse(name: &str) -> Result<Self, TrustDomainError> {
        check(name.as_bytes())?;
        Ok(Self(Arc::from(name)))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Applies the rules of section 2.1 to the bytes between `spiffe://` and the path.
pub(super) fn check(name: &[u8]) -> Result<(), TrustDomainError> {
    if name.is_empty() {
        return Err(TrustDomainError::Empty);
    }
    if name.len() > MAX_TRUST_DOMAIN_BYTES {
        return Err(TrustDomainError::TooLong { length: name.len() });
    }
    for (position, byte) in name.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {}
            b'A'..=b'Z' => return Err(TrustDomainError::Uppercase { position }),
            b'%' => return Err(TrustDomainError::PercentEncoding { position }),
            b'@' => return Err(TrustDomainError::UserInfo { position }),
            b':' => return Err(TrustDomainError::Port { position }),
            _ => return Err(TrustDomainError::Character { position }),
        }
    }
    Ok(())
}

impl TrustDomainError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "trust_domain_empty",
            Self::TooLong { .. } => "trust_domain_too_long",
            Self::UserInfo { .. } => "trust_domain_userinfo",
            Self::Port { .. } => "trust_domain_port",
            Self::Uppercase { .. } => "trust_domain_uppercase",
            Self::PercentEncoding { .. } => "trust_domain_percent_encoding",
            Self::Character { .. } => "trust_domain_character",
        }
    }
}

impl fmt::Display for TrustDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TrustDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustDomain({})", self.0)
    }
}

/// Equality, order and hash are those of the name, so that a set of trust domains can be asked with a `&str`.
impl Borrow<str> for TrustDomain {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn refusal(name: &str) -> TrustDomainError {
        TrustDomain::parse(name).unwrap_err()
    }

    #[test]
    fn names_of_the_allowed_characters_are_kept_as_they_are() {
        for name in ["example.org", "a", "0", "-", "_", ".", "a_b-c.d", "127.0.0.1", "..", "xn--abc"] {
            assert_eq!(TrustDomain::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn the_name_must_not_be_empty() {
        assert_eq!(refusal(""), TrustDomainError::Empty);
    }

    #[test]
    fn the_name_has_at_most_255_bytes() {
        assert!(TrustDomain::parse(&"a".repeat(255)).is_ok());
        assert_eq!(refusal(&"a".repeat(256)), TrustDomainError::TooLong { length: 256 });
    }

    #[test]
    fn userinfo_and_port_must_be_empty() {
        assert_eq!(refusal("user@example.org"), TrustDomainError::UserInfo { position: 4 });
        assert_eq!(refusal("@example.org"), TrustDomainError::UserInfo { position: 0 });
        assert_eq!(refusal("example.org:443"), TrustDomainError::Port { position: 11 });
        assert_eq!(refusal("example.org:"), TrustDomainError::Port { position: 11 });
    }

    #[test]
    fn the_name_must_be_lowercase() {
        assert_eq!(refusal("Example.org"), TrustDomainError::Uppercase { position: 0 });
        assert_eq!(refusal("example.orG"), TrustDomainError::Uppercase { position: 10 });
    }

    #[test]
    fn the_name_must_not_be_percent_encoded() {
        assert_eq!(refusal("ex%61mple.org"), TrustDomainError::PercentEncoding { position: 2 });
    }

    #[test]
    fn the_name_has_only_the_allowed_characters() {
        let cases =
            [("[::1]", 0), ("a b", 1), ("a/b", 1), ("a~", 1), ("a\0", 1), ("a?", 1), ("a#", 1), ("ä", 0)];
        for (name, position) in cases {
            assert_eq!(refusal(name), TrustDomainError::Character { position }, "{name:?}");
        }
    }

    #[test]
    fn a_set_of_trust_domains_answers_to_a_str() {
        let set = std::collections::HashSet::from([TrustDomain::parse("example.org").unwrap()]);
        assert!(set.contains("example.org"));
        assert!(!set.contains("example.com"));
    }

    #[test]
    fn errors_do_not_echo_the_name() {
        let error = refusal("SECRET.example");
        assert!(!format!("{error} {error:?}").contains("SECRET"));
        assert_eq!(error.code(), "trust_domain_uppercase");
    }
}
