//! The clock of a command, and durations as Go prints them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use policy_core::UnixTime;
use policy_core::rego::Moment;

/// Now, with a seed that differs from one evaluation to the next.
#[must_use]
pub fn moment() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let nanos = i64::try_from(since.as_nanos()).unwrap_or(i64::MAX);
    Moment { now: UnixTime::from_nanos(nanos), seed: u64::try_from(nanos).unwrap_or(0) }
}

/// `1.5ms`, `312.5µs`, `2s`, `1m2.5s`.
#[must_use]
pub fn shown(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    match nanos {
        0 => "0s".to_owned(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => format!("{}µs", fraction(nanos, 1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", fraction(nanos, 1_000_000)),
        1_000_000_000..60_000_000_000 => format!("{}s", fraction(nanos, 1_000_000_000)),
        _ => {
            let (minutes, rest) = (nanos / 60_000_000_000, nanos % 60_000_000_000);
            let seconds = fraction(rest, 1_000_000_000);
            if minutes < 60 {
                format!("{minutes}m{seconds}s")
            } else {
                format!("{}h{}m{seconds}s", minutes / 60, minutes % 60)
            }
        }
    }
}

/// A quotient in decimals, without zeros at its end.
fn fraction(nanos: u128, unit: u128) -> String {
    let whole = nanos.checked_div(unit).unwrap_or(0);
    let rest = nanos.checked_rem(unit).unwrap_or(0);
    if rest == 0 {
        return whole.to_string();
    }
    let digits = unit.to_string().len().saturating_sub(1);
    let rest = format!("{rest:0digits$}");
    format!("{whole}.{}", rest.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::shown;

    #[test]
    fn durations_are_gos() {
        for (nanos, text) in [
            (0, "0s"),
            (999, "999ns"),
            (341_229, "341.229µs"),
            (1_148_218, "1.148218ms"),
            (1_500_000_000, "1.5s"),
            (60_000_000_000, "1m0s"),
            (3_662_500_000_000, "1h1m2.5s"),
        ] {
            assert_eq!(shown(Duration::from_nanos(nanos)), text);
        }
    }
}
