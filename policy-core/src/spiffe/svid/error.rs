//! The rule that a certificate breaks.

use super::super::id::SpiffeIdError;
use super::super::limits::MAX_CERTIFICATE_EXTENSIONS;
use super::super::pem::PemError;

/// Which rule a certificate breaks. Nothing of the certificate is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SvidError {
    /// More bytes than a leaf certificate may have.
    #[error("the certificate has {length} bytes, more than allowed")]
    TooLarge {
        /// Bytes of the input.
        length: usize,
    },
    /// Not exactly one certificate in PEM.
    #[error(transparent)]
    Pem(#[from] PemError),
    /// Not a certificate in the distinguished encoding.
    #[error("the certificate is not well-formed DER")]
    Der,
    /// Bytes follow the certificate.
    #[error("bytes follow the certificate")]
    TrailingData,
    /// RFC 5280 section 4.1.2.1: "When extensions are used, as expected in this profile, version MUST be 3".
    #[error("the certificate is not of version 3")]
    Version,
    /// More extensions than a leaf certificate may have.
    #[error("the certificate has {count} extensions, more than {MAX_CERTIFICATE_EXTENSIONS}")]
    TooManyExtensions {
        /// Extensions of the certificate.
        count: usize,
    },
    /// RFC 5280 section 4.2: "A certificate MUST NOT include more than one instance of a particular extension."
    #[error("the certificate repeats an extension")]
    DuplicateExtension,
    /// The subject alternative names cannot be read.
    #[error("the subject alternative names are malformed")]
    SanMalformed,
    /// The basic constraints cannot be read.
    #[error("the basic constraints are malformed")]
    BasicConstraintsMalformed,
    /// The key usage cannot be read.
    #[error("the key usage is malformed")]
    KeyUsageMalformed,
    /// The extended key usage cannot be read.
    #[error("the extended key usage is malformed")]
    ExtendedKeyUsageMalformed,
    /// X509-SVID section 4.1: "leaf certificates MUST set the `cA` field to `false`".
    #[error("the certificate is one of an authority")]
    CertificateAuthority,
    /// X509-SVID section 4.3: "The key usage extension MUST be set on all SVIDs".
    #[error("the certificate has no key usage")]
    KeyUsageMissing,
    /// X509-SVID section 4.3: "... and MUST be marked critical."
    #[error("the key usage is not critical")]
    KeyUsageNotCritical,
    /// X509-SVID section 4.3: "Leaf SVIDs MUST NOT set `keyCertSign`".
    #[error("the key may sign certificates")]
    KeyCertSign,
    /// X509-SVID section 4.3: "Leaf SVIDs MUST NOT set ... `cRLSign`".
    #[error("the key may sign revocation lists")]
    CrlSign,
    /// X509-SVID section 4.3: "Leaf SVIDs MUST set `digitalSignature`."
    #[error("the key may not make digital signatures")]
    NoDigitalSignature,
    /// X509-SVID section 4.4: "When included, fields `id-kp-serverAuth` and `id-kp-clientAuth` MUST be set".
    #[error("the extended key usage does not include client authentication")]
    NoClientAuth,
    /// X509-SVID section 2: "MUST contain exactly one URI SAN"; there is none.
    #[error("the certificate has no URI SAN")]
    NoUriSan,
    /// X509-SVID section 2: "Validators encountering an SVID containing more than one URI SAN MUST reject the
    /// SVID."
    #[error("the certificate has {count} URI SANs")]
    SeveralUriSans {
        /// URI SANs of the certificate.
        count: usize,
    },
    /// X509-SVID section 3.1: "the URI SAN extension MUST be marked as critical if Subject is omitted".
    #[error("the subject is empty and the subject alternative names are not critical")]
    SanNotCritical,
    /// The URI SAN is not a SPIFFE ID.
    #[error(transparent)]
    SpiffeId(#[from] SpiffeIdError),
    /// X509-SVID section 5.2: the validator "MUST ensure that the SPIFFE ID has a non-root path component".
    #[error("the SPIFFE ID has no path")]
    RootPath,
}

/// On which side of its life a certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValidityError {
    /// Before `notBefore`.
    #[error("the certificate is not valid yet")]
    NotYetValid,
    /// After `notAfter`.
    #[error("the certificate has expired")]
    Expired,
}

impl SvidError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "svid_too_large",
            Self::Pem(error) => error.code(),
            Self::Der => "svid_der",
            Self::TrailingData => "svid_trailing_data",
            Self::Version => "svid_version",
            Self::TooManyExtensions { .. } => "svid_too_many_extensions",
            Self::DuplicateExtension => "svid_duplicate_extension",
            Self::SanMalformed => "svid_san_malformed",
            Self::BasicConstraintsMalformed => "svid_basic_constraints_malformed",
            Self::KeyUsageMalformed => "svid_key_usage_malformed",
            Self::ExtendedKeyUsageMalformed => "svid_extended_key_usage_malformed",
            Self::CertificateAuthority => "svid_certificate_authority",
            Self::KeyUsageMissing => "svid_key_usage_missing",
            Self::KeyUsageNotCritical => "svid_key_usage_not_critical",
            Self::KeyCertSign => "svid_key_cert_sign",
            Self::CrlSign => "svid_crl_sign",
            Self::NoDigitalSignature => "svid_no_digital_signature",
            Self::NoClientAuth => "svid_no_client_auth",
            Self::NoUriSan => "svid_no_uri_san",
            Self::SeveralUriSans { .. } => "svid_several_uri_sans",
            Self::SanNotCritical => "svid_san_not_critical",
            Self::SpiffeId(error) => error.code(),
            Self::RootPath => "svid_root_path",
        }
    }
}

impl ValidityError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotYetValid => "svid_not_yet_valid",
            Self::Expired => "svid_expired",
        }
    }
}
