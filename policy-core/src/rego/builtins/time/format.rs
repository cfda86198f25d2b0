//! Writing times by a layout.

use std::fmt::Write;

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::layout::{MONTHS, OffsetStyle, Pad, Part, day_name, next, short};

/// A local time with its distance from UTC in seconds and the short name of its zone.
pub(super) fn format(layout: &str, time: NaiveDateTime, offset: i32, zone: &str) -> String {
    let mut out = String::with_capacity(layout.len());
    let mut rest = layout;
    loop {
        let (before, part) = next(rest);
        out.push_str(before);
        let Some((part, after)) = part else { return out };
        rest = after;
        write_part(&mut out, part, time, offset, zone);
    }
}

fn write_part(out: &mut String, part: Part, time: NaiveDateTime, offset: i32, zone: &str) {
    let month = || MONTHS.get(usize::try_from(time.month0()).unwrap_or(0)).copied().unwrap_or("");
    match part {
        Part::LongYear => number(out, time.year().unsigned_abs(), Pad::Zero, 4),
        Part::ShortYear => number(out, time.year().unsigned_abs().rem_euclid(100), Pad::Zero, 2),
        Part::LongMonth => out.push_str(month()),
        Part::ShortMonth => out.push_str(short(month())),
        Part::Month(pad) => number(out, time.month(), pad, 2),
        Part::LongWeekday => out.push_str(day_name(time.weekday())),
        Part::ShortWeekday => out.push_str(short(day_name(time.weekday()))),
        Part::Day(pad) => number(out, time.day(), pad, 2),
        Part::YearDay(pad) => number(out, time.ordinal(), pad, 3),
        Part::Hour => number(out, time.hour(), Pad::Zero, 2),
        Part::Hour12(pad) => number(out, time.hour12().1, pad, 2),
        Part::Minute(pad) => number(out, time.minute(), pad, 2),
        Part::Second(pad) => number(out, time.second(), pad, 2),
        Part::HalfDay { upper } => out.push_str(match (time.hour12().0, upper) {
            (true, true) => "PM",
            (false, true) => "AM",
            (true, false) => "pm",
            (false, false) => "am",
        }),
        Part::ZoneName if zone.is_empty() => {
            let style = OffsetStyle { zulu: false, colon: false, minutes: true, seconds: false };
            write_offset(out, style, offset);
        }
        Part::ZoneName => out.push_str(zone),
        Part::Offset(style) => write_offset(out, style, offset),
        Part::Fraction { digits, trimmed, separator } => {
            let nanos = format!("{:09}", time.nanosecond());
            let shown = nanos.get(..digits.min(9)).unwrap_or(&nanos);
            let shown = if trimmed { shown.trim_end_matches('0') } else { shown };
            if !shown.is_empty() {
                out.push(separator);
                out.push_str(shown);
            }
        }
    }
}

/// Writing to text does not fail.
fn number(out: &mut String, value: u32, pad: Pad, width: usize) {
    let written = match pad {
        Pad::None => write!(out, "{value}"),
        Pad::Space => write!(out, "{value:width$}"),
        Pad::Zero => write!(out, "{value:0width$}"),
    };
    debug_assert!(written.is_ok(), "text takes every number");
}

fn write_offset(out: &mut String, style: OffsetStyle, offset: i32) {
    if style.zulu && offset == 0 {
        out.push('Z');
        return;
    }
    let size = offset.unsigned_abs();
    // An offset of less than a minute has no sign to Go.
    out.push(if offset <= -60 { '-' } else { '+' });
    let (hours, minutes) = (size.div_euclid(3600), size.div_euclid(60).rem_euclid(60));
    number(out, hours, Pad::Zero, 2);
    if style.minutes {
        if style.colon {
            out.push(':');
        }
        number(out, minutes, Pad::Zero, 2);
    }
    if style.seconds {
        if style.colon {
            out.push(':');
        }
        number(out, size.rem_euclid(60), Pad::Zero, 2);
    }
}
