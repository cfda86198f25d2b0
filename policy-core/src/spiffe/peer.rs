//! The peer of a connection: from what the host says of it to who it is.

use std::sync::Arc;

use super::digest;
use super::svid::{SvidError, X509Svid};

/// What the host says of the peer of a connection. `None` means that the host did not say, never "no".
///
/// Envoy says it in these properties; an empty property is taken as one that was not said.
///
/// | field | property | since Envoy |
/// |---|---|---|
/// | `presented` | `connection.mtls`, which means only that a certificate was presented | |
/// | `validated` | `connection.peer_certificate_valid` | 1.39 |
/// | `certificate_pem` | `connection.peer_certificate` | 1.38 |
/// | `digest_hex` | `connection.sha256_peer_certificate_digest` | |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeerEvidence<'a> {
    /// Whether the peer presented a certificate.
    pub presented: Option<bool>,
    /// Whether the host verified the certificate's chain.
    pub validated: Option<bool>,
    /// The peer's leaf certificate in PEM.
    pub certificate_pem: Option<&'a [u8]>,
    /// SHA-256 of the leaf certificate's DER, in hexadecimal.
    pub digest_hex: Option<&'a [u8]>,
}

/// Who is at the other end of a connection. It does not depend on the time, so that a host can keep it for as
/// long as the connection lives; the certificate's life is checked on each use, with
/// [`X509Svid::check_validity`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The host said that no certificate was presented.
    Absent,
    /// There is a certificate, or may be one, and it proves nothing.
    Refused(PeerRefusal),
    /// The peer is a workload with a certificate that the host verified.
    Svid(Arc<X509Svid>),
}

/// Why what the host says of a peer proves no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeerRefusal {
    /// The host did not say whether a certificate was presented.
    #[error("the host did not say whether the peer presented a certificate")]
    PresenceUnknown,
    /// The host said that no certificate was presented, and gave one or its digest.
    #[error("the host contradicts itself about the peer's certificate")]
    Contradiction,
    /// The host did not say whether it verified the certificate: Envoy before 1.39 cannot.
    #[error("the host did not say whether it verified the peer's certificate")]
    ValidationUnknown,
    /// The host did not verify the certificate, as under `trust_chain_verification: ACCEPT_UNTRUSTED`.
    #[error("the host did not verify the peer's certificate")]
    NotValidated,
    /// The host did not give the certificate: Envoy before 1.38 cannot.
    #[error("the host did not give the peer's certificate")]
    CertificateMissing,
    /// The host's digest of the certificate is no SHA-256 in hexadecimal.
    #[error("the host's digest of the peer's certificate is malformed")]
    DigestMalformed,
    /// The host's digest is that of another certificate.
    #[error("the host's digest is not that of the peer's certificate")]
    DigestMismatch,
    /// The certificate is no X.509-SVID.
    #[error(transparent)]
    Svid(#[from] SvidError),
}

impl Peer {
    /// Judges what the host says.
    #[must_use]
    pub fn from_evidence(evidence: &PeerEvidence<'_>) -> Self {
        let certificate = evidence.certificate_pem.filter(|pem| !pem.is_empty());
        let digest = evidence.digest_hex.filter(|hex| !hex.is_empty());
        match evidence.presented {
            None => Self::Refused(PeerRefusal::PresenceUnknown),
            Some(false) if certificate.is_some() || digest.is_some() => {
                Self::Refused(PeerRefusal::Contradiction)
            }
            Some(false) => Self::Absent,
            Some(true) => match verified(evidence.validated, certificate, digest) {
                Ok(svid) => Self::Svid(Arc::new(svid)),
                Err(refusal) => Self::Refused(refusal),
            },
        }
    }

    /// The peer's certificate, if it has one that proves its identity.
    #[must_use]
    pub fn svid(&self) -> Option<&Arc<X509Svid>> {
        match self {
            Self::Svid(svid) => Some(svid),
            Self::Absent | Self::Refused(_) => None,
        }
    }
}

fn verified(
    validated: Option<bool>,
    certificate: Option<&[u8]>,
    digest: Option<&[u8]>,
) -> Result<X509Svid, PeerRefusal> {
    match validated {
        Some(true) => {}
        Some(false) => return Err(PeerRefusal::NotValidated),
        None => return Err(PeerRefusal::ValidationUnknown),
    }
    let svid = X509Svid::from_pem(certificate.ok_or(PeerRefusal::CertificateMissing)?)?;
    if let Some(hex) = digest {
        let theirs = digest::from_hex(hex).ok_or(PeerRefusal::DigestMalformed)?;
        if theirs != *svid.sha256() {
            return Err(PeerRefusal::DigestMismatch);
        }
    }
    Ok(svid)
}

impl PeerRefusal {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PresenceUnknown => "peer_presence_unknown",
            Self::Contradiction => "peer_contradiction",
            Self::ValidationUnknown => "peer_validation_unknown",
            Self::NotValidated => "peer_not_validated",
            Self::CertificateMissing => "peer_certificate_missing",
            Self::DigestMalformed => "peer_digest_malformed",
            Self::DigestMismatch => "peer_digest_mismatch",
            Self::Svid(error) => error.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::testing::{SPIRE_LEAF, SPIRE_LEAF_ID, TWO_URIS};
    use super::*;

    fn good() -> PeerEvidence<'static> {
        PeerEvidence {
            presented: Some(true),
            validated: Some(true),
            certificate_pem: Some(SPIRE_LEAF),
            digest_hex: None,
        }
    }

    fn refusal(evidence: PeerEvidence<'_>) -> PeerRefusal {
        match Peer::from_evidence(&evidence) {
            Peer::Refused(refusal) => refusal,
            other @ (Peer::Absent | Peer::Svid(_)) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_verified_certificate_is_an_identity() {
        let peer = Peer::from_evidence(&good());
        assert_eq!(peer.svid().unwrap().id().as_str(), SPIRE_LEAF_ID);
        let hex = peer.svid().unwrap().sha256_hex();
        assert_eq!(Peer::from_evidence(&PeerEvidence { digest_hex: Some(hex.as_bytes()), ..good() }), peer);
    }

    #[test]
    fn no_certificate_is_no_identity() {
        for validated in [None, Some(false), Some(true)] {
            let evidence = PeerEvidence { presented: Some(false), validated, ..PeerEvidence::default() };
            assert_eq!(Peer::from_evidence(&evidence), Peer::Absent);
            assert_eq!(Peer::from_evidence(&evidence).svid(), None);
        }
    }

    #[test]
    fn a_host_that_says_nothing_proves_nothing() {
        assert_eq!(refusal(PeerEvidence::default()), PeerRefusal::PresenceUnknown);
        assert_eq!(refusal(PeerEvidence { presented: None, ..good() }), PeerRefusal::PresenceUnknown);
    }

    #[test]
    fn a_certificate_that_was_presented_and_not_verified_is_refused() {
        assert_eq!(refusal(PeerEvidence { validated: Some(false), ..good() }), PeerRefusal::NotValidated);
    }

    #[test]
    fn a_host_that_cannot_say_whether_it_verified_has_its_own_reason() {
        assert_eq!(refusal(PeerEvidence { validated: None, ..good() }), PeerRefusal::ValidationUnknown);
    }

    #[test]
    fn a_host_that_gives_no_certificate_is_refused() {
        for certificate_pem in [None, Some(b"".as_slice())] {
            assert_eq!(refusal(PeerEvidence { certificate_pem, ..good() }), PeerRefusal::CertificateMissing);
        }
    }

    #[test]
    fn a_host_that_contradicts_itself_is_refused() {
        let absent = PeerEvidence { presented: Some(false), ..PeerEvidence::default() };
        for evidence in [
            PeerEvidence { certificate_pem: Some(SPIRE_LEAF), ..absent },
            PeerEvidence { digest_hex: Some(b"00"), ..absent },
        ] {
            assert_eq!(refusal(evidence), PeerRefusal::Contradiction);
        }
    }

    #[test]
    fn the_host_s_digest_is_that_of_the_certificate() {
        let other = "0".repeat(64);
        let evidence = PeerEvidence { digest_hex: Some(other.as_bytes()), ..good() };
        assert_eq!(refusal(evidence), PeerRefusal::DigestMismatch);
        for digest in ["xyz", &"0".repeat(63), &format!("{other}0")] {
            let evidence = PeerEvidence { digest_hex: Some(digest.as_bytes()), ..good() };
            assert_eq!(refusal(evidence), PeerRefusal::DigestMalformed);
        }
    }

    #[test]
    fn the_error_of_the_certificate_is_carried() {
        let evidence = PeerEvidence { certificate_pem: Some(TWO_URIS), ..good() };
        assert_eq!(refusal(evidence), PeerRefusal::Svid(SvidError::SeveralUriSans { count: 2 }));
        assert_eq!(refusal(evidence).code(), "svid_several_uri_sans");
    }
}
