//! The state of one worker: the snapshot that decides, and what is remembered between requests.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;

use policy_core::{Memory, Snapshot};

use crate::ids::DecisionIds;
use crate::peers::PeerCache;

/// One worker's state. Every part is bounded.
pub struct Worker {
    pub(crate) held: Arc<Held>,
    pub(crate) memory: Memory,
    pub(crate) peers: PeerCache,
    pub(crate) ids: DecisionIds,
}

impl Worker {
    /// A worker that decides by `snapshot` and has seen nothing yet.
    #[must_use]
    pub fn new(snapshot: Arc<Snapshot>, ids: DecisionIds) -> Self {
        let memory = Memory::new(&snapshot);
        Self { held: Arc::new(Held(snapshot)), memory, peers: PeerCache::new(), ids }
    }
}

/// The snapshot as one worker holds it. A request counts in the worker's own holding of it, so that workers which share a
/// snapshot do not wait for each other's processor to write the same count.
pub(crate) struct Held(Arc<Snapshot>);

impl Deref for Held {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.0
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
