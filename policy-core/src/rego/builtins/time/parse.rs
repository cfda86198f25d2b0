//! Reading times by a layout, as laxly as Go does.

use chrono::{Datelike, NaiveDate};

use super::layout::{DAYS, MONTHS, OffsetStyle, Pad, Part, next, short};

/// What was read of a time.
#[derive(Default)]
struct Parts {
    year: i32,
    month: Option<u32>,
    day: Option<u32>,
    year_day: Option<u32>,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: i64,
    afternoon: Option<bool>,
    /// Seconds east of UTC, if an offset was read and no zone.
    offset: Option<i64>,
    utc: bool,
}

/// Nanoseconds since 1970; `None` if the text does not fit the layout.
pub(super) fn parse(layout: &str, text: &str) -> Option<i128> {
    let mut parts = Parts::default();
    let (mut layout, mut text) = (layout, text.as_bytes());
    loop {
        let (before, part) = next(layout);
        text = literal(text, before)?;
        let Some((part, after)) = part else { break };
        layout = after;
        text = parts.read(part, text, after)?;
    }
    if text.is_empty() { parts.nanos() } else { None }
}

/// What follows a literal text. Spaces match any number of spaces.
fn literal<'t>(text: &'t [u8], literal: &str) -> Option<&'t [u8]> {
    let (mut text, mut literal) = (text, literal.as_bytes());
    while let Some((wanted, rest)) = literal.split_first() {
        if *wanted == b' ' {
            if text.first().is_some_and(|byte| *byte != b' ') {
                return None;
            }
            literal = literal.trim_ascii_start_matches_space();
            text = text.trim_ascii_start_matches_space();
            continue;
        }
        let (found, behind) = text.split_first()?;
        if found != wanted {
            return None;
        }
        (text, literal) = (behind, rest);
    }
    Some(text)
}

trait Spaces {
    fn trim_ascii_start_matches_space(&self) -> &Self;
}

impl Spaces for [u8] {
    /// Without the spaces at the beginning; of white space only those.
    fn trim_ascii_start_matches_space(&self) -> &Self {
        let spaces = self.iter().take_while(|byte| **byte == b' ').count();
        self.get(spaces..).unwrap_or(&[])
    }
}

impl Parts {
    fn read<'t>(&mut self, part: Part, text: &'t [u8], layout: &str) -> Option<&'t [u8]> {
        match part {
            Part::ShortYear => {
                let (digits, rest) = text.split_at_checked(2)?;
                let year = signed(digits)?;
                self.year =
                    i32::try_from(if year >= 69 { year.checked_add(1900)? } else { year.checked_add(2000)? })
                        .ok()?;
                Some(rest)
            }
            Part::LongYear => {
                let (digits, rest) = text.split_at_checked(4)?;
                digits.first().filter(|digit| digit.is_ascii_digit())?;
                self.year = i32::try_from(signed(digits)?).ok()?;
                Some(rest)
            }
            Part::LongMonth | Part::ShortMonth => {
                let (month, rest) = name(text, &MONTHS, part == Part::ShortMonth)?;
                self.month = Some(month.checked_add(1)?);
                Some(rest)
            }
            Part::LongWeekday | Part::ShortWeekday => {
                name(text, &DAYS, part == Part::ShortWeekday).map(|(_, rest)| rest)
            }
            Part::Month(pad) => {
                let (month, rest) = number(text, pad == Pad::Zero)?;
                self.month = Some(Some(month).filter(|month| (1..=12).contains(month))?);
                Some(rest)
            }
            Part::Day(pad) => {
                let text = if pad == Pad::Space { text.strip_prefix(b" ").unwrap_or(text) } else { text };
                let (day, rest) = number(text, pad == Pad::Zero)?;
                self.day = Some(day);
                Some(rest)
            }
            Part::YearDay(pad) => {
                let mut text = text;
                for _ in 0..2 {
                    if pad == Pad::Space {
                        text = text.strip_prefix(b" ").unwrap_or(text);
                    }
                }
                let digits = text.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                if digits == 0 || pad == Pad::Zero && digits != 3 {
                    return None;
                }
                let (digits, rest) = text.split_at_checked(digits)?;
                self.year_day = Some(u32::try_from(signed(digits)?).ok()?);
                Some(rest)
            }
            Part::Hour => {
                let (hour, rest) = number(text, false)?;
                self.hour = Some(hour).filter(|hour| *hour < 24)?;
                Some(rest)
            }
            Part::Hour12(pad) => {
                let (hour, rest) = number(text, pad == Pad::Zero)?;
                self.hour = Some(hour).filter(|hour| *hour <= 12)?;
                Some(rest)
            }
            Part::Minute(pad) => {
                let (minute, rest) = number(text, pad == Pad::Zero)?;
                self.minute = Some(minute).filter(|minute| *minute < 60)?;
                Some(rest)
            }
            Part::Second(pad) => {
                let (second, rest) = number(text, pad == Pad::Zero)?;
                self.second = Some(second).filter(|second| *second < 60)?;
                // A fraction that the layout does not have is taken too.
                let expected = matches!(next(layout).1, Some((Part::Fraction { .. }, _)));
                let length = fraction_length(rest);
                if expected || length < 2 {
                    return Some(rest);
                }
                self.fraction(rest, length)
            }
            Part::Fraction { digits, trimmed: false, .. } => self.fraction(text, digits.checked_add(1)?),
            Part::Fraction { .. } => match fraction_length(text) {
                0 | 1 => Some(text),
                length => self.fraction(text, length),
            },
            Part::HalfDay { upper } => {
                let (half, rest) = text.split_at_checked(2)?;
                self.afternoon = Some(match (half, upper) {
                    (b"PM", true) | (b"pm", false) => true,
                    (b"AM", true) | (b"am", false) => false,
                    _ => return None,
                });
                Some(rest)
            }
            Part::ZoneName => {
                if let Some(rest) = text.strip_prefix(b"UTC") {
                    self.utc = true;
                    return Some(rest);
                }
                text.get(zone_name_length(text)?..)
            }
            Part::Offset(style) => self.offset(style, text),
        }
    }

    /// A separator and digits, of which nine count.
    fn fraction<'t>(&mut self, text: &'t [u8], length: usize) -> Option<&'t [u8]> {
        let (fraction, rest) = text.split_at_checked(length)?;
        fraction.first().filter(|byte| matches!(byte, b'.' | b','))?;
        let digits = fraction.get(1..length.min(10))?;
        let value = Some(signed(digits)?).filter(|value| *value >= 0)?;
        let missing = u32::try_from(9usize.checked_sub(digits.len())?).ok()?;
        self.nanos = value.checked_mul(10i64.checked_pow(missing)?)?;
        Some(rest)
    }

    fn offset<'t>(&mut self, style: OffsetStyle, text: &'t [u8]) -> Option<&'t [u8]> {
        if style.zulu
            && let Some(rest) = text.strip_prefix(b"Z")
        {
            self.utc = true;
            return Some(rest);
        }
        let (sign, mut rest) = text.split_first()?;
        let mut field = |present: bool, first: bool| -> Option<i64> {
            if !present {
                return Some(0);
            }
            if style.colon && !first {
                rest = rest.strip_prefix(b":")?;
            }
            let (digits, behind) = rest.split_at_checked(2)?;
            rest = behind;
            let (value, _) = number(digits, true)?;
            Some(i64::from(value))
        };
        let (hours, minutes) = (field(true, true)?, field(style.minutes, false)?);
        let seconds = field(style.seconds, false)?;
        if hours > 24 || minutes > 60 || seconds > 60 {
            return None;
        }
        let size = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)?;
        let offset = match sign {
            b'+' => size,
            b'-' => size.checked_neg()?,
            _ => return None,
        };
        // Go's sign for «no offset» is the offset -1.
        self.offset = Some(offset).filter(|offset| *offset != -1);
        Some(rest)
    }

    fn nanos(mut self) -> Option<i128> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour = self.hour.checked_add(12)?,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        let date = match self.year_day {
            Some(year_day) => {
                let date = NaiveDate::from_yo_opt(self.year, year_day)?;
                let agrees = |read: Option<u32>, own: u32| read.is_none_or(|read| read == own);
                if !agrees(self.month, date.month()) || !agrees(self.day, date.day()) {
                    return None;
                }
                date
            }
            None => NaiveDate::from_ymd_opt(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))?,
        };
        let time = date.and_hms_opt(self.hour, self.minute, self.second)?;
        // The name of a zone says nothing of its offset.
        let offset = if self.utc { 0 } else { self.offset.unwrap_or(0) };
        let seconds = time.and_utc().timestamp().checked_sub(offset)?;
        i128::from(seconds).checked_mul(1_000_000_000)?.checked_add(i128::from(self.nanos))
    }
}

/// One or two digits.
fn number(text: &[u8], two: bool) -> Option<(u32, &[u8])> {
    let digit =
        |place: usize| text.get(place).filter(|byte| byte.is_ascii_digit()).map(|byte| u32::from(byte & 15));
    match (digit(0)?, digit(1)) {
        (tens, Some(ones)) => Some((tens.checked_mul(10)?.checked_add(ones)?, text.get(2..)?)),
        (ones, None) if !two => Some((ones, text.get(1..)?)),
        _ => None,
    }
}

/// Digits with or without a sign.
fn signed(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first()? {
        (b'-', digits) => (true, digits),
        (b'+', digits) => (false, digits),
        _ => (false, text),
    };
    let mut value = 0i64;
    for byte in digits {
        let digit = Some(byte).filter(|byte| byte.is_ascii_digit())?;
        value = value.checked_mul(10)?.checked_add(i64::from(digit & 15))?;
    }
    Some(if negative { value.checked_neg()? } else { value })
}

/// The position of a name in a table, whatever its case.
fn name<'t>(text: &'t [u8], names: &[&str], shortened: bool) -> Option<(u32, &'t [u8])> {
    for (position, name) in (0u32..).zip(names) {
        let name = if shortened { short(name) } else { name };
        let Some((found, rest)) = text.split_at_checked(name.len()) else { continue };
        if found.eq_ignore_ascii_case(name.as_bytes()) {
            return Some((position, rest));
        }
    }
    None
}

/// A point or comma and the digits behind it.
fn fraction_length(text: &[u8]) -> usize {
    match text.split_first() {
        Some((b'.' | b',', rest)) => {
            rest.iter().take_while(|byte| byte.is_ascii_digit()).count().saturating_add(1)
        }
        _ => 0,
    }
}

/// What looks like the short name of a zone.
fn zone_name_length(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(signed_hours_length(rest).saturating_add(3));
    }
    if text.len() >= 3 && matches!(text.first(), Some(b'+' | b'-')) {
        return Some(signed_hours_length(text)).filter(|length| *length > 0);
    }
    let letters = text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    match letters {
        5 => (text.get(4) == Some(&b'T')).then_some(5),
        4 => (text.get(3) == Some(&b'T') || text.starts_with(b"WITA")).then_some(4),
        3 => Some(3),
        _ => None,
    }
}

/// A sign and hours up to 23; 0 if it is not that.
fn signed_hours_length(text: &[u8]) -> usize {
    let Some((b'+' | b'-', rest)) = text.split_first() else { return 0 };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let hours = rest.get(..digits).and_then(signed);
    match hours {
        Some(hours) if digits > 0 && hours <= 23 => digits.saturating_add(1),
        _ => 0,
    }
}
