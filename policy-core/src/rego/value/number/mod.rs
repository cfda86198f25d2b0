//! Numbers.

mod arithmetic;
mod decimal;
mod float;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

pub(in crate::rego) use arithmetic::NumberError;
pub(in crate::rego) use arithmetic::is_too_large;
use decimal::Decimal;

use super::Text;

/// The largest exponent, in decimal digits, of a number that enters. OPA's comparison gives up (and its process with
/// it) on a larger one: math/big parses no rational beyond it.
const EXPONENT: i64 = 1_000_000;

/// A number of any size. OPA keeps the digits as they were written (`1.50` prints as `1.50`), and so do we.
#[derive(Clone)]
pub enum Number<'v> {
    /// A whole number that fits, written without a sign `+`, an exponent, a point or leading zeros.
    Int(i64),
    /// Everything else, as JSON writes it.
    Decimal(Text<'v>),
}

impl<'v> Number<'v> {
    /// The same number for a shorter time, without a copy.
    #[must_use]
    pub fn lend<'a>(&'a self) -> Number<'a>
    where
        'v: 'a,
    {
        match self {
            Self::Int(value) => Number::Int(*value),
            Self::Decimal(text) => Number::Decimal(text.lend()),
        }
    }

    /// The number without anything lent.
    #[must_use]
    pub fn into_owned(self) -> Number<'static> {
        match self {
            Self::Int(value) => Number::Int(value),
            Self::Decimal(text) => Number::Decimal(text.into_owned()),
        }
    }

    /// A number from JSON's digits (RFC 8259, section 6); `None` if they are not, or if the exponent is beyond a
    /// million.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Number<'static>> {
        if let Some(value) = plain(digits) {
            return Some(Number::Int(value));
        }
        let decimal = Decimal::parse(digits)?;
        (decimal.exponent_of_last_digit().unsigned_abs() <= EXPONENT.unsigned_abs())
            .then(|| Number::Decimal(Text::from(digits)))
    }

    /// A number from what Go's `strconv.ParseFloat` takes as a decimal: also `+1`, `.5`, `5.` and `007`, which keep
    /// their text although it is not JSON's.
    #[must_use]
    pub fn parse_loose(digits: &str) -> Option<Number<'static>> {
        if let Some(value) = plain(digits) {
            return Some(Number::Int(value));
        }
        let decimal = Decimal::parse_loose(digits)?;
        (decimal.exponent_of_last_digit().unsigned_abs() <= EXPONENT.unsigned_abs())
            .then(|| Number::Decimal(Text::from(digits)))
    }

    /// Whether the text is what JSON calls a number.
    #[must_use]
    pub fn is_json(digits: &str) -> bool {
        Decimal::parse(digits).is_some()
    }

    /// The whole number it is worth, if it is written as one that fits: also `1.0`, but not `1e2`. It is what OPA takes
    /// for an index of an array and wherever a function wants an integer.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Decimal(text) => written_whole(text),
        }
    }

    /// What it is worth as a double: the nearest one; `None` beyond them.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        let value: f64 = self.text().parse().ok()?;
        value.is_finite().then_some(value)
    }

    /// Its digits as they were written.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Int(value) => Cow::Owned(value.to_string()),
            Self::Decimal(text) => Cow::Borrowed(text),
        }
    }

    /// Whether it is worth nothing.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Int(value) => *value == 0,
            Self::Decimal(text) => Decimal::of(text).is_zero(),
        }
    }

    /// The order of numbers, by what they are worth, exactly.
    #[must_use]
    pub fn cmp_to(&self, other: &Number<'_>) -> Ordering {
        match (self, other) {
            (Self::Int(a), Number::Int(b)) => a.cmp(b),
            (Self::Decimal(a), Number::Decimal(b)) => Decimal::of(a).cmp_to(&Decimal::of(b)),
            (Self::Int(a), Number::Decimal(b)) => whole_to_decimal(*a, b),
            (Self::Decimal(a), Number::Int(b)) => whole_to_decimal(*b, a).reverse(),
        }
    }

    /// The order that OPA's operators see: two numbers with a fraction whose text ends in a zero are equal if they are
    /// equal as doubles (`0.10000000000000000000010 == 0.10`). No total order, so it is not for sorting.
    #[must_use]
    pub fn compare(&self, other: &Number<'_>) -> Ordering {
        if let (Self::Decimal(a), Number::Decimal(b)) = (self, other)
            && is_compared_as_double(a)
            && is_compared_as_double(b)
            && let (Some(a), Some(b)) = (self.as_f64(), other.as_f64())
            && a.total_cmp(&b).is_eq()
        {
            return Ordering::Equal;
        }
        self.cmp_to(other)
    }
}

/// A point that is still there once the zeros (and points) at the end are gone.
fn is_compared_as_double(digits: &str) -> bool {
    digits.ends_with('0') && digits.trim_end_matches(['.', '0']).contains('.')
}

fn whole_to_decimal(a: i64, b: &str) -> Ordering {
    let b = Decimal::of(b);
    b.whole().map_or_else(|| Decimal::of(&a.to_string()).cmp_to(&b), |b| a.cmp(&b))
}

/// Equal numbers have equal hashes, however they are written.
impl Hash for Number<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Int(value) => value.hash(state),
            Self::Decimal(text) => {
                let decimal = Decimal::of(text);
                match decimal.whole() {
                    Some(value) => value.hash(state),
                    None => decimal.hash_worth(state),
                }
            }
        }
    }
}

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Decimal(text) => f.write_str(text),
        }
    }
}

impl From<i64> for Number<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Number<'_> {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or_else(|_| Self::Decimal(Text::from(value.to_string())), Self::Int)
    }
}

/// The number if it is written the way [`Number::Int`] is printed.
fn plain(digits: &str) -> Option<i64> {
    let magnitude = digits.strip_prefix('-').unwrap_or(digits);
    let is_canonical = match magnitude.as_bytes() {
        [b'0'] => magnitude.len() == digits.len(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if is_canonical { digits.parse().ok() } else { None }
}

/// A whole number with at most a fraction of zeros, in at most 19 characters without the sign: the bounds are those of
/// OPA's own reader of integers.
fn written_whole(digits: &str) -> Option<i64> {
    let magnitude = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    if magnitude.is_empty() || magnitude.len() > 19 {
        return None;
    }
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    if !fraction.bytes().all(|digit| digit == b'0') || !whole.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let value: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    if digits.starts_with('-') { value.checked_neg() } else { Some(value) }
}

#[cfg(test)]
mod tests;
