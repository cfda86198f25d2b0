//! The rules that make a certificate the SVID of a workload: X509-SVID sections 2 to 5.
//!
//! Section 5.2 says what a validator MUST check: `cA` false, neither `keyCertSign` nor `cRLSign`, the scheme,
//! a path, one URI SAN. Sections 3 and 4 say what an issuer MUST do. Of those we also require:
//! - **key usage present, critical, with `digitalSignature`**: without the extension a key is good for
//!   everything (RFC 5280 section 4.2.1.3 restricts only "when" it is there), and a client proves itself in TLS
//!   by a signature. SPIRE, Istio, step-ca, cert-manager and Consul all write it so.
//! - **SAN critical when the subject is empty** (also RFC 5280 section 4.1.2.6): the same issuers obey, and what
//!   does not is no X.509-SVID.
//! - **`clientAuth` where there is an extended key usage**: the peer was a TLS client, and RFC 5280 section
//!   4.2.1.12 lets the key be "used only for one of the purposes indicated".
//!
//! We do not require `serverAuth` beside it, although section 4.4 tells issuers to set both: it says nothing
//! about a client, and authorities that are not SPIRE do issue certificates for clients only.

use x509_parser::certificate::TbsCertificate;
use x509_parser::extensions::{
    BasicConstraints, ExtendedKeyUsage, GeneralName, KeyUsage, SubjectAlternativeName, X509Extension,
};
use x509_parser::oid_registry::{
    OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE,
    OID_X509_EXT_SUBJECT_ALT_NAME, Oid,
};
use x509_parser::prelude::FromDer;

use super::super::id::SpiffeId;
use super::super::limits::MAX_CERTIFICATE_EXTENSIONS;
use super::error::SvidError;

/// The tag of `uniformResourceIdentifier [6]` in a `GeneralName` (RFC 5280 section 4.2.1.6).
const URI_TAG: u32 = 6;

/// The SPIFFE ID of the workload whose certificate this is.
pub(super) fn identity(fields: &TbsCertificate<'_>) -> Result<SpiffeId, SvidError> {
    let extensions = fields.extensions();
    check_unique(extensions)?;
    check_basic_constraints(extensions)?;
    check_key_usage(extensions)?;
    check_extended_key_usage(extensions)?;
    let subject_is_empty = fields.subject.iter_rdn().next().is_none();
    let id = SpiffeId::parse(uri_san(extensions, subject_is_empty)?)?;
    if !id.has_path() {
        return Err(SvidError::RootPath);
    }
    Ok(id)
}

fn check_unique(extensions: &[X509Extension<'_>]) -> Result<(), SvidError> {
    if extensions.len() > MAX_CERTIFICATE_EXTENSIONS {
        return Err(SvidError::TooManyExtensions { count: extensions.len() });
    }
    let mut rest = extensions;
    while let Some((first, others)) = rest.split_first() {
        if others.iter().any(|other| other.oid == first.oid) {
            return Err(SvidError::DuplicateExtension);
        }
        rest = others;
    }
    Ok(())
}

/// RFC 5280 section 4.2.1.9: without the extension the certificate is not that of an authority.
fn check_basic_constraints(extensions: &[X509Extension<'_>]) -> Result<(), SvidError> {
    let Some(extension) = find(extensions, &OID_X509_EXT_BASIC_CONSTRAINTS) else {
        return Ok(());
    };
    let constraints: BasicConstraints = value(extension).ok_or(SvidError::BasicConstraintsMalformed)?;
    if constraints.ca { Err(SvidError::CertificateAuthority) } else { Ok(()) }
}

fn check_key_usage(extensions: &[X509Extension<'_>]) -> Result<(), SvidError> {
    let extension = find(extensions, &OID_X509_EXT_KEY_USAGE).ok_or(SvidError::KeyUsageMissing)?;
    let usage: KeyUsage = value(extension).ok_or(SvidError::KeyUsageMalformed)?;
    if usage.key_cert_sign() {
        return Err(SvidError::KeyCertSign);
    }
    if usage.crl_sign() {
        return Err(SvidError::CrlSign);
    }
    if !usage.digital_signature() {
        return Err(SvidError::NoDigitalSignature);
    }
    if !extension.critical {
        return Err(SvidError::KeyUsageNotCritical);
    }
    Ok(())
}

fn check_extended_key_usage(extensions: &[X509Extension<'_>]) -> Result<(), SvidError> {
    let Some(extension) = find(extensions, &OID_X509_EXT_EXTENDED_KEY_USAGE) else {
        return Ok(()); // "Leaf SVIDs SHOULD include this extension"
    };
    let usage: ExtendedKeyUsage<'_> = value(extension).ok_or(SvidError::ExtendedKeyUsageMalformed)?;
    if usage.client_auth { Ok(()) } else { Err(SvidError::NoClientAuth) }
}

/// The text of the one URI SAN.
fn uri_san<'c>(extensions: &[X509Extension<'c>], subject_is_empty: bool) -> Result<&'c str, SvidError> {
    let extension = find(extensions, &OID_X509_EXT_SUBJECT_ALT_NAME).ok_or(SvidError::NoUriSan)?;
    let names: SubjectAlternativeName<'c> = value(extension).ok_or(SvidError::SanMalformed)?;
    let mut first = None;
    let mut count = 0_usize;
    for name in &names.general_names {
        match name {
            GeneralName::URI(uri) => {
                count = count.saturating_add(1);
                first = first.or(Some(*uri));
            }
            // A URI that x509-parser cannot read is a URI all the same.
            GeneralName::Invalid(tag, _) if tag.0 == URI_TAG => return Err(SvidError::SanMalformed),
            // "An X.509 SVID MAY contain any number of other SAN field types, including DNS SANs."
            GeneralName::OtherName(..)
            | GeneralName::RFC822Name(_)
            | GeneralName::DNSName(_)
            | GeneralName::X400Address(_)
            | GeneralName::DirectoryName(_)
            | GeneralName::EDIPartyName(_)
            | GeneralName::IPAddress(_)
            | GeneralName::RegisteredID(_)
            | GeneralName::Invalid(..) => {}
        }
    }
    match first {
        None => Err(SvidError::NoUriSan),
        Some(_) if count > 1 => Err(SvidError::SeveralUriSans { count }),
        Some(_) if subject_is_empty && !extension.critical => Err(SvidError::SanNotCritical),
        Some(uri) => Ok(uri),
    }
}

fn find<'a, 'c>(extensions: &'a [X509Extension<'c>], oid: &Oid<'_>) -> Option<&'a X509Extension<'c>> {
    extensions.iter().find(|extension| extension.oid == *oid)
}

/// The value of an extension, to its last byte.
fn value<'a, T, E>(extension: &X509Extension<'a>) -> Option<T>
where
    T: FromDer<'a, E>,
    E: std::fmt::Display + std::fmt::Debug,
{
    match T::from_der(extension.value) {
        Ok(([], value)) => Some(value),
        Ok(_) | Err(_) => None,
    }
}
