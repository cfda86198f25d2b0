//! Who calls: the first configured source that presents evidence decides, and evidence that does not hold denies.

use std::time::Duration;

use thiserror::Error;

use crate::jwt::VerifiedClaims;
use crate::request::RequestView;
use crate::spiffe::{
    Peer, PeerRefusal, PrincipalError, SpiffeId, SpiffeIdError, TrustDomains, ValidityError, X509Svid,
    XfccRefusal, XfccRule, filter_state_principal,
};
use crate::time::UnixTime;

/// Clock difference tolerated at the ends of a certificate's life: none. The proxy's TLS checks it against the same
/// clock, and tolerates none either.
const CLOCK_LEEWAY: Duration = Duration::ZERO;

/// Which evidence proved an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentitySource {
    /// The X.509-SVID of the connection.
    Connection,
    /// x-forwarded-client-cert of a trusted proxy.
    Xfcc,
    /// A filter-state object of the proxy.
    FilterState,
    /// A JWT-SVID.
    JwtSvid,
}

impl IdentitySource {
    /// The name in configurations, inputs and records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Xfcc => "xfcc",
            Self::FilterState => "filter_state",
            Self::JwtSvid => "jwt_svid",
        }
    }
}

/// A proven identity. Made only in this module, from evidence that held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) id: SpiffeId,
    pub(crate) source: IdentitySource,
    /// Validity window of the credential, where it is known.
    pub(crate) window: Option<(UnixTime, UnixTime)>,
    /// SHA-256 of the certificate, where there is one.
    pub(crate) digest: Option<[u8; 32]>,
}

/// Why a caller has no proven identity.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// No source presented evidence, and identity is required.
    #[error("no identity was presented")]
    Missing,
    /// The connection's certificate.
    #[error(transparent)]
    Peer(#[from] PeerRefusal),
    /// The certificate's validity.
    #[error(transparent)]
    Validity(#[from] ValidityError),
    /// The forwarded certificate.
    #[error(transparent)]
    Xfcc(#[from] XfccRefusal),
    /// The filter-state object.
    #[error(transparent)]
    FilterState(#[from] PrincipalError),
    /// A JWT-SVID's subject.
    #[error("the subject of the JWT-SVID is not a SPIFFE ID of a workload")]
    Subject,
    /// A trust domain that is not among the accepted.
    #[error("the identity's trust domain is not accepted here")]
    TrustDomain,
}

impl IdentityError {
    /// Stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "identity_missing",
            Self::Peer(refusal) => refusal.code(),
            Self::Validity(error) => error.code(),
            Self::Xfcc(refusal) => refusal.code(),
            Self::FilterState(error) => error.code(),
            Self::Subject => "jwt_svid_subject",
            Self::TrustDomain => "trust_domain_not_accepted",
        }
    }
}

/// A configured source.
pub(crate) enum Source {
    Connection,
    Xfcc(XfccRule),
    FilterState,
    JwtSvid { provider: usize },
}

/// What the operator configured about identity.
pub(crate) struct IdentityRules {
    pub(crate) own_id: Option<SpiffeId>,
    pub(crate) trust_domains: TrustDomains,
    pub(crate) required: bool,
    pub(crate) sources: Box<[Source]>,
}

impl IdentityRules {
    /// The identity that `source` proves, if it presents any evidence. JWT-SVIDs are the caller's business: see
    /// [`IdentityRules::by_token`].
    pub(crate) fn by_source(
        &self,
        source: &Source,
        request: &RequestView<'_>,
        now: UnixTime,
    ) -> Result<Option<Identity>, IdentityError> {
        match source {
            Source::Connection => match request.peer {
                Peer::Absent => Ok(None),
                Peer::Refused(refusal) => Err((*refusal).into()),
                Peer::Svid(svid) => self.by_svid(svid, now).map(Some),
            },
            Source::Xfcc(rule) => self.by_xfcc(rule, request, now),
            Source::FilterState => {
                let Some(text) = request.filter_state_principal else { return Ok(None) };
                let id = filter_state_principal(text)?;
                self.admit(Identity { id, source: IdentitySource::FilterState, window: None, digest: None })
                    .map(Some)
            }
            Source::JwtSvid { .. } => Ok(None),
        }
    }

    /// The identity of a verified JWT-SVID.
    pub(crate) fn by_token(&self, claims: &VerifiedClaims) -> Result<Identity, IdentityError> {
        let subject = claims.spiffe_id().ok_or(IdentityError::Subject)?;
        let id = SpiffeId::parse(subject).map_err(|_: SpiffeIdError| IdentityError::Subject)?;
        if !id.has_path() {
            return Err(IdentityError::Subject);
        }
        let window = claims.issued_at().map(|issued| (issued, claims.expires_at()));
        self.admit(Identity { id, source: IdentitySource::JwtSvid, window, digest: None })
    }

    fn by_svid(&self, svid: &X509Svid, now: UnixTime) -> Result<Identity, IdentityError> {
        svid.check_validity(now, CLOCK_LEEWAY)?;
        self.admit(Identity {
            id: svid.id().clone(),
            source: IdentitySource::Connection,
            window: Some((svid.not_before(), svid.not_after())),
            digest: Some(*svid.sha256()),
        })
    }

    fn by_xfcc(
        &self,
        rule: &XfccRule,
        request: &RequestView<'_>,
        now: UnixTime,
    ) -> Result<Option<Identity>, IdentityError> {
        let lines: Vec<&[u8]> = request.headers.values("x-forwarded-client-cert").collect();
        let peer = self.proven_peer(request, now);
        let Some(found) = rule.identity(&lines, peer, self.own_id.as_ref().or(request.own_id))? else {
            return Ok(None);
        };
        let window = match found.certificate() {
            Some(certificate) => {
                certificate.check_validity(now, CLOCK_LEEWAY)?;
                Some((certificate.not_before(), certificate.not_after()))
            }
            None => None,
        };
        let digest = found.hash().copied();
        self.admit(Identity { id: found.id().clone(), source: IdentitySource::Xfcc, window, digest })
            .map(Some)
    }

    /// The connection's SVID if it may speak for others: valid now and of an accepted trust domain.
    pub(crate) fn proven_peer<'a>(&self, request: &RequestView<'a>, now: UnixTime) -> Option<&'a X509Svid> {
        let Peer::Svid(svid) = request.peer else { return None };
        let holds = svid.check_validity(now, CLOCK_LEEWAY).is_ok() && self.trust_domains.admits(svid.id());
        holds.then_some(&**svid)
    }

    /// Whether the connection's peer is one of `proxies`, proven now.
    pub(crate) fn peer_is_among(
        &self,
        proxies: &[SpiffeId],
        request: &RequestView<'_>,
        now: UnixTime,
    ) -> bool {
        self.proven_peer(request, now).is_some_and(|svid| proxies.contains(svid.id()))
    }

    fn admit(&self, identity: Identity) -> Result<Identity, IdentityError> {
        if self.trust_domains.admits(&identity.id) { Ok(identity) } else { Err(IdentityError::TrustDomain) }
    }
}
