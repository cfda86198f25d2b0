//! `units.parse` and `units.parse_bytes`: amounts with units such as `10M`, `1.5Gi`, `100MB`.

#![expect(clippy::arithmetic_side_effects, reason = "invariant: big integers do not overflow")]

use num_bigint::{BigInt, BigUint, Sign};

use super::operands::{Answer, arithmetic, error, string};
use super::{Call, Failure, Run};
use crate::rego::value::{Number, Value, to_lower};

pub(in crate::rego) const TABLE: &[(&str, Run)] =
    &[("units.parse", parse), ("units.parse_bytes", parse_bytes)];

/// Bytes of text that is looked at.
const TEXT: usize = 4096;

/// Digits of an exponent.
const EXPONENT_DIGITS: usize = 6;

/// An amount with a decimal or binary unit; `m` is a thousandth.
fn parse<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let text = amount_text(call, args)?.replace('"', "");
    if text.contains(' ') {
        return Err(error("units.parse: spaces not allowed in resource strings"));
    }
    let (amount, unit) = split(&text).ok_or_else(|| error("units.parse: exponent too large"))?;
    if amount.is_empty() {
        return Err(error("units.parse: no amount provided"));
    }
    let unit = capital(unit);
    let factor = match unit.as_str() {
        "m" => Factor::Milli,
        "" => Factor::Whole(1),
        "k" | "K" => Factor::Whole(1000),
        "ki" | "Ki" => Factor::Whole(1 << 10),
        "M" => Factor::Whole(1_000_000),
        "mi" | "Mi" => Factor::Whole(1 << 20),
        "g" | "G" => Factor::Whole(1_000_000_000),
        "gi" | "Gi" => Factor::Whole(1 << 30),
        "t" | "T" => Factor::Whole(1_000_000_000_000),
        "ti" | "Ti" => Factor::Whole(1 << 40),
        "p" | "P" => Factor::Whole(1_000_000_000_000_000),
        "pi" | "Pi" => Factor::Whole(1 << 50),
        "e" | "E" => Factor::Whole(1_000_000_000_000_000_000),
        "ei" | "Ei" => Factor::Whole(1 << 60),
        _ => return Err(error("units.parse: unit not recognized")),
    };
    let number = number(amount).ok_or_else(|| error("units.parse: could not parse amount to a number"))?;
    call.meter.steps(number.size().min(20_000))?;
    Ok(Some(Value::Number(multiply(&number, &factor)?)))
}

enum Factor {
    Whole(u64),
    /// The double nearest to 0.001, exactly, as in OPA.
    Milli,
}

/// An amount of bytes; in any case of letters, with `b` or without. Without its fraction.
fn parse_bytes<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let text: String =
        amount_text(call, args)?.chars().map(to_lower).filter(|character| *character != '"').collect();
    if text.contains(' ') {
        return Err(error("units.parse_bytes: spaces not allowed in resource strings"));
    }
    let (amount, unit) = split(&text).ok_or_else(|| error("units.parse_bytes: exponent too large"))?;
    if amount.is_empty() {
        return Err(error("units.parse_bytes: no byte amount provided"));
    }
    let factor = match unit {
        "" => 1,
        "kb" | "k" => 1000,
        "kib" | "ki" => 1 << 10,
        "mb" | "m" => 1_000_000,
        "mib" | "mi" => 1 << 20,
        "gb" | "g" => 1_000_000_000,
        "gib" | "gi" => 1 << 30,
        "tb" | "t" => 1_000_000_000_000,
        "tib" | "ti" => 1 << 40,
        "pb" | "p" => 1_000_000_000_000_000,
        "pib" | "pi" => 1 << 50,
        "eb" | "e" => 1_000_000_000_000_000_000,
        "eib" | "ei" => 1 << 60,
        _ => return Err(error("units.parse_bytes: byte unit not recognized")),
    };
    let number =
        number(amount).ok_or_else(|| error("units.parse_bytes: could not parse byte amount to a number"))?;
    call.meter.steps(number.size().min(20_000))?;
    number.times_truncated(factor).map(|bytes| Some(Value::Number(bytes))).map_err(arithmetic)
}

fn amount_text<'a>(call: &mut Call<'_>, args: &'a [Value<'_>]) -> Result<&'a str, Failure> {
    let text = string(args, 1)?;
    call.meter.makes(text.len())?;
    if text.len() > TEXT { Err(Failure::Limit("an amount with its unit is too long")) } else { Ok(text) }
}

/// The number in front, and the unit; `None` if an exponent has too many digits. An `e` belongs to the number if a
/// digit or a sign follows.
fn split(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut at: usize = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' | b'.' | b'+' | b'-' => {}
            b'e' | b'E' => {
                let next = at.saturating_add(1);
                let follows = match bytes.get(next) {
                    Some(b'+' | b'-') => next.saturating_add(1),
                    Some(b'0'..=b'9') => next,
                    _ => break,
                };
                let exponent = bytes.get(follows..).unwrap_or_default();
                if exponent.iter().take_while(|digit| digit.is_ascii_digit()).count() > EXPONENT_DIGITS {
                    return None;
                }
                at = follows.saturating_sub(1);
            }
            _ => break,
        }
        at = at.saturating_add(1);
    }
    text.split_at_checked(at)
}

/// The first letter as it is, the others small.
fn capital(unit: &str) -> String {
    let mut characters = unit.chars();
    characters.next().into_iter().chain(characters.map(to_lower)).collect()
}

fn number(amount: &str) -> Option<Number<'static>> {
    Number::parse_loose(amount)
}

/// Exactly; a fraction is rounded to ten digits, halves away from zero.
fn multiply(number: &Number<'_>, factor: &Factor) -> Result<Number<'static>, Failure> {
    let (negative, numerator, denominator) = number.ratio().map_err(arithmetic)?;
    let (numerator, denominator) = match factor {
        Factor::Whole(factor) => (numerator * BigUint::from(*factor), denominator),
        // 1152921504606847 / 2^60
        Factor::Milli => (numerator * BigUint::from(1_152_921_504_606_847_u64), denominator << 60_u8),
    };
    let sign = |value: &BigUint| match (value.bits(), negative) {
        (0, _) => Sign::NoSign,
        (_, true) => Sign::Minus,
        (_, false) => Sign::Plus,
    };
    let quotient = &numerator / &denominator;
    if &quotient * &denominator == numerator {
        return Ok(Number::from(BigInt::from_biguint(sign(&quotient), quotient)));
    }
    let ten_digits = BigUint::from(10_u8).pow(10);
    let scaled = (numerator * &ten_digits * 2_u8 + &denominator) / (denominator * 2_u8);
    let (whole, fraction) = (&scaled / &ten_digits, &scaled % &ten_digits);
    let sign = if negative { "-" } else { "" };
    Number::parse(&format!("{sign}{whole}.{:0>10}", fraction.to_string()))
        .ok_or(Failure::Limit("the number has too many digits"))
}
