//! What the hostile requests are made of: good tokens to spoil, keys to sign bad claims with, certificates.

use serde_json::{Map, Value, json};

use crate::golden::material::{Certificate, Material};
use crate::golden::text::url_encoded;
use crate::golden::token::{TokenSpec, mint};
use crate::pki::unix_now;
use crate::{Context, Result};

/// The issuer of the tokens that are accepted.
pub const ISSUER: &str = "https://sso.corp.example.com/realms/staff";
/// Who may pass by certificate, or by the header of the gateway.
pub(super) const WEB: &str = "spiffe://corp.example.com/ns/shop/sa/web";
/// The proxy whose x-forwarded-client-cert is believed.
pub(super) const GATEWAY: &str = "spiffe://corp.example.com/ns/edge/sa/gateway";
/// A workload of the trust domain that may do nothing.
pub(super) const STRANGER: &str = "spiffe://corp.example.com/ns/shop/sa/batch";

/// Good things to spoil.
pub struct Ammunition {
    material: Material,
    now: i64,
    /// A token with which the policies let anybody in.
    pub good_token: String,
    /// The certificate of [`WEB`], as Envoy writes it into a header.
    pub web_pem: String,
    /// The certificate of [`STRANGER`] in the same form.
    pub stranger_pem: String,
    /// The digest of the certificate of [`STRANGER`].
    pub stranger_sha256: String,
}

impl Ammunition {
    /// New keys and certificates, and a good token for the next ten minutes.
    ///
    /// # Errors
    /// One of them cannot be made.
    pub fn new() -> Result<Self> {
        Self::with(Material::new()?)
    }

    /// The same of these keys.
    ///
    /// # Errors
    /// As [`Ammunition::new`].
    pub fn with(material: Material) -> Result<Self> {
        let now = unix_now();
        let good = TokenSpec {
            claims: members(&json!({ "iss": ISSUER, "aud": "accounts", "sub": "alice" })),
            ..TokenSpec::default()
        };
        let good_token = mint(&good, &material.keys, now)?;
        let (web, stranger) = (svid(&material, WEB)?, svid(&material, STRANGER)?);
        Ok(Self {
            good_token,
            web_pem: url_encoded(web.leaf.pem()),
            stranger_pem: url_encoded(stranger.leaf.pem()),
            stranger_sha256: stranger.leaf.sha256_hex(),
            material,
            now,
        })
    }

    /// Authorities and keys.
    pub fn material(&self) -> &Material {
        &self.material
    }

    /// The authorities and keys, to make it all anew.
    pub fn into_material(self) -> Material {
        self.material
    }

    /// A token by description; empty if it cannot be made.
    pub fn token(&self, spec: &TokenSpec) -> String {
        mint(spec, &self.material.keys, self.now).unwrap_or_default()
    }

    /// Seconds since 1970, when the tokens were made.
    pub fn now(&self) -> i64 {
        self.now
    }
}

/// A correct SVID of our trust domain.
pub(super) fn svid(material: &Material, id: &str) -> Result<Certificate> {
    material.certificate(&members(&json!({ "uris": [id] })), unix_now()).context(|| id.to_owned())
}

/// The members of an object.
pub(super) fn members(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
