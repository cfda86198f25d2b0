//! What a connection's certificate says, read once a connection.

use std::sync::Arc;

use policy_core::{Peer, SpiffeId};

/// Connections remembered by one worker. Envoy numbers connections in sequence, so the slot is the number's
/// remainder, and as many of the latest connections as there are slots are found.
const CONNECTIONS: usize = 1024;

/// What does not change while a connection lasts.
pub(crate) struct ConnectionFacts {
    pub(crate) peer: Peer,
    pub(crate) own_id: Option<SpiffeId>,
}

/// The latest connections of one worker.
pub(crate) struct PeerCache {
    slots: Vec<Option<(u64, Arc<ConnectionFacts>)>>,
}

impl PeerCache {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new() }
    }

    pub(crate) fn find(&self, connection: u64) -> Option<Arc<ConnectionFacts>> {
        let (id, facts) = self.slots.get(slot(connection))?.as_ref()?;
        (*id == connection).then(|| Arc::clone(facts))
    }

    pub(crate) fn remember(&mut self, connection: u64, facts: &Arc<ConnectionFacts>) {
        if self.slots.is_empty() {
            self.slots.resize_with(CONNECTIONS, || None);
        }
        if let Some(place) = self.slots.get_mut(slot(connection)) {
            *place = Some((connection, Arc::clone(facts)));
        }
    }
}

fn slot(connection: u64) -> usize {
    let slots = u64::try_from(CONNECTIONS).unwrap_or(u64::MAX);
    usize::try_from(connection.checked_rem(slots).unwrap_or(0)).unwrap_or(0)
}
