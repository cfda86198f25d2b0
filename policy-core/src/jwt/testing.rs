//! A token workshop for the tests: any header, claims and signature, right or wrong, with fixed published
//! keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p521::ecdsa::signature::{RandomizedSigner as _, Signer as _};
use rsa::rand_core::{CryptoRng, Error, RngCore, impls};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::{
    Algorithm, DEFAULT_MAX_TOKEN_BYTES, Holder, JwksProfile, JwtError, KeySet, Profile, Provider,
    ProviderSettings, UnverifiedJwt, VerifiedClaims,
};
use crate::time::UnixTime;

/// The present of all tests, in seconds since 1970.
pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://sso.corp.example.com/realms/staff";
pub(crate) const AUDIENCE: &str = "accounts";
pub(crate) const WORKLOAD: &str = "spiffe://corp.example.com/ns/payment/sa/processor";

pub(crate) fn now() -> UnixTime {
    UnixTime::from_secs(NOW)
}

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Who signs: one published test key each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signer {
    RsaA,
    RsaB,
    P256,
    P384,
    P521,
    Ed25519,
}

impl Signer {
    pub(crate) const ALL: [Self; 6] =
        [Self::RsaA, Self::RsaB, Self::P256, Self::P384, Self::P521, Self::Ed25519];

    /// A signer for an algorithm.
    pub(crate) fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::P256,
            Algorithm::Es384 => Self::P384,
            Algorithm::Es512 => Self::P521,
            Algorithm::EdDsa => Self::Ed25519,
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => Self::RsaA,
        }
    }

    pub(crate) fn key_id(self) -> &'static str {
        match self {
            Self::RsaA => "rsa-a",
            Self::RsaB => "rsa-b",
            Self::P256 => "p256",
            Self::P384 => "p384",
            Self::P521 => "p521",
            Self::Ed25519 => "ed25519",
        }
    }

    /// The public key, without `use` and `alg`.
    pub(crate) fn jwk(self) -> Map<String, Value> {
        let jwk = match self {
            Self::RsaA | Self::RsaB => {
                let private = self.rsa_jwk();
                json!({"kty": "RSA", "kid": self.key_id(), "n": private["n"], "e": private["e"]})
            }
            Self::P256 => {
                let key = p256_key();
                let point = key.verifying_key().to_encoded_point(false);
                json!({"kty": "EC", "crv": "P-256", "kid": "p256",
                    "x": base64url(point.x().unwrap()), "y": base64url(point.y().unwrap())})
            }
            Self::P384 => {
                let key = p384_key();
                let point = key.verifying_key().to_encoded_point(false);
                json!({"kty": "EC", "crv": "P-384", "kid": "p384",
                    "x": base64url(point.x().unwrap()), "y": base64url(point.y().unwrap())})
            }
            Self::P521 => {
                let point = p521::ecdsa::VerifyingKey::from(&p521_key()).to_encoded_point(false);
                json!({"kty": "EC", "crv": "P-521", "kid": "p521",
                    "x": base64url(point.x().unwrap()), "y": base64url(point.y().unwrap())})
            }
            Self::Ed25519 => {
                let point = ed25519_key().verifying_key().to_bytes();
                json!({"kty": "OKP", "crv": "Ed25519", "kid": "ed25519", "x": base64url(point)})
            }
        };
        object(jwk)
    }

    /// The whole private RSA key as published in the test data.
    pub(crate) fn rsa_jwk(self) -> Value {
        let text = match self {
            Self::RsaB => include_str!("../../tests-data/jwt/rsa-b.private-test-key.jwk.json"),
            Self::RsaA | Self::P256 | Self::P384 | Self::P521 | Self::Ed25519 => {
                include_str!("../../tests-data/jwt/rsa-a.private-test-key.jwk.json")
            }
        };
        serde_json::from_str(text).unwrap()
    }

    fn rsa_key(self) -> rsa::RsaPrivateKey {
        let jwk = self.rsa_jwk();
        let number = |member: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(jwk[member].as_str().unwrap()).unwrap();
            rsa::BigUint::from_bytes_be(&bytes)
        };
        let primes = vec![number("p"), number("q")];
        rsa::RsaPrivateKey::from_components(number("n"), number("e"), number("d"), primes).unwrap()
    }

    pub(crate) fn sign(self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        let mut random = Fixed(1);
        match algorithm {
            Algorithm::Rs256 => {
                self.rsa_key().sign(rsa::Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message)).unwrap()
            }
            Algorithm::Rs384 => {
                self.rsa_key().sign(rsa::Pkcs1v15Sign::new::<Sha384>(), &Sha384::digest(message)).unwrap()
            }
            Algorithm::Rs512 => {
                self.rsa_key().sign(rsa::Pkcs1v15Sign::new::<Sha512>(), &Sha512::digest(message)).unwrap()
            }
            Algorithm::Ps256 => {
                let digest = Sha256::digest(message);
                self.rsa_key().sign_with_rng(&mut random, rsa::Pss::new::<Sha256>(), &digest).unwrap()
            }
            Algorithm::Ps384 => {
                let digest = Sha384::digest(message);
                self.rsa_key().sign_with_rng(&mut random, rsa::Pss::new::<Sha384>(), &digest).unwrap()
            }
            Algorithm::Ps512 => {
                let digest = Sha512::digest(message);
                self.rsa_key().sign_with_rng(&mut random, rsa::Pss::new::<Sha512>(), &digest).unwrap()
            }
            Algorithm::Es256 => {
                let signature: p256::ecdsa::Signature = p256_key().sign(message);
                signature.to_vec()
            }
            Algorithm::Es384 => {
                let signature: p384::ecdsa::Signature = p384_key().sign(message);
                signature.to_vec()
            }
            Algorithm::Es512 => p521_key().sign_with_rng(&mut random, message).to_vec(),
            Algorithm::EdDsa => {
                let signature = ed25519_dalek::Signer::sign(&ed25519_key(), message);
                signature.to_vec()
            }
        }
    }
}

// TEST KEYS: published, fixed numbers. Never use them for anything else.
pub(crate) fn p256_key() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[0x25; 32]).unwrap()
}

fn p384_key() -> p384::ecdsa::SigningKey {
    p384::ecdsa::SigningKey::from_slice(&[0x38; 48]).unwrap()
}

fn p521_key() -> p521::ecdsa::SigningKey {
    let mut number = [0x52; 66];
    number[0] = 0;
    p521::ecdsa::SigningKey::from_slice(&number).unwrap()
}

fn ed25519_key() -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[0xed; 32])
}

/// Reproducible numbers (SplitMix64): for salts in tests and for choosing mutations.
pub(crate) struct Fixed(pub(crate) u64);

impl Fixed {
    /// A number from 0, below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next_u32()).unwrap().checked_rem(end).unwrap()
    }
}

impl RngCore for Fixed {
    fn next_u32(&mut self) -> u32 {
        u32::try_from(self.next_u64() >> 32).unwrap()
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        impls::fill_bytes_via_next(self, bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Fixed {}

/// A token under construction: good as it is, until a test changes it.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) signer: Signer,
    pub(crate) algorithm: Algorithm,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    header_text: Option<String>,
    claims_text: Option<String>,
}

impl Token {
    /// A good token of [`Profile::Jwt`].
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let signer = Signer::of(algorithm);
        Self {
            signer,
            algorithm,
            header: object(json!({"alg": algorithm.as_str(), "kid": signer.key_id(), "typ": "JWT"})),
            claims: object(json!({
                "iss": ISSUER, "sub": "alice", "aud": [AUDIENCE], "exp": NOW + 600, "nbf": NOW - 60, "iat": NOW - 60,
                "groups": ["db-reader-callers"],
            })),
            header_text: None,
            claims_text: None,
        }
    }

    /// A good token of [`Profile::AccessToken`].
    pub(crate) fn access_token() -> Self {
        Self::new(Algorithm::Es256)
            .header("typ", json!("at+jwt"))
            .claim("client_id", json!("shop"))
            .claim("jti", json!("1"))
    }

    /// A good token of [`Profile::JwtSvid`].
    pub(crate) fn svid() -> Self {
        Self::new(Algorithm::Es256).claim("sub", json!(WORKLOAD)).without_claim("iss").without_claim("nbf")
    }

    pub(crate) fn signed_by(mut self, signer: Signer) -> Self {
        self.signer = signer;
        self
    }

    pub(crate) fn header(mut self, member: &str, value: Value) -> Self {
        self.header.insert(member.to_owned(), value);
        self
    }

    pub(crate) fn without_header(mut self, member: &str) -> Self {
        self.header.remove(member);
        self
    }

    pub(crate) fn claim(mut self, claim: &str, value: Value) -> Self {
        self.claims.insert(claim.to_owned(), value);
        self
    }

    pub(crate) fn without_claim(mut self, claim: &str) -> Self {
        self.claims.remove(claim);
        self
    }

    /// The header as this text, whatever it is.
    pub(crate) fn header_text(mut self, text: &str) -> Self {
        self.header_text = Some(text.to_owned());
        self
    }

    /// The payload as this text, whatever it is.
    pub(crate) fn claims_text(mut self, text: &str) -> Self {
        self.claims_text = Some(text.to_owned());
        self
    }

    /// The claims as JSON text, for a test that adds something JSON values cannot express.
    pub(crate) fn claims_json(&self) -> String {
        Value::Object(self.claims.clone()).to_string()
    }

    /// The first two parts.
    pub(crate) fn signing_input(&self) -> String {
        let header =
            self.header_text.clone().unwrap_or_else(|| Value::Object(self.header.clone()).to_string());
        let claims = self.claims_text.clone().unwrap_or_else(|| self.claims_json());
        format!("{}.{}", base64url(header), base64url(claims))
    }

    pub(crate) fn sign(&self) -> String {
        let input = self.signing_input();
        let signature = self.signer.sign(self.algorithm, input.as_bytes());
        format!("{input}.{}", base64url(signature))
    }

    /// The token with this signature, whatever it is.
    pub(crate) fn with_signature(&self, signature: &[u8]) -> String {
        format!("{}.{}", self.signing_input(), base64url(signature))
    }
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { panic!("not an object") };
    members
}

/// The set of these keys as text.
pub(crate) fn jwks(keys: impl IntoIterator<Item = Map<String, Value>>) -> Vec<u8> {
    let keys: Vec<_> = keys.into_iter().map(Value::Object).collect();
    json!({ "keys": keys }).to_string().into_bytes()
}

pub(crate) fn key_set(signers: &[Signer]) -> KeySet {
    let text = jwks(signers.iter().map(|signer| signer.jwk()));
    KeySet::load(&text, JwksProfile::Oidc, &Algorithm::ALL).unwrap()
}

/// Settings of a profile with the keys of all signers.
pub(crate) fn settings(profile: Profile) -> ProviderSettings {
    let mut settings =
        ProviderSettings::new("staff", profile, vec![AUDIENCE.to_owned()], key_set(&Signer::ALL));
    match profile {
        Profile::Jwt | Profile::AccessToken => settings.issuer = Some(ISSUER.to_owned()),
        Profile::JwtSvid => settings.trust_domain = Some("corp.example.com".to_owned()),
    }
    settings
}

pub(crate) fn provider(profile: Profile) -> Provider {
    Provider::new(settings(profile)).unwrap()
}

/// Parses and verifies a text, without a client certificate.
pub(crate) fn verify(provider: &Provider, token: &str) -> Result<VerifiedClaims, JwtError> {
    verify_at(provider, token, now(), &Holder::default())
}

pub(crate) fn verify_at(
    provider: &Provider,
    token: &str,
    now: UnixTime,
    holder: &Holder,
) -> Result<VerifiedClaims, JwtError> {
    let token = UnverifiedJwt::parse(token.as_bytes(), DEFAULT_MAX_TOKEN_BYTES)?;
    provider.verify(&token, now, holder)
}

/// What becomes of a token, and the code that the log gets.
pub(crate) fn refused(provider: &Provider, token: &str) -> JwtError {
    match verify(provider, token) {
        Ok(_) => panic!("the token was accepted"),
        Err(error) => error,
    }
}
