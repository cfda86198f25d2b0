//! Numbers.

use super::Text;

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

    /// A number from JSON's digits; `None` if they are not.
    #[must_use]
    pub fn parse(digits: &str) -> Option<Number<'static>> {
        if let Ok(value) = digits.parse::<i64>()
            && value.to_string() == digits
        {
            return Some(Number::Int(value));
        }
        Some(Number::Decimal(Text::from(digits)))
    }

    /// The whole number it is worth, if it is one that fits: also of `1.0` and `1e2`.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Decimal(_) => None,
        }
    }
}
