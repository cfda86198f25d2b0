//! A number's digits taken apart, for comparing and hashing without arithmetic: the exponent costs nothing.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// Digits as JSON writes them, split.
pub(super) struct Decimal<'t> {
    pub(super) is_negative: bool,
    whole: &'t [u8],
    fraction: &'t [u8],
    exponent: i64,
}

impl<'t> Decimal<'t> {
    /// The parts of what JSON calls a number (RFC 8259, section 6); `None` for anything else.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let magnitude = text.strip_prefix('-').unwrap_or(text);
        let starts_well = match magnitude.as_bytes() {
            [b'0', rest @ ..] => !rest.first().is_some_and(u8::is_ascii_digit),
            [b'1'..=b'9', ..] => true,
            _ => false,
        };
        let decimal = Self::parse_loose(text)?;
        (starts_well && (!magnitude.contains('.') || !decimal.fraction.is_empty())).then_some(decimal)
    }

    /// The same of what Go's `strconv.ParseFloat` takes as a decimal: also `+1`, `.5`, `5.` and `007`.
    pub(super) fn parse_loose(text: &'t str) -> Option<Self> {
        let unsigned = text.strip_prefix(['-', '+']);
        let (is_negative, text) = (text.starts_with('-'), unsigned.unwrap_or(text));
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, self::exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_decimal = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
        let has_digits = !whole.is_empty() || !fraction.is_empty();
        (has_digits && is_decimal(whole) && is_decimal(fraction)).then_some(Self {
            is_negative,
            whole: whole.as_bytes(),
            fraction: fraction.as_bytes(),
            exponent,
        })
    }

    /// The same of text that is known to be a number.
    pub(super) fn of(text: &'t str) -> Self {
        Self::parse_loose(text).unwrap_or(Self { is_negative: false, whole: &[], fraction: &[], exponent: 0 })
    }

    /// All digits in a row, leading and trailing zeros included.
    pub(super) fn digits(&self) -> impl DoubleEndedIterator<Item = u8> + Clone + use<'t> {
        self.whole.iter().chain(self.fraction).copied()
    }

    /// How many digits are written.
    pub(super) fn len(&self) -> usize {
        self.whole.len().saturating_add(self.fraction.len())
    }

    /// The power of ten that the last written digit counts.
    pub(super) fn exponent_of_last_digit(&self) -> i64 {
        self.exponent.saturating_sub(count(self.fraction.len()))
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits().all(|digit| digit == b'0')
    }

    /// The digits without leading and trailing zeros.
    pub(super) fn significant(&self) -> impl Iterator<Item = u8> + use<'t> {
        let zeros = self.digits().rev().take_while(|digit| *digit == b'0').count();
        let leading = self.digits().take_while(|digit| *digit == b'0').count();
        let kept = self.len().saturating_sub(zeros).saturating_sub(leading);
        self.digits().skip(leading).take(kept)
    }

    /// The power of ten of the first significant digit, plus one: 1 for `5`, 3 for `100`, 0 for `0.1`.
    pub(super) fn magnitude(&self) -> i64 {
        let leading = self.digits().take_while(|digit| *digit == b'0').count();
        self.exponent_of_last_digit().saturating_add(count(self.len().saturating_sub(leading)))
    }

    /// The power of ten of the last significant digit.
    pub(super) fn last_magnitude(&self) -> i64 {
        let zeros = self.digits().rev().take_while(|digit| *digit == b'0').count();
        self.exponent_of_last_digit().saturating_add(count(zeros))
    }

    /// The whole number it is worth, if it is one that fits.
    pub(super) fn whole(&self) -> Option<i64> {
        if self.is_zero() {
            return Some(0);
        }
        let (magnitude, last) = (self.magnitude(), self.last_magnitude());
        if last < 0 || magnitude > 19 {
            return None;
        }
        let push = |value: i128, digit: u8| {
            value.saturating_mul(10).saturating_add(i128::from(digit.wrapping_sub(b'0')))
        };
        let value = self.significant().fold(0_i128, push);
        let value = value.checked_mul(10_i128.checked_pow(u32::try_from(last).ok()?)?)?;
        i64::try_from(if self.is_negative { value.checked_neg()? } else { value }).ok()
    }

    pub(super) fn cmp_to(&self, other: &Decimal<'_>) -> Ordering {
        match (self.sign(), other.sign()) {
            (0, 0) => Ordering::Equal,
            (a, b) if a != b => a.cmp(&b),
            (1, _) => self.cmp_magnitude(other),
            _ => other.cmp_magnitude(self),
        }
    }

    fn sign(&self) -> i8 {
        match (self.is_zero(), self.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn cmp_magnitude(&self, other: &Decimal<'_>) -> Ordering {
        self.magnitude().cmp(&other.magnitude()).then_with(|| self.significant().cmp(other.significant()))
    }

    /// Hashes what it is worth; for numbers that are not [whole](Self::whole).
    pub(super) fn hash_worth<H: Hasher>(&self, state: &mut H) {
        self.is_negative.hash(state);
        self.magnitude().hash(state);
        self.significant().for_each(|digit| digit.hash(state));
    }
}

/// `+12`, `-3`, `07`; beyond the range it stays at its end.
fn exponent(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let push =
        |value: i64, digit: &u8| value.saturating_mul(10).saturating_add(i64::from(digit.wrapping_sub(b'0')));
    let value = digits.iter().fold(0, push);
    Some(if is_negative { value.saturating_neg() } else { value })
}

fn count(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
