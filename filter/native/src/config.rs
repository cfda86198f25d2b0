//! One configuration, shared by all workers of the proxy, with a place for each worker's own state.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, TryLockError};

use doorward_flow::{DecisionIds, Level, Worker, Workplace};
use policy_core::Snapshot;

use crate::envoy;
use crate::metrics::Metrics;

/// The `filter_name` of a configuration: what of the module is meant. Left empty, it is meant too.
const FILTER_NAME: &[u8] = b"doorward";

/// A snapshot and the workers that decide by it.
pub(crate) struct Shared {
    snapshot: Arc<Snapshot>,
    places: Box<[Place]>,
}

/// One worker's place, apart from the next in the processor's cache.
#[repr(align(128))]
#[derive(Default)]
struct Place(Mutex<Option<Box<Worker>>>);

/// One filter configuration.
pub(crate) struct Configuration {
    pub(crate) shared: Shared,
    pub(crate) metrics: Metrics,
}

impl Shared {
    /// Loads a configuration document, and says in the log what an operator should know.
    ///
    /// # Errors
    /// Every fault that was found, a line each.
    pub(crate) fn load(name: &[u8], document: &[u8]) -> Result<Self, String> {
        if !name.is_empty() && name != FILTER_NAME {
            return Err("filter_name: this module has one filter, `doorward`; write that".to_owned());
        }
        if document.is_empty() {
            return Err("filter_config: missing; give the configuration, for example as the \
                        google.protobuf.StringValue that `doorward render --module libdoorward.so` prints"
                .to_owned());
        }
        let snapshot = Snapshot::load(document).map_err(|errors| errors.to_string())?;
        for warning in snapshot.warnings() {
            log::warn!("{warning}");
        }
        // A place more than workers: the main thread counts after them.
        let places = (0..=envoy::concurrency()).map(|_| Place::default()).collect();
        Ok(Self { snapshot: Arc::new(snapshot), places })
    }

    /// The place of a worker.
    pub(crate) const fn of_worker(&self, index: usize) -> OfWorker<'_> {
        OfWorker { shared: self, index }
    }

    fn new_worker(&self) -> Worker {
        // The system's random bytes seed RandomState: the number of this worker in decision IDs.
        let ids = DecisionIds::new(RandomState::new().hash_one(0_u8));
        Worker::new(Arc::clone(&self.snapshot), ids)
    }
}

/// One worker's place in what is shared.
pub(crate) struct OfWorker<'a> {
    shared: &'a Shared,
    index: usize,
}

impl Workplace for OfWorker<'_> {
    fn with<R>(&self, task: impl FnOnce(&mut Worker) -> R) -> Option<R> {
        let Some(Place(place)) = self.shared.places.get(self.index) else {
            // A worker that the proxy did not announce: it remembers nothing.
            return Some(task(&mut self.shared.new_worker()));
        };
        let mut worker = match place.try_lock() {
            Ok(worker) => worker,
            Err(TryLockError::WouldBlock) => return None,
            Err(TryLockError::Poisoned(poisoned)) => {
                // A panic left it half done: nothing of it is used again.
                let mut worker = poisoned.into_inner();
                *worker = None;
                place.clear_poison();
                worker
            }
        };
        Some(task(worker.get_or_insert_with(|| Box::new(self.shared.new_worker()))))
    }
}

/// Writes why a configuration was refused, a line each.
pub(crate) fn report(place: &str, reasons: &str) {
    for line in reasons.lines() {
        envoy::log(Level::Error, &format!("doorward: {place} refused: {line}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::contained;

    const DOCUMENT: &[u8] = br#"{ "version": 1, "policy": { "decision": "t/allow",
        "modules": [ { "name": "t.rego", "source": "package t\nallow := true\n" } ] } }"#;

    fn shared() -> Shared {
        Shared::load(b"", DOCUMENT).unwrap()
    }

    #[test]
    fn each_worker_has_a_place_and_one_call_at_a_time_is_in_it() {
        let shared = shared();
        // Two workers and the main thread, as the proxy in memory says.
        assert_eq!(shared.places.len(), 3);
        let place = shared.of_worker(0);
        let inner = place.with(|_| (place.with(|_| ()), shared.of_worker(1).with(|_| ())));
        assert_eq!(inner, Some((None, Some(()))));
        assert_eq!(place.with(|_| ()), Some(()));
    }

    #[test]
    fn what_a_panic_left_half_done_is_dropped() {
        let shared = shared();
        let place = shared.of_worker(0);
        let half_done = contained(|| place.with(|_| panic!("a fault in a decision")));
        assert!(half_done.is_none());
        let Place(slot) = &shared.places[0];
        assert!(slot.is_poisoned());
        assert!(place.with(|_| ()).is_some(), "the next request is decided");
        assert!(!slot.is_poisoned());
    }
}
