//! The cast: the authorities, identities and token issuers that all scenarios share, read from `envoy/lab.yaml` and made
//! anew, with fresh keys, for each run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rustls::ClientConfig;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::http::tls_config;
use crate::pki::{Authority, Leaf, LeafSpec, self_signed, unix_now};
use crate::tokens::{Algorithm, JwkOptions, RSA_BITS, Tamper, TokenKey, TokenSpec, jwks, mint};
use crate::{Context, Error, Result};

/// The caller that shows no certificate.
pub const NOBODY: &str = "nobody";
/// The authority of a certificate that signs itself.
const SELF: &str = "self";

/// `envoy/lab.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// Trust domain by authority.
    pub authorities: BTreeMap<String, String>,
    /// Certificates by name.
    pub identities: BTreeMap<String, IdentitySpec>,
    /// Token issuers by name.
    #[serde(default)]
    pub issuers: BTreeMap<String, IssuerSpec>,
}

/// A certificate: an X.509-SVID by its ID, or anything else by a full specification.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySpec {
    /// Who signs it: an authority, or `self`.
    #[serde(default = "corp")]
    pub authority: String,
    /// The only URI SAN of an otherwise correct X.509-SVID.
    pub spiffe_id: Option<String>,
    /// DNS SANs; a server's is `localhost`, so that curl can check it.
    #[serde(default)]
    pub dns: Vec<String>,
    /// All of it, instead of the two above.
    pub certificate: Option<LeafSpec>,
}

fn corp() -> String {
    "corp".into()
}

/// A token issuer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IssuerSpec {
    /// Claims of all its tokens, `iss` above all.
    pub claims: Map<String, Value>,
    /// Its keys; the first signs where nothing else is said.
    pub keys: Vec<KeySpec>,
}

/// A token key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySpec {
    /// Its name.
    pub kid: String,
    /// What it signs with.
    pub alg: Algorithm,
    /// Modulus in bits, for RSA.
    #[serde(default = "rsa_bits")]
    pub rsa_bits: usize,
    /// Whether it is in the issuer's JWK set.
    #[serde(default = "yes")]
    pub published: bool,
    /// How it is written there.
    #[serde(default)]
    pub jwk: JwkOptions,
}

fn rsa_bits() -> usize {
    RSA_BITS
}

fn yes() -> bool {
    true
}

/// A token that a scenario names.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenRequest {
    /// Exactly this text, instead of everything below.
    pub raw: Option<String>,
    /// The issuer, whose claims are the base.
    pub issuer: String,
    /// `kid` of the issuer's key; the first if absent.
    pub key: Option<String>,
    /// `ISSUER/KID` of the key that really signs, while the header goes on naming `key`.
    pub sign_with: Option<String>,
    /// See [`TokenSpec`], as the rest.
    pub alg: Option<Algorithm>,
    /// Header members on top.
    pub header: Map<String, Value>,
    /// Claims on top of the issuer's; a `null` takes one away.
    pub claims: Map<String, Value>,
    /// `exp` in seconds from now.
    pub exp_in: Option<i64>,
    /// `nbf` in seconds from now.
    pub nbf_in: Option<i64>,
    /// `iat` in seconds from now.
    pub iat_in: Option<i64>,
    /// How it is spoiled.
    pub tamper: Option<Tamper>,
}

/// The cast with its keys.
pub struct Lab {
    folder: PathBuf,
    authorities: BTreeMap<String, Authority>,
    identities: BTreeMap<String, Leaf>,
    issuers: BTreeMap<String, Issuer>,
}

struct Issuer {
    claims: Map<String, Value>,
    keys: Vec<TokenKey>,
}

impl Cast {
    /// Reads `envoy/lab.yaml`.
    ///
    /// # Errors
    /// The file is missing or says something unknown.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).context(|| format!("read {}", path.display()))?;
        serde_saphyr::from_str(&text).context(|| format!("{}", path.display()))
    }
}

impl Lab {
    /// Makes the whole cast and writes, under `folder`: `pki/AUTHORITY-ca.pem`, `pki/IDENTITY.{pem,key}` and
    /// `keys/ISSUER.jwks.json`.
    ///
    /// # Errors
    /// The cast contradicts itself, or the folder is not writable.
    pub fn create(cast: &Cast, folder: &Path) -> Result<Self> {
        for part in ["pki", "keys"] {
            let part = folder.join(part);
            fs::create_dir_all(&part).context(|| format!("make {}", part.display()))?;
        }
        let mut lab = Self {
            folder: folder.to_owned(),
            authorities: BTreeMap::new(),
            identities: BTreeMap::new(),
            issuers: generate_issuers(&cast.issuers)?,
        };
        let mut all = String::new();
        for (name, trust_domain) in &cast.authorities {
            let authority = Authority::new(trust_domain)?;
            all.push_str(authority.pem());
            lab.write(&format!("pki/{name}-ca.pem"), authority.pem())?;
            lab.authorities.insert(name.clone(), authority);
        }
        // For clients that check a server of any domain; no server may trust its clients by this file.
        lab.write("pki/for-curl.pem", &all)?;
        for (name, spec) in &cast.identities {
            lab.add_identity(name, spec)?;
        }
        for (name, spec) in &cast.issuers {
            let set = lab.issuers.get(name).map(|issuer| published(issuer, spec)).unwrap_or_default();
            lab.write(&format!("keys/{name}.jwks.json"), &format!("{set:#}\n"))?;
        }
        Ok(lab)
    }

    /// Makes one certificate more.
    ///
    /// # Errors
    /// Its authority is unknown, or the folder is not writable.
    pub fn add_identity(&mut self, name: &str, spec: &IdentitySpec) -> Result<()> {
        let leaf_spec = match (&spec.certificate, &spec.spiffe_id) {
            (Some(leaf), None) => leaf.clone(),
            (None, Some(id)) => LeafSpec { dns: spec.dns.clone(), ..LeafSpec::svid(id) },
            _ => return Err(Error::new(format!("identity {name}: either spiffe_id or certificate"))),
        };
        let leaf = if spec.authority == SELF {
            self_signed(&leaf_spec)?
        } else {
            let authority = self.authorities.get(&spec.authority);
            authority
                .context(|| format!("identity {name}: no authority {}", spec.authority))?
                .leaf(&leaf_spec)?
        };
        leaf.write(&self.folder.join("pki"), name)?;
        self.identities.insert(name.to_owned(), leaf);
        Ok(())
    }

    /// Where everything was written.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A certificate by name; [`NOBODY`] has none.
    ///
    /// # Errors
    /// There is no such identity.
    pub fn identity(&self, name: &str) -> Result<Option<&Leaf>> {
        match name {
            NOBODY => Ok(None),
            _ => self.identities.get(name).map(Some).context(|| format!("no identity {name}")),
        }
    }

    /// The TLS configuration of a caller, which trusts servers of every authority.
    ///
    /// # Errors
    /// There is no such identity.
    pub fn client(&self, identity: &str) -> Result<Arc<ClientConfig>> {
        tls_config(self.authorities.values().map(Authority::der), self.identity(identity)?)
    }

    /// Makes a token.
    ///
    /// # Errors
    /// There is no such issuer or key, or the key does not fit.
    pub fn token(&self, wanted: &TokenRequest) -> Result<String> {
        if let Some(raw) = &wanted.raw {
            return Ok(raw.clone());
        }
        let issuer = self.issuer(&wanted.issuer)?;
        let named = issuer.key(wanted.key.as_deref())?;
        let signer = match &wanted.sign_with {
            None => named,
            Some(path) => {
                let (issuer, kid) =
                    path.split_once('/').context(|| format!("sign_with: ISSUER/KID, not {path}"))?;
                self.issuer(issuer)?.key(Some(kid))?
            }
        };
        let mut spec = TokenSpec {
            alg: wanted.alg,
            claims: issuer.claims.clone(),
            nbf_in: wanted.nbf_in,
            tamper: wanted.tamper,
            ..TokenSpec::default()
        };
        if wanted.sign_with.is_some() {
            spec.header.insert("kid".into(), json!(named.kid));
            spec.header.insert("alg".into(), json!(named.algorithm.name()));
        }
        spec.header.extend(wanted.header.clone());
        spec.claims.extend(wanted.claims.clone());
        spec.exp_in = wanted.exp_in.unwrap_or(spec.exp_in);
        spec.iat_in = wanted.iat_in.unwrap_or(spec.iat_in);
        mint(&spec, signer, unix_now())
    }

    fn issuer(&self, name: &str) -> Result<&Issuer> {
        self.issuers.get(name).context(|| format!("no issuer {name}"))
    }

    fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.folder.join(file);
        fs::write(&path, text).context(|| format!("write {}", path.display()))
    }
}

impl Issuer {
    fn key(&self, kid: Option<&str>) -> Result<&TokenKey> {
        let mut keys = self.keys.iter();
        let found = match kid {
            None => keys.next(),
            Some(kid) => keys.find(|key| key.kid == kid),
        };
        found.context(|| format!("the issuer has no key {}", kid.unwrap_or("at all")))
    }
}

fn published(issuer: &Issuer, spec: &IssuerSpec) -> Value {
    let keys = issuer.keys.iter().zip(&spec.keys);
    jwks(keys.filter(|(_, spec)| spec.published).map(|(key, spec)| (key, &spec.jwk)))
}

/// RSA keys take a while: one thread an issuer.
fn generate_issuers(specs: &BTreeMap<String, IssuerSpec>) -> Result<BTreeMap<String, Issuer>> {
    let generate = |spec: &IssuerSpec| -> Result<Issuer> {
        let keys = spec.keys.iter().map(|key| TokenKey::generate(&key.kid, key.alg, key.rsa_bits));
        Ok(Issuer { claims: spec.claims.clone(), keys: keys.collect::<Result<_>>()? })
    };
    thread::scope(|scope| {
        let running: Vec<_> =
            specs.iter().map(|(name, spec)| (name, scope.spawn(move || generate(spec)))).collect();
        let finished = running.into_iter().map(|(name, thread)| {
            let issuer = thread.join().map_err(|_| Error::new("a thread that made keys ended early"))??;
            Ok((name.clone(), issuer))
        });
        finished.collect()
    })
}
