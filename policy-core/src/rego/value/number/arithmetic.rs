//! Arithmetic as OPA has it: whole numbers exactly, everything else in floating point of 64 bits.

#![expect(clippy::arithmetic_side_effects, reason = "invariant: big integers do not overflow")]

use num_bigint::{BigInt, BigUint, Sign};

use super::decimal::Decimal;
use super::float::Float;
use super::{Number, Text};

/// Decimal digits, or zeros around them, of a number that is calculated with: the work grows with the square of it.
const DIGITS: u64 = 10_000;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Division by nothing.
    DivideByZero,
    /// The remainder of a division by nothing.
    ModuloByZero,
    /// The remainder of what is not whole.
    ModuloOfFraction,
    /// A whole number was wanted.
    NotWhole,
    /// More than 10 000 digits.
    TooLarge,
}

impl NumberError {
    /// OPA's words.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::DivideByZero => "divide by zero",
            Self::ModuloByZero => "modulo by zero",
            Self::ModuloOfFraction => "modulo on floating-point number",
            Self::NotWhole => "illegal value",
            Self::TooLarge => "the number has too many digits",
        }
    }
}

type Outcome = Result<Number<'static>, NumberError>;

impl Number<'_> {
    /// `self + other`.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn plus(&self, other: &Number<'_>) -> Outcome {
        if let (Number::Int(a), Number::Int(b)) = (self, other)
            && let Some(sum) = a.checked_add(*b)
        {
            return Ok(Number::Int(sum));
        }
        self.exact_or_float(other, |a, b| a + b, Float::add)
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn minus(&self, other: &Number<'_>) -> Outcome {
        if let (Number::Int(a), Number::Int(b)) = (self, other)
            && let Some(difference) = a.checked_sub(*b)
        {
            return Ok(Number::Int(difference));
        }
        self.exact_or_float(other, |a, b| a - b, |a, b| a.add(&b.clone().negate()))
    }

    /// `self * other`.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn times(&self, other: &Number<'_>) -> Outcome {
        if let (Number::Int(a), Number::Int(b)) = (self, other)
            && let Some(product) = a.checked_mul(*b)
        {
            return Ok(Number::Int(product));
        }
        self.exact_or_float(other, |a, b| a * b, Float::multiply)
    }

    /// `self / other`.
    ///
    /// # Errors
    /// [`NumberError::DivideByZero`], [`NumberError::TooLarge`].
    pub fn divided_by(&self, other: &Number<'_>) -> Outcome {
        if let (Number::Int(a), Number::Int(b)) = (self, other)
            && *a != 0
            && a.checked_rem(*b) == Some(0)
            && let Some(quotient) = a.checked_div(*b)
        {
            return Ok(Number::Int(quotient));
        }
        let (a, b) = (self.float()?, other.float()?);
        if b.is_zero() { Err(NumberError::DivideByZero) } else { print(&a.divide(&b)) }
    }

    /// `self % other`: the sign is the dividend's.
    ///
    /// # Errors
    /// [`NumberError::ModuloByZero`], [`NumberError::ModuloOfFraction`], [`NumberError::TooLarge`].
    pub fn modulo(&self, other: &Number<'_>) -> Outcome {
        if let (Number::Int(a), Number::Int(b)) = (self, other)
            && let Some(rest) = a.checked_rem(*b)
        {
            return Ok(Number::Int(rest));
        }
        let fraction =
            |error| if error == NumberError::NotWhole { NumberError::ModuloOfFraction } else { error };
        let (a, b) = (self.big().map_err(fraction)?, other.big().map_err(fraction)?);
        if b.sign() == Sign::NoSign { Err(NumberError::ModuloByZero) } else { Ok(Number::from(a % b)) }
    }

    /// Without the sign.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn abs(&self) -> Outcome {
        match self {
            Number::Int(value) if value.checked_abs().is_some() => Ok(Number::Int(value.saturating_abs())),
            _ => print(&self.float()?.abs()),
        }
    }

    /// The nearest whole number, halves away from zero.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn round(&self) -> Outcome {
        if let Number::Int(value) = self {
            return Ok(Number::Int(*value));
        }
        let value = self.float()?;
        let half = Float::constant(1, -1);
        let moved = value.add(&if value.is_negative() { half.negate() } else { half });
        print(&Float::whole(moved.is_negative(), moved.truncate()))
    }

    /// The whole number above, as OPA has it: between -1 and 0 it is 1.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn ceil(&self) -> Outcome {
        if let Number::Int(value) = self {
            return Ok(Number::Int(*value));
        }
        let value = self.float()?;
        let whole = Float::whole(value.is_negative(), value.truncate());
        if whole.is_negative() || value.cmp_to(&whole).is_eq() {
            return print(&whole);
        }
        print(&whole.add(&Float::constant(1, 0)))
    }

    /// The whole number below, as OPA has it: between -1 and 0 it is 0.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn floor(&self) -> Outcome {
        if let Number::Int(value) = self {
            return Ok(Number::Int(*value));
        }
        let value = self.float()?;
        let whole = Float::whole(value.is_negative(), value.truncate());
        if !whole.is_negative() || value.cmp_to(&whole).is_eq() {
            return print(&whole);
        }
        print(&whole.add(&Float::constant(1, 0).negate()))
    }

    /// All numbers together: exactly if all are whole.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn sum(numbers: &[Number<'_>]) -> Outcome {
        Self::fold(
            numbers,
            BigInt::from(0),
            |all, number| all + number,
            Float::constant(0, 0),
            |all, number| all.add(number),
        )
    }

    /// The product of all: exactly if all are whole, otherwise in 53 bits and not 64, as OPA does here.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn product(numbers: &[Number<'_>]) -> Outcome {
        let exact = |all, number| all * number;
        Self::fold(numbers, BigInt::from(1), exact, Float::constant(1, 0), |all, number| {
            all.multiply_as_double(number)
        })
    }

    fn fold(
        numbers: &[Number<'_>],
        whole: BigInt,
        exact: impl Fn(BigInt, BigInt) -> BigInt,
        start: Float,
        float: impl Fn(&Float, &Float) -> Float,
    ) -> Outcome {
        let mut whole = Some(whole);
        for number in numbers {
            whole = match (whole, number.big()) {
                (Some(all), Ok(number)) => {
                    let all = exact(all, number);
                    if is_too_large(&all) {
                        return Err(NumberError::TooLarge);
                    }
                    Some(all)
                }
                (_, Err(NumberError::TooLarge)) => return Err(NumberError::TooLarge),
                _ => None,
            };
        }
        if let Some(all) = whole {
            return Ok(Number::from(all));
        }
        let mut all = start;
        for number in numbers {
            all = float(&all, &number.float()?);
            if all.decimal_size() > DIGITS.saturating_mul(2) {
                return Err(NumberError::TooLarge);
            }
        }
        print(&all)
    }

    /// The whole part of the number in 64 bits of precision.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn truncate(&self) -> Result<BigInt, NumberError> {
        let value = self.float()?;
        let sign = if value.is_negative() { Sign::Minus } else { Sign::Plus };
        Ok(BigInt::from_biguint(sign, value.truncate()))
    }

    /// The whole part of a product in 64 bits of precision.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub fn times_truncated(&self, factor: u64) -> Result<Number<'static>, NumberError> {
        let value = self.float()?.multiply(&Float::whole(false, BigUint::from(factor)));
        let sign = if value.is_negative() { Sign::Minus } else { Sign::Plus };
        Ok(Number::from(BigInt::from_biguint(sign, value.truncate())))
    }

    /// The whole number it is worth, of any size.
    ///
    /// # Errors
    /// [`NumberError::NotWhole`], [`NumberError::TooLarge`].
    pub fn big(&self) -> Result<BigInt, NumberError> {
        let text = match self {
            Number::Int(value) => return Ok(BigInt::from(*value)),
            Number::Decimal(text) => text,
        };
        let decimal = Decimal::of(text);
        if decimal.is_zero() {
            return Ok(BigInt::default());
        }
        if decimal.last_magnitude() < 0 {
            return Err(NumberError::NotWhole);
        }
        let size = u64::try_from(decimal.magnitude()).unwrap_or(u64::MAX);
        if size > DIGITS {
            return Err(NumberError::TooLarge);
        }
        let digits: Vec<u8> = decimal.significant().collect();
        let zeros = u32::try_from(decimal.last_magnitude()).unwrap_or(0);
        let value = BigUint::parse_bytes(&digits, 10).unwrap_or_default() * BigUint::from(10_u8).pow(zeros);
        Ok(BigInt::from_biguint(if decimal.is_negative { Sign::Minus } else { Sign::Plus }, value))
    }

    /// The number as a fraction of whole numbers: whether it is negative, numerator and denominator.
    ///
    /// # Errors
    /// [`NumberError::TooLarge`].
    pub(in crate::rego) fn ratio(&self) -> Result<(bool, BigUint, BigUint), NumberError> {
        if self.size() > DIGITS {
            return Err(NumberError::TooLarge);
        }
        let text = self.text();
        let decimal = Decimal::of(&text);
        let digits: Vec<u8> = decimal.digits().collect();
        let mantissa = BigUint::parse_bytes(&digits, 10).unwrap_or_default();
        let exponent = decimal.exponent_of_last_digit();
        let power = BigUint::from(10_u8).pow(u32::try_from(exponent.unsigned_abs()).unwrap_or(0));
        let one = BigUint::from(1_u8);
        let (numerator, denominator) = if exponent < 0 { (mantissa, power) } else { (mantissa * power, one) };
        Ok((decimal.is_negative, numerator, denominator))
    }

    /// How much work it is to calculate with it, in characters of its full form.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Number::Int(_) => 1,
            Number::Decimal(text) => {
                let decimal = Decimal::of(text);
                let digits = u64::try_from(decimal.len()).unwrap_or(u64::MAX);
                digits.saturating_add(decimal.exponent_of_last_digit().unsigned_abs())
            }
        }
    }

    fn float(&self) -> Result<Float, NumberError> {
        if self.size() > DIGITS {
            return Err(NumberError::TooLarge);
        }
        Ok(match self {
            Number::Int(value) => Float::read(&Decimal::of(&value.to_string())),
            Number::Decimal(text) => Float::read(&Decimal::of(text)),
        })
    }

    fn exact_or_float(
        &self,
        other: &Number<'_>,
        exact: impl FnOnce(BigInt, BigInt) -> BigInt,
        float: impl FnOnce(&Float, &Float) -> Float,
    ) -> Outcome {
        match (self.big(), other.big()) {
            (Ok(a), Ok(b)) => {
                let result = exact(a, b);
                if is_too_large(&result) { Err(NumberError::TooLarge) } else { Ok(Number::from(result)) }
            }
            (Err(NumberError::TooLarge), _) | (_, Err(NumberError::TooLarge)) => Err(NumberError::TooLarge),
            _ => print(&float(&self.float()?, &other.float()?)),
        }
    }
}

/// A decimal digit has more than three bits.
pub(in crate::rego) fn is_too_large(value: &BigInt) -> bool {
    value.bits() / 3 > DIGITS
}

fn print(value: &Float) -> Outcome {
    if value.decimal_size() > DIGITS.saturating_mul(2) {
        return Err(NumberError::TooLarge);
    }
    let text = value.print();
    Ok(super::plain(&text).map_or_else(|| Number::Decimal(Text::from(text)), Number::Int))
}

impl From<BigInt> for Number<'_> {
    fn from(value: BigInt) -> Self {
        i64::try_from(&value).map_or_else(|_| Number::Decimal(Text::from(value.to_string())), Number::Int)
    }
}
