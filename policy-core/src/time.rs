//! The instant of a request, given by the host: the core never reads a clock.

/// Nanoseconds in a second.
const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// An instant on the UTC time line, in nanoseconds since 1970-01-01T00:00:00Z.
///
/// The range of `i64` nanoseconds ends in the year 2262; instants before 1970 are negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// An instant from nanoseconds since the epoch.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// An instant from whole seconds since the epoch; out-of-range seconds saturate.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds.saturating_mul(NANOS_PER_SECOND))
    }

    /// Nanoseconds since the epoch.
    #[must_use]
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// The instant as RFC 3339 in UTC with milliseconds, for records.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        chrono::DateTime::from_timestamp_nanos(self.0).to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
    }

    /// Whole seconds since the epoch, rounded towards the past.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(NANOS_PER_SECOND)
    }
}
