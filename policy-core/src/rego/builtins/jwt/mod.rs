//! `io.jwt.*`: tokens that a policy decodes, verifies and makes itself.
//!
//! This is not how Doorward authenticates a request: that is `crate::jwt`, with its stricter rules. Here a policy asks
//! what OPA would answer, keys of any quality and `HS256` included.
//!
//! ```text
//! token ─ token ─▶ parts ─ header ─▶ alg, kid ┐
//! cert ─ keys (PEM or jwk) ─▶ keys ───────────┴─ verify ─▶ true, false
//! ```
//! What is wrong with a token's form, or a key's, is a failure; a wrong signature is an answer.

mod decode;
mod decode_verify;
mod header;
mod json;
mod jwk;
mod keys;
mod sign;
#[cfg(test)]
mod tests;
mod token;
mod verify;

use super::call::Run;

/// The names and functions of this family.
pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("io.jwt.decode", decode::decode),
    ("io.jwt.decode_verify", decode_verify::decode_verify),
    ("io.jwt.encode_sign", sign::encode_sign),
    ("io.jwt.encode_sign_raw", sign::encode_sign_raw),
    ("io.jwt.verify_eddsa", verify::verify_eddsa),
    ("io.jwt.verify_es256", verify::verify_es256),
    ("io.jwt.verify_es384", verify::verify_es384),
    ("io.jwt.verify_es512", verify::verify_es512),
    ("io.jwt.verify_hs256", verify::verify_hs256),
    ("io.jwt.verify_hs384", verify::verify_hs384),
    ("io.jwt.verify_hs512", verify::verify_hs512),
    ("io.jwt.verify_ps256", verify::verify_ps256),
    ("io.jwt.verify_ps384", verify::verify_ps384),
    ("io.jwt.verify_ps512", verify::verify_ps512),
    ("io.jwt.verify_rs256", verify::verify_rs256),
    ("io.jwt.verify_rs384", verify::verify_rs384),
    ("io.jwt.verify_rs512", verify::verify_rs512),
];

/// Bytes of a token: as in the configuration of providers, and room for one that is nested.
const MAX_TOKEN_BYTES: usize = 256 * 1024;

/// Bytes of a key or a set of keys.
const MAX_KEY_BYTES: usize = crate::jwt::MAX_JWKS_BYTES;
