//! Short-lived certificates: authorities of trust domains, and leaves that keep the rules of an X.509-SVID or break
//! exactly one of them.
//!
//! Everything is ECDSA P-256. An [`Authority`] lives in memory only; what is written to the disk is its certificate and
//! the leaves with their keys.

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SanType,
};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use crate::{Context, Result};

/// How long what the lab signs is valid, in seconds: long enough for an afternoon with `demo --keep`.
pub const VALID_SECONDS: i64 = 6 * 3600;
/// How far in the past validity starts, in seconds, so that clocks need not agree to the second.
pub const BACKDATE_SECONDS: i64 = 300;

/// A trust domain's signing certificate and its key.
pub struct Authority {
    pem: String,
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Makes the self-signed authority of `trust_domain`: `CA:TRUE`, `keyCertSign` and `cRLSign`, and the trust domain's
    /// SPIFFE ID (without a path, X509-SVID section 3.2) as its only URI SAN.
    ///
    /// # Errors
    /// The name is no IA5 string, or signing failed.
    pub fn new(trust_domain: &str) -> Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name = subject(&format!("{trust_domain} authority"));
        params.subject_alt_names = vec![uri(&format!("spiffe://{trust_domain}"))?];
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (params.not_before, params.not_after) = validity(-BACKDATE_SECONDS, VALID_SECONDS * 2, unix_now())?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).context(|| "make an authority's key")?;
        let certificate = params.self_signed(&key).context(|| "sign an authority's certificate")?;
        Ok(Self { pem: certificate.pem(), der: certificate.der().to_vec(), issuer: Issuer::new(params, key) })
    }

    /// The certificate, PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Signs a leaf that is what `spec` says.
    ///
    /// # Errors
    /// A name is no IA5 string, a key usage is unknown, or signing failed.
    pub fn leaf(&self, spec: &LeafSpec) -> Result<Leaf> {
        self.leaf_at(spec, unix_now())
    }

    /// As [`Authority::leaf`], with validity relative to `now`, in seconds since 1970.
    ///
    /// # Errors
    /// As [`Authority::leaf`].
    pub fn leaf_at(&self, spec: &LeafSpec, now: i64) -> Result<Leaf> {
        let (params, key) = spec.params(now)?;
        let certificate =
            params.signed_by(&key, &self.issuer).context(|| "sign a leaf with its authority")?;
        Ok(Leaf::new(certificate, &key))
    }
}

/// A leaf that signed itself: nobody's authority vouches for it.
///
/// # Errors
/// As [`Authority::leaf`].
pub fn self_signed(spec: &LeafSpec) -> Result<Leaf> {
    self_signed_at(spec, unix_now())
}

/// As [`self_signed`], with validity relative to `now`, in seconds since 1970.
///
/// # Errors
/// As [`Authority::leaf`].
pub fn self_signed_at(spec: &LeafSpec, now: i64) -> Result<Leaf> {
    let (params, key) = spec.params(now)?;
    Ok(Leaf::new(params.self_signed(&key).context(|| "self-sign a leaf")?, &key))
}

/// What a leaf certificate should say. The default is a correct X.509-SVID but for its missing URI.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeafSpec {
    /// URI SANs, in order. X509-SVID section 2: exactly one.
    pub uris: Vec<String>,
    /// DNS SANs, after the URIs.
    pub dns: Vec<String>,
    /// Subject common name; none leaves the subject empty, which makes the SAN critical.
    pub subject: Option<String>,
    /// `basicConstraints`: CA:TRUE.
    pub ca: bool,
    /// Key usages as `openssl` spells them: `digitalSignature`, `keyEncipherment`, `keyAgreement`, `keyCertSign`, `cRLSign`.
    pub key_usage: Vec<String>,
    /// Extended key usages: `serverAuth`, `clientAuth`. Empty leaves the extension out.
    pub extended_key_usage: Vec<String>,
    /// Start of validity, in seconds relative to now.
    pub not_before_in: i64,
    /// End of validity, in seconds relative to now.
    pub not_after_in: i64,
}

impl Default for LeafSpec {
    fn default() -> Self {
        Self {
            uris: Vec::new(),
            dns: Vec::new(),
            subject: None,
            ca: false,
            key_usage: vec!["digitalSignature".into()],
            extended_key_usage: vec!["serverAuth".into(), "clientAuth".into()],
            not_before_in: -BACKDATE_SECONDS,
            not_after_in: VALID_SECONDS,
        }
    }
}

impl LeafSpec {
    /// A correct X.509-SVID for `uri`.
    pub fn svid(uri: impl Into<String>) -> Self {
        Self { uris: vec![uri.into()], ..Self::default() }
    }

    fn params(&self, now: i64) -> Result<(CertificateParams, KeyPair)> {
        let mut params = CertificateParams::default();
        params.distinguished_name = match &self.subject {
            Some(name) => subject(name),
            None => DistinguishedName::new(),
        };
        for name in &self.uris {
            params.subject_alt_names.push(uri(name)?);
        }
        for name in &self.dns {
            let name = Ia5String::try_from(name.as_str()).context(|| "a DNS name that is no IA5 string")?;
            params.subject_alt_names.push(SanType::DnsName(name));
        }
        params.is_ca = if self.ca { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::ExplicitNoCa };
        params.key_usages = self.key_usage.iter().map(|name| key_usage(name)).collect::<Result<_>>()?;
        params.extended_key_usages =
            self.extended_key_usage.iter().map(|name| extended_key_usage(name)).collect::<Result<_>>()?;
        params.use_authority_key_identifier_extension = true;
        (params.not_before, params.not_after) = validity(self.not_before_in, self.not_after_in, now)?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).context(|| "make a leaf's key")?;
        Ok((params, key))
    }
}

/// A signed leaf certificate with its private key.
#[derive(Clone)]
pub struct Leaf {
    pem: String,
    der: Vec<u8>,
    key_pem: String,
}

impl Leaf {
    fn new(certificate: rcgen::Certificate, key: &KeyPair) -> Self {
        Self { pem: certificate.pem(), der: certificate.der().to_vec(), key_pem: key.serialize_pem() }
    }

    /// The certificate, PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The private key, PKCS #8 PEM.
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// SHA-256 of the certificate in lower-case hex: what XFCC calls `Hash`.
    pub fn sha256_hex(&self) -> String {
        use sha2::Digest;
        sha2::Sha256::digest(&self.der).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Writes `NAME.pem` and `NAME.key` (readable by the owner alone) into `folder`.
    ///
    /// # Errors
    /// The folder is not there or not writable.
    pub fn write(&self, folder: &Path, name: &str) -> Result<(PathBuf, PathBuf)> {
        let certificate = folder.join(format!("{name}.pem"));
        let key = folder.join(format!("{name}.key"));
        fs::write(&certificate, &self.pem).context(|| format!("write {}", certificate.display()))?;
        write_private(&key, &self.key_pem)?;
        Ok((certificate, key))
    }
}

/// Writes a file that only the owner can read.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    let open = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    open.and_then(|mut file| file.write_all(text.as_bytes())).context(|| format!("write {}", path.display()))
}

fn subject(name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::OrganizationName, "Doorward lab");
    subject.push(DnType::CommonName, name);
    subject
}

fn uri(name: &str) -> Result<SanType> {
    Ok(SanType::URI(Ia5String::try_from(name).context(|| "a URI that is no IA5 string")?))
}

fn key_usage(name: &str) -> Result<KeyUsagePurpose> {
    match name {
        "digitalSignature" => Ok(KeyUsagePurpose::DigitalSignature),
        "keyEncipherment" => Ok(KeyUsagePurpose::KeyEncipherment),
        "keyAgreement" => Ok(KeyUsagePurpose::KeyAgreement),
        "keyCertSign" => Ok(KeyUsagePurpose::KeyCertSign),
        "cRLSign" => Ok(KeyUsagePurpose::CrlSign),
        _ => None.context(|| format!("no key usage is called {name}")),
    }
}

fn extended_key_usage(name: &str) -> Result<ExtendedKeyUsagePurpose> {
    match name {
        "serverAuth" => Ok(ExtendedKeyUsagePurpose::ServerAuth),
        "clientAuth" => Ok(ExtendedKeyUsagePurpose::ClientAuth),
        _ => None.context(|| format!("no extended key usage is called {name}")),
    }
}

/// Certificates have whole seconds (RFC 5280 section 4.1.2.5).
fn validity(not_before_in: i64, not_after_in: i64, now: i64) -> Result<(OffsetDateTime, OffsetDateTime)> {
    let now = OffsetDateTime::from_unix_timestamp(now).context(|| "the clock is out of range")?;
    Ok((now + Duration::seconds(not_before_in), now + Duration::seconds(not_after_in)))
}

/// Seconds since the Unix epoch.
pub fn unix_now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}
