//! Times of validity (RFC 5280 section 4.1.2.5).

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::super::call::Failure;
use super::der::Reader;
use super::public_key::KeyError;

/// A time in RFC 3339.
///
/// # Errors
/// When it is none; when it is not in UTC, which RFC 5280 forbids and Go takes, the evaluation ends.
pub(super) fn time(reader: &mut Reader<'_>) -> Result<String, KeyError> {
    const UTC_TIME: u8 = 0x17;
    const GENERALIZED_TIME: u8 = 0x18;
    const BROKEN: KeyError = KeyError::Broken("a time in a certificate is not well formed");
    let element = reader.any().ok_or(BROKEN)?;
    let digits = match element.content {
        [digits @ .., b'Z'] => digits,
        [digits @ .., b'+' | b'-', _, _, _, _] if digits.iter().all(u8::is_ascii_digit) => {
            return Err(KeyError::Limit(Failure::Limit("a time in a certificate is not in UTC")));
        }
        _ => return Err(BROKEN),
    };
    let instant = match element.tag {
        UTC_TIME => short_time(digits),
        GENERALIZED_TIME if digits.len() == 14 => pairs(digits).and_then(|pairs| match pairs.as_slice() {
            [century, year, rest @ ..] => instant(century.checked_mul(100)?.checked_add(*year)?, rest),
            _ => None,
        }),
        _ => None,
    };
    let instant = instant.ok_or(BROKEN)?;
    Ok(instant.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Two digits of the year: 50 to 99 are in the last century.
fn short_time(digits: &[u8]) -> Option<NaiveDateTime> {
    if !matches!(digits.len(), 10 | 12) {
        return None;
    }
    let pairs = pairs(digits)?;
    let (year, rest) = pairs.split_first()?;
    let century = if *year >= 50 { 1900 } else { 2000 };
    instant(year.checked_add(century)?, rest)
}

fn pairs(digits: &[u8]) -> Option<Vec<u32>> {
    let pair = |pair: &[u8]| match pair {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => {
            u32::from(a.checked_sub(b'0')?).checked_mul(10)?.checked_add(u32::from(b.checked_sub(b'0')?))
        }
        _ => None,
    };
    digits.chunks(2).map(pair).collect()
}

fn instant(year: u32, rest: &[u32]) -> Option<NaiveDateTime> {
    let (month, day, hour, minute, second) = match *rest {
        [month, day, hour, minute] => (month, day, hour, minute, 0),
        [month, day, hour, minute, second] => (month, day, hour, minute, second),
        _ => return None,
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some(date.and_time(NaiveTime::from_hms_opt(hour, minute, second)?))
}
