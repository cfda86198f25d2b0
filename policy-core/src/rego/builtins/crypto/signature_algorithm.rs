//! Which signature algorithm a certificate names, as a number of Go's.

use super::der::{Reader, tag};
use super::public_key::AlgorithmId;

/// Algorithms without parameters that matter, and Go's numbers for them.
const ALGORITHMS: [(&[u8], i64); 13] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04], 2), // MD5 with RSA
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x05], 3), // SHA-1 with RSA
    (&[0x2b, 0x0e, 0x03, 0x02, 0x1d], 3),                         // the same, of ISO
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b], 4), // SHA-256 with RSA
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c], 5), // SHA-384 with RSA
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d], 6), // SHA-512 with RSA
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x03], 7),             // DSA with SHA-1
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x02], 8), // DSA with SHA-256
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01], 9),             // ECDSA with SHA-1
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02], 10),      // ECDSA with SHA-256
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03], 11),      // ECDSA with SHA-384
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04], 12),      // ECDSA with SHA-512
    (ED25519, 16),
];

const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];

/// The hashes of RSASSA-PSS, the length of the salt, and Go's numbers.
const PSS: [(&[u8], i64, i64); 3] = [
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01], 32, 13),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02], 48, 14),
    (&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03], 64, 15),
];

/// Go's number of an algorithm; 0 if it is not known.
pub(super) fn signature_algorithm(algorithm: &AlgorithmId<'_>) -> i64 {
    if algorithm.oid == RSA_PSS {
        return pss(algorithm.parameter_bytes()).unwrap_or(0);
    }
    if algorithm.oid == ED25519 && algorithm.parameters.is_some() {
        return 0;
    }
    ALGORITHMS.iter().find(|(known, _)| *known == algorithm.oid).map_or(0, |(_, number)| *number)
}

/// RFC 4055 section 3.1: one hash for the message and the mask, a salt as long as the digest.
fn pss(parameters: &[u8]) -> Option<i64> {
    let mut inside = Reader::new(parameters).sequence()?;
    let hash = AlgorithmId::read(inside.inside(tag::explicit(0))?.sequence()?)?;
    let mask = AlgorithmId::read(inside.inside(tag::explicit(1))?.sequence()?)?;
    let mask_hash = AlgorithmId::read(Reader::new(mask.parameter_bytes()).sequence()?)?;
    let salt = inside.inside(tag::explicit(2))?.small()?;
    let trailer = match inside.optional_field(tag::explicit(3))? {
        Some(trailer) => trailer.reader().small()?,
        None => 1,
    };
    let is_plain = |algorithm: &AlgorithmId<'_>| matches!(algorithm.parameter_bytes(), [] | [0x05, 0x00]);
    let fits = is_plain(&hash)
        && is_plain(&mask_hash)
        && mask.oid == MGF1
        && mask_hash.oid == hash.oid
        && trailer == 1;
    let known = PSS.iter().find(|(known, length, _)| *known == hash.oid && *length == salt);
    known.filter(|_| fits).map(|(_, _, number)| *number)
}
