//! Tokens of the corpus: from their description to their text, good or broken in one stated way.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::material::Keys;
use crate::tokens::Algorithm;
use crate::{Context, Error, Result};

/// A token as a case describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenSpec {
    /// The lab's key that signs.
    pub key: String,
    /// Algorithm; the key's own unless given.
    pub alg: Option<Algorithm>,
    /// Members on top of `alg`, `kid` and `typ`; a `null` takes one away.
    pub header: Map<String, Value>,
    /// Claims on top of the dates; a `null` takes one away.
    pub claims: Map<String, Value>,
    /// `exp`, seconds from now.
    pub exp_in: Option<i64>,
    /// `iat`, seconds from now.
    pub iat_in: Option<i64>,
    /// `nbf`, seconds from now.
    pub nbf_in: Option<i64>,
    /// The header's JSON, as it is.
    pub header_text: Option<String>,
    /// The payload's JSON, as it is.
    pub payload_text: Option<String>,
    /// What is done to the finished token.
    pub tamper: Option<Tamper>,
    /// The request header that carries it; `none` sends it only where a text names it.
    pub to: String,
    /// What stands before it; `Bearer ` for `authorization`, otherwise nothing, unless given.
    pub prefix: Option<String>,
}

impl Default for TokenSpec {
    fn default() -> Self {
        Self {
            key: "staff-p256".to_owned(),
            alg: None,
            header: Map::new(),
            claims: Map::new(),
            exp_in: Some(600),
            iat_in: Some(-10),
            nbf_in: None,
            header_text: None,
            payload_text: None,
            tamper: None,
            to: "authorization".to_owned(),
            prefix: None,
        }
    }
}

/// A way to spoil a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tamper {
    /// The payload says `admin: true` beside what was signed.
    Payload,
    /// One bit of the signature is flipped.
    Signature,
    /// `alg: none` and no signature (RFC 8725, section 2.1).
    NoneAlg,
    /// `alg: none` and the old signature.
    NoneAlgSigned,
    /// `alg: HS256` with the public key as the secret (RFC 8725, section 2.1).
    Hs256,
    /// The signature's last byte is gone.
    ShortSignature,
    /// `=` behind the signature.
    Padding,
    /// A fourth part.
    FourParts,
    /// Two parts only.
    TwoParts,
    /// A bit that base64url does not use is set at the end of the signature.
    TailBit,
    /// The ECDSA signature is in DER (RFC 7518, section 3.4 wants `r || s`).
    Der,
    /// A byte behind the token that is none of base64url's.
    Illegal,
}

/// The text of the token at `now`, seconds since 1970.
///
/// # Errors
/// There is no such key, or it cannot sign that way.
pub fn mint(spec: &TokenSpec, keys: &Keys, now: i64) -> Result<String> {
    let key = keys.get(&spec.key)?;
    let algorithm = spec.alg.unwrap_or(key.algorithm);
    let written = match spec.tamper {
        Some(Tamper::NoneAlg | Tamper::NoneAlgSigned) => "none",
        Some(Tamper::Hs256) => "HS256",
        _ => algorithm.name(),
    };
    let mut header = Map::new();
    header.insert("alg".to_owned(), json!(written));
    header.insert("kid".to_owned(), json!(key.kid));
    header.insert("typ".to_owned(), json!("JWT"));
    put(&mut header, &spec.header);
    let mut claims = Map::new();
    for (name, offset) in [("exp", spec.exp_in), ("iat", spec.iat_in), ("nbf", spec.nbf_in)] {
        if let Some(offset) = offset {
            claims.insert(name.to_owned(), json!(now.saturating_add(offset)));
        }
    }
    put(&mut claims, &spec.claims);

    let header = encode(spec.header_text.clone().unwrap_or_else(|| Value::Object(header).to_string()));
    let payload = spec.payload_text.clone().unwrap_or_else(|| Value::Object(claims.clone()).to_string());
    let signed = format!("{header}.{}", encode(&payload));
    let signature = match spec.tamper {
        Some(Tamper::Hs256) => keyed_hash(&key.confusable_secret(), signed.as_bytes())?,
        _ => key.sign(algorithm, signed.as_bytes())?,
    };
    spoiled(spec.tamper, &signed, signature, &header, claims)
}

fn spoiled(
    tamper: Option<Tamper>,
    signed: &str,
    mut signature: Vec<u8>,
    header: &str,
    mut claims: Map<String, Value>,
) -> Result<String> {
    let whole = |signature: &[u8]| format!("{signed}.{}", encode(signature));
    Ok(match tamper {
        None | Some(Tamper::Hs256 | Tamper::NoneAlgSigned) => whole(&signature),
        Some(Tamper::Payload) => {
            claims.insert("admin".to_owned(), json!(true));
            format!("{header}.{}.{}", encode(Value::Object(claims).to_string()), encode(&signature))
        }
        Some(Tamper::Signature) => {
            let middle = signature.len() / 2;
            if let Some(byte) = signature.get_mut(middle) {
                *byte ^= 1;
            }
            whole(&signature)
        }
        Some(Tamper::NoneAlg) => format!("{signed}."),
        Some(Tamper::ShortSignature) => {
            signature.pop();
            whole(&signature)
        }
        Some(Tamper::Padding) => format!("{}=", whole(&signature)),
        Some(Tamper::FourParts) => format!("{}.e30", whole(&signature)),
        Some(Tamper::TwoParts) => signed.to_owned(),
        Some(Tamper::TailBit) => with_tail_bit(&whole(&signature))?,
        Some(Tamper::Der) => {
            let der =
                p256::ecdsa::Signature::from_slice(&signature).context(|| "an ES256 signature")?.to_der();
            whole(der.as_bytes())
        }
        Some(Tamper::Illegal) => format!("{}!", whole(&signature)),
    })
}

/// The last character's lowest bit carries nothing where the length leaves bits over (64 bytes leave four).
fn with_tail_bit(token: &str) -> Result<String> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = token.to_owned();
    let last = text.pop().and_then(|last| ALPHABET.find(last)).context(|| "a token ends in base64url")?;
    let other = ALPHABET.chars().nth(last ^ 1).context(|| "base64url has 64 characters")?;
    if last & 1 != 0 {
        return Err(Error::new("this signature's length leaves no bits over"));
    }
    text.push(other);
    Ok(text)
}

fn put(members: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (name, value) in changes {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn keyed_hash(secret: &[u8], message: &[u8]) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).context(|| "an HMAC of any key length")?;
    mac.update(message);
    Ok(mac.finalize().into_bytes().to_vec())
}
