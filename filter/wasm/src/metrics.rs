//! Counters and the histogram, defined when they are first needed. Names become `doorward_*` in Prometheus.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::hostcall;

const COUNTER: u32 = 0;
const HISTOGRAM: u32 = 2;

/// The metrics of one worker. Reasons are a fixed set of words of ours, so the map is bounded.
#[derive(Default)]
pub(crate) struct Counters {
    ids: RefCell<BTreeMap<(&'static str, &'static str), Option<u32>>>,
}

impl Counters {
    /// Adds one to `doorward.GROUP` or `doorward.GROUP.REASON`.
    pub(crate) fn count(&self, group: &'static str, reason: &'static str) {
        if let Some(id) = self.id(COUNTER, group, reason) {
            hostcall::increment(id);
        }
    }

    /// Records a value of the histogram `doorward.GROUP`.
    pub(crate) fn record(&self, group: &'static str, value: u64) {
        if let Some(id) = self.id(HISTOGRAM, group, "") {
            hostcall::record(id, value);
        }
    }

    fn id(&self, kind: u32, group: &'static str, reason: &'static str) -> Option<u32> {
        let mut ids = self.ids.try_borrow_mut().ok()?;
        *ids.entry((group, reason)).or_insert_with(|| {
            let dot = if reason.is_empty() { "" } else { "." };
            hostcall::define_metric(kind, &format!("doorward.{group}{dot}{reason}")).ok()
        })
    }
}
