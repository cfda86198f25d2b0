//! The filter's configuration, loaded once a worker.

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;
use std::sync::Arc;

use doorward_flow::{DecisionIds, Worker};
use policy_core::Snapshot;
use proxy_wasm::traits::{Context, HttpContext, RootContext};
use proxy_wasm::types::ContextType;

use crate::hostcall;
use crate::metrics::Counters;
use crate::stream::Stream;

/// One plugin configuration on one worker.
pub(crate) struct Root {
    worker: Option<Rc<RefCell<Worker>>>,
    counters: Rc<Counters>,
}

impl Root {
    pub(crate) fn new() -> Self {
        Self { worker: None, counters: Rc::new(Counters::default()) }
    }

    fn load(&mut self) -> Result<(), String> {
        let document = hostcall::configuration().map_err(|error| format!("configuration: {error}"))?;
        let snapshot = Snapshot::load(&document).map_err(|errors| errors.to_string())?;
        for warning in snapshot.warnings() {
            log::warn!("{warning}");
        }
        // The host's random bytes seed RandomState: the number of this worker in decision IDs.
        let ids = DecisionIds::new(RandomState::new().hash_one(0_u8));
        self.worker = Some(Rc::new(RefCell::new(Worker::new(Arc::new(snapshot), ids))));
        Ok(())
    }
}

impl Context for Root {}

impl RootContext for Root {
    /// `false` makes Envoy refuse to start, or keep the configuration that it has.
    fn on_configure(&mut self, _size: usize) -> bool {
        match self.load() {
            Ok(()) => true,
            Err(message) => {
                for line in message.lines() {
                    log::error!("configuration refused: {line}");
                }
                false
            }
        }
    }

    fn create_http_context(&self, _context_id: u32) -> Option<Box<dyn HttpContext>> {
        Some(Box::new(Stream::new(self.worker.clone(), Rc::clone(&self.counters))))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}
