//! `time.*`: instants and durations, as Go's `time` has them.

mod duration;
mod format;
mod layout;
mod parse;
mod zone;

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, Timelike};

use self::zone::Zone;
use super::arguments::{integer, items, refuse, text, value};
use super::{Call, Failure, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("time.add_date", add_date),
    ("time.clock", clock),
    ("time.date", date),
    ("time.diff", diff),
    ("time.format", format),
    ("time.now_ns", now_ns),
    ("time.parse_duration_ns", parse_duration_ns),
    ("time.parse_ns", parse_ns),
    ("time.parse_rfc3339_ns", parse_rfc3339_ns),
    ("time.weekday", weekday),
];

const NANOS_PER_SECOND: i64 = 1_000_000_000;
/// Seconds.
const DAY: i64 = 86_400;

/// An instant in a zone.
struct ZonedTime {
    nanos: i64,
    zone: Zone,
}

impl ZonedTime {
    /// From nanoseconds, or from an array of them, a zone and a layout. The layout is empty if there is none.
    fn read<'a>(value: &'a Value<'_>) -> Result<(Self, &'a str), Failure> {
        const WANTED: &str = "either number (ns) or [number (ns), string (tz)]";
        if value.is_number() {
            return Ok((Self { nanos: nanos(value)?, zone: Zone::UTC }, ""));
        }
        let Some(parts) = items(value).filter(|parts| !parts.is_empty()) else {
            return Err(Failure::operand(1, WANTED, value));
        };
        let string = |place: usize| match parts.get(place) {
            None => Ok(""),
            Some(part) => part.as_str().ok_or_else(|| Failure::operand(1, "string", part)),
        };
        let Some(first) = parts.first() else { return Err(Failure::operand(1, WANTED, value)) };
        if !first.is_number() {
            return Err(Failure::operand(1, "number", first));
        }
        let zone = Zone::named(string(1)?)?;
        let layout = string(2)?;
        Ok((Self { nanos: nanos(first)?, zone }, layout))
    }

    /// What a clock shows there, and how far it is from UTC, in seconds.
    fn local(&self) -> Result<(NaiveDateTime, i32), Failure> {
        let offset = self.zone.offset(self.nanos.div_euclid(NANOS_PER_SECOND))?;
        let utc = chrono::DateTime::from_timestamp_nanos(self.nanos).naive_utc();
        let local = utc.checked_add_signed(chrono::TimeDelta::seconds(i64::from(offset)));
        local.map(|local| (local, offset)).ok_or(Failure::Limit("the time cannot be shown in the zone"))
    }
}

fn nanos(value: &Value<'_>) -> Result<i64, Failure> {
    value.as_i64().map_or_else(|| refuse("timestamp too big"), Ok)
}

fn integers<'v>(numbers: &[i64]) -> Value<'v> {
    Value::array(numbers.iter().map(|number| Value::integer(*number)).collect())
}

fn now_ns<'v>(call: &mut Call<'_>, _: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    Ok(Some(Value::integer(call.now.nanos())))
}

fn date<'v>(_: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (local, _) = ZonedTime::read(value(arguments, 1)?)?.0.local()?;
    Ok(Some(integers(&[i64::from(local.year()), i64::from(local.month()), i64::from(local.day())])))
}

fn clock<'v>(_: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (local, _) = ZonedTime::read(value(arguments, 1)?)?.0.local()?;
    Ok(Some(integers(&[local.hour(), local.minute(), local.second()].map(i64::from))))
}

fn weekday<'v>(_: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (local, _) = ZonedTime::read(value(arguments, 1)?)?.0.local()?;
    Ok(Some(Value::text(layout::day_name(local.weekday()))))
}

fn format<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    /// The longest text for a byte of a layout: `Wednesday` for `Mon`, the name of a zone for `MST`, two digits for one.
    const GROWTH: usize = 4;
    let (instant, layout) = ZonedTime::read(value(arguments, 1)?)?;
    call.meter.makes(layout.len().saturating_mul(GROWTH))?;
    let layout = match layout {
        "" => layout::RFC3339_NANO,
        layout => layout::named(layout),
    };
    let (local, offset) = instant.local()?;
    let name = instant.zone.abbreviation(instant.nanos.div_euclid(NANOS_PER_SECOND));
    Ok(Some(Value::from(format::format(layout, local, offset, &name))))
}

fn parse_ns<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (layout, value) = (text(arguments, 1)?, text(arguments, 2)?);
    call.meter.reads(layout.len().saturating_add(value.len()))?;
    parsed(layout::named(layout), value)
}

fn parse_rfc3339_ns<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let value = text(arguments, 1)?;
    call.meter.reads(value.len())?;
    parsed(layout::RFC3339, value)
}

fn parsed<'v>(layout: &str, value: &str) -> Result<Option<Value<'v>>, Failure> {
    match parse::parse(layout, value) {
        Some(nanos) => valid(nanos),
        None => refuse("the time does not fit its layout"),
    }
}

/// Nanoseconds that fit 64 bits: from 1677 to 2262.
fn valid<'v>(nanos: i128) -> Result<Option<Value<'v>>, Failure> {
    match i64::try_from(nanos) {
        Ok(nanos) => Ok(Some(Value::integer(nanos))),
        Err(_) => refuse("time outside of valid range"),
    }
}

fn parse_duration_ns<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let text = text(arguments, 1)?;
    call.meter.reads(text.len())?;
    match duration::parse(text) {
        Some(nanos) => Ok(Some(Value::integer(nanos))),
        None => refuse("invalid duration"),
    }
}

/// Adds to the parts of a date and lets them overflow: 31 January and one month is 3 March.
fn add_date<'v>(_: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    /// Beyond it Go's arithmetic wraps around.
    const MOST: i64 = 100_000_000_000;
    let (instant, _) = ZonedTime::read(value(arguments, 1)?)?;
    let (years, months, days) = (integer(arguments, 2)?, integer(arguments, 3)?, integer(arguments, 4)?);
    if [years, months, days].iter().any(|number| !(-MOST..=MOST).contains(number)) {
        return Err(Failure::Limit("time.add_date takes no numbers that large"));
    }
    let (local, _) = instant.local()?;
    let seconds = local
        .date()
        .with_day(1)
        .and_then(|first| add_months(first, years.checked_mul(12)?.checked_add(months)?))
        .and_then(|first| {
            let days = days.checked_add(i64::from(local.day0()))?;
            let days = days_since_epoch(first).checked_add(days)?;
            days.checked_mul(DAY)?.checked_add(i64::from(local.num_seconds_from_midnight()))
        });
    let Some(seconds) = seconds else { return refuse("time outside of valid range") };
    // Out of range in every zone.
    let size = i64::try_from(seconds.unsigned_abs()).unwrap_or(i64::MAX);
    if size.saturating_sub(DAY) > i64::MAX.div_euclid(NANOS_PER_SECOND) {
        return refuse("time outside of valid range");
    }
    let utc = instant.zone.to_utc(seconds)?;
    let nanos = i128::from(utc).saturating_mul(i128::from(NANOS_PER_SECOND));
    valid(nanos.saturating_add(i128::from(local.nanosecond())))
}

fn add_months(first: NaiveDate, months: i64) -> Option<NaiveDate> {
    let size = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { first.checked_sub_months(size) } else { first.checked_add_months(size) }
}

fn days_since_epoch(date: NaiveDate) -> i64 {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

/// Years, months, days, hours, minutes and seconds between two instants, in the zone of the first.
fn diff<'v>(_: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let (mut a, _) = ZonedTime::read(value(arguments, 1)?)?;
    let (mut b, _) = ZonedTime::read(value(arguments, 2)?)?;
    b.zone = a.zone.clone();
    if a.nanos > b.nanos {
        std::mem::swap(&mut a, &mut b);
    }
    let ((from, _), (to, _)) = (a.local()?, b.local()?);
    let parts = |time: NaiveDateTime| {
        [
            i64::from(time.year()),
            i64::from(time.month()),
            i64::from(time.day()),
            i64::from(time.hour()),
            i64::from(time.minute()),
            i64::from(time.second()),
        ]
    };
    let mut difference = parts(to);
    for (later, earlier) in difference.iter_mut().zip(parts(from)) {
        *later = later.saturating_sub(earlier);
    }
    let [mut year, mut month, mut day, mut hour, mut minute, mut second] = difference;
    let borrow = |part: &mut i64, size: i64, from: &mut i64| {
        if *part < 0 {
            *part = part.saturating_add(size);
            *from = from.saturating_sub(1);
        }
    };
    borrow(&mut second, 60, &mut minute);
    borrow(&mut minute, 60, &mut hour);
    borrow(&mut hour, 24, &mut day);
    borrow(&mut day, i64::from(from.num_days_in_month()), &mut month);
    borrow(&mut month, 12, &mut year);
    Ok(Some(integers(&[year, month, day, hour, minute, second])))
}
