//! Instants in text.

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, Stop, string};

pub(super) const PARSE_RFC3339: Function = parse;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// `time.parse_rfc3339_ns`: the letter of RFC 3339 section 5.6. Texts that come close and that Go might take (lower
/// case letters, a comma before the fraction) are an error; others undefined.
fn parse(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(text) = string(args, 0) else { return Ok(Inner::Undefined) };
    if let Some(nanos) = rfc3339_nanos(text) {
        // OPA: an instant that 64 bits of nanoseconds cannot tell is an error.
        return Ok(i64::try_from(nanos).map_or(Inner::Undefined, Inner::from));
    }
    let close =
        text.len() >= 16 && text.bytes().filter(u8::is_ascii_digit).count() >= 10 && text.contains('T');
    if close { Err(Stop::Unsure) } else { Ok(Inner::Undefined) }
}

fn rfc3339_nanos(text: &str) -> Option<i128> {
    let (date, time) = text.split_once('T')?;
    let mut date = date.split('-');
    let (year, month, day) = (digits(date.next()?, 4)?, digits(date.next()?, 2)?, digits(date.next()?, 2)?);
    if date.next().is_some() || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let (time, offset) = match time.strip_suffix('Z') {
        Some(time) => (time, 0),
        None => {
            let at = time.rfind(['+', '-'])?;
            let (time, zone) = time.split_at_checked(at)?;
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
            (time, if zone.starts_with('-') { seconds.checked_neg()? } else { seconds })
        }
    };
    let (time, fraction) = match time.split_once('.') {
        Some((time, fraction)) => (time, nanos(fraction)?),
        None => (time, 0),
    };
    let mut time = time.split(':');
    let (hour, minute, second) =
        (digits(time.next()?, 2)?, digits(time.next()?, 2)?, digits(time.next()?, 2)?);
    if time.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_from_civil(year, month, day)?
        .checked_mul(86_400)?
        .checked_add(hour.checked_mul(3600)?)?
        .checked_add(minute.checked_mul(60)?)?
        .checked_add(second)?
        .checked_sub(offset)?;
    i128::from(seconds).checked_mul(NANOS_PER_SECOND)?.checked_add(fraction)
}

/// Exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The fraction of a second, cut after nine digits.
fn nanos(fraction: &str) -> Option<i128> {
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nine: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    nine.parse().ok()
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: i64) -> bool {
    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0)
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, for the years 0 to 9999.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let before = year.checked_sub(1)?;
    let leap_days =
        before.div_euclid(4).checked_sub(before.div_euclid(100))?.checked_add(before.div_euclid(400))?;
    let months = (1..month).try_fold(0i64, |days, month| days.checked_add(days_in_month(year, month)))?;
    // Year 1 began 719,162 days before 1970.
    before
        .checked_mul(365)?
        .checked_add(leap_days)?
        .checked_add(months)?
        .checked_add(day.checked_sub(1)?)?
        .checked_sub(719_162)
}
