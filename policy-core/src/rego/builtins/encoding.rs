//! `base64.*`, `base64url.*` and `hex.*`, as Go's `encoding/base64` and `encoding/hex` do it.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::arguments::{from_bytes, refuse, text};
use super::{Call, Failure, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("base64.encode", base64_encode),
    ("base64.decode", base64_decode),
    ("base64.is_valid", base64_is_valid),
    ("base64url.encode", base64url_encode),
    ("base64url.encode_no_pad", base64url_encode_no_pad),
    ("base64url.decode", base64url_decode),
    ("hex.encode", hex_encode),
    ("hex.decode", hex_decode),
];

/// Go asks for the padding and does not look at the bits that the last character has too many.
const GO: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, GO);
const URL: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, GO);
const URL_NO_PAD: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, GO.with_encode_padding(false));

fn encode<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
    engine: &GeneralPurpose,
) -> Result<Option<Value<'v>>, Failure> {
    let text = text(arguments, 1)?;
    call.meter.makes(text.len().saturating_mul(2))?;
    Ok(Some(Value::from(engine.encode(text))))
}

/// The bytes, or `None` if the text is not base64. Go passes over line ends wherever they are.
fn decode(call: &mut Call<'_>, text: &str, engine: &GeneralPurpose) -> Result<Option<Vec<u8>>, Failure> {
    call.meter.makes(text.len())?;
    if !text.contains(['\r', '\n']) {
        return Ok(engine.decode(text).ok());
    }
    let bytes: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    Ok(engine.decode(bytes).ok())
}

fn base64_encode<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    encode(call, arguments, &STANDARD)
}

fn base64url_encode<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    encode(call, arguments, &URL)
}

fn base64url_encode_no_pad<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    encode(call, arguments, &URL_NO_PAD)
}

fn base64_decode<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    match decode(call, text(arguments, 1)?, &STANDARD)? {
        Some(bytes) => Ok(Some(Value::from(from_bytes(bytes)?))),
        None => refuse("illegal base64 data"),
    }
}

fn base64_is_valid<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let Ok(text) = text(arguments, 1) else { return Ok(Some(Value::Bool(false))) };
    Ok(Some(Value::Bool(decode(call, text, &STANDARD)?.is_some())))
}

/// The padding may be missing (RFC 7515, appendix C); line ends count as characters when it is added.
fn base64url_decode<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let text = text(arguments, 1)?;
    let padding = match text.len().checked_rem(4) {
        _ if text.ends_with('=') => "",
        Some(2) => "==",
        Some(3) => "=",
        Some(1) => return refuse("illegal base64url string"),
        _ => "",
    };
    let decoded = if padding.is_empty() {
        decode(call, text, &URL)?
    } else {
        call.meter.makes(text.len())?;
        decode(call, &[text, padding].concat(), &URL)?
    };
    match decoded {
        Some(bytes) => Ok(Some(Value::from(from_bytes(bytes)?))),
        None => refuse("illegal base64 data"),
    }
}

fn hex_encode<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let text = text(arguments, 1)?;
    call.meter.makes(text.len().saturating_mul(2))?;
    let digits = text.bytes().flat_map(|byte| [byte.wrapping_shr(4), byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16));
    Ok(Some(Value::from(digits.collect::<String>())))
}

fn hex_decode<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let text = text(arguments, 1)?;
    call.meter.makes(text.len())?;
    let mut bytes = Vec::with_capacity(text.len().div_ceil(2));
    for pair in text.as_bytes().chunks(2) {
        let [high, low] = pair else { return refuse("odd length hex string") };
        let (Some(high), Some(low)) = (hex_digit(*high), hex_digit(*low)) else {
            return refuse("invalid hexadecimal digit");
        };
        bytes.push(high.wrapping_shl(4) | low);
    }
    Ok(Some(Value::from(from_bytes(bytes)?)))
}

/// What a hexadecimal digit is worth.
pub(super) fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
