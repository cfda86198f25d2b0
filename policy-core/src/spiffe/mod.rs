//! Who is calling: SPIFFE IDs, X.509-SVIDs, and the evidence that a proxy has of a peer.
//!
//! An identity has one of three sources, each with what it needs to be trusted:
//! - the **connection** ([`Peer`]): the peer's certificate, verified by Envoy and read again here, because
//!   Envoy's own SPIFFE validator takes the first URI SAN of several and checks little of the leaf;
//! - a **header** of a trusted proxy ([`XfccRule`]): only behind a peer that is one of the stated proxies;
//! - the **filter state** of the proxy ([`filter_state_principal`]): only where the proxy's configuration writes it.
//!
//! Nothing here looks at a clock or verifies a signature; each type says what it does not check.

mod allowed;
mod der;
mod digest;
mod filter_state;
mod id;
mod limits;
mod peer;
mod pem;
mod svid;
#[cfg(test)]
mod testing;
mod trust_domain;
mod xfcc;

// The names and where they are allowed.
pub use allowed::{TrustDomains, TrustDomainsError};
pub use id::{SpiffeId, SpiffeIdError};
pub use trust_domain::{TrustDomain, TrustDomainError};
// The certificate of a workload.
pub use pem::PemError;
pub use svid::{SvidError, ValidityError, X509Svid};
// The three sources of an identity.
pub(crate) use digest::to_hex;
pub use filter_state::{PrincipalError, filter_state_principal};
pub use peer::{Peer, PeerEvidence, PeerRefusal};
pub use xfcc::{
    Xfcc, XfccElement, XfccError, XfccForm, XfccIdentity, XfccRefusal, XfccRule, XfccRuleError, url_decode,
};
// The numbers, for whoever shows or tests them.
pub use limits::{
    MAX_CERTIFICATE_DER_BYTES, MAX_CERTIFICATE_EXTENSIONS, MAX_CERTIFICATE_PEM_BYTES,
    MAX_FEDERATED_TRUST_DOMAINS, MAX_SPIFFE_ID_BYTES, MAX_TRUST_DOMAIN_BYTES, MAX_XFCC_BYTES,
    MAX_XFCC_ELEMENTS, MAX_XFCC_PAIRS,
};
