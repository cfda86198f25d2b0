//! An identity from Envoy's filter state, as on an Istio waypoint.
//!
//! On a waypoint the peer's TLS ends at the listener that unwraps the tunnel, and the HTTP listener behind it
//! sees plain text. Istio carries the peer's identity across in the filter state `io.istio.peer_principal`,
//! whose value is the formatter `%DOWNSTREAM_PEER_URI_SAN%`: the whole URI SAN with its scheme, several of them
//! joined by commas, and `-` when there is none.
//!
//! What it needs to be trusted: that only the proxy's own configuration writes the key. Filter state cannot be
//! set by a client; another filter of the same proxy can. The value holds no certificate, so the leaf rules of
//! X509-SVID and its life are not checked here: the listener that ended the TLS did what its validator does.

use super::id::{SpiffeId, SpiffeIdError};

/// What Envoy's formatters write for a value that is not there.
const NOT_THERE: &[u8] = b"-";

/// Why a principal of the filter state is no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrincipalError {
    /// The value is empty, or Envoy's `-` for nothing.
    #[error("the filter state has no principal")]
    Missing,
    /// The peer's certificate had more than one URI SAN: X509-SVID section 2 rejects it.
    #[error("the filter state has several principals")]
    Several,
    /// The value is not a SPIFFE ID. A principal without scheme, as `source.principals` of Istio's
    /// authorization policies is written, is none either.
    #[error(transparent)]
    SpiffeId(#[from] SpiffeIdError),
    /// The ID has no path: it names a trust domain, not a workload.
    #[error("the principal is a trust domain")]
    RootPath,
}

/// Reads the value of a filter state that holds the peer's principal: one SPIFFE ID with its scheme.
///
/// # Errors
/// Why the value names no workload.
pub fn filter_state_principal(value: &[u8]) -> Result<SpiffeId, PrincipalError> {
    if value.is_empty() || value == NOT_THERE {
        return Err(PrincipalError::Missing);
    }
    if value.contains(&b',') {
        return Err(PrincipalError::Several);
    }
    let id = SpiffeId::parse_bytes(value)?;
    if id.has_path() { Ok(id) } else { Err(PrincipalError::RootPath) }
}

impl PrincipalError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "principal_missing",
            Self::Several => "principal_several",
            Self::SpiffeId(error) => error.code(),
            Self::RootPath => "principal_root_path",
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn the_principal_of_a_waypoint_is_a_whole_spiffe_id() {
        let id = filter_state_principal(b"spiffe://cluster.local/ns/shop/sa/frontend").unwrap();
        assert_eq!(id.as_str(), "spiffe://cluster.local/ns/shop/sa/frontend");
    }

    #[test]
    fn nothing_is_no_principal() {
        assert_eq!(filter_state_principal(b""), Err(PrincipalError::Missing));
        assert_eq!(filter_state_principal(b"-"), Err(PrincipalError::Missing));
    }

    #[test]
    fn several_principals_are_refused() {
        assert_eq!(filter_state_principal(b"spiffe://a/b,spiffe://c/d"), Err(PrincipalError::Several));
        assert_eq!(filter_state_principal(b"spiffe://a/b,"), Err(PrincipalError::Several));
        assert_eq!(filter_state_principal(b","), Err(PrincipalError::Several));
    }

    #[test]
    fn a_principal_without_scheme_is_refused() {
        let error = Err(PrincipalError::SpiffeId(SpiffeIdError::Scheme));
        assert_eq!(filter_state_principal(b"cluster.local/ns/shop/sa/frontend"), error);
        assert_eq!(filter_state_principal(b" spiffe://cluster.local/ns/shop/sa/frontend"), error);
        assert_eq!(filter_state_principal(b"--"), error);
    }

    #[test]
    fn the_principal_is_a_workload() {
        assert_eq!(filter_state_principal(b"spiffe://cluster.local"), Err(PrincipalError::RootPath));
    }

    #[test]
    fn the_principal_is_a_valid_id() {
        for value in [b"spiffe://Cluster.local/x".as_slice(), b"spiffe://a/b\n", b"spiffe://a/b\0", b"\xff"] {
            assert!(matches!(filter_state_principal(value), Err(PrincipalError::SpiffeId(_))), "{value:?}");
        }
    }
}
