//! `io.jwt.verify_*`: whether a signature is good, and nothing else about a token.

use super::super::call::{Call, Failure, Meter};
use super::super::crypto::{
    Ed25519Key, Hash, Mac, PublicKey, RsaScheme, SaltLength, charge_hash, string_operand,
};
use super::MAX_KEY_BYTES;
use super::header::Header;
use super::keys::{Key, by_id, keys};
use super::token::Token;
use crate::rego::value::Value;

type Answer<'v> = Result<Option<Value<'v>>, Failure>;

/// What one of the functions checks.
#[derive(Clone, Copy)]
enum Method {
    Rsa(RsaScheme, Hash),
    /// On any curve: the function names the hash only.
    Ec(Hash),
    Ed25519,
}

impl Method {
    /// Whether the key made the signature. A key of another kind did not.
    fn verifies(
        self,
        key: &Key,
        message: &[u8],
        signature: &[u8],
        meter: &mut Meter,
    ) -> Result<bool, Failure> {
        charge_hash(meter, message.len())?;
        match (self, key) {
            (Self::Rsa(scheme, hash), Key::Public(PublicKey::Rsa(key))) => {
                key.charge(meter)?;
                Ok(key.verifies(scheme, hash, &hash.digest(&[message]), signature))
            }
            (Self::Ec(hash), Key::Public(PublicKey::Ec(key))) => {
                meter.steps(key.curve().steps())?;
                let (r, s) = signature.split_at_checked(signature.len() / 2).unwrap_or_default();
                Ok(key.verifies(&hash.digest(&[message]), r, s))
            }
            (Self::Ed25519, Key::Public(PublicKey::Ed25519(key))) => {
                meter.steps(Ed25519Key::STEPS)?;
                Ok(key.verifies(message, signature))
            }
            _ => Ok(false),
        }
    }
}

fn verify<'v>(call: &mut Call<'_>, arguments: &[Value<'v>], method: Method) -> Answer<'v> {
    let token = Token::split(string_operand(arguments, 1)?.as_bytes(), call.meter)?;
    let keys = keys(string_operand(arguments, 2)?, call.meter)?;
    let signature = token.decode_signature(call.meter)?;
    let header = Header::read(&token.decode_header(call.meter)?)?;
    if let Some(key) = by_id(&keys, &header.key_id) {
        let good = method.verifies(&key.key, token.signed, &signature, call.meter)?;
        return Ok(Some(Value::Bool(good)));
    }
    for key in keys {
        let bound_to_another = !key.algorithm.is_empty() && key.algorithm != header.algorithm;
        if !bound_to_another && method.verifies(&key.key, token.signed, &signature, call.meter)? {
            return Ok(Some(Value::Bool(true)));
        }
    }
    Ok(Some(Value::Bool(false)))
}

fn verify_secret<'v>(call: &mut Call<'_>, arguments: &[Value<'v>], hash: Hash) -> Answer<'v> {
    let text = string_operand(arguments, 1)?;
    let secret = string_operand(arguments, 2)?;
    if secret.len() > MAX_KEY_BYTES {
        return Err(Failure::Limit("a key has more than 1 MiB"));
    }
    let token = Token::split(text.as_bytes(), call.meter)?;
    charge_hash(call.meter, token.signed.len().saturating_add(secret.len()))?;
    let signature = token.decode_signature(call.meter)?;
    Ok(Some(Value::Bool(Mac::verifies(hash, secret.as_bytes(), token.signed, &signature))))
}

const PKCS1: RsaScheme = RsaScheme::Pkcs1;
const PSS: RsaScheme = RsaScheme::Pss(SaltLength::Any);

/// Defines the functions that OPA calls by these names.
macro_rules! verifiers {
    ($($(#[$doc:meta])* $name:ident = $verify:ident($($method:tt)*);)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Answer<'v> {
            $verify(call, arguments, $($method)*)
        }
    )*};
}

verifiers! {
    /// `io.jwt.verify_rs256(token, keys)`.
    verify_rs256 = verify(Method::Rsa(PKCS1, Hash::Sha256));
    /// `io.jwt.verify_rs384(token, keys)`.
    verify_rs384 = verify(Method::Rsa(PKCS1, Hash::Sha384));
    /// `io.jwt.verify_rs512(token, keys)`.
    verify_rs512 = verify(Method::Rsa(PKCS1, Hash::Sha512));
    /// `io.jwt.verify_ps256(token, keys)`.
    verify_ps256 = verify(Method::Rsa(PSS, Hash::Sha256));
    /// `io.jwt.verify_ps384(token, keys)`.
    verify_ps384 = verify(Method::Rsa(PSS, Hash::Sha384));
    /// `io.jwt.verify_ps512(token, keys)`.
    verify_ps512 = verify(Method::Rsa(PSS, Hash::Sha512));
    /// `io.jwt.verify_es256(token, keys)`.
    verify_es256 = verify(Method::Ec(Hash::Sha256));
    /// `io.jwt.verify_es384(token, keys)`.
    verify_es384 = verify(Method::Ec(Hash::Sha384));
    /// `io.jwt.verify_es512(token, keys)`.
    verify_es512 = verify(Method::Ec(Hash::Sha512));
    /// `io.jwt.verify_eddsa(token, keys)`.
    verify_eddsa = verify(Method::Ed25519);
    /// `io.jwt.verify_hs256(token, secret)`.
    verify_hs256 = verify_secret(Hash::Sha256);
    /// `io.jwt.verify_hs384(token, secret)`.
    verify_hs384 = verify_secret(Hash::Sha384);
    /// `io.jwt.verify_hs512(token, secret)`.
    verify_hs512 = verify_secret(Hash::Sha512);
}
