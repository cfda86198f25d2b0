//! Durations as Go writes them, `1h30m`, `1.5s`, `-2ms`, and with OPA's days, weeks and years of 365 days.

/// Nanoseconds; `None` if it is no duration or does not fit.
pub(super) fn parse(text: &str) -> Option<i64> {
    const LIMIT: u64 = 1 << 63;
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..)?),
        Some(b'+') => (false, text.get(1..)?),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let (whole, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let hours = match unit {
            "d" => Some(24.0),
            "w" => Some(168.0),
            "y" => Some(8760.0),
            _ => None,
        };
        if let Some(hours) = hours {
            // OPA writes them anew as hours, in decimal, and has those read.
            let number: f64 = format!("0{whole}.{fraction}0").parse().ok()?;
            let hours = format!("{}", number * hours);
            let (whole, fraction) = hours.split_once('.').unwrap_or((&hours, ""));
            total = total.checked_add(component(whole, fraction, 3_600_000_000_000)?)?;
            rest = after;
            if total > LIMIT {
                return None;
            }
            continue;
        }
        let unit: u64 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        total = total.checked_add(component(whole, fraction, unit)?)?;
        if total > LIMIT {
            return None;
        }
        rest = after;
    }
    if negative { 0i64.checked_sub_unsigned(total) } else { i64::try_from(total).ok() }
}

/// A number of units.
fn component(whole: &str, fraction: &str, unit: u64) -> Option<u64> {
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    whole.checked_mul(unit)?.checked_add(part(fraction, unit))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// A fraction of a unit. Go calculates it with 64 bits of floating point, and so it must be here.
#[expect(
    clippy::as_conversions,
    reason = "invariant: below 2^63, and the result is below the unit; as Go converts them"
)]
fn part(fraction: &str, unit: u64) -> u64 {
    const LAST: u64 = (1 << 63) - 1;
    let (mut value, mut scale) = (0u64, 1f64);
    for digit in fraction.bytes().map(|digit| u64::from(digit.saturating_sub(b'0'))) {
        if value > LAST.div_euclid(10) {
            break;
        }
        let next = value.saturating_mul(10).saturating_add(digit);
        if next > LAST.saturating_add(1) {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}
