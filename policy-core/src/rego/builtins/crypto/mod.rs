//! `crypto.*`: hashes, message authentication codes, certificates and keys.
//!
//! The texts of failures say which rule was broken, never what was in the argument. Go's standard library, on which
//! OPA stands, is the measure for what a certificate or a key may look like: [`der`], [`pem`] and [`encoding`] read
//! exactly what it reads.

mod certificate;
mod der;
#[expect(deprecated, reason = "invariant: the version of generic-array is that of the curves' crates")]
mod ec;
mod ed25519;
mod encoding;
mod extensions;
mod hash;
mod keys;
mod name;
mod pem;
mod private_key;
mod public_key;
mod request;
mod rsa;
mod signature_algorithm;
mod time;
mod to_value;
mod uri;
mod x509;

pub(in crate::rego::builtins) use certificate::{certificate_key, check_certificate_in_base64};
pub(in crate::rego::builtins) use ec::{Curve, EcKey, EcSecret};
pub(in crate::rego::builtins) use ed25519::{Ed25519Key, Ed25519Secret};
pub(in crate::rego::builtins) use encoding::{Base64, base64_any, base64_decode, text_as_in_go};
pub(in crate::rego::builtins) use hash::{Hash, Mac, charge as charge_hash, hex};
pub(in crate::rego::builtins) use pem::pem_block;
pub(in crate::rego::builtins) use public_key::{PublicKey, public_key_from_der};
pub(in crate::rego::builtins) use rsa::{RsaKey, RsaNumbers, RsaScheme, RsaSecret, SaltLength};

use super::call::{Failure, Run};
use crate::rego::value::Value;

/// The names and functions of this family.
pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("crypto.hmac.equal", hash::hmac_equal),
    ("crypto.hmac.md5", hash::hmac_md5),
    ("crypto.hmac.sha1", hash::hmac_sha1),
    ("crypto.hmac.sha256", hash::hmac_sha256),
    ("crypto.hmac.sha512", hash::hmac_sha512),
    ("crypto.md5", hash::md5),
    ("crypto.parse_private_keys", keys::parse_private_keys),
    ("crypto.sha1", hash::sha1),
    ("crypto.sha256", hash::sha256),
    ("crypto.x509.parse_certificate_request", request::parse_certificate_request),
    ("crypto.x509.parse_certificates", x509::parse_certificates),
    ("crypto.x509.parse_keypair", keys::parse_key_pair),
    ("crypto.x509.parse_rsa_private_key", keys::parse_rsa_private_key),
];

/// The text of an argument; positions count from 1.
pub(in crate::rego::builtins) fn string_operand<'a>(
    arguments: &'a [Value<'_>],
    position: usize,
) -> Result<&'a str, Failure> {
    let argument = position.checked_sub(1).and_then(|index| arguments.get(index));
    match argument {
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(other) => Err(Failure::operand(position, "string", other)),
        None => Err(Failure::Operand(format!("operand {position} is missing"))),
    }
}

/// An argument that is not what the function is made for; the text holds no value.
pub(in crate::rego::builtins) fn refused(rule: &str) -> Failure {
    Failure::Operand(rule.to_owned())
}
