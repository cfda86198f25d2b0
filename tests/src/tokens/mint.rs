//! Minting: a compact JWS (RFC 7515 section 7.1) from a specification, and the ways to spoil one.

use hmac::{Hmac, Mac};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::jwks::overlay;
use super::keys::encode;
use super::{Algorithm, TokenKey};
use crate::{Context, Result};

/// What a token says and how it is spoiled. Which key signs it is the caller's business.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenSpec {
    /// Signature algorithm; the key's own if absent. Must fit the key.
    pub alg: Option<Algorithm>,
    /// Members put on top of `alg`, `kid` and `typ: JWT`; a `null` takes one away. Does not change how it is signed.
    pub header: Map<String, Value>,
    /// Claims, put on top of the times below; a `null` takes one away.
    pub claims: Map<String, Value>,
    /// `exp`, in seconds from now.
    pub exp_in: i64,
    /// `nbf`, in seconds from now; absent if not given.
    pub nbf_in: Option<i64>,
    /// `iat`, in seconds from now.
    pub iat_in: i64,
    /// What is done to the token after all that.
    pub tamper: Option<Tamper>,
}

impl Default for TokenSpec {
    fn default() -> Self {
        Self {
            alg: None,
            header: Map::new(),
            claims: Map::new(),
            // With `iat` a lifetime below one hour, which is a usual limit.
            exp_in: 3000,
            nbf_in: None,
            iat_in: -10,
            tamper: None,
        }
    }
}

impl TokenSpec {
    /// A token with these claims and the usual times.
    pub fn claims(claims: Value) -> Self {
        let claims = match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        };
        Self { claims, ..Self::default() }
    }
}

/// A way to spoil a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tamper {
    /// One claim more than was signed.
    Payload,
    /// One bit of the signature flipped.
    Signature,
    /// `alg: none` and no signature (RFC 8725 section 2.1).
    NoneAlg,
    /// `alg: HS256`, with the public key as the secret (RFC 8725 section 2.1).
    Hs256Confusion,
}

/// Makes the token that `spec` describes, signed with `key`, at `now` (seconds since the Unix epoch).
///
/// # Errors
/// The key does not fit the algorithm, or signing failed.
pub fn mint(spec: &TokenSpec, key: &TokenKey, now: i64) -> Result<String> {
    let algorithm = spec.alg.unwrap_or(key.algorithm);
    let mut header = Map::new();
    let written = match spec.tamper {
        Some(Tamper::NoneAlg) => "none",
        Some(Tamper::Hs256Confusion) => "HS256",
        Some(Tamper::Payload | Tamper::Signature) | None => algorithm.name(),
    };
    header.insert("alg".into(), json!(written));
    header.insert("kid".into(), json!(key.kid));
    header.insert("typ".into(), json!("JWT"));
    overlay(&mut header, &spec.header);

    let mut claims = Map::new();
    claims.insert("iat".into(), json!(now.saturating_add(spec.iat_in)));
    claims.insert("exp".into(), json!(now.saturating_add(spec.exp_in)));
    if let Some(nbf_in) = spec.nbf_in {
        claims.insert("nbf".into(), json!(now.saturating_add(nbf_in)));
    }
    overlay(&mut claims, &spec.claims);

    let header = encode(Value::Object(header).to_string().as_bytes());
    let mut payload = encode(Value::Object(claims.clone()).to_string().as_bytes());
    let signed = format!("{header}.{payload}");
    let mut signature = match spec.tamper {
        Some(Tamper::NoneAlg) => Vec::new(),
        Some(Tamper::Hs256Confusion) => keyed_hash(&key.confusable_secret(), signed.as_bytes())?,
        Some(Tamper::Payload | Tamper::Signature) | None => key.sign(algorithm, signed.as_bytes())?,
    };
    match spec.tamper {
        Some(Tamper::Payload) => {
            claims.insert("tampered".into(), json!(true));
            payload = encode(Value::Object(claims).to_string().as_bytes());
        }
        Some(Tamper::Signature) => {
            let middle = signature.len() / 2;
            if let Some(byte) = signature.get_mut(middle) {
                *byte ^= 1;
            }
        }
        Some(Tamper::NoneAlg | Tamper::Hs256Confusion) | None => {}
    }
    Ok(format!("{header}.{payload}.{}", encode(&signature)))
}

fn keyed_hash(secret: &[u8], message: &[u8]) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).context(|| "an HMAC of any key length")?;
    mac.update(message);
    Ok(mac.finalize().into_bytes().to_vec())
}
