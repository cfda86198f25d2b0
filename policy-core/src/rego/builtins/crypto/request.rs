//! `crypto.x509.parse_certificate_request`: PKCS #10 (RFC 2986), as Go reads it.

use std::collections::BTreeSet;

use super::super::call::{Call, Failure, Meter};
use super::certificate::{Extension, MAX_BYTES, extension, subject_key};
use super::der::{BitString, Element, Oid, Reader, tag};
use super::encoding::{Base64, base64_decode};
use super::extensions::{AlternativeNames, SUBJECT_ALTERNATIVE_NAME};
use super::name::{self, Attribute, Name};
use super::pem::pem_block;
use super::public_key::{AlgorithmId, KeyError};
use super::signature_algorithm::signature_algorithm;
use super::to_value::{self, Made, list, object};
use super::{refused, string_operand};
use crate::rego::value::Value;

const BROKEN: KeyError = KeyError::Broken("a certificate request is not well formed");
const FOREIGN: KeyError =
    KeyError::Limit(Failure::Limit("a certificate request has a value of a type that is not supported"));

/// 1.2.840.113549.1.9.14
const EXTENSION_REQUEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x0e];

/// `crypto.x509.parse_certificate_request(text)`: PEM, or base64 of PEM or of DER.
pub(super) fn parse_certificate_request<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    let text = string_operand(arguments, 1)?;
    if text.len() > MAX_BYTES {
        return Err(Failure::Limit("a certificate request has more than 1 MiB"));
    }
    call.meter.reads(text.len().saturating_mul(8))?;
    call.meter.makes(text.len().saturating_mul(24).saturating_add(8_192))?;
    let mut bytes = if text.starts_with("-----BEGIN CERTIFICATE REQUEST-----") {
        text.as_bytes().to_vec()
    } else {
        let decoded = base64_decode(Base64::Standard, text.as_bytes());
        decoded.ok_or_else(|| refused("the certificate request is neither PEM nor base64"))?
    };
    if let Some(block) = pem_block(&bytes) {
        if block.label != b"CERTIFICATE REQUEST" {
            return Err(refused("invalid PEM-encoded certificate signing request"));
        }
        bytes = block.bytes;
    }
    Ok(Some(request(&bytes, call.meter)?))
}

fn request(der: &[u8], meter: &mut Meter) -> Result<Made, KeyError> {
    let mut input = Reader::new(der);
    let outer = input.value(tag::SEQUENCE).ok_or(BROKEN)?;
    let mut parts = outer.reader();
    let info = parts.value(tag::SEQUENCE).ok_or(BROKEN)?;
    let algorithm = parts.sequence().and_then(AlgorithmId::read).ok_or(BROKEN)?;
    let signature = parts.bits().ok_or(BROKEN)?;
    if !input.is_empty() {
        return Err(KeyError::Broken("there is data behind a certificate request"));
    }
    let mut inside = info.reader();
    let version = inside.small().ok_or(BROKEN)?;
    let raw_subject = inside.any().ok_or(BROKEN)?;
    let raw_key = inside.value(tag::SEQUENCE).ok_or(BROKEN)?;
    let (key_algorithm, key) = subject_key(raw_key, meter)?;
    let attributes = elements(inside.inside(tag::explicit(0)).ok_or(BROKEN)?).ok_or(BROKEN)?;
    let subject = subject(raw_subject)?;
    let extensions = requested_extensions(&attributes)?;
    let mut names = AlternativeNames::default();
    for extension in &extensions {
        if extension.id.bytes() == SUBJECT_ALTERNATIVE_NAME {
            names = AlternativeNames::read(Reader::new(extension.value))?;
        }
    }
    let mut read = Vec::new();
    for attribute in &attributes {
        read.extend(attribute_value(*attribute)?);
    }
    let mut members = vec![
        ("Raw", to_value::bytes(outer.full)),
        ("RawTBSCertificateRequest", to_value::bytes(info.full)),
        ("RawSubjectPublicKeyInfo", to_value::bytes(raw_key.full)),
        ("RawSubject", to_value::bytes(raw_subject.full)),
        ("Version", Value::integer(version)),
        ("Signature", to_value::bytes(&signature.right_aligned())),
        ("SignatureAlgorithm", Value::integer(signature_algorithm(&algorithm))),
        ("PublicKeyAlgorithm", Value::integer(key_algorithm)),
        ("PublicKey", to_value::public_key(key.as_ref(), meter)?),
        ("Subject", to_value::name(&subject)),
        ("Attributes", list(read)),
        ("Extensions", to_value::extensions(&extensions)),
        ("ExtraExtensions", Value::Null),
    ];
    members.extend(to_value::alternative_names(&names));
    Ok(object(members))
}

/// All values up to the end.
fn elements(mut reader: Reader<'_>) -> Option<Vec<Element<'_>>> {
    let mut elements = Vec::new();
    while !reader.is_empty() {
        elements.push(reader.any()?);
    }
    Some(elements)
}

fn subject(subject: Element<'_>) -> Result<Name, KeyError> {
    if subject.tag != tag::SEQUENCE {
        return Err(BROKEN);
    }
    let mut attributes = Vec::new();
    for set in elements(subject.reader()).ok_or(BROKEN)? {
        if set.tag != tag::SET {
            return Err(BROKEN);
        }
        for pair in elements(set.reader()).ok_or(BROKEN)? {
            if pair.tag != tag::SEQUENCE {
                return Err(BROKEN);
            }
            let mut pair = pair.reader();
            let arcs = pair.oid().and_then(Oid::arcs).ok_or(BROKEN)?;
            let value = pair.any().ok_or(BROKEN)?;
            if !is_text(value.tag) {
                return Err(FOREIGN);
            }
            attributes.push(Attribute { arcs, value: name::text(value).ok_or(BROKEN)? });
        }
    }
    Ok(Name(attributes))
}

/// The types of strings that Go reads here.
fn is_text(tag: u8) -> bool {
    matches!(tag, 12 | 18 | 19 | 20 | 22 | 30)
}

/// The extensions in the first value of each attribute that asks for them.
fn requested_extensions<'d>(attributes: &[Element<'d>]) -> Result<Vec<Extension<'d>>, KeyError> {
    let mut extensions = Vec::new();
    let mut seen = BTreeSet::new();
    for attribute in attributes {
        let values = || {
            let mut inside = Reader::new(attribute.full).sequence()?;
            let is_request = inside.oid()?.bytes() == EXTENSION_REQUEST;
            elements(inside.inside(tag::SET)?).filter(|_| is_request)?.into_iter().next()
        };
        let Some(first) = values() else { continue };
        let mut inside = Reader::new(first.full).sequence().ok_or(BROKEN)?;
        while !inside.is_empty() {
            let extension = inside.sequence().and_then(extension).ok_or(BROKEN)?;
            if !seen.insert(extension.id.bytes()) {
                return Err(KeyError::Broken("a certificate request asks for an extension twice"));
            }
            extensions.push(extension);
        }
    }
    Ok(extensions)
}

/// An attribute whose values are lists of types and values; `None` for all others, as in Go.
fn attribute_value(attribute: Element<'_>) -> Result<Option<Made>, KeyError> {
    let form = || {
        let mut inside = Reader::new(attribute.full).sequence()?;
        Some((inside.oid()?, elements(inside.inside(tag::SET)?)?))
    };
    let Some((id, values)) = form() else {
        return Ok(None);
    };
    let mut lists = Vec::new();
    for value in values {
        let pairs = if value.tag == tag::SEQUENCE { elements(value.reader()) } else { None };
        let Some(pairs) = pairs else {
            return Ok(None);
        };
        let mut list = Vec::new();
        for pair in pairs {
            let pair = if pair.tag == tag::SEQUENCE { type_and_value(pair.reader())? } else { None };
            let Some(pair) = pair else {
                return Ok(None);
            };
            list.push(pair);
        }
        lists.push(Value::array(list));
    }
    Ok(Some(object(vec![("Type", arcs(id)), ("Value", Value::array(lists))])))
}

fn arcs(id: Oid<'_>) -> Made {
    Value::array(id.arcs().unwrap_or_default().into_iter().map(Value::integer).collect())
}

fn type_and_value(mut pair: Reader<'_>) -> Result<Option<Made>, KeyError> {
    let (Some(id), Some(value)) = (pair.oid(), pair.any()) else {
        return Ok(None);
    };
    let value = match value.tag {
        tag::BOOLEAN => match value.content {
            [0x00] => Some(Value::Bool(false)),
            [0xff] => Some(Value::Bool(true)),
            _ => None,
        },
        tag::INTEGER => super::der::integer(value.content).and_then(super::der::small).map(Value::integer),
        tag::BIT_STRING => BitString::read(value.content).map(|bits| {
            let length = bits.bytes.len().saturating_mul(8).saturating_sub(usize::from(bits.unused));
            let length = Value::integer(i64::try_from(length).unwrap_or(i64::MAX));
            object(vec![("Bytes", to_value::bytes(bits.bytes)), ("BitLength", length)])
        }),
        tag::OCTET_STRING => Some(to_value::bytes(value.content)),
        tag::OID => Oid::read(value.content).map(arcs),
        0x17 | 0x18 => return Err(FOREIGN),
        tag if is_text(tag) => name::text(value).map(Value::from),
        // Constructed, or of a type that Go leaves out.
        _ => Some(Value::Null),
    };
    Ok(value.map(|value| object(vec![("Type", arcs(id)), ("Value", value)])))
}
