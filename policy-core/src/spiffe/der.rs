//! The skeleton of a certificate, read strictly (RFC 5280 section 4.1, X.690 section 10).
//!
//! x509-parser reads the values; it does not look at what is left over inside a SEQUENCE, so two readers could
//! see two certificates in the same bytes. Here nothing may be left over.

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `version [0] EXPLICIT`.
const VERSION: u8 = 0xa0;
/// `extensions [3] EXPLICIT`.
const EXTENSIONS: u8 = 0xa3;

/// Why bytes are not the skeleton of exactly one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DerError {
    /// Bytes follow the certificate.
    TrailingData,
    /// An element is missing, left over, of another type, or not in the distinguished encoding.
    Malformed,
}

/// A tag and the content under it.
type Element<'a> = (u8, &'a [u8]);

/// Accepts the bytes of exactly one v3 certificate.
pub(super) fn check_certificate(der: &[u8]) -> Result<(), DerError> {
    let ((tag, content), rest) = element(der)?;
    if tag != SEQUENCE {
        return Err(DerError::Malformed);
    }
    if !rest.is_empty() {
        return Err(DerError::TrailingData);
    }
    match elements(content)?.as_slice() {
        [(SEQUENCE, tbs), (SEQUENCE, _), (BIT_STRING, _)] => check_tbs(tbs),
        _ => Err(DerError::Malformed),
    }
}

/// Accepts the fields of a `TBSCertificate` of version 3 with extensions. The unique identifiers of RFC 5280
/// section 4.1.2.8 are refused: "CAs conforming to this profile MUST NOT generate certificates with unique
/// identifiers".
fn check_tbs(tbs: &[u8]) -> Result<(), DerError> {
    let fields = elements(tbs)?;
    let [
        (VERSION, _),
        (INTEGER, _),
        (SEQUENCE, _signature),
        (SEQUENCE, _issuer),
        (SEQUENCE, validity),
        (SEQUENCE, _subject),
        (SEQUENCE, _public_key),
        (EXTENSIONS, wrapped),
    ] = fields.as_slice()
    else {
        return Err(DerError::Malformed);
    };
    if elements(validity)?.len() != 2 {
        return Err(DerError::Malformed);
    }
    match elements(wrapped)?.as_slice() {
        [(SEQUENCE, extensions)] => elements(extensions)?.into_iter().try_for_each(check_extension),
        _ => Err(DerError::Malformed),
    }
}

fn check_extension((tag, content): Element<'_>) -> Result<(), DerError> {
    if tag != SEQUENCE {
        return Err(DerError::Malformed);
    }
    match elements(content)?.as_slice() {
        [(OBJECT_IDENTIFIER, _), (OCTET_STRING, _)]
        | [(OBJECT_IDENTIFIER, _), (BOOLEAN, [0x00 | 0xff]), (OCTET_STRING, _)] => Ok(()),
        _ => Err(DerError::Malformed),
    }
}

/// All elements of `content`, to its last byte.
fn elements(mut content: &[u8]) -> Result<Vec<Element<'_>>, DerError> {
    let mut found = Vec::new();
    while !content.is_empty() {
        let (next, rest) = element(content)?;
        found.push(next);
        content = rest;
    }
    Ok(found)
}

/// The first element of `input`, and what follows it. X.690 section 10.1: "The definite form of length encoding
/// shall be used, encoded in the minimum number of octets."
fn element(input: &[u8]) -> Result<(Element<'_>, &[u8]), DerError> {
    let (tag, rest) = input.split_first().ok_or(DerError::Malformed)?;
    if tag & 0x1f == 0x1f {
        return Err(DerError::Malformed); // a tag of several bytes: none in this skeleton
    }
    let (first, rest) = rest.split_first().ok_or(DerError::Malformed)?;
    let (length, rest) = match (first, rest) {
        (0..=0x7f, rest) => (usize::from(*first), rest),
        (0x81, [length @ 0x80..=0xff, rest @ ..]) => (usize::from(*length), rest),
        (0x82, [high @ 1..=0xff, low, rest @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return Err(DerError::Malformed), // indefinite, not minimal, or 64 KiB and more
    };
    let (content, rest) = rest.split_at_checked(length).ok_or(DerError::Malformed)?;
    Ok(((*tag, content), rest))
}
