//! Signing keys of every kind that RFC 7518 section 3.1 and RFC 8037 name for signatures with a public half.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::thread_rng;
use rsa::pkcs1v15;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use rsa::pss;
use rsa::signature::{RandomizedSigner, SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Sha256, Sha384, Sha512};

use crate::{Context, Error, Result};

/// Size of an RSA modulus in bits where nothing else is asked for (RFC 7518 section 3.3: at least 2048).
pub const RSA_BITS: usize = 2048;

/// A JWS signature algorithm (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names are the registry's own")]
pub enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512,
    EdDSA,
}

impl Algorithm {
    /// Every algorithm, for tests that go through them all.
    pub const ALL: [Self; 10] = [
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::ES512,
        Self::EdDSA,
    ];

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::EdDSA => "EdDSA",
        }
    }
}

/// A private key with the name and the algorithm it is used under.
pub struct TokenKey {
    /// `kid` of the key's JWK and, unless a token says otherwise, of what it signs.
    pub kid: String,
    /// The algorithm the key signs with unless a token says otherwise.
    pub algorithm: Algorithm,
    secret: Secret,
}

enum Secret {
    Rsa(Box<rsa::RsaPrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl TokenKey {
    /// Makes a new key that fits `algorithm`; `rsa_bits` is the size of the modulus where that is RSA.
    ///
    /// # Errors
    /// The size is not possible.
    pub fn generate(kid: impl Into<String>, algorithm: Algorithm, rsa_bits: usize) -> Result<Self> {
        use Algorithm as A;
        let random = &mut thread_rng();
        let secret = match algorithm {
            A::RS256 | A::RS384 | A::RS512 | A::PS256 | A::PS384 | A::PS512 => {
                let key = rsa::RsaPrivateKey::new(random, rsa_bits)
                    .context(|| format!("make an RSA key of {rsa_bits} bits"))?;
                Secret::Rsa(Box::new(key))
            }
            A::ES256 => Secret::P256(p256::ecdsa::SigningKey::random(random)),
            A::ES384 => Secret::P384(p384::ecdsa::SigningKey::random(random)),
            A::ES512 => Secret::P521(p521::ecdsa::SigningKey::random(random)),
            A::EdDSA => {
                let mut seed = [0_u8; 32];
                rand::RngCore::fill_bytes(random, &mut seed);
                Secret::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed))
            }
        };
        Ok(Self { kid: kid.into(), algorithm, secret })
    }

    /// Signs `message` under `algorithm`, in the form that JWS wants (RFC 7518 section 3.4: `r || s` for ECDSA).
    ///
    /// # Errors
    /// The key is of another kind than the algorithm, or signing failed.
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>> {
        use Algorithm as A;
        let signature = match (&self.secret, algorithm) {
            (Secret::Rsa(key), A::RS256) => pkcs1::<Sha256>(key, message)?,
            (Secret::Rsa(key), A::RS384) => pkcs1::<Sha384>(key, message)?,
            (Secret::Rsa(key), A::RS512) => pkcs1::<Sha512>(key, message)?,
            (Secret::Rsa(key), A::PS256) => probabilistic::<Sha256>(key, message)?,
            (Secret::Rsa(key), A::PS384) => probabilistic::<Sha384>(key, message)?,
            (Secret::Rsa(key), A::PS512) => probabilistic::<Sha512>(key, message)?,
            (Secret::P256(key), A::ES256) => {
                Signer::<p256::ecdsa::Signature>::try_sign(key, message).context(|| "sign")?.to_vec()
            }
            (Secret::P384(key), A::ES384) => {
                Signer::<p384::ecdsa::Signature>::try_sign(key, message).context(|| "sign")?.to_vec()
            }
            (Secret::P521(key), A::ES512) => {
                let sign = RandomizedSigner::<p521::ecdsa::Signature>::try_sign_with_rng;
                sign(key, &mut thread_rng(), message).context(|| "sign")?.to_vec()
            }
            (Secret::Ed25519(key), A::EdDSA) => {
                Signer::<ed25519_dalek::Signature>::try_sign(key, message).context(|| "sign")?.to_vec()
            }
            _ => return Err(Error::new(format!("key {} cannot sign {}", self.kid, algorithm.name()))),
        };
        Ok(signature)
    }

    /// The members of the public key's JWK that say what the key is: `kty` and its parameters (RFC 7518 section 6).
    pub fn public_members(&self) -> Map<String, Value> {
        let members = match &self.secret {
            Secret::Rsa(key) => {
                json!({ "kty": "RSA", "n": encode(&key.n().to_bytes_be()), "e": encode(&key.e().to_bytes_be()) })
            }
            Secret::P256(key) => curve("P-256", key.verifying_key().to_encoded_point(false).as_bytes()),
            Secret::P384(key) => curve("P-384", key.verifying_key().to_encoded_point(false).as_bytes()),
            Secret::P521(key) => {
                let public = p521::ecdsa::VerifyingKey::from(key);
                curve("P-521", public.to_encoded_point(false).as_bytes())
            }
            Secret::Ed25519(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(key.verifying_key().as_bytes()) })
            }
        };
        match members {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// The bytes that a careless verifier would take for an HMAC secret: the public key as PEM where it is RSA, the
    /// JWK's text otherwise (RFC 8725 section 2.1).
    pub(crate) fn confusable_secret(&self) -> Vec<u8> {
        if let Secret::Rsa(key) = &self.secret
            && let Ok(pem) = key.to_public_key().to_public_key_pem(LineEnding::LF)
        {
            return pem.into_bytes();
        }
        Value::Object(self.public_members()).to_string().into_bytes()
    }
}

fn pkcs1<D>(key: &rsa::RsaPrivateKey, message: &[u8]) -> Result<Vec<u8>>
where
    D: sha2::Digest + rsa::pkcs8::AssociatedOid,
{
    let signer = pkcs1v15::SigningKey::<D>::new(key.clone());
    Ok(signer.try_sign(message).context(|| "sign with RSASSA-PKCS1-v1_5")?.to_vec())
}

/// RFC 7518 section 3.5: the salt is as long as the hash.
fn probabilistic<D>(key: &rsa::RsaPrivateKey, message: &[u8]) -> Result<Vec<u8>>
where
    D: sha2::Digest + sha2::digest::FixedOutputReset,
{
    let signer = pss::SigningKey::<D>::new(key.clone());
    Ok(signer.try_sign_with_rng(&mut thread_rng(), message).context(|| "sign with RSASSA-PSS")?.to_vec())
}

/// An uncompressed point is `04 || x || y`, both halves as long as the field (RFC 7518 section 6.2.1.2).
fn curve(name: &str, point: &[u8]) -> Value {
    let coordinates = point.get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    json!({ "kty": "EC", "crv": name, "x": encode(x), "y": encode(y) })
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
