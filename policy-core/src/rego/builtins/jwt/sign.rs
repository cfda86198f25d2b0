//! `io.jwt.encode_sign` and `io.jwt.encode_sign_raw`: tokens that a policy makes.
//!
//! Every algorithm is offered, each without randomness: HMAC, RSASSA-PKCS1-v1_5 and EdDSA have none; ECDSA takes its
//! nonce, and RSASSA-PSS its salt, from key and message (RFC 6979; RFC 8017 section 9.1 lets the salt be anything). So
//! where OPA's signature is another one each time, ours is one of those that it could make.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::call::{Call, Failure};
use super::super::crypto::{
    EcSecret, Ed25519Key, Mac, RsaNumbers, RsaSecret, charge_hash, refused, string_operand,
};
use super::MAX_TOKEN_BYTES;
use super::decode_verify::Method;
use super::json::{self, Json, JsonError};
use super::jwk::{Material, parse_set};
use crate::rego::value::Value;

/// `io.jwt.encode_sign(headers, payload, key)`.
pub(super) fn encode_sign<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    let mut texts = [const { String::new() }; 3];
    for (position, (text, value)) in texts.iter_mut().zip(arguments).enumerate() {
        if !value.is_object() {
            return Err(Failure::operand(position.saturating_add(1), "object", value));
        }
        call.meter.makes(value.size_in_bytes().saturating_mul(2))?;
        *text = value.to_json();
    }
    let [headers, payload, key] = texts;
    sign(call, &headers, &payload, &key)
}

/// `io.jwt.encode_sign_raw(headers, payload, key)`, all three as JSON texts.
pub(super) fn encode_sign_raw<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    let key = string_operand(arguments, 3)?;
    let headers = string_operand(arguments, 1)?;
    let payload = string_operand(arguments, 2)?;
    sign(call, headers, payload, key)
}

fn sign<'v>(
    call: &mut Call<'_>,
    headers: &str,
    payload: &str,
    key: &str,
) -> Result<Option<Value<'v>>, Failure> {
    let bytes = headers.len().saturating_add(payload.len());
    if bytes > MAX_TOKEN_BYTES || key.len() > super::MAX_KEY_BYTES {
        return Err(Failure::Limit("a token to be signed, or its key, is too large"));
    }
    let key = parse_set(key.as_bytes(), call.meter)?.into_iter().next();
    let key = key.ok_or_else(|| refused("no keys found in JWK set"))?;

    json::charge(call.meter, bytes)?;
    let headers_read = json::parse(headers.as_bytes())
        // The library that reads these headers in OPA takes more than JSON.
        .map_err(|_| Failure::Limit("the headers of a token to be signed are not JSON"))?;
    let header = |name: &str| {
        let Json::Object(members) = &headers_read else {
            return None;
        };
        // That library takes the first of members of one name.
        members.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    };
    let Some(Json::String(algorithm)) = header("alg") else {
        return Err(refused("missing or invalid 'alg' header"));
    };
    let method = Some(algorithm.as_str())
        .filter(|name| *name != "Ed25519" && !name.contains('_'))
        .and_then(Method::named)
        .ok_or_else(|| refused("unknown JWS algorithm"))?;
    let is_jwt = match header("typ") {
        Some(Json::String(kind)) => kind == "JWT",
        _ => true,
    };
    if is_jwt {
        match json::parse(payload.as_bytes()) {
            Ok(_) => {}
            Err(JsonError::Syntax) => return Err(refused("type is JWT but payload is not JSON")),
            Err(error @ JsonError::Depth) => return Err(error.failure("")),
        }
    }

    call.meter.makes(bytes.saturating_mul(2))?;
    let mut token = URL_SAFE_NO_PAD.encode(headers);
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(payload));
    let signature = signature(call, method, &key.material, token.as_bytes())?;
    let signature = signature.ok_or_else(|| refused("the key cannot sign with this algorithm"))?;
    token.push('.');
    token.push_str(&URL_SAFE_NO_PAD.encode(signature));
    Ok(Some(Value::from(token)))
}

/// The signature; `None` if the key is of another kind, or unfit.
fn signature(
    call: &mut Call<'_>,
    method: Method,
    key: &Material,
    message: &[u8],
) -> Result<Option<Vec<u8>>, Failure> {
    charge_hash(call.meter, message.len())?;
    match (method, key) {
        (Method::Hmac(hash), Material::Secret(secret)) => {
            charge_hash(call.meter, secret.len())?;
            Ok(Some(Mac::code(hash, secret, message)))
        }
        // In OPA the keys of EdDSA are bytes, so they are secrets too.
        (Method::Hmac(hash), Material::Ed25519(key)) => Ok(Some(Mac::code(hash, &key.0, message))),
        (Method::Hmac(hash), Material::Ed25519Private(secret)) => {
            Ok(Some(Mac::code(hash, &secret.key_pair(), message)))
        }
        (Method::Rsa(scheme, hash), Material::RsaPrivate(key)) => {
            let [p, q] = &key.primes;
            let [dp, dq, inverse] = &key.derived;
            let derived = match (dp, dq, inverse) {
                (Some(dp), Some(dq), Some(inverse)) => Some([dp.as_slice(), dq, inverse]),
                _ => None,
            };
            let numbers = RsaNumbers {
                modulus: &key.modulus,
                exponent: key.public.exponent,
                private: &key.private,
                primes: [p, q],
                derived,
            };
            let Some(secret) = RsaSecret::new(&numbers, call.meter)? else {
                return Ok(None);
            };
            secret.sign(scheme, hash, message, call.meter)
        }
        (Method::Ec(hash), Material::EcPrivate(key, number)) => {
            let curve = key.curve();
            call.meter.steps(curve.steps())?;
            Ok(EcSecret::new(curve, number).and_then(|secret| secret.sign(hash, message)))
        }
        (Method::Ed25519, Material::Ed25519Private(secret)) => {
            call.meter.steps(Ed25519Key::STEPS)?;
            Ok(Some(secret.sign(message)))
        }
        _ => Ok(None),
    }
}
