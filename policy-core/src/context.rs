//! `input.context`: the calendar of `now`, and signals from trusted sources.

use std::sync::Arc;

use chrono::{DateTime, Datelike, Timelike};

use crate::spiffe::SpiffeId;
use crate::time::UnixTime;

/// Clock difference tolerated between us and the source of a signal, in seconds: the leeway that JWT libraries
/// and Envoy's jwt_authn use by default.
const CLOCK_SKEW_SECONDS: i64 = 60;

/// The fields of the calendar, in the operator's offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Calendar {
    /// 0 to 23.
    pub(crate) hour: i64,
    /// 0 to 59.
    pub(crate) minute: i64,
    /// ISO 8601: 1 is Monday, 7 is Sunday.
    pub(crate) weekday: i64,
}

impl Calendar {
    /// The calendar at `now`, `offset_minutes` east of UTC; `None` outside the years that chrono knows.
    pub(crate) fn at(now: UnixTime, offset_minutes: i64) -> Option<Self> {
        let seconds = now.secs().checked_add(offset_minutes.checked_mul(60)?)?;
        let local = DateTime::from_timestamp(seconds, 0)?;
        Some(Self {
            hour: local.hour().into(),
            minute: local.minute().into(),
            weekday: local.weekday().number_from_monday().into(),
        })
    }
}

/// Type of a signal's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignalType {
    Number,
    Boolean,
    Text,
}

/// A signal that the operator declared trusted.
pub(crate) struct Signal {
    pub(crate) name: Box<str>,
    pub(crate) kind: SignalType,
    pub(crate) max_age_seconds: i64,
    pub(crate) source: SignalSource,
}

/// Where a signal comes from.
pub(crate) enum SignalSource {
    /// A claim of a verified token.
    Claim { provider: usize, path: Box<[Box<str>]> },
    /// A header of a trusted proxy.
    Header { name: Arc<str>, time_header: Arc<str>, trusted_proxies: Box<[SpiffeId]> },
}

impl Signal {
    /// Whether a value of the time `issued` (seconds) is young enough at `now`. A value from further in the future
    /// than [`CLOCK_SKEW_SECONDS`] is not.
    pub(crate) fn is_fresh(&self, issued: i64, now: UnixTime) -> bool {
        let age = now.secs().saturating_sub(issued);
        (CLOCK_SKEW_SECONDS.saturating_neg()..=self.max_age_seconds).contains(&age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn at(seconds: i64, offset: i64) -> (i64, i64, i64) {
        let Calendar { hour, minute, weekday } =
            Calendar::at(UnixTime::from_secs(seconds), offset).expect("a known year");
        (hour, minute, weekday)
    }

    #[test]
    fn the_epoch_is_a_thursday() {
        assert_eq!(at(0, 0), (0, 0, 4));
        assert_eq!(at(3 * 86_400, 0), (0, 0, 7));
        assert_eq!(at(4 * 86_400, 0), (0, 0, 1));
    }

    #[test]
    fn instants_before_the_epoch_and_offsets_wrap() {
        assert_eq!(at(-1, 0), (23, 59, 3));
        assert_eq!(at(0, -60), (23, 0, 3));
        assert_eq!(at(23 * 3600 + 1800, 60), (0, 30, 5));
        // 2026-11-22T00:36:00Z, a Sunday.
        assert_eq!(at(1_795_307_760, 0), (0, 36, 7));
    }
}
