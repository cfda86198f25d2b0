//! `uuid.*`: RFC 4122 identifiers, read as Go's `google/uuid` reads them and made from the seed of the evaluation.

use super::arguments::{text, value};
use super::encoding::hex_digit;
use super::random::digest;
use super::{Call, Failure, Run};
use crate::rego::value::{ObjectBuilder, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[("uuid.parse", parse), ("uuid.rfc4122", rfc4122)];

/// A random identifier; the same for the same key in one evaluation.
fn rfc4122<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    let Some(key) = value(arguments, 1)?.as_str() else {
        return Err(Failure::Limit("uuid.rfc4122 takes a string"));
    };
    call.meter.reads(key.len())?;
    let [first, second, ..] = digest(call.seed, "uuid", key);
    let bits = u128::from(first).wrapping_shl(64) | u128::from(second);
    // RFC 4122, section 4.4: version 4 in the high bits of octet 6, the variant in those of octet 8.
    let bits = bits & !(0xf << 76 | 0b11 << 62) | 0x4 << 76 | 0b10 << 62;
    let digits = format!("{bits:032x}");
    let mut out = String::with_capacity(36);
    for (place, digit) in digits.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
    Ok(Some(Value::from(out)))
}

/// What an identifier says of itself; undefined for what is none.
fn parse<'v>(_: &mut Call<'_>, arguments: &[Value<'v>]) -> Result<Option<Value<'v>>, Failure> {
    Ok(octets(text(arguments, 1)?).map(|octets| describe(&octets)))
}

/// Four forms: plain, `urn:uuid:`, in any two characters as brackets, and digits only.
fn octets(text: &str) -> Option<[u8; 16]> {
    let bytes = text.as_bytes();
    let dashed = match bytes.len() {
        32 => false,
        36 | 38 | 45 => true,
        _ => return None,
    };
    let digits = match bytes.len() {
        38 => bytes.get(1..37)?,
        45 if bytes.get(..9)?.eq_ignore_ascii_case(b"urn:uuid:") => bytes.get(9..)?,
        45 => return None,
        _ => bytes,
    };
    let mut octets = [0u8; 16];
    let mut digits = digits.iter().copied();
    for (place, octet) in octets.iter_mut().enumerate() {
        if dashed && matches!(place, 4 | 6 | 8 | 10) && digits.next()? != b'-' {
            return None;
        }
        *octet = hex_digit(digits.next()?)?.wrapping_shl(4) | hex_digit(digits.next()?)?;
    }
    Some(octets)
}

/// Intervals of 100 ns from the Gregorian reform, 1582-10-15, to 1970.
const REFORM: i64 = 122_192_928_000_000_000;

fn describe<'v>(octets: &[u8; 16]) -> Value<'v> {
    let [t0, t1, t2, t3, t4, t5, t6, t7, clock_high, clock_low, node @ ..] = *octets;
    let version = t6.wrapping_shr(4);
    let variant = match clock_high {
        high if high & 0xc0 == 0x80 => "RFC4122",
        high if high & 0xe0 == 0xc0 => "Microsoft",
        high if high & 0xe0 == 0xe0 => "Future",
        _ => "Reserved",
    };
    let mut about = ObjectBuilder::new();
    let mut tell = |name: &'static str, value: Value<'v>| about.insert(Value::text(name), value);
    tell("version", Value::integer(i64::from(version)));
    tell("variant", Value::text(variant));
    if matches!(version, 1 | 2) {
        let time = i64::from_be_bytes([t6 & 0x0f, t7, t4, t5, t0, t1, t2, t3]);
        // Go's arithmetic wraps here.
        tell("time", Value::integer(time.wrapping_sub(REFORM).wrapping_mul(100)));
        let node_id = node.map(|octet| format!("{octet:02x}")).join("-");
        tell("nodeid", Value::from(node_id));
        let first = node.first().copied().unwrap_or(0);
        tell(
            "macvariables",
            Value::text(match (first & 0b10 != 0, first & 0b01 != 0) {
                (true, true) => "local:multicast",
                (false, true) => "global:multicast",
                (true, false) => "local:unicast",
                (false, false) => "global:unicast",
            }),
        );
        let clock = u16::from_be_bytes([clock_high, clock_low]) & 0x3fff;
        tell("clocksequence", Value::integer(i64::from(clock)));
    }
    if version == 2 {
        tell("id", Value::integer(i64::from(u32::from_be_bytes([t0, t1, t2, t3]))));
        tell(
            "domain",
            match clock_low {
                0 => Value::text("Person"),
                1 => Value::text("Group"),
                2 => Value::text("Org"),
                other => Value::from(format!("Domain{other}")),
            },
        );
    }
    Value::Object(about.build())
}
