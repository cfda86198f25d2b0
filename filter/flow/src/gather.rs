//! Asks the host for what the decision needs, and for nothing else: every question costs.

use std::sync::Arc;

use policy_core::{Needs, Peer, PeerEvidence, SpiffeId};

use crate::block::HeaderBlock;
use crate::host::{Connection, Host, HostError};
use crate::peers::ConnectionFacts;

/// A request's facts, owned: the host's own buffers are not ours to keep.
pub(crate) struct Facts {
    pub(crate) lines: HeaderBlock,
    pub(crate) source_address: Option<Vec<u8>>,
    pub(crate) destination_address: Option<Vec<u8>>,
    pub(crate) protocol: Option<Vec<u8>>,
    pub(crate) filter_state: Option<Vec<u8>>,
    pub(crate) route_name: Option<Vec<u8>>,
}

impl Facts {
    pub(crate) fn gather(host: &impl Host, needs: &Needs) -> Result<Self, HostError> {
        Ok(Self {
            lines: host.lines()?,
            source_address: needs.source_address.then(|| host.source_address()).flatten(),
            destination_address: needs.destination_address.then(|| host.destination_address()).flatten(),
            protocol: needs.protocol.then(|| host.protocol()).flatten(),
            filter_state: needs.filter_state.as_deref().and_then(|key| host.filter_state(key)),
            route_name: needs.route_name.then(|| host.route_name()).flatten(),
        })
    }
}

/// What the connection's certificates say.
pub(crate) fn connection(host: &impl Connection, needs: &Needs) -> Arc<ConnectionFacts> {
    let peer = if needs.peer {
        let (certificate, digest) = (host.peer_certificate(), host.peer_digest());
        Peer::from_evidence(&PeerEvidence {
            presented: host.peer_presented(),
            validated: host.peer_validated(),
            certificate_pem: certificate.as_deref(),
            digest_hex: digest.as_deref(),
        })
    } else {
        Peer::Absent
    };
    let own_id = needs.own_id.then(|| host.own_uri()).flatten();
    let own_id = own_id.and_then(|uri| SpiffeId::parse_bytes(&uri).ok());
    Arc::new(ConnectionFacts { peer, own_id })
}
