//! JSON Web Keys, as the library reads them that OPA uses: stricter than RFC 7517 in some things, looser in others.

use super::super::call::{Failure, Meter};
use super::super::crypto::{
    Curve, EcKey, Ed25519Key, Ed25519Secret, PublicKey, RsaKey, base64_any, check_certificate_in_base64,
    refused,
};
use super::json::{self, Json};
use super::keys::{Key, NamedKey};

/// Keys in one set.
const MAX_KEYS: usize = 1_000;

/// A key with what it says of itself.
pub(super) struct Jwk {
    pub(super) material: Material,
    /// `kid`, or empty.
    id: String,
    /// `alg`, or empty.
    algorithm: String,
}

/// The numbers of a key.
pub(super) enum Material {
    Rsa(RsaKey),
    RsaPrivate(Box<RsaPrivate>),
    Ec(EcKey),
    EcPrivate(EcKey, Vec<u8>),
    Ed25519(Ed25519Key),
    Ed25519Private(Ed25519Secret),
    X25519,
    Secret(Vec<u8>),
}

/// The numbers of a private RSA key, big-endian.
pub(super) struct RsaPrivate {
    pub(super) public: RsaKey,
    pub(super) modulus: Vec<u8>,
    pub(super) private: Vec<u8>,
    pub(super) primes: [Vec<u8>; 2],
    /// `dp`, `dq` and `qi`, where the key has them.
    pub(super) derived: [Option<Vec<u8>>; 3],
}

impl Jwk {
    /// The key for a verification; `None` if it is bound to an algorithm that no token can have.
    pub(super) fn into_trusted(self) -> Option<NamedKey> {
        const OF_TOKENS: [&str; 14] = [
            "", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256",
            "HS384", "HS512", "EdDSA",
        ];
        let key = match self.material {
            Material::Rsa(key) => Key::Public(PublicKey::Rsa(key)),
            Material::RsaPrivate(key) => Key::Private(PublicKey::Rsa(key.public)),
            Material::Ec(key) => Key::Public(PublicKey::Ec(key)),
            Material::EcPrivate(key, _) => Key::Private(PublicKey::Ec(key)),
            Material::Ed25519(key) => Key::Public(PublicKey::Ed25519(key)),
            Material::Ed25519Private(key) => Key::Private(PublicKey::Ed25519(key.public())),
            Material::X25519 => Key::Public(PublicKey::X25519),
            Material::Secret(secret) => Key::Secret(secret),
        };
        OF_TOKENS.contains(&self.algorithm.as_str()).then_some(NamedKey {
            key,
            id: self.id,
            algorithm: self.algorithm,
        })
    }
}

/// The keys of a set, or the one key that the text is; behind one key anything may follow.
///
/// # Errors
/// When the text is neither, or any key cannot be read.
pub(super) fn parse_set(text: &[u8], meter: &mut Meter) -> Result<Vec<Jwk>, Failure> {
    json::charge(meter, text.len())?;
    let (value, rest) =
        json::parse_first(text).map_err(|error| error.failure("failed to parse a JWK key (set)"))?;
    let only_value = rest.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    if !only_value || value.member("keys").is_none() {
        return Ok(vec![parse(&value, meter)?]);
    }
    let Json::Object(members) = value else {
        return Err(refused("failed to parse a JWK key (set)"));
    };
    let mut keys = Vec::new();
    for (_, value) in members.iter().filter(|(name, _)| name == "keys") {
        let Json::Array(items) = value else {
            return Err(refused("the keys of a JWK set are not an array"));
        };
        if items.len() > MAX_KEYS {
            return Err(refused("a JWK set has more than 1000 keys"));
        }
        for item in items {
            keys.push(parse(item, meter)?);
        }
    }
    Ok(keys)
}

/// Reads one key.
fn parse(jwk: &Json, meter: &mut Meter) -> Result<Jwk, Failure> {
    let Json::Object(members) = jwk else {
        return Err(refused("a JWK is not an object"));
    };
    let (key_type, is_private) = probe(members)?;
    let mut read = Members::default();
    for (name, value) in members {
        read.member(key_type, is_private, name, value, meter)?;
    }
    let material = match key_type {
        "RSA" => read.rsa(is_private)?,
        "EC" => read.ec(is_private, meter)?,
        "OKP" => read.okp(is_private, meter)?,
        _ => {
            let secret = read.bytes("k").filter(|secret| !secret.is_empty());
            Material::Secret(secret.ok_or(BROKEN)?.to_vec())
        }
    };
    Ok(Jwk { material, id: read.id, algorithm: read.algorithm })
}

const BROKEN_RULE: &str = "a JWK is not well formed";

/// The rule is in one text, because it may not say which member of which key.
const BROKEN: Broken = Broken;

struct Broken;

impl From<Broken> for Failure {
    fn from(_: Broken) -> Self {
        refused(BROKEN_RULE)
    }
}

/// The type of a key, and whether it has a private part: names in any case count here.
fn probe(members: &[(String, Json)]) -> Result<(&'static str, bool), Failure> {
    let mut key_type = "";
    let mut is_private = false;
    for (name, value) in members {
        if folds_to(name, "kty") {
            match value {
                Json::String(text) => key_type = text,
                Json::Null => {}
                Json::Bool(_) | Json::Number | Json::Array(_) | Json::Object(_) => return Err(BROKEN.into()),
            }
        }
        is_private |= folds_to(name, "d");
    }
    match key_type {
        "RSA" => Ok(("RSA", is_private)),
        "EC" => Ok(("EC", is_private)),
        "OKP" => Ok(("OKP", is_private)),
        "oct" => Ok(("oct", false)),
        _ => Err(refused("the type of a JWK is not known")),
    }
}

/// Equality under simple case folding, in which U+212A is a `k`.
fn folds_to(name: &str, wanted: &str) -> bool {
    let folded = name.chars().map(|c| if c == '\u{212a}' { 'k' } else { c.to_ascii_lowercase() });
    folded.eq(wanted.chars())
}

/// The members that count; of members of one name the last.
#[derive(Default)]
struct Members {
    id: String,
    algorithm: String,
    curve: Option<&'static str>,
    bytes: Vec<(&'static str, Vec<u8>)>,
}

impl Members {
    fn member(
        &mut self,
        key_type: &'static str,
        is_private: bool,
        name: &str,
        value: &Json,
        meter: &mut Meter,
    ) -> Result<(), Failure> {
        match name {
            "kty" if text(value)? == key_type => {}
            "kty" => return Err(BROKEN.into()),
            "alg" => self.algorithm = known(text(value)?)?.to_owned(),
            "kid" => self.id = text(value)?.to_owned(),
            "use" | "x5t" | "x5t#S256" | "x5u" => drop(text(value)?),
            "key_ops" => match value {
                Json::Null => {}
                Json::Array(items) if items.iter().all(|item| text(item).is_ok()) => {}
                Json::Array(_) | Json::Bool(_) | Json::Number | Json::String(_) | Json::Object(_) => {
                    return Err(BROKEN.into());
                }
            },
            "x5c" => chain(value, meter)?,
            "crv" if matches!(key_type, "EC" | "OKP") => self.curve = Some(curve_name(text(value)?)?),
            _ => {
                if let Some(name) = byte_members(key_type, is_private).iter().find(|known| **known == name) {
                    let bytes = base64_any(text(value)?.as_bytes()).ok_or(BROKEN)?;
                    self.bytes.retain(|(known, _)| known != name);
                    self.bytes.push((name, bytes));
                }
            }
        }
        Ok(())
    }

    fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.bytes.iter().find(|(known, _)| *known == name).map(|(_, bytes)| bytes.as_slice())
    }

    fn rsa(&self, is_private: bool) -> Result<Material, Failure> {
        let number = |name: &str| self.bytes(name).map(without_zeros);
        let modulus = number("n").ok_or(BROKEN)?;
        let exponent = big_endian(number("e").ok_or(BROKEN)?).ok_or(BROKEN)?;
        let public = RsaKey::new(modulus, exponent);
        if public.bits() == 0 || exponent & 1 == 0 || exponent >> 63 != 0 {
            return Err(refused("the numbers of an RSA key are none"));
        }
        if !is_private {
            return Ok(Material::Rsa(public));
        }
        let private = self.bytes("d").filter(|d| !d.is_empty()).ok_or(BROKEN)?.to_vec();
        let prime = |name| self.bytes(name).map(<[u8]>::to_vec).ok_or(BROKEN);
        let derived = ["dp", "dq", "qi"].map(|name| self.bytes(name).map(<[u8]>::to_vec));
        let primes = [prime("p")?, prime("q")?];
        let modulus = modulus.to_vec();
        Ok(Material::RsaPrivate(Box::new(RsaPrivate { public, modulus, private, primes, derived })))
    }

    fn ec(&self, is_private: bool, meter: &mut Meter) -> Result<Material, Failure> {
        let curve = match self.curve {
            Some("P-256") => Curve::P256,
            Some("P-384") => Curve::P384,
            Some("P-521") => Curve::P521,
            _ => return Err(BROKEN.into()),
        };
        let coordinate = |name| self.bytes(name).filter(|bytes| bytes.len() == curve.size()).ok_or(BROKEN);
        let point = [&[0x04], coordinate("x")?, coordinate("y")?].concat();
        meter.steps(curve.steps() / 10)?;
        let public = EcKey::uncompressed(curve, &point).ok_or(BROKEN)?;
        if !is_private {
            return Ok(Material::Ec(public));
        }
        Ok(Material::EcPrivate(public, coordinate("d")?.to_vec()))
    }

    fn okp(&self, is_private: bool, meter: &mut Meter) -> Result<Material, Failure> {
        let bytes = |name| self.bytes(name).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()).ok_or(BROKEN);
        let x = bytes("x")?;
        match (self.curve, is_private) {
            (Some("Ed25519"), false) => Ok(Material::Ed25519(Ed25519Key(x))),
            (Some("Ed25519"), true) => {
                meter.steps(Ed25519Key::STEPS)?;
                let secret = Ed25519Secret::new(&bytes("d")?);
                if secret.public() != Ed25519Key(x) {
                    return Err(BROKEN.into());
                }
                Ok(Material::Ed25519Private(secret))
            }
            (Some("X25519"), false) => Ok(Material::X25519),
            (Some("X25519"), true) => bytes("d").map(|_| Material::X25519).map_err(Failure::from),
            _ => Err(BROKEN.into()),
        }
    }
}

/// The members of a type that are bytes in base64.
fn byte_members(key_type: &str, is_private: bool) -> &'static [&'static str] {
    match (key_type, is_private) {
        ("RSA", false) => &["n", "e"],
        ("RSA", true) => &["n", "e", "d", "p", "q", "dp", "dq", "qi"],
        ("EC", false) => &["x", "y"],
        ("EC", true) => &["x", "y", "d"],
        ("OKP", false) => &["x"],
        ("OKP", true) => &["x", "d"],
        _ => &["k"],
    }
}

/// Text; `null` counts as empty.
fn text(value: &Json) -> Result<&str, Failure> {
    match value {
        Json::String(text) => Ok(text),
        Json::Null => Ok(""),
        Json::Bool(_) | Json::Number | Json::Array(_) | Json::Object(_) => Err(BROKEN.into()),
    }
}

fn curve_name(name: &str) -> Result<&'static str, Failure> {
    const CURVES: [&str; 7] = ["Ed25519", "Ed448", "P-256", "P-384", "P-521", "X25519", "X448"];
    CURVES.into_iter().find(|known| *known == name).ok_or_else(|| BROKEN.into())
}

/// The algorithms of RFC 7518 and its successors that a key may name, those for encryption included.
fn known(algorithm: &str) -> Result<&str, Failure> {
    const KNOWN: [&str; 41] = [
        "ES256",
        "ES256K",
        "ES384",
        "ES512",
        "EdDSA",
        "Ed25519",
        "HS256",
        "HS384",
        "HS512",
        "none",
        "PS256",
        "PS384",
        "PS512",
        "RS256",
        "RS384",
        "RS512",
        "A128GCMKW",
        "A128KW",
        "A192GCMKW",
        "A192KW",
        "A256GCMKW",
        "A256KW",
        "dir",
        "ECDH-ES",
        "ECDH-ES+A128KW",
        "ECDH-ES+A192KW",
        "ECDH-ES+A256KW",
        "PBES2-HS256+A128KW",
        "PBES2-HS384+A192KW",
        "PBES2-HS512+A256KW",
        "RSA1_5",
        "RSA-OAEP",
        "RSA-OAEP-256",
        "RSA-OAEP-384",
        "RSA-OAEP-512",
        "A128CBC-HS256",
        "A128GCM",
        "A192CBC-HS384",
        "A192GCM",
        "A256CBC-HS512",
        "A256GCM",
    ];
    if KNOWN.contains(&algorithm) {
        Ok(algorithm)
    } else {
        Err(refused("the algorithm of a JWK is not known"))
    }
}

/// `x5c`: certificates that can be read. Whether they are the key's nobody asks.
fn chain(value: &Json, meter: &mut Meter) -> Result<(), Failure> {
    let Json::Array(certificates) = value else {
        return Err(BROKEN.into());
    };
    for certificate in certificates {
        check_certificate_in_base64(text(certificate)?, meter)?;
    }
    Ok(())
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

fn big_endian(number: &[u8]) -> Option<u64> {
    let mut padded = [0; 8];
    let start = padded.len().checked_sub(number.len())?;
    padded.get_mut(start..)?.copy_from_slice(number);
    Some(u64::from_be_bytes(padded))
}
