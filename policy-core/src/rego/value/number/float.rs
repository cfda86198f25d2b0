//! Binary floating point of any precision, rounding to the nearest and ties to even: what OPA calculates fractions
//! with (Go's `math/big.Float`), with its way to read and to print decimals.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "invariant: big integers do not overflow; the rest is saturating"
)]

use std::cmp::Ordering;

use num_bigint::BigUint;

use super::decimal::Decimal;

/// The precision, in bits, in which OPA calculates.
const PRECISION: u64 = 64;

/// `mantissa * 2^exponent`, with a sign (zero has one too).
#[derive(Clone)]
pub(super) struct Float {
    is_negative: bool,
    mantissa: BigUint,
    exponent: i64,
    precision: u64,
}

impl Float {
    /// The nearest to a decimal, nearly: as in Go the power of five is rounded to 128 bits first.
    pub(super) fn read(decimal: &Decimal<'_>) -> Self {
        let digits: Vec<u8> = decimal.digits().collect();
        let mantissa = BigUint::parse_bytes(&digits, 10).unwrap_or_default();
        let power = decimal.exponent_of_last_digit();
        let exact =
            Self { is_negative: decimal.is_negative, mantissa, exponent: power, precision: PRECISION };
        if exact.is_zero() {
            return Self { exponent: 0, ..exact };
        }
        let five = || Self::power_of_five(power.unsigned_abs());
        match power.cmp(&0) {
            Ordering::Equal => exact.round(PRECISION),
            Ordering::Less => exact.divide_to(&five(), PRECISION),
            Ordering::Greater => exact.multiply_to(&five(), PRECISION),
        }
    }

    /// A small constant, of 53 bits as Go's from a double.
    pub(super) fn constant(mantissa: u8, exponent: i64) -> Self {
        Self { is_negative: false, mantissa: BigUint::from(mantissa), exponent, precision: 53 }
    }

    /// A whole number, exactly.
    pub(super) fn whole(is_negative: bool, magnitude: BigUint) -> Self {
        let precision = magnitude.bits().max(PRECISION);
        let is_negative = is_negative && magnitude.bits() > 0;
        Self { is_negative, mantissa: magnitude, exponent: 0, precision }
    }

    /// 5^n in 128 bits: exact up to 27, then by squaring, each step rounded.
    fn power_of_five(n: u64) -> Self {
        const EXACT: u64 = 27;
        let exact = |n: u64| BigUint::from(5_u8).pow(u32::try_from(n).unwrap_or(0));
        let of = |mantissa, precision| Self { is_negative: false, mantissa, exponent: 0, precision };
        if n <= EXACT {
            return of(exact(n), 128);
        }
        let mut power = of(exact(EXACT), 128);
        let mut left = n.saturating_sub(EXACT);
        let mut square = of(BigUint::from(5_u8), 192);
        while left > 0 {
            if left & 1 == 1 {
                power = power.multiply_to(&square, 128);
            }
            square = square.multiply_to(&square, 192);
            left >>= 1;
        }
        power
    }

    pub(super) fn is_zero(&self) -> bool {
        self.mantissa.bits() == 0
    }

    pub(super) fn is_negative(&self) -> bool {
        self.is_negative
    }

    pub(super) fn abs(self) -> Self {
        Self { is_negative: false, ..self }
    }

    pub(super) fn negate(self) -> Self {
        Self { is_negative: !self.is_negative, ..self }
    }

    /// Decimal digits before the point, or zeros after it, roughly.
    pub(super) fn decimal_size(&self) -> u64 {
        let top = self.exponent.saturating_add(i64::try_from(self.mantissa.bits()).unwrap_or(i64::MAX));
        top.unsigned_abs().max(self.exponent.unsigned_abs()) / 3
    }

    pub(super) fn is_whole(&self) -> bool {
        match (u64::try_from(self.exponent), self.mantissa.trailing_zeros()) {
            (Ok(_), _) | (_, None) => true,
            (Err(_), Some(zeros)) => zeros >= self.exponent.unsigned_abs(),
        }
    }

    /// The whole part: rounded towards zero.
    pub(super) fn truncate(&self) -> BigUint {
        shift(&self.mantissa, self.exponent)
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let precision = self.precision.max(other.precision);
        let exponent = if self.is_zero() {
            other.exponent
        } else if other.is_zero() {
            self.exponent
        } else {
            self.exponent.min(other.exponent)
        };
        let aligned = |of: &Self| shift(&of.mantissa, of.exponent.saturating_sub(exponent));
        let (a, b) = (aligned(self), aligned(other));
        let (is_negative, mantissa) = if self.is_negative == other.is_negative {
            (self.is_negative, a + b)
        } else {
            match a.cmp(&b) {
                Ordering::Greater => (self.is_negative, a - b),
                Ordering::Less => (other.is_negative, b - a),
                Ordering::Equal => (false, BigUint::default()),
            }
        };
        Self { is_negative, mantissa, exponent, precision }.round(precision)
    }

    pub(super) fn multiply(&self, other: &Self) -> Self {
        self.multiply_to(other, self.precision.max(other.precision))
    }

    /// In 53 bits.
    pub(super) fn multiply_as_double(&self, other: &Self) -> Self {
        self.multiply_to(other, 53)
    }

    pub(super) fn divide(&self, other: &Self) -> Self {
        self.divide_to(other, self.precision.max(other.precision))
    }

    pub(super) fn cmp_to(&self, other: &Self) -> Ordering {
        let difference = {
            let exponent = self.exponent.min(other.exponent);
            let aligned = |of: &Self| shift(&of.mantissa, of.exponent.saturating_sub(exponent));
            aligned(self).cmp(&aligned(other))
        };
        match (self.is_negative && !self.is_zero(), other.is_negative && !other.is_zero()) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => difference,
            (true, true) => difference.reverse(),
        }
    }

    fn multiply_to(&self, other: &Self, precision: u64) -> Self {
        Self {
            is_negative: self.is_negative != other.is_negative,
            mantissa: &self.mantissa * &other.mantissa,
            exponent: self.exponent.saturating_add(other.exponent),
            precision,
        }
        .round(precision)
    }

    /// The divisor is not zero.
    fn divide_to(&self, other: &Self, precision: u64) -> Self {
        let is_negative = self.is_negative != other.is_negative;
        if self.is_zero() || other.is_zero() {
            return Self { is_negative, mantissa: BigUint::default(), exponent: 0, precision };
        }
        let wanted = precision.saturating_add(2).saturating_add(other.mantissa.bits());
        let more = wanted.saturating_sub(self.mantissa.bits());
        let dividend = &self.mantissa << more;
        let quotient = &dividend / &other.mantissa;
        let is_exact = &quotient * &other.mantissa == dividend;
        // One more bit below says that something was cut off.
        let mantissa = (quotient << 1_u8) + BigUint::from(u8::from(!is_exact));
        let more = i64::try_from(more).unwrap_or(i64::MAX).saturating_add(1);
        let exponent = self.exponent.saturating_sub(other.exponent).saturating_sub(more);
        Self { is_negative, mantissa, exponent, precision }.round(precision)
    }

    fn round(self, precision: u64) -> Self {
        let surplus = self.mantissa.bits().saturating_sub(precision);
        if surplus == 0 {
            return Self { precision, ..self };
        }
        let below = surplus.saturating_sub(1);
        let is_half = self.mantissa.bit(below);
        let is_more = self.mantissa.trailing_zeros().is_some_and(|zeros| zeros < below);
        let kept = &self.mantissa >> surplus;
        let up = is_half && (is_more || kept.bit(0));
        let mantissa = kept + BigUint::from(u8::from(up));
        let exponent = self.exponent.saturating_add(i64::try_from(surplus).unwrap_or(i64::MAX));
        Self { mantissa, exponent, precision, ..self }
    }

    /// As OPA prints: whole numbers in full, others in the shortest form that reads back, with an exponent if it is
    /// below -4 or above 5.
    pub(super) fn print(&self) -> String {
        let mut text = String::from(if self.is_negative { "-" } else { "" });
        let (digits, point) = self.shortest();
        let is_whole = self.is_whole();
        let exponent = point.saturating_sub(1);
        if !is_whole && !(-4..6).contains(&exponent) {
            let mut digits = digits.iter().map(|digit| char::from(*digit));
            text.extend(digits.next());
            let mut digits = digits.peekable();
            if digits.peek().is_some() {
                text.push('.');
                text.extend(digits);
            }
            let sign = if exponent < 0 { '-' } else { '+' };
            text.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
            return text;
        }
        let before = usize::try_from(point).unwrap_or(0);
        let zeros_after = usize::try_from(point.saturating_neg()).unwrap_or(0);
        if before == 0 {
            text.push('0');
        }
        let padded = digits.iter().map(|digit| char::from(*digit)).chain(std::iter::repeat('0'));
        text.extend(padded.take(before));
        if digits.len() > before {
            text.push('.');
            text.extend(std::iter::repeat_n('0', zeros_after));
            text.extend(digits.iter().skip(before).map(|digit| char::from(*digit)));
        }
        text
    }

    /// The fewest digits that tell the number from its neighbours in its precision, and where the point is before them.
    fn shortest(&self) -> (Vec<u8>, i64) {
        if self.is_zero() {
            return (Vec::new(), 0);
        }
        // One bit more than the precision, so that half the distance to a neighbour is one.
        let bits = self.precision.saturating_add(1);
        let more = i64::try_from(bits.saturating_sub(self.mantissa.bits())).unwrap_or(0);
        let mantissa = shift(&self.mantissa, more);
        let exponent = self.exponent.saturating_sub(more);
        let one = BigUint::from(1_u8);
        let (digits, point) = decimal_digits(&mantissa, exponent);
        let (lower, _) = decimal_digits(&(&mantissa - &one), exponent);
        let (upper, _) = decimal_digits(&(&mantissa + &one), exponent);
        let is_inclusive = !mantissa.bit(1);
        for index in 0..digits.len() {
            let at = |digits: &[u8]| digits.get(index).copied().unwrap_or(b'0');
            let (l, m, u) = (at(&lower), at(&digits), at(&upper));
            let length = index.saturating_add(1);
            let may_down = l != m || (is_inclusive && length == lower.len());
            let may_up = m != u && (is_inclusive || m.saturating_add(1) < u || length < upper.len());
            let up = match (may_down, may_up) {
                (true, true) => rounds_up(&digits, length),
                (true, false) => false,
                (false, true) => true,
                (false, false) => continue,
            };
            return cut(digits, point, length, up);
        }
        (digits, point)
    }
}

/// Whether the digits after the first `length` are half of a unit or more; half goes to the even digit.
fn rounds_up(digits: &[u8], length: usize) -> bool {
    let next = digits.get(length).copied().unwrap_or(b'0');
    if next == b'5' && length.saturating_add(1) == digits.len() {
        return digits.get(length.saturating_sub(1)).is_some_and(|digit| digit & 1 == 1);
    }
    next >= b'5'
}

/// The first `length` digits, plus one in the last place if `up`.
fn cut(mut digits: Vec<u8>, point: i64, length: usize, up: bool) -> (Vec<u8>, i64) {
    digits.truncate(length);
    if up {
        while digits.last() == Some(&b'9') {
            digits.pop();
        }
        match digits.last_mut() {
            Some(last) => *last = last.saturating_add(1),
            None => return (vec![b'1'], point.saturating_add(1)),
        }
    }
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    (digits, point)
}

/// `mantissa * 2^exponent` in decimal: the digits without trailing zeros, and the point's place before them.
fn decimal_digits(mantissa: &BigUint, exponent: i64) -> (Vec<u8>, i64) {
    let (scaled, places) = if exponent >= 0 {
        (shift(mantissa, exponent), 0)
    } else {
        let zeros = mantissa.trailing_zeros().unwrap_or(0).min(exponent.unsigned_abs());
        let places = exponent.unsigned_abs().saturating_sub(zeros);
        ((mantissa >> zeros) * BigUint::from(5_u8).pow(u32::try_from(places).unwrap_or(u32::MAX)), places)
    };
    let mut digits = scaled.to_string().into_bytes();
    let point = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let point = point.saturating_sub(i64::try_from(places).unwrap_or(i64::MAX));
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    (digits, point)
}

/// `value * 2^by`, rounded towards zero.
fn shift(value: &BigUint, by: i64) -> BigUint {
    if by >= 0 { value << by.unsigned_abs() } else { value >> by.unsigned_abs() }
}
