//! Certificates (RFC 5280), accepted and refused as Go's `crypto/x509` does.
//!
//! Reading does not verify: neither signatures nor times are looked at.

use std::collections::BTreeSet;

use super::super::call::{Failure, Meter};
use super::der::{Element, Oid, Reader, tag};
use super::encoding::{Base64, base64_decode};
use super::extensions::Extensions;
use super::name::Name;
use super::pem::pem_block;
use super::public_key::{AlgorithmId, KeyError, PublicKey, key_algorithm, public_key};
use super::signature_algorithm::signature_algorithm;
use super::time::time;

/// Bytes of the certificates in one argument.
pub(super) const MAX_BYTES: usize = 1024 * 1024;

/// A certificate. The names of the parts are those of RFC 5280.
pub(super) struct Certificate<'d> {
    pub(super) raw: &'d [u8],
    pub(super) raw_tbs: &'d [u8],
    pub(super) raw_key: &'d [u8],
    pub(super) raw_subject: &'d [u8],
    pub(super) raw_issuer: &'d [u8],
    pub(super) signature: Vec<u8>,
    /// Go's number of it; 0 if it is not known.
    pub(super) signature_algorithm: i64,
    /// Go's number of it; 0 if it is not known.
    pub(super) key_algorithm: i64,
    /// `None` if its algorithm is not known.
    pub(super) key: Option<PublicKey>,
    /// 1 to 3.
    pub(super) version: i64,
    /// Big-endian, without a sign.
    pub(super) serial: &'d [u8],
    pub(super) issuer: Name,
    pub(super) subject: Name,
    /// In RFC 3339.
    pub(super) not_before: String,
    pub(super) not_after: String,
    /// In order.
    pub(super) extensions: Vec<Extension<'d>>,
    pub(super) known: Extensions<'d>,
}

/// An extension as it stands.
#[derive(Clone, Copy)]
pub(super) struct Extension<'d> {
    pub(super) id: Oid<'d>,
    pub(super) critical: bool,
    pub(super) value: &'d [u8],
}

pub(super) const fn broken(rule: &'static str) -> KeyError {
    KeyError::Broken(rule)
}

const FORM: KeyError = broken("a certificate is not well formed");

impl<'d> Certificate<'d> {
    /// Reads the next certificate of some.
    ///
    /// # Errors
    /// What is wrong with it, or the limit that was reached.
    pub(super) fn read(input: &mut Reader<'d>, meter: &mut Meter) -> Result<Self, KeyError> {
        let outer = input.value(tag::SEQUENCE).ok_or(FORM)?;
        meter.reads(outer.full.len().saturating_mul(8))?;
        meter.makes(outer.full.len().saturating_mul(8))?;
        let mut parts = outer.reader();
        let tbs_element = parts.value(tag::SEQUENCE).ok_or(FORM)?;
        let mut tbs = tbs_element.reader();
        let version = version(&mut tbs).ok_or(broken("the version of a certificate is not known"))?;
        let serial =
            serial(&mut tbs).ok_or(broken("the serial number of a certificate is negative or none"))?;
        let algorithm = tbs.value(tag::SEQUENCE).ok_or(FORM)?;
        if parts.value(tag::SEQUENCE).ok_or(FORM)?.content != algorithm.content {
            return Err(broken("the signature algorithms inside and outside of a certificate differ"));
        }
        let signature_algorithm = signature_algorithm(&AlgorithmId::read(algorithm.reader()).ok_or(FORM)?);
        let raw_issuer = tbs.value(tag::SEQUENCE).ok_or(FORM)?;
        let issuer = Name::read(raw_issuer).ok_or(broken("the issuer of a certificate is not a name"))?;
        let mut validity = tbs.sequence().ok_or(FORM)?;
        let not_before = time(&mut validity)?;
        let not_after = time(&mut validity)?;
        let raw_subject = tbs.value(tag::SEQUENCE).ok_or(FORM)?;
        let subject = Name::read(raw_subject).ok_or(broken("the subject of a certificate is not a name"))?;
        let raw_key = tbs.value(tag::SEQUENCE).ok_or(FORM)?;
        let (key_algorithm, key) = subject_key(raw_key, meter)?;
        let extensions = extensions(&mut tbs, version)?;
        let known = Extensions::read(&extensions)?;
        let signature = parts.bits().ok_or(FORM)?.right_aligned();
        Ok(Self {
            raw: outer.full,
            raw_tbs: tbs_element.full,
            raw_key: raw_key.full,
            raw_subject: raw_subject.full,
            raw_issuer: raw_issuer.full,
            signature,
            signature_algorithm,
            key_algorithm,
            key,
            version,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            extensions,
            known,
        })
    }

    /// Reads certificates one behind the other.
    ///
    /// # Errors
    /// What is wrong with one of them, or the limit that was reached.
    pub(super) fn read_all(der: &'d [u8], meter: &mut Meter) -> Result<Vec<Self>, KeyError> {
        let mut input = Reader::new(der);
        let mut certificates = Vec::new();
        while !input.is_empty() {
            certificates.push(Self::read(&mut input, meter)?);
        }
        Ok(certificates)
    }

    /// Reads one certificate, behind which there must be nothing.
    ///
    /// # Errors
    /// What is wrong with it, or the limit that was reached.
    pub(super) fn read_one(der: &'d [u8], meter: &mut Meter) -> Result<Self, KeyError> {
        let mut input = Reader::new(der);
        let certificate = Self::read(&mut input, meter)?;
        if input.is_empty() { Ok(certificate) } else { Err(broken("there is data behind a certificate")) }
    }
}

/// The key of a certificate, and nothing behind it; `None` if its algorithm is not known.
///
/// # Errors
/// What is wrong with the certificate, or the limit that was reached.
pub(in crate::rego::builtins) fn certificate_key(
    der: &[u8],
    meter: &mut Meter,
) -> Result<Option<PublicKey>, KeyError> {
    Certificate::read_one(der, meter).map(|certificate| certificate.key)
}

/// Checks that a text is a certificate, as a member of `x5c` is (RFC 7517 section 4.7).
///
/// # Errors
/// What is wrong with it, or the limit that was reached.
pub(in crate::rego::builtins) fn check_certificate_in_base64(
    text: &str,
    meter: &mut Meter,
) -> Result<(), Failure> {
    /// The library that OPA uses refuses larger ones.
    const MAX_BYTES: usize = 256 * 1024;
    let spaceless: Vec<u8> =
        text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)).collect();
    let der = base64_decode(Base64::Standard, &spaceless).filter(|der| der.len() <= MAX_BYTES);
    let der = der.ok_or_else(|| super::refused("a certificate is not in base64, or too large"))?;
    Certificate::read_one(&der, meter)?;
    Ok(())
}

/// The bytes of the certificates in a text: PEM, or base64 of PEM or of DER.
///
/// # Errors
/// When it is none of these, or a block is something else.
pub(super) fn der_of_certificates(text: &str, meter: &mut Meter) -> Result<Vec<u8>, Failure> {
    if text.len() > MAX_BYTES {
        return Err(Failure::Limit("certificates have more than 1 MiB"));
    }
    meter.reads(text.len().saturating_mul(4))?;
    meter.makes(text.len().saturating_mul(2))?;
    if text.starts_with("-----BEGIN") {
        return der_of_pem(text.as_bytes());
    }
    let decoded = base64_decode(Base64::Standard, text.as_bytes());
    let decoded = decoded.ok_or_else(|| super::refused("the certificates are neither PEM nor base64"))?;
    if decoded.starts_with(b"-----BEGIN") { der_of_pem(&decoded) } else { Ok(decoded) }
}

fn der_of_pem(mut text: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut der = Vec::new();
    while let Some(block) = pem_block(text) {
        if block.label != b"CERTIFICATE" {
            return Err(super::refused("a PEM block is not a CERTIFICATE"));
        }
        der.extend_from_slice(&block.bytes);
        text = block.rest;
    }
    Ok(der)
}

fn version(tbs: &mut Reader<'_>) -> Option<i64> {
    let Some(explicit) = tbs.optional(tag::explicit(0))? else {
        return Some(1);
    };
    let mut inside = explicit.reader();
    let version = inside.small()?.checked_add(1)?;
    (inside.is_empty() && (1..=3).contains(&version)).then_some(version)
}

fn serial<'d>(tbs: &mut Reader<'d>) -> Option<&'d [u8]> {
    let serial = tbs.integer()?;
    serial.first().filter(|first| **first & 0x80 == 0)?;
    Some(serial)
}

/// The key with Go's number for its algorithm.
pub(super) fn subject_key(
    info: Element<'_>,
    meter: &mut Meter,
) -> Result<(i64, Option<PublicKey>), KeyError> {
    let mut inside = info.reader();
    let algorithm = inside.sequence().and_then(AlgorithmId::read).ok_or(FORM)?;
    let bits = inside.bits().ok_or(FORM)?;
    match key_algorithm(algorithm.oid) {
        0 => Ok((0, None)),
        number => Ok((number, Some(public_key(&algorithm, &bits.right_aligned(), meter)?))),
    }
}

fn extensions<'d>(tbs: &mut Reader<'d>, version: i64) -> Result<Vec<Extension<'d>>, KeyError> {
    let mut extensions = Vec::new();
    if version > 1 {
        for unique_id in [1, 2] {
            tbs.optional(tag::implicit(unique_id)).ok_or(FORM)?;
        }
    }
    if version < 3 {
        return Ok(extensions);
    }
    let Some(explicit) = tbs.optional(tag::explicit(3)).ok_or(FORM)? else {
        return Ok(extensions);
    };
    let mut seen = BTreeSet::new();
    let mut list = explicit.reader().sequence().ok_or(FORM)?;
    while !list.is_empty() {
        let extension =
            list.sequence().and_then(extension).ok_or(broken("an extension is not well formed"))?;
        if !seen.insert(extension.id.bytes()) {
            return Err(broken("a certificate has an extension twice"));
        }
        extensions.push(extension);
    }
    Ok(extensions)
}

/// Reads an extension's inside.
pub(super) fn extension(mut inside: Reader<'_>) -> Option<Extension<'_>> {
    let id = inside.oid()?;
    let critical = if inside.at(tag::BOOLEAN) { inside.boolean()? } else { false };
    let value = inside.value(tag::OCTET_STRING)?.content;
    Some(Extension { id, critical, value })
}
