//! The lab's authorities and token keys, made once a run.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::file::typed;
use crate::pki::{Authority, Leaf, LeafSpec, self_signed_at};
use crate::tokens::{Algorithm, JwkOptions, RSA_BITS, TokenKey, jwks};
use crate::{Context, Error, Result};

/// The signers that a case can name: trust domain by short name.
const AUTHORITIES: [(&str, &str); 3] =
    [("corp", "corp.example.com"), ("partner", "partner.example.org"), ("rogue", "corp.example.com")];

/// Token keys: name (also the `kid`) and algorithm. What stands before the dash is whose key it is.
const KEYS: [(&str, Algorithm); 10] = [
    ("staff-rsa", Algorithm::RS256),
    ("staff-p256", Algorithm::ES256),
    ("staff-p384", Algorithm::ES384),
    ("staff-p521", Algorithm::ES512),
    ("staff-ed25519", Algorithm::EdDSA),
    ("customers-p256", Algorithm::ES256),
    ("posture-p256", Algorithm::ES256),
    ("workload-p256", Algorithm::ES256),
    ("partner-p256", Algorithm::ES256),
    ("rogue-p256", Algorithm::ES256),
];

/// Sets whose keys sign JWT-SVIDs.
const BUNDLES: [&str; 2] = ["workload", "partner"];

/// Token keys by name.
pub struct Keys(BTreeMap<&'static str, TokenKey>);

impl Keys {
    /// The key of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn get(&self, name: &str) -> Result<&TokenKey> {
        self.0.get(name).context(|| format!("the lab has no token key called {name}"))
    }
}

/// Authorities and keys.
pub struct Material {
    authorities: BTreeMap<&'static str, Authority>,
    /// The token keys.
    pub keys: Keys,
}

/// A certificate as a case describes it: a [`LeafSpec`] and who signs it.
struct CertificateSpec {
    leaf: LeafSpec,
    issuer: String,
    validated: Option<bool>,
}

/// A caller's certificate, and whether a proxy would find its chain good.
#[derive(Clone)]
pub struct Certificate {
    /// The certificate and its key.
    pub leaf: Leaf,
    /// Whether the proxy validated it.
    pub validated: bool,
}

impl Material {
    /// New authorities and keys.
    ///
    /// # Errors
    /// One cannot be made.
    pub fn new() -> Result<Self> {
        let mut authorities = BTreeMap::new();
        for (name, trust_domain) in AUTHORITIES {
            authorities.insert(name, Authority::new(trust_domain)?);
        }
        let mut keys = BTreeMap::new();
        for (name, algorithm) in KEYS {
            keys.insert(name, TokenKey::generate(name, algorithm, RSA_BITS)?);
        }
        Ok(Self { authorities, keys: Keys(keys) })
    }

    /// The authority of this short name.
    ///
    /// # Errors
    /// There is none.
    pub fn authority(&self, name: &str) -> Result<&Authority> {
        self.authorities.get(name).context(|| format!("the lab has no authority called {name}"))
    }

    /// A certificate at `now`: a SPIFFE ID for a correct SVID of `corp`, or what the members say, `issuer` (an authority
    /// or `self`) and `validated` among them.
    ///
    /// # Errors
    /// A member is unknown, or signing failed.
    pub fn certificate(&self, members: &Map<String, Value>, now: i64) -> Result<Certificate> {
        let mut members = members.clone();
        let issuer = members.remove("issuer");
        let issuer = issuer.as_ref().and_then(Value::as_str).unwrap_or("corp").to_owned();
        let validated = members.remove("validated").and_then(|value| value.as_bool());
        let spec = CertificateSpec { leaf: typed(members)?, issuer, validated };
        let leaf = match spec.issuer.as_str() {
            "self" => self_signed_at(&spec.leaf, now)?,
            name => self.authority(name)?.leaf_at(&spec.leaf, now)?,
        };
        let is_known = matches!(spec.issuer.as_str(), "corp" | "partner");
        Ok(Certificate { leaf, validated: spec.validated.unwrap_or(is_known) })
    }

    /// Doorward's configuration with `jwks` in the place of every `jwks_of`.
    ///
    /// # Errors
    /// There is no such set or key.
    pub fn configuration(&self, config: &Map<String, Value>) -> Result<Value> {
        let mut config = config.clone();
        config.entry("version").or_insert(json!(1));
        let providers = config.get_mut("tokens").and_then(|tokens| tokens.get_mut("providers"));
        for provider in providers.and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(provider) = provider.as_object_mut() else { continue };
            if let Some(set) = provider.remove("jwks_of") {
                provider.insert("jwks".to_owned(), self.jwks_of(&set)?);
            }
        }
        Ok(Value::Object(config))
    }

    /// The JWK set of an owner's keys (`staff`), or of a list of keys with options of their own
    /// (`[{key: staff-p256, kid: false}]`).
    fn jwks_of(&self, set: &Value) -> Result<Value> {
        let mut keys: Vec<(&TokenKey, JwkOptions)> = Vec::new();
        match set {
            Value::String(owner) => {
                let is_owned = |name: &str| name.split('-').next() == Some(owner);
                for (name, key) in self.keys.0.iter().filter(|(name, _)| is_owned(name)) {
                    // One RSA key serves six algorithms, so it is bound to none.
                    let alg = *name != "staff-rsa";
                    let bundle = BUNDLES.contains(&owner.as_str());
                    let usage = if bundle { "jwt-svid" } else { "sig" };
                    keys.push((
                        key,
                        JwkOptions { alg, usage: Some(usage.to_owned()), ..JwkOptions::default() },
                    ));
                }
            }
            Value::Array(items) => {
                for item in items {
                    let listed = ListedKey::read(item)?;
                    keys.push((self.keys.get(&listed.0)?, listed.1));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
                return Err(Error::new("jwks_of names an owner or lists keys"));
            }
        }
        if keys.is_empty() {
            return Err(Error::new(format!("the lab has no keys of {set}")));
        }
        Ok(jwks(keys.iter().map(|(key, options)| (*key, options))))
    }
}

/// A key's name with the options of its JWK.
struct ListedKey(String, JwkOptions);

impl ListedKey {
    fn read(item: &Value) -> Result<Self> {
        let mut members = item.as_object().context(|| "a listed key is an object")?.clone();
        let name = members.remove("key").as_ref().and_then(Value::as_str).map(str::to_owned);
        let name = name.context(|| "a listed key has a `key`")?;
        // `use: null` means that the member is left out, which is not its default.
        let no_use = members.get("use").is_some_and(Value::is_null);
        let mut options = JwkOptions::deserialize(Value::Object(members)).context(|| "a key's options")?;
        if no_use {
            options.usage = None;
        }
        Ok(Self(name, options))
    }
}
