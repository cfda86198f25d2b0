//! Counters and the histogram, defined when a configuration is made: Envoy takes no new ones later.

use crate::envoy::{Making, MetricId, Stream};

/// The metrics of one configuration. In Prometheus Envoy puts the module's `metrics_namespace` in front:
/// `envoy_dynamicmodulescustom_doorward_allowed` and so on, with its default.
#[derive(Default)]
pub(crate) struct Metrics {
    allowed: Option<MetricId>,
    denied: Option<MetricId>,
    error: Option<MetricId>,
    decision_micros: Option<MetricId>,
}

impl Metrics {
    /// Defines them. The label `reason` is looked up by name in each count, so only refusals and errors carry it.
    pub(crate) fn define(making: &Making<'_>) -> Self {
        Self {
            allowed: making.counter("doorward.allowed", &[]),
            denied: making.counter("doorward.denied", &["reason"]),
            error: making.counter("doorward.error", &["reason"]),
            decision_micros: making.histogram("doorward.decision_us"),
        }
    }

    /// One more request was allowed.
    pub(crate) fn allowed(&self, stream: &Stream<'_>) {
        if let Some(id) = self.allowed {
            stream.increment(id, &[]);
        }
    }

    /// One more request was refused.
    pub(crate) fn denied(&self, stream: &Stream<'_>, reason: &str) {
        if let Some(id) = self.denied {
            stream.increment(id, &[reason]);
        }
    }

    /// One more thing went wrong.
    pub(crate) fn error(&self, stream: &Stream<'_>, reason: &str) {
        if let Some(id) = self.error {
            stream.increment(id, &[reason]);
        }
    }

    /// A decision took this long.
    pub(crate) fn decision_micros(&self, stream: &Stream<'_>, micros: u64) {
        if let Some(id) = self.decision_micros {
            stream.record(id, micros);
        }
    }
}
