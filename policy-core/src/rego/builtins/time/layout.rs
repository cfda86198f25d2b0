//! Go's layouts: a time is written as the reference time, `Mon Jan 2 15:04:05 MST 2006`, would be.

use chrono::Weekday;

pub(super) const RFC3339: &str = "2006-01-02T15:04:05Z07:00";
pub(super) const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// The layout that OPA knows by a name, or the text itself.
pub(super) fn named(name: &str) -> &str {
    match name {
        "ANSIC" => "Mon Jan _2 15:04:05 2006",
        "UnixDate" => "Mon Jan _2 15:04:05 MST 2006",
        "RubyDate" => "Mon Jan 02 15:04:05 -0700 2006",
        "RFC822" => "02 Jan 06 15:04 MST",
        "RFC822Z" => "02 Jan 06 15:04 -0700",
        "RFC850" => "Monday, 02-Jan-06 15:04:05 MST",
        "RFC1123" => "Mon, 02 Jan 2006 15:04:05 MST",
        "RFC1123Z" => "Mon, 02 Jan 2006 15:04:05 -0700",
        "RFC3339" => RFC3339,
        "RFC3339Nano" => RFC3339_NANO,
        layout => layout,
    }
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

pub(super) fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Sun => "Sunday",
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
    }
}

/// The short form of a name.
pub(super) fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

/// How a number is padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pad {
    None,
    Space,
    Zero,
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OffsetStyle {
    /// `Z` for UTC itself.
    pub(super) zulu: bool,
    pub(super) colon: bool,
    pub(super) minutes: bool,
    pub(super) seconds: bool,
}

/// A part of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    LongYear,
    ShortYear,
    LongMonth,
    ShortMonth,
    Month(Pad),
    LongWeekday,
    ShortWeekday,
    Day(Pad),
    YearDay(Pad),
    Hour,
    Hour12(Pad),
    Minute(Pad),
    Second(Pad),
    /// `PM` or `pm`.
    HalfDay {
        upper: bool,
    },
    ZoneName,
    Offset(OffsetStyle),
    /// A fraction of a second: how many digits, whether zeros at its end are left out, and what is before it.
    Fraction {
        digits: usize,
        trimmed: bool,
        separator: char,
    },
}

/// What is before the first part of a layout, the part, and what follows it.
pub(super) fn next(layout: &str) -> (&str, Option<(Part, &str)>) {
    for (at, _) in layout.char_indices() {
        let Some((before, rest)) = layout.split_at_checked(at) else { break };
        if let Some((literal, part, length)) = part(rest) {
            let before = layout.get(..before.len().saturating_add(literal)).unwrap_or(before);
            let after = rest.get(literal.saturating_add(length)..).unwrap_or("");
            return (before, Some((part, after)));
        }
    }
    (layout, None)
}

/// The part at the beginning of a text: bytes of it that only stand for themselves, the part, and its length.
fn part(text: &str) -> Option<(usize, Part, usize)> {
    use Pad::{None as Bare, Space, Zero};
    // Longer ones before shorter ones that they begin with.
    const FIXED: &[(&str, Part)] = &[
        ("January", Part::LongMonth),
        ("Monday", Part::LongWeekday),
        ("MST", Part::ZoneName),
        ("01", Part::Month(Zero)),
        ("02", Part::Day(Zero)),
        ("03", Part::Hour12(Zero)),
        ("04", Part::Minute(Zero)),
        ("05", Part::Second(Zero)),
        ("06", Part::ShortYear),
        ("002", Part::YearDay(Zero)),
        ("15", Part::Hour),
        ("1", Part::Month(Bare)),
        ("2006", Part::LongYear),
        ("2", Part::Day(Bare)),
        ("__2", Part::YearDay(Space)),
        ("3", Part::Hour12(Bare)),
        ("4", Part::Minute(Bare)),
        ("5", Part::Second(Bare)),
        ("PM", Part::HalfDay { upper: true }),
        ("pm", Part::HalfDay { upper: false }),
    ];
    match text.as_bytes().first()? {
        b'_' if text.starts_with("_2006") => return Some((1, Part::LongYear, 4)),
        b'_' if text.starts_with("_2") => return Some((0, Part::Day(Space), 2)),
        b'-' | b'Z' => return offset(text),
        b'.' | b',' => return fraction(text),
        _ => {}
    }
    if let Some((name, part)) = FIXED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((0, *part, name.len()));
    }
    let short = match text.get(..3)? {
        "Jan" => Part::ShortMonth,
        "Mon" => Part::ShortWeekday,
        _ => return None,
    };
    let word = text.as_bytes().get(3).is_some_and(u8::is_ascii_lowercase);
    (!word).then_some((0, short, 3))
}

fn offset(text: &str) -> Option<(usize, Part, usize)> {
    // The order matters: `-0700` begins `-070000`.
    const STYLES: &[(&str, bool, bool, bool)] = &[
        ("070000", false, true, true),
        ("07:00:00", true, true, true),
        ("0700", false, true, false),
        ("07:00", true, true, false),
        ("07", false, false, false),
    ];
    let zulu = text.starts_with('Z');
    let behind = text.get(1..)?;
    let (name, colon, minutes, seconds) = STYLES.iter().find(|(name, ..)| behind.starts_with(name))?;
    let style = OffsetStyle { zulu, colon: *colon, minutes: *minutes, seconds: *seconds };
    Some((0, Part::Offset(style), name.len().saturating_add(1)))
}

/// Zeros or nines behind a point or comma, if no other digit follows them.
fn fraction(text: &str) -> Option<(usize, Part, usize)> {
    let separator = text.chars().next()?;
    let behind = text.get(1..)?;
    let first = *behind.as_bytes().first().filter(|digit| matches!(digit, b'0' | b'9'))?;
    let digits = behind.bytes().take_while(|digit| *digit == first).count();
    if behind.as_bytes().get(digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some((0, Part::Fraction { digits, trimmed: first == b'9', separator }, digits.saturating_add(1)))
}
