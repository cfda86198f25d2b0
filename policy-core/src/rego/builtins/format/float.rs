//! Doubles as text, as Go's `strconv.FormatFloat` and `fmt` write them.

use super::verb::Spec;

/// Digits of a double: more are all zeros. One has at most 767 significant ones and 1074 after the point.
const DIGITS: usize = 1100;

/// The number with its sign, `+` included; `None` if the verb is not one for doubles. The value is finite.
pub(super) fn print(value: f64, verb: char, spec: &Spec) -> Option<String> {
    let magnitude = value.abs();
    let precision = spec.precision;
    let digits = match verb {
        'v' | 'g' | 'G' => general(magnitude, precision),
        'e' | 'E' => exponential(magnitude, precision.unwrap_or(6)),
        'f' | 'F' => fixed(magnitude, precision.unwrap_or(6)),
        'b' => binary(magnitude),
        'x' | 'X' => hexadecimal(magnitude, precision),
        _ => return None,
    };
    let is_upper = matches!(verb, 'E' | 'G' | 'X');
    let sign = match (value.is_sign_negative(), spec.space && !spec.plus) {
        (true, _) => '-',
        (false, true) => ' ',
        (false, false) => '+',
    };
    let mut number = format!("{sign}{digits}");
    if spec.sharp && verb != 'b' {
        number = with_point(&number, verb, precision);
    }
    Some(if is_upper { number.to_uppercase() } else { number })
}

/// `%f`.
fn fixed(value: f64, precision: usize) -> String {
    let mut text = format!("{value:.*}", precision.min(DIGITS));
    text.extend(std::iter::repeat_n('0', precision.saturating_sub(DIGITS)));
    text
}

/// `%e`.
fn exponential(value: f64, precision: usize) -> String {
    let (digits, exponent) = scientific(value, Some(precision.min(DIGITS)));
    write_exponential(&digits, exponent, precision)
}

/// `%g`: the shortest digits, or so many.
fn general(value: f64, precision: Option<usize>) -> String {
    let wanted = precision.map(|precision| precision.max(1));
    let (digits, exponent) = scientific(value, wanted.map(|wanted| wanted.saturating_sub(1).min(DIGITS)));
    let digits = if value == 0.0 { "" } else { digits.trim_end_matches('0') };
    let count = digits.len();
    let exponent = if value == 0.0 { -1 } else { exponent };
    let point = exponent.saturating_add(1);
    let before = usize::try_from(point).unwrap_or(0);
    let limit = match wanted {
        None => 6,
        Some(wanted) if wanted > count && i64::try_from(count).is_ok_and(|count| count >= point) => count,
        Some(wanted) => wanted,
    };
    if exponent < -4 || exponent >= i64::try_from(limit).unwrap_or(i64::MAX) {
        return write_exponential(digits, exponent, count.saturating_sub(1));
    }
    let mut text = String::new();
    if before == 0 {
        text.push('0');
    }
    text.extend(digits.chars().chain(std::iter::repeat('0')).take(before));
    if count > before {
        text.push('.');
        text.extend(std::iter::repeat_n('0', usize::try_from(point.saturating_neg()).unwrap_or(0)));
        text.extend(digits.chars().skip(before));
    }
    text
}

/// The digits, and the power of ten of the first one.
fn scientific(value: f64, precision: Option<usize>) -> (String, i64) {
    let text = match precision {
        Some(precision) => format!("{value:.precision$e}"),
        None => format!("{value:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

fn write_exponential(digits: &str, exponent: i64, precision: usize) -> String {
    let mut padded = digits.chars().chain(std::iter::repeat('0'));
    let mut text: String = padded.by_ref().take(1).collect();
    if precision > 0 {
        text.push('.');
        text.extend(padded.take(precision));
    }
    let exponent = if digits.is_empty() || digits.chars().all(|digit| digit == '0') { 0 } else { exponent };
    let sign = if exponent < 0 { '-' } else { '+' };
    text.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
    text
}

/// Mantissa and exponent (`mantissa * 2^exponent`) of a double that is not negative.
fn parts(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let fraction = bits & 0x000f_ffff_ffff_ffff;
    match i64::try_from(bits >> 52).unwrap_or(0) {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent.saturating_sub(1075)),
    }
}

/// `%b`: `4503599627370496p-52`.
fn binary(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    format!("{mantissa}p{exponent:+}")
}

/// `%x`: `0x1.8p+00`.
fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = parts(value);
    if mantissa == 0 {
        exponent = 0;
    } else {
        // The first digit is the bit 60.
        let shift = mantissa.leading_zeros().saturating_sub(3);
        mantissa = mantissa.wrapping_shl(shift);
        exponent = exponent.saturating_add(60).saturating_sub(i64::from(shift));
    }
    if let Some(precision) = precision.and_then(|precision| u32::try_from(precision).ok())
        && precision < 15
    {
        let kept = precision.saturating_mul(4);
        let cut = 60_u32.saturating_sub(kept);
        let extra = mantissa.wrapping_shl(kept) & 0x0fff_ffff_ffff_ffff;
        mantissa = mantissa.wrapping_shr(cut);
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa = mantissa.saturating_add(1);
        }
        mantissa = mantissa.wrapping_shl(cut);
        if mantissa & 1 << 61 != 0 {
            mantissa >>= 1;
            exponent = exponent.saturating_add(1);
        }
    }
    let first = mantissa >> 60 & 1;
    let digits = format!("{:015x}", mantissa & 0x0fff_ffff_ffff_ffff);
    let digits = match precision {
        None => digits.trim_end_matches('0').to_owned(),
        Some(precision) => digits.chars().chain(std::iter::repeat('0')).take(precision).collect(),
    };
    let point = if digits.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x{first}{point}{digits}p{sign}{:02}", exponent.unsigned_abs())
}

/// The flag `#`: a point always, and for `%g` and `%x` the zeros that were cut off. `number` starts with its sign.
fn with_point(number: &str, verb: char, precision: Option<usize>) -> String {
    let is_hexadecimal = matches!(verb, 'x' | 'X');
    let marks: &[char] = if is_hexadecimal { &['p'] } else { &['e'] };
    let (mantissa, tail) = number.find(marks).map_or((number, ""), |place| number.split_at(place));
    let mut missing = match verb {
        'v' | 'g' | 'G' | 'x' => precision.unwrap_or(6),
        _ => 0,
    };
    let mut text = mantissa.to_owned();
    let digits = mantissa.chars().skip(1).filter(|digit| *digit != '.');
    missing = missing.saturating_sub(digits.skip_while(|digit| *digit == '0').count());
    if !mantissa.contains('.') {
        if mantissa.get(1..) == Some("0") {
            missing = missing.saturating_sub(1);
        }
        text.push('.');
    }
    text.extend(std::iter::repeat_n('0', missing));
    text.push_str(tail);
    text
}
