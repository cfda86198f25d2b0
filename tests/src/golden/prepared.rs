//! A case made ready for one instant: real certificates, real tokens, the bytes of every header line.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::file::{Case, GoldenFile, overlaid, typed};
use super::material::{Certificate, Material};
use super::text::{bytes, filled_value, url_encoded};
use super::token::{TokenSpec, mint};
use crate::{Context, Error, Result};

/// A request with its caller, ready to be sent.
#[derive(Clone)]
pub struct Prepared {
    /// The caller's certificate.
    pub peer: Option<Certificate>,
    /// The host says nothing about the caller at all. No proxy of ours does that.
    pub peer_unknown: bool,
    /// Method.
    pub method: Option<Vec<u8>>,
    /// Request target.
    pub path: Option<Vec<u8>>,
    /// Host.
    pub host: Option<Vec<u8>>,
    /// Header lines, tokens among them.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Filter-state objects.
    pub filter_state: BTreeMap<String, String>,
    /// Name of the proxy's own route, if it has one.
    pub route_name: Option<String>,
    /// The tokens' texts: nothing that is logged may hold one.
    pub secrets: Vec<String>,
}

impl Prepared {
    /// Makes a case ready for the instant `now`, seconds since 1970.
    ///
    /// # Errors
    /// The case is not well described.
    pub fn new(file: &GoldenFile, case: &Case, material: &Material, now: i64) -> Result<Self> {
        Self::made(file, case, material, now).context(|| file.case_id(case))
    }

    fn made(file: &GoldenFile, case: &Case, material: &Material, now: i64) -> Result<Self> {
        let mut names = Names { now, texts: BTreeMap::new() };
        for (name, members) in &file.certificates {
            names.add_certificate(&format!("cert.{name}"), &material.certificate(members, now)?);
        }
        let said = case.peer.as_ref().unwrap_or(&file.peer);
        let peer = peer(said, file, material, now)?;
        if let Some(peer) = &peer {
            names.add_certificate("peer", peer);
        }
        let mut headers = Vec::new();
        let mut secrets = Vec::new();
        for (name, changes) in &case.tokens {
            let base = file.tokens.get(name).cloned().unwrap_or_default();
            let lookup = |name: &str| names.find(name);
            let members = filled_value(&Value::Object(overlaid(&base, changes)), &lookup)?;
            let spec: TokenSpec = typed(members.as_object().cloned().unwrap_or_default())?;
            let token = mint(&spec, &material.keys, now)?;
            if spec.to != "none" {
                let is_bearer = spec.to.eq_ignore_ascii_case("authorization");
                let prefix =
                    spec.prefix.unwrap_or_else(|| if is_bearer { "Bearer ".into() } else { String::new() });
                headers.push((spec.to, format!("{prefix}{token}").into_bytes()));
            }
            secrets.push(token.clone());
            names.texts.insert(format!("token.{name}"), token);
        }
        let spec = file.request(case)?;
        let lookup = |name: &str| names.find(name);
        for (name, value) in &spec.headers {
            headers.push((name.clone(), bytes(value, &lookup)?.context(|| "a header line has a value")?));
        }
        for line in 0..spec.filler_lines {
            headers.push((format!("x-filler-{line}"), b"filler".to_vec()));
        }
        Ok(Self {
            peer,
            peer_unknown: said == "unknown",
            method: bytes(&spec.method, &lookup)?,
            path: bytes(&spec.path, &lookup)?,
            host: bytes(&spec.host, &lookup)?,
            headers,
            filter_state: case.filter_state.clone(),
            route_name: spec.route_name.as_str().map(str::to_owned),
            secrets,
        })
    }
}

fn peer(said: &Value, file: &GoldenFile, material: &Material, now: i64) -> Result<Option<Certificate>> {
    match said {
        Value::Null => Ok(None),
        Value::String(name) if name == "none" || name == "unknown" => Ok(None),
        Value::String(id) if id.starts_with("spiffe://") => {
            let mut members = Map::new();
            members.insert("uris".to_owned(), json!([id]));
            material.certificate(&members, now).map(Some)
        }
        Value::String(name) => {
            let members =
                file.certificates.get(name).context(|| format!("no certificate is called {name}"))?;
            material.certificate(members, now).map(Some)
        }
        Value::Object(members) => material.certificate(members, now).map(Some),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            Err(Error::new("a peer is `none`, a SPIFFE ID, a name or a certificate"))
        }
    }
}

/// What `${...}` can name.
struct Names {
    now: i64,
    texts: BTreeMap<String, String>,
}

impl Names {
    fn add_certificate(&mut self, name: &str, certificate: &Certificate) {
        let leaf = &certificate.leaf;
        let hex = leaf.sha256_hex();
        let digest = sha2_of(leaf.der());
        self.texts.insert(format!("{name}.sha256"), hex);
        self.texts.insert(format!("{name}.x5t"), URL_SAFE_NO_PAD.encode(digest));
        self.texts.insert(format!("{name}.pem"), url_encoded(leaf.pem()));
    }

    /// `now`, `now-30`, `now+30`, or a text that was added.
    fn find(&self, name: &str) -> Option<String> {
        if let Some(offset) = name.strip_prefix("now") {
            let offset: i64 = if offset.is_empty() { 0 } else { offset.parse().ok()? };
            return Some(self.now.saturating_add(offset).to_string());
        }
        self.texts.get(name).cloned()
    }
}

fn sha2_of(bytes: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).to_vec()
}
