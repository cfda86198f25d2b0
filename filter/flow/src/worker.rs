//! The state of one worker: the snapshot that decides, and what is remembered between requests.

use std::cell::RefCell;
use std::sync::Arc;

use policy_core::{Memory, Snapshot};

use crate::ids::DecisionIds;
use crate::peers::PeerCache;

/// One worker's state. Every part is bounded.
pub struct Worker {
    // Twice counted: a request holds the snapshot by a count of its worker's own, so that workers which share one
    // snapshot do not wait for each other's processor to write the same count.
    pub(crate) snapshot: Arc<Arc<Snapshot>>,
    pub(crate) memory: Memory,
    pub(crate) peers: PeerCache,
    pub(crate) ids: DecisionIds,
}

impl Worker {
    /// A worker that decides by `snapshot` and has seen nothing yet.
    #[must_use]
    pub fn new(snapshot: Arc<Snapshot>, ids: DecisionIds) -> Self {
        let memory = Memory::new(&snapshot);
        Self { snapshot: Arc::new(snapshot), memory, peers: PeerCache::new(), ids }
    }
}

/// Where a host keeps its workers' state: one worker in one place, or many in a place that they share.
pub trait Workplace {
    /// Runs `task` on the state of the worker that calls, and only on that. `None` where it is in use: a host that
    /// calls back from inside a call. `task` never calls the host.
    fn with<R>(&self, task: impl FnOnce(&mut Worker) -> R) -> Option<R>;
}

impl Workplace for RefCell<Worker> {
    fn with<R>(&self, task: impl FnOnce(&mut Worker) -> R) -> Option<R> {
        self.try_borrow_mut().ok().map(|mut worker| task(&mut worker))
    }
}
