//! The X.509-SVID of a peer: X509-SVID sections 2 to 5.

mod error;
mod leaf;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use x509_parser::certificate::X509CertificateParser;
use x509_parser::nom::Parser;
use x509_parser::x509::X509Version;

pub use self::error::{SvidError, ValidityError};
use super::der::{self, DerError};
use super::digest::{self, DIGEST_BYTES};
use super::id::SpiffeId;
use super::limits::{MAX_CERTIFICATE_DER_BYTES, MAX_CERTIFICATE_PEM_BYTES};
use super::pem;
use crate::time::UnixTime;

/// A leaf certificate that obeys the X.509-SVID rules and so names one workload.
///
/// # Does not check
/// - **The chain.** That the certificate was signed by an authority of its trust domain, that no name or policy
///   constraint and no unknown critical extension forbids it: Envoy's TLS did that (`peer_certificate_valid`),
///   or the proxy that wrote the certificate into a header. This type alone proves nothing about who sent it.
/// - **Revocation.** Envoy's CRL settings do.
/// - **The time.** That is [`X509Svid::check_validity`], so that a parsed certificate can be remembered for as
///   long as its connection lives.
/// - **The trust domain.** That is [`TrustDomains::admits`](super::TrustDomains::admits).
#[derive(Clone, PartialEq, Eq)]
pub struct X509Svid {
    id: SpiffeId,
    not_before: UnixTime,
    not_after: UnixTime,
    sha256: [u8; DIGEST_BYTES],
}

impl X509Svid {
    /// Reads one certificate in PEM, as Envoy gives it in `connection.peer_certificate`.
    ///
    /// # Errors
    /// The first rule that it breaks; among them, anything before or after the one block.
    pub fn from_pem(pem: &[u8]) -> Result<Self, SvidError> {
        if pem.len() > MAX_CERTIFICATE_PEM_BYTES {
            return Err(SvidError::TooLarge { length: pem.len() });
        }
        Self::from_der(&pem::decode(pem)?)
    }

    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// The first rule that it breaks; among them, anything after the certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, SvidError> {
        if der.len() > MAX_CERTIFICATE_DER_BYTES {
            return Err(SvidError::TooLarge { length: der.len() });
        }
        der::check_certificate(der).map_err(|error| match error {
            DerError::TrailingData => SvidError::TrailingData,
            DerError::Malformed => SvidError::Der,
        })?;
        let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
        let (rest, certificate) = parser.parse(der).map_err(|_| SvidError::Der)?;
        if !rest.is_empty() {
            return Err(SvidError::TrailingData);
        }
        let fields = &certificate.tbs_certificate;
        if fields.version != X509Version::V3 {
            return Err(SvidError::Version);
        }
        Ok(Self {
            id: leaf::identity(fields)?,
            not_before: UnixTime::from_secs(fields.validity.not_before.timestamp()),
            not_after: UnixTime::from_secs(fields.validity.not_after.timestamp()),
            sha256: digest::sha256(der),
        })
    }

    /// The identity: the one URI SAN.
    #[must_use]
    pub fn id(&self) -> &SpiffeId {
        &self.id
    }

    /// The first instant at which the certificate is valid.
    #[must_use]
    pub fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// The last instant at which the certificate is valid. Dates after the year 2262 are that year's: see
    /// [`UnixTime`].
    #[must_use]
    pub fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// SHA-256 of the DER: what RFC 8705 section 3.1 calls `x5t#S256`, before its base64url.
    #[must_use]
    pub fn sha256(&self) -> &[u8; DIGEST_BYTES] {
        &self.sha256
    }

    /// SHA-256 of the DER in lower-case hexadecimal, as in Envoy's `connection.sha256_peer_certificate_digest`.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        digest::to_hex(&self.sha256)
    }

    /// Whether `now` is within the certificate's life, with both ends moved apart by `leeway` for clocks that
    /// disagree. RFC 5280 section 4.1.2.5: "the period of time from notBefore through notAfter, inclusive".
    ///
    /// # Errors
    /// On which side of its life `now` is.
    pub fn check_validity(&self, now: UnixTime, leeway: Duration) -> Result<(), ValidityError> {
        let leeway = i64::try_from(leeway.as_nanos()).unwrap_or(i64::MAX);
        if now.nanos() < self.not_before.nanos().saturating_sub(leeway) {
            return Err(ValidityError::NotYetValid);
        }
        if now.nanos() > self.not_after.nanos().saturating_add(leeway) {
            return Err(ValidityError::Expired);
        }
        Ok(())
    }
}

impl fmt::Debug for X509Svid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("X509Svid")
            .field("id", &self.id)
            .field("not_before", &self.not_before.secs())
            .field("not_after", &self.not_after.secs())
            .field("sha256", &self.sha256_hex())
            .finish()
    }
}
