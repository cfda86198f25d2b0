//! The peer's certificate, from the filter state that the listener writes.
//!
//! Envoy tells an HTTP filter of a dynamic module the first URI SAN of the peer's certificate, and not whether it was
//! validated. Both are decisive: a certificate with two URI SANs is no X.509-SVID (X509-SVID, section 2), and under
//! `trust_chain_verification: ACCEPT_UNTRUSTED` anybody's certificate is presented. So the listener says both, once a
//! connection, by Envoy's own network filter in front of the HTTP connection manager:
//!
//! ```yaml
//! - name: envoy.filters.network.set_filter_state
//!   typed_config:
//!     "@type": type.googleapis.com/envoy.extensions.filters.network.set_filter_state.v3.Config
//!     on_downstream_tls_handshake:
//!     - object_key: doorward.peer
//!       factory_key: envoy.string
//!       format_string:
//!         text_format_source: { inline_string: "%CEL(connection.peer_certificate_valid)% %DOWNSTREAM_PEER_CERT%" }
//! ```
//! No client can write filter state. Where the setting is missing, a connection with a certificate has no identity and
//! is refused as one whose validation is unknown: never weaker, only stricter. What the listener says is checked
//! against the digest of the certificate that TLS itself reports.

use policy_core::spiffe::url_decode;

/// Key of the filter-state object.
pub(crate) const KEY: &str = "doorward.peer";

/// Most bytes of the object that are read: a PEM certificate of 16 KiB, each byte escaped.
const BYTES: usize = 48 * 1024;

/// What the listener says of the peer. `None` means that it did not say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PeerState {
    /// Whether the certificate's chain was verified.
    pub(crate) validated: Option<bool>,
    /// The leaf, PEM.
    pub(crate) certificate: Option<Vec<u8>>,
}

impl PeerState {
    /// Reads `true CERTIFICATE` or `false CERTIFICATE`; the certificate is PEM with URL escapes, or `-` for none.
    /// Anything else says nothing.
    pub(crate) fn read(text: &[u8]) -> Self {
        if text.len() > BYTES {
            return Self::default();
        }
        let Some((validated, rest)) = split(text) else { return Self::default() };
        Self { validated: Some(validated), certificate: certificate(rest) }
    }
}

fn split(text: &[u8]) -> Option<(bool, &[u8])> {
    let rest = |word: &[u8]| text.strip_prefix(word);
    rest(b"true ").map(|rest| (true, rest)).or_else(|| rest(b"false ").map(|rest| (false, rest)))
}

/// The certificate, if there is one and its escapes are whole.
fn certificate(text: &[u8]) -> Option<Vec<u8>> {
    url_decode(std::str::from_utf8(text).ok()?).filter(|pem| pem != b"-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_listener_writes_is_read() {
        let said = PeerState::read(b"true -----BEGIN%20CERTIFICATE-----%0AMII%2B%0A");
        assert_eq!(said.validated, Some(true));
        assert_eq!(said.certificate.as_deref(), Some(&b"-----BEGIN CERTIFICATE-----\nMII+\n"[..]));
        assert_eq!(PeerState::read(b"false X").validated, Some(false));
    }

    #[test]
    fn without_a_certificate_there_is_none() {
        assert_eq!(PeerState::read(b"false -"), PeerState { validated: Some(false), certificate: None });
    }

    #[test]
    fn anything_else_says_nothing() {
        for text in ["", "-", "- -", "true", "truex", "TRUE x", " true x", "1 x"] {
            assert_eq!(PeerState::read(text.as_bytes()), PeerState::default(), "{text}");
        }
        assert_eq!(PeerState::read(&[b"true ".as_slice(), &[b'a'; BYTES]].concat()), PeerState::default());
    }

    #[test]
    fn a_broken_escape_is_no_certificate() {
        for text in ["true a%", "true a%2", "true a%zz", "true %%20"] {
            assert_eq!(PeerState::read(text.as_bytes()).certificate, None, "{text}");
        }
    }
}
