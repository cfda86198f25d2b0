//! One verb and its argument.

use num_bigint::{BigInt, Sign};

use super::super::{Failure, Meter};
use super::{Arg, float};
use crate::rego::value::{is_printable, quote_with};

/// Flags, width and precision of a verb.
#[derive(Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of the format, which are independent")]
pub(super) struct Spec {
    pub(super) sharp: bool,
    pub(super) zero: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    /// `%#v`: as Go's source.
    pub(super) sharp_value: bool,
    /// `%+v`.
    pub(super) plus_value: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

impl Spec {
    /// `%v` takes `#` and `+` in meanings of its own.
    pub(super) fn for_values(self) -> Self {
        Self { sharp_value: self.sharp, sharp: false, plus_value: self.plus, plus: false, ..self }
    }

    /// What the verb may make at most beside the argument's own text, in bytes.
    fn padding(&self) -> usize {
        self.width.unwrap_or(0).saturating_add(self.precision.unwrap_or(0)).saturating_mul(2)
    }
}

/// Appends the argument as the verb says, or the complaint that it cannot.
pub(super) fn print(
    meter: &mut Meter,
    out: &mut String,
    arg: &Arg<'_>,
    verb: char,
    spec: &Spec,
) -> Result<(), Failure> {
    let own = match arg {
        Arg::Int(_) => 66,
        Arg::Float(_) => 400,
        Arg::Big(value) => usize::try_from(value.bits()).unwrap_or(usize::MAX),
        // Quoted, a byte takes ten at most.
        Arg::Text(text) => text.len().saturating_mul(if verb == 'q' || spec.sharp_value { 10 } else { 5 }),
    };
    meter.makes(own.saturating_add(spec.padding()))?;
    match (verb, arg) {
        ('T', arg) => text(out, arg.kind(), spec),
        // An address; and the inside of Go's own number.
        ('p' | 'w', Arg::Big(_)) => {
            return Err(Failure::Limit("sprintf was asked for the inside of a number"));
        }
        (verb, Arg::Int(value)) => integer(meter, out, *value, verb, spec)?,
        (verb, Arg::Float(value)) => match float::print(*value, verb, spec) {
            Some(number) => pad_number(out, &number, spec),
            None => bad(meter, out, arg, verb, spec)?,
        },
        (verb, Arg::Big(value)) => big(out, value, verb, spec),
        (verb, Arg::Text(value)) => match verb {
            'v' if spec.sharp_value => quoted(out, value, spec),
            'v' | 's' => text(out, value, spec),
            'x' => hexadecimal(out, value, spec, false),
            'X' => hexadecimal(out, value, spec, true),
            'q' => quoted(out, value, spec),
            _ => bad(meter, out, arg, verb, spec)?,
        },
    }
    Ok(())
}

/// A verb that the argument does not have.
fn bad(meter: &mut Meter, out: &mut String, arg: &Arg<'_>, verb: char, spec: &Spec) -> Result<(), Failure> {
    out.push_str("%!");
    out.push(verb);
    out.push('(');
    out.push_str(arg.kind());
    out.push('=');
    print(meter, out, arg, 'v', spec)?;
    out.push(')');
    Ok(())
}

/// Appends text in its width.
fn pad(out: &mut String, text: &str, spec: &Spec) {
    let missing = spec.width.unwrap_or(0).saturating_sub(text.chars().count());
    if !spec.minus {
        let fill = if spec.zero { '0' } else { ' ' };
        out.extend(std::iter::repeat_n(fill, missing));
    }
    out.push_str(text);
    if spec.minus {
        out.extend(std::iter::repeat_n(' ', missing));
    }
}

/// The characters up to the precision, in the width.
fn text(out: &mut String, value: &str, spec: &Spec) {
    pad(out, truncate(value, spec), spec);
}

fn truncate<'t>(value: &'t str, spec: &Spec) -> &'t str {
    let end = spec.precision.and_then(|precision| value.char_indices().nth(precision));
    end.and_then(|(end, _)| value.get(..end)).unwrap_or(value)
}

fn quoted(out: &mut String, value: &str, spec: &Spec) {
    let value = truncate(value, spec);
    let is_plain = |character: char| {
        character == '\t' || !(character.is_ascii_control() || matches!(character, '`' | '\u{feff}'))
    };
    let mut quoted = String::new();
    if spec.sharp && value.chars().all(is_plain) {
        quoted.push('`');
        quoted.push_str(value);
        quoted.push('`');
    } else {
        quote_with(value, '"', printable(spec), &mut quoted);
    }
    pad(out, &quoted, spec);
}

fn printable(spec: &Spec) -> fn(char) -> bool {
    if spec.plus { |character| (' '..='~').contains(&character) } else { is_printable }
}

/// The bytes of text in hexadecimal.
fn hexadecimal(out: &mut String, value: &str, spec: &Spec, is_upper: bool) {
    let length = spec.precision.unwrap_or(usize::MAX).min(value.len());
    let mut digits = String::new();
    for (index, byte) in value.bytes().take(length).enumerate() {
        if spec.space && index > 0 {
            digits.push(' ');
        }
        if spec.sharp && (spec.space || index == 0) {
            digits.push_str(if is_upper { "0X" } else { "0x" });
        }
        for half in [byte >> 4, byte & 15] {
            let digit = char::from_digit(u32::from(half), 16).unwrap_or('0');
            digits.push(if is_upper { digit.to_ascii_uppercase() } else { digit });
        }
    }
    pad(out, &digits, spec);
}

fn integer(meter: &mut Meter, out: &mut String, value: i64, verb: char, spec: &Spec) -> Result<(), Failure> {
    let magnitude = value.unsigned_abs();
    let digits = match verb {
        'v' | 'd' => magnitude.to_string(),
        'b' => format!("{magnitude:b}"),
        'o' | 'O' => format!("{magnitude:o}"),
        'x' => format!("{magnitude:x}"),
        'X' => format!("{magnitude:X}"),
        'c' => {
            pad(out, character(value).encode_utf8(&mut [0; 4]), spec);
            return Ok(());
        }
        'q' => {
            let mut quoted = String::new();
            quote_with(character(value).encode_utf8(&mut [0; 4]), '\'', printable(spec), &mut quoted);
            pad(out, &quoted, spec);
            return Ok(());
        }
        'U' => {
            unicode(out, value, spec);
            return Ok(());
        }
        _ => return bad(meter, out, &Arg::Int(value), verb, spec),
    };
    let unpadded = Spec { zero: false, ..spec.clone() };
    if spec.precision == Some(0) && value == 0 {
        pad(out, "", &unpadded);
        return Ok(());
    }
    let sign = sign(value < 0, spec.plus, spec.space);
    let wanted = match (spec.precision, spec.width) {
        (Some(precision), _) => precision,
        (None, Some(width)) if spec.zero && !spec.minus => width.saturating_sub(sign.len()),
        _ => 0,
    };
    let zeros = wanted.saturating_sub(digits.len());
    let mut number = String::from(sign);
    if verb == 'O' {
        number.push_str("0o");
    }
    if spec.sharp {
        number.push_str(match verb {
            'b' => "0b",
            'o' | 'O' if zeros == 0 && magnitude != 0 => "0",
            'x' => "0x",
            'X' => "0X",
            _ => "",
        });
    }
    number.extend(std::iter::repeat_n('0', zeros));
    number.push_str(&digits);
    pad(out, &number, &unpadded);
    Ok(())
}

fn sign(is_negative: bool, plus: bool, space: bool) -> &'static str {
    match (is_negative, plus, space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    }
}

/// A number as a character; U+FFFD if it is none.
fn character(value: i64) -> char {
    u32::try_from(value).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// `U+0041`, with `#` also `'A'`.
fn unicode(out: &mut String, value: i64, spec: &Spec) {
    let digits = format!("{value:X}");
    let zeros = spec.precision.unwrap_or(4).max(4).saturating_sub(digits.len());
    let mut text = String::from("U+");
    text.extend(std::iter::repeat_n('0', zeros));
    text.push_str(&digits);
    if let Some(character) = u32::try_from(value).ok().and_then(char::from_u32)
        && spec.sharp
        && is_printable(character)
    {
        text.push_str(" '");
        text.push(character);
        text.push('\'');
    }
    pad(out, &text, &Spec { zero: false, ..spec.clone() });
}

/// A number with its sign, which stays in front of padding zeros. The sign `+` is shown only if asked for.
fn pad_number(out: &mut String, number: &str, spec: &Spec) {
    let length = number.len();
    let unsigned = number.strip_prefix('+').filter(|_| !spec.plus);
    match (unsigned, spec.width) {
        (Some(unsigned), _) => pad(out, unsigned, spec),
        (None, Some(width)) if spec.zero && !spec.minus && width > length => {
            let (sign, digits) = number.split_at_checked(1).unwrap_or(("", number));
            out.push_str(sign);
            out.extend(std::iter::repeat_n('0', width.saturating_sub(length)));
            out.push_str(digits);
        }
        (None, _) => pad(out, number, spec),
    }
}

/// Whole numbers beyond 64 bits have a way of their own.
fn big(out: &mut String, value: &BigInt, verb: char, spec: &Spec) {
    let magnitude = value.magnitude();
    let digits = match verb {
        'd' | 's' | 'v' => magnitude.to_str_radix(10),
        'b' => magnitude.to_str_radix(2),
        'o' | 'O' => magnitude.to_str_radix(8),
        'x' => magnitude.to_str_radix(16),
        'X' => magnitude.to_str_radix(16).to_uppercase(),
        _ => {
            out.push_str("%!");
            out.push(verb);
            out.push_str("(big.Int=");
            out.push_str(&value.to_string());
            out.push(')');
            return;
        }
    };
    let sign = sign(value.sign() == Sign::Minus, spec.plus || spec.plus_value, spec.space);
    let prefix = match verb {
        'O' => "0o",
        'b' if spec.sharp => "0b",
        'o' if spec.sharp => "0",
        'x' if spec.sharp => "0x",
        'X' if spec.sharp => "0X",
        _ => "",
    };
    let mut zeros = spec.precision.unwrap_or(0).saturating_sub(digits.len());
    let length = sign.len().saturating_add(prefix.len()).saturating_add(zeros).saturating_add(digits.len());
    let missing = spec.width.unwrap_or(0).saturating_sub(length);
    let (mut left, mut right) = (0, 0);
    if spec.minus {
        right = missing;
    } else if spec.zero && spec.precision.is_none() {
        zeros = zeros.saturating_add(missing);
    } else {
        left = missing;
    }
    out.extend(std::iter::repeat_n(' ', left));
    out.push_str(sign);
    out.push_str(prefix);
    out.extend(std::iter::repeat_n('0', zeros));
    out.push_str(&digits);
    out.extend(std::iter::repeat_n(' ', right));
}
