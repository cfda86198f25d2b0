//! Reading registered claims by their types: a claim of the wrong type is refused, never taken for absent.

use serde_json::{Map, Number, Value};

use super::error::JwtError;
use super::limits::MAX_NUMERIC_DATE;

/// A NumericDate (RFC 7519 section 2) in whole seconds since 1970, rounded both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NumericDate {
    /// Rounded to the past: for an end.
    pub(crate) floor: i64,
    /// Rounded to the future: for a beginning.
    pub(crate) ceil: i64,
}

/// A claim that is text where it is there.
pub(crate) fn text<'m>(
    claims: &'m Map<String, Value>,
    claim: &'static str,
) -> Result<Option<&'m str>, JwtError> {
    match claims.get(claim) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwtError::InvalidClaim { claim }),
    }
}

/// A claim that must be there as text that is not empty.
pub(crate) fn required_text<'m>(
    claims: &'m Map<String, Value>,
    claim: &'static str,
) -> Result<&'m str, JwtError> {
    match text(claims, claim)? {
        None => Err(JwtError::MissingClaim { claim }),
        Some("") => Err(JwtError::InvalidClaim { claim }),
        Some(text) => Ok(text),
    }
}

/// A claim that is a date where it is there.
pub(crate) fn date(
    claims: &Map<String, Value>,
    claim: &'static str,
) -> Result<Option<NumericDate>, JwtError> {
    match claims.get(claim) {
        None => Ok(None),
        Some(Value::Number(number)) => {
            NumericDate::from_number(number).map(Some).ok_or(JwtError::InvalidClaim { claim })
        }
        Some(_) => Err(JwtError::InvalidClaim { claim }),
    }
}

/// Whether `aud` holds one of `ours`. RFC 7519 section 4.1.3: "an array of case-sensitive strings", or "In
/// the special case when the JWT has one audience [...] a single case-sensitive string".
pub(crate) fn check_audience(claims: &Map<String, Value>, ours: &[String]) -> Result<(), JwtError> {
    const CLAIM: &str = "aud";
    let is_ours = |audience: &str| ours.iter().any(|our| our == audience);
    let found = match claims.get(CLAIM) {
        None => return Err(JwtError::MissingClaim { claim: CLAIM }),
        Some(Value::String(audience)) => is_ours(audience),
        Some(Value::Array(audiences)) => {
            let mut found = false;
            for audience in audiences {
                let audience = audience.as_str().ok_or(JwtError::InvalidClaim { claim: CLAIM })?;
                found |= is_ours(audience);
            }
            found
        }
        Some(_) => return Err(JwtError::InvalidClaim { claim: CLAIM }),
    };
    if found { Ok(()) } else { Err(JwtError::Audience) }
}

impl NumericDate {
    /// RFC 7519 section 2: "non-integer values can be represented". Dates before 1970 and after 9999 are not
    /// dates.
    fn from_number(number: &Number) -> Option<Self> {
        let date = match number.as_i64() {
            Some(seconds) => Self { floor: seconds, ceil: seconds },
            None => {
                let seconds = number.as_f64()?;
                Self { floor: whole(seconds.floor())?, ceil: whole(seconds.ceil())? }
            }
        };
        let dates = 0..=MAX_NUMERIC_DATE;
        (dates.contains(&date.floor) && dates.contains(&date.ceil)).then_some(date)
    }
}

/// A whole number as an integer, if it is one that a float holds exactly.
fn whole(number: f64) -> Option<i64> {
    /// 2^53.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !(-EXACT..=EXACT).contains(&number) {
        return None;
    }
    #[expect(clippy::as_conversions, reason = "invariant: just checked to be within the exact integers")]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "invariant: just checked to be within the exact integers"
    )]
    let integer = number as i64;
    Some(integer)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn read(value: &str) -> Result<Option<NumericDate>, JwtError> {
        let claims: Map<String, Value> = serde_json::from_str(&format!("{{\"exp\":{value}}}")).unwrap();
        date(&claims, "exp")
    }

    #[test]
    fn dates_are_rounded_both_ways() {
        for (value, floor, ceil) in [
            ("0", 0, 0),
            ("1700000000", 1_700_000_000, 1_700_000_000),
            ("1700000000.0", 1_700_000_000, 1_700_000_000),
            ("1700000000.25", 1_700_000_000, 1_700_000_001),
            ("1.7e9", 1_700_000_000, 1_700_000_000),
            ("253402300799", MAX_NUMERIC_DATE, MAX_NUMERIC_DATE),
        ] {
            assert_eq!(read(value), Ok(Some(NumericDate { floor, ceil })), "{value}");
        }
    }

    #[test]
    fn what_is_no_date() {
        for value in [
            "\"1700000000\"",
            "null",
            "true",
            "[1700000000]",
            "{}",
            "-1",
            "-0.5",
            "253402300800",
            "253402300799.5",
            "1e18",
            "1e300",
            "-1e300",
            "9223372036854775807",
            "18446744073709551615",
        ] {
            assert_eq!(read(value), Err(JwtError::InvalidClaim { claim: "exp" }), "{value}");
        }
    }
}
