//! `io.jwt.decode_verify`: the claims of a token whose signature, issuer, audience and times are right.

use super::super::call::{Call, Failure, Meter};
use super::super::crypto::{
    Ed25519Key, Hash, Mac, PublicKey, RsaScheme, SaltLength, charge_hash, refused, string_operand,
};
use super::MAX_KEY_BYTES;
use super::decode::WRONG_TYPE;
use super::header::Header;
use super::keys::{Key, NamedKey, by_id, keys};
use super::token::{Token, object};
use crate::rego::value::{Number, Object, Value};

/// What the second argument asks for; empty texts ask for nothing.
struct Constraints<'a> {
    keys: Option<Vec<NamedKey>>,
    secret: &'a str,
    algorithm: &'a str,
    issuer: &'a str,
    audience: &'a str,
    /// Seconds since 1970, as OPA calculates them: nanoseconds as a double, divided.
    seconds: Number<'static>,
}

impl<'a> Constraints<'a> {
    fn read(constraints: &'a Object<'_>, call: &mut Call<'_>) -> Result<Self, Failure> {
        let mut time = None;
        let (mut keys_of_cert, mut secret, mut algorithm, mut issuer, mut audience) = (None, "", "", "", "");
        for (name, value) in constraints.entries() {
            let name = name.as_str().ok_or(WRONG_TYPE)?;
            match name {
                "cert" => keys_of_cert = Some(keys(text(value)?, call.meter)?),
                "secret" => secret = text(value)?,
                "alg" => algorithm = text(value)?,
                "iss" => issuer = text(value)?,
                "aud" => audience = text(value)?,
                "time" => time = Some(nanoseconds(value)?),
                _ => return Err(refused("unknown token validation constraint")),
            }
        }
        if secret.len() > MAX_KEY_BYTES {
            return Err(Failure::Limit("a key has more than 1 MiB"));
        }
        let time = match time {
            Some(time) => time,
            None => nanoseconds(&Value::integer(call.now.nanos()))?,
        };
        match (&keys_of_cert, secret.is_empty()) {
            (Some(_), false) => return Err(refused("duplicate key constraints")),
            (None, true) => return Err(refused("no key constraint")),
            (Some(_), true) | (None, false) => {}
        }
        // The shortest digits that read back as the same double.
        let seconds = Number::parse(&(time / 1e9).to_string()).ok_or(WRONG_TYPE)?;
        Ok(Self { keys: keys_of_cert, secret, algorithm, issuer, audience, seconds })
    }

    /// Whether a trusted key made the signature.
    fn verifies(
        &self,
        header: &Header,
        token: &Token<'_>,
        signature: &[u8],
        meter: &mut Meter,
    ) -> Result<bool, Failure> {
        let mut verifies = |key: &Key| jws_verifies(&header.algorithm, key, token.signed, signature, meter);
        let Some(keys) = &self.keys else {
            return verifies(&Key::Secret(self.secret.as_bytes().to_vec()));
        };
        if let Some(key) = by_id(keys, &header.key_id) {
            return verifies(&key.key);
        }
        for key in keys {
            let bound_to_another = !key.algorithm.is_empty() && key.algorithm != header.algorithm;
            if !bound_to_another && verifies(&key.key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the claims are for us, and now.
    fn admits(&self, claims: &Value<'_>) -> Result<bool, Failure> {
        if !self.issuer.is_empty() {
            match claims.get("iss") {
                Some(Value::String(issuer)) if issuer.as_str() == self.issuer => {}
                None | Some(Value::String(_)) => return Ok(false),
                Some(_) => return Err(WRONG_TYPE),
            }
        }
        let is_audience = |claim: &Value<'_>| claim.as_str() == Some(self.audience);
        let admitted = match claims.get("aud") {
            Some(Value::Array(audiences)) => audiences.iter().any(is_audience),
            Some(audience) => is_audience(audience),
            None => self.audience.is_empty(),
        };
        if !admitted {
            return Ok(false);
        }
        match claims.get("exp") {
            Some(Value::Number(end)) if self.seconds.cmp_to(end).is_ge() => return Ok(false),
            None | Some(Value::Number(_)) => {}
            Some(_) => return Err(refused("exp value must be a number")),
        }
        match claims.get("nbf") {
            Some(Value::Number(start)) if self.seconds.cmp_to(start).is_lt() => Ok(false),
            None | Some(Value::Number(_)) => Ok(true),
            Some(_) => Err(refused("nbf value must be a number")),
        }
    }
}

/// `io.jwt.decode_verify(token, constraints)`: `[true, header, claims]`, or `[false, {}, {}]`.
pub(super) fn decode_verify<'v>(
    call: &mut Call<'_>,
    arguments: &[Value<'v>],
) -> Result<Option<Value<'v>>, Failure> {
    let constraints = match arguments.get(1) {
        Some(Value::Object(constraints)) => Constraints::read(constraints, call)?,
        Some(other) => return Err(Failure::operand(2, "object", other)),
        None => return Err(refused("operand 2 is missing")),
    };
    let mut text = string_operand(arguments, 1)?.as_bytes().to_vec();
    let (header, payload) = loop {
        let token = Token::split(&text, call.meter)?;
        let decoded = token.decode_header(call.meter)?;
        let header = Header::read(&decoded)?;
        let wanted = constraints.algorithm;
        if !header.is_valid() || (!wanted.is_empty() && wanted != header.algorithm) {
            return Ok(Some(unverified()));
        }
        let signature = token.decode_signature(call.meter)?;
        if !constraints.verifies(&header, &token, &signature, call.meter)? {
            return Ok(Some(unverified()));
        }
        let payload = token.decode_payload(call.meter)?;
        // RFC 7519 section 5.2: nested, so the payload is the next token.
        if !folds_to_jwt(&header.content_type) {
            break (decoded, payload);
        }
        text = payload;
    };
    let claims = object(&payload, "invalid JSON", call.meter)?;
    if !constraints.admits(&claims)? {
        return Ok(Some(unverified()));
    }
    Ok(Some(Value::array(vec![Value::Bool(true), header, claims])))
}

fn unverified<'v>() -> Value<'v> {
    let empty = || Value::Object([].into_iter().collect());
    Value::array(vec![Value::Bool(false), empty(), empty()])
}

fn folds_to_jwt(content_type: &str) -> bool {
    content_type.eq_ignore_ascii_case("JWT")
}

fn text<'a>(value: &'a Value<'_>) -> Result<&'a str, Failure> {
    value.as_str().ok_or_else(|| refused("cert, secret, alg, iss and aud constraints must be strings"))
}

fn nanoseconds(value: &Value<'_>) -> Result<f64, Failure> {
    let time = match value {
        #[expect(clippy::as_conversions, reason = "invariant: OPA too rounds the time to a double")]
        Value::Number(Number::Int(time)) => *time as f64,
        Value::Number(Number::Decimal(digits)) => digits.parse::<f64>().unwrap_or(f64::NAN),
        Value::Null
        | Value::Bool(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_)
        | Value::Set(_) => return Err(refused("token time constraint: must be a number")),
    };
    if !time.is_finite() {
        return Err(refused("token time constraint: unvalid float64"));
    }
    // OPA takes -1 for no time, after it has refused all negative ones.
    if time < 0.0 {
        return Err(refused("token time constraint: must not be negative"));
    }
    Ok(time)
}

/// Whether a key made a signature by the algorithm that a token names. The second names of the algorithms are those of
/// the library that OPA asks; it takes them too.
fn jws_verifies(
    algorithm: &str,
    key: &Key,
    message: &[u8],
    signature: &[u8],
    meter: &mut Meter,
) -> Result<bool, Failure> {
    charge_hash(meter, message.len())?;
    let Some(method) = Method::named(algorithm) else {
        return Ok(false);
    };
    match (method, key) {
        (Method::Hmac(hash), Key::Secret(secret)) => {
            charge_hash(meter, secret.len())?;
            Ok(!secret.is_empty() && Mac::verifies(hash, secret, message, signature))
        }
        (Method::Rsa(scheme, hash), Key::Public(PublicKey::Rsa(key)) | Key::Private(PublicKey::Rsa(key))) => {
            key.charge(meter)?;
            Ok(key.verifies(scheme, hash, &hash.digest(&[message]), signature))
        }
        (Method::Ec(hash), Key::Public(PublicKey::Ec(key)) | Key::Private(PublicKey::Ec(key))) => {
            let size = key.curve().size();
            meter.steps(key.curve().steps())?;
            // RFC 7518 section 3.4: both numbers in the size of the curve.
            let halves = signature.split_at_checked(size).filter(|(_, s)| s.len() == size);
            Ok(halves.is_some_and(|(r, s)| key.verifies(&hash.digest(&[message]), r, s)))
        }
        (Method::Ed25519, Key::Public(PublicKey::Ed25519(key)) | Key::Private(PublicKey::Ed25519(key))) => {
            meter.steps(Ed25519Key::STEPS)?;
            Ok(key.verifies(message, signature))
        }
        (
            Method::Hmac(_) | Method::Rsa(..) | Method::Ec(_) | Method::Ed25519,
            Key::Public(_) | Key::Private(_) | Key::Secret(_) | Key::Unknown,
        ) => Ok(false),
    }
}

/// How a signature is made.
#[derive(Clone, Copy)]
pub(super) enum Method {
    Hmac(Hash),
    Rsa(RsaScheme, Hash),
    Ec(Hash),
    Ed25519,
}

impl Method {
    /// The method of a name.
    pub(super) fn named(algorithm: &str) -> Option<Self> {
        const PSS: RsaScheme = RsaScheme::Pss(SaltLength::Digest);
        Some(match algorithm {
            "HS256" | "HMAC_WITH_SHA256" => Self::Hmac(Hash::Sha256),
            "HS384" | "HMAC_WITH_SHA384" => Self::Hmac(Hash::Sha384),
            "HS512" | "HMAC_WITH_SHA512" => Self::Hmac(Hash::Sha512),
            "RS256" | "RSA_PKCS1v15_WITH_SHA256" => Self::Rsa(RsaScheme::Pkcs1, Hash::Sha256),
            "RS384" | "RSA_PKCS1v15_WITH_SHA384" => Self::Rsa(RsaScheme::Pkcs1, Hash::Sha384),
            "RS512" | "RSA_PKCS1v15_WITH_SHA512" => Self::Rsa(RsaScheme::Pkcs1, Hash::Sha512),
            "PS256" | "RSA_PSS_WITH_SHA256" => Self::Rsa(PSS, Hash::Sha256),
            "PS384" | "RSA_PSS_WITH_SHA384" => Self::Rsa(PSS, Hash::Sha384),
            "PS512" | "RSA_PSS_WITH_SHA512" => Self::Rsa(PSS, Hash::Sha512),
            "ES256" | "ECDSA_WITH_P256_AND_SHA256" => Self::Ec(Hash::Sha256),
            "ES384" | "ECDSA_WITH_P384_AND_SHA384" => Self::Ec(Hash::Sha384),
            "ES512" | "ECDSA_WITH_P521_AND_SHA512" => Self::Ec(Hash::Sha512),
            "EdDSA" | "Ed25519" => Self::Ed25519,
            _ => return None,
        })
    }
}
