//! Instants and durations. Only in UTC: there is no database of time zones here.

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, Stop, arg, string};

pub(super) const PARSE_RFC3339: Function = parse;

pub(super) const CLOCK: Function = clock;
pub(super) const DATE: Function = date;
pub(super) const WEEKDAY: Function = weekday;
pub(super) const PARSE_DURATION: Function = parse_duration;

const NANOS_PER_SECOND: i128 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// The instant in seconds, from nanoseconds or from an array of nanoseconds and the zone UTC.
fn instant(args: &[Inner]) -> Result<Option<i64>, Stop> {
    let nanos = match arg(args, 0) {
        Inner::Array(items) => match items.as_slice() {
            [nanos, Inner::String(zone)] if matches!(zone.as_ref(), "" | "UTC") => nanos,
            [Inner::Number(_), Inner::String(_), ..] => return Err(Stop::Unsure),
            _ => return Ok(None),
        },
        nanos => nanos,
    };
    Ok(nanos.as_i64().ok().map(|nanos| crate::time::UnixTime::from_nanos(nanos).secs()))
}

fn clock(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(seconds) = instant(args)? else { return Ok(Inner::Undefined) };
    let second = seconds.rem_euclid(SECONDS_PER_DAY);
    let parts = [second.div_euclid(3600), second.div_euclid(60).rem_euclid(60), second.rem_euclid(60)];
    Ok(Inner::from(parts.map(Inner::from).to_vec()))
}

fn date(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(seconds) = instant(args)? else { return Ok(Inner::Undefined) };
    let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY)).ok_or(Stop::Unsure)?;
    Ok(Inner::from([year, month, day].map(Inner::from).to_vec()))
}

fn weekday(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(seconds) = instant(args)? else { return Ok(Inner::Undefined) };
    // 1970-01-01 was a Thursday.
    let name = match seconds.div_euclid(SECONDS_PER_DAY).rem_euclid(7) {
        0 => "Thursday",
        1 => "Friday",
        2 => "Saturday",
        3 => "Sunday",
        4 => "Monday",
        5 => "Tuesday",
        _ => "Wednesday",
    };
    Ok(Inner::from(name))
}

/// The date of a day since 1970-01-01: first the year, then the month, by counting. An `i64` of nanoseconds reaches
/// from 1677 to 2262, so the counting is short.
fn civil_from_days(days: i64) -> Option<(i64, i64, i64)> {
    // A first guess that is never too late.
    let mut year = 1970i64.checked_add(days.div_euclid(366))?.checked_sub(1)?;
    if days < 0 {
        year = 1970i64.checked_add(days.div_euclid(365))?.checked_sub(1)?;
    }
    while days_from_civil(year.checked_add(1)?, 1, 1)? <= days {
        year = year.checked_add(1)?;
    }
    let mut month = 1i64;
    while month < 12 && days_from_civil(year, month.checked_add(1)?, 1)? <= days {
        month = month.checked_add(1)?;
    }
    let day = days.checked_sub(days_from_civil(year, month, 1)?)?.checked_add(1)?;
    Some((year, month, day))
}

/// A duration as Go writes it: `1h30m`, `1.5s`, `-2ms`. OPA's longer units (`d`, `w`, `y`) are an error.
fn parse_duration(_: &Patterns, args: &[Inner]) -> Answer {
    let Some(text) = string(args, 0) else { return Ok(Inner::Undefined) };
    match duration_nanos(text) {
        Some(nanos) => i64::try_from(nanos).map(Inner::from).map_err(|_| Stop::Unsure),
        None if text.bytes().any(|b| b.is_ascii_digit()) && text.ends_with(|c: char| c.is_alphabetic()) => {
            Err(Stop::Unsure)
        }
        None => Ok(Inner::Undefined),
    }
}

fn duration_nanos(text: &str) -> Option<i128> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total: i128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(unit_at)?;
        let next = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(next)?;
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => NANOS_PER_SECOND,
            "m" => NANOS_PER_SECOND.checked_mul(60)?,
            "h" => NANOS_PER_SECOND.checked_mul(3600)?,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty())
            || whole.len() > 18
            || fraction.len() > 9
            || fraction.contains('.')
        {
            return None;
        }
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let billionths = if fraction.is_empty() { 0 } else { nanos(fraction)? };
        let part = billionths.checked_mul(unit)?.checked_div(NANOS_PER_SECOND)?;
        total = total.checked_add(whole.checked_mul(unit)?)?.checked_add(part)?;
        rest = after;
    }
    if negative { total.checked_neg() } else { Some(total) }
}

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
