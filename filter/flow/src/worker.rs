//! The state of one worker: the snapshot that decides, and what is remembered between requests.

use std::sync::Arc;

use policy_core::{Memory, Snapshot};

use crate::ids::DecisionIds;
use crate::peers::PeerCache;

/// One worker's state. Every part is bounded.
pub struct Worker {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) memory: Memory,
    pub(crate) peers: PeerCache,
    pub(crate) ids: DecisionIds,
}

impl Worker {
    /// A worker that decides by `snapshot` and has seen nothing yet.
    #[must_use]
    pub fn new(snapshot: Arc<Snapshot>, ids: DecisionIds) -> Self {
        let memory = Memory::new(&snapshot);
        Self { snapshot, memory, peers: PeerCache::new(), ids }
    }
}
