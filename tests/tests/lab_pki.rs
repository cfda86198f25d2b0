//! The certificates are what their specification says.
#![expect(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use doorward_tests::pki::{Authority, LeafSpec, self_signed, unix_now};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{DerSignature, VerifyingKey};
use x509_parser::prelude::*;

/// Whether `parent`'s key signed `certificate`. (The parser could tell, but only with a feature that the core goes without.)
fn signed_by(certificate: &X509Certificate<'_>, parent: &X509Certificate<'_>) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&parent.public_key().subject_public_key.data).unwrap();
    let signature = DerSignature::from_bytes(&certificate.signature_value.data).unwrap();
    key.verify(certificate.tbs_certificate.as_ref(), &signature).is_ok()
}

fn uris(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return Vec::new() };
    let uris = names.value.general_names.iter().filter_map(|name| match name {
        GeneralName::URI(uri) => Some((*uri).to_owned()),
        _ => None,
    });
    uris.collect()
}

#[test]
fn an_authority_is_a_spiffe_signing_certificate() {
    let authority = Authority::new("corp.example.com").unwrap();
    let (_, certificate) = X509Certificate::from_der(authority.der()).unwrap();
    assert_eq!(uris(&certificate), ["spiffe://corp.example.com"]);
    assert!(certificate.is_ca());
    let usage = certificate.key_usage().unwrap().unwrap();
    assert!(usage.critical && usage.value.key_cert_sign() && !usage.value.digital_signature());
    assert!(signed_by(&certificate, &certificate));
}

#[test]
fn the_default_leaf_is_a_correct_svid() {
    let authority = Authority::new("corp.example.com").unwrap();
    let leaf = authority.leaf(&LeafSpec::svid("spiffe://corp.example.com/ns/web/sa/frontend")).unwrap();
    let (_, certificate) = X509Certificate::from_der(leaf.der()).unwrap();
    let (_, parent) = X509Certificate::from_der(authority.der()).unwrap();
    assert_eq!(uris(&certificate), ["spiffe://corp.example.com/ns/web/sa/frontend"]);
    assert!(signed_by(&certificate, &parent));
    assert!(!certificate.is_ca() && certificate.validity().is_valid());
    let usage = certificate.key_usage().unwrap().unwrap();
    assert!(usage.critical && usage.value.digital_signature() && !usage.value.key_cert_sign());
    let extended = certificate.extended_key_usage().unwrap().unwrap();
    assert!(extended.value.server_auth && extended.value.client_auth);
    // RFC 5280 section 4.2.1.6: critical where the subject is empty.
    assert!(certificate.subject_alternative_name().unwrap().unwrap().critical);
}

#[test]
fn a_leaf_breaks_the_rule_it_is_asked_to_break() {
    let authority = Authority::new("corp.example.com").unwrap();
    let spec = LeafSpec {
        uris: vec!["spiffe://corp.example.com/a".into(), "spiffe://corp.example.com/b".into()],
        dns: vec!["a.corp.example.com".into()],
        ca: true,
        key_usage: vec!["keyCertSign".into()],
        extended_key_usage: vec!["serverAuth".into()],
        not_before_in: -7200,
        not_after_in: -3600,
        subject: Some("a".into()),
    };
    let leaf = authority.leaf(&spec).unwrap();
    let (_, certificate) = X509Certificate::from_der(leaf.der()).unwrap();
    assert_eq!(uris(&certificate), ["spiffe://corp.example.com/a", "spiffe://corp.example.com/b"]);
    assert!(certificate.is_ca() && !certificate.validity().is_valid());
    assert!((certificate.validity().not_after.timestamp() - (unix_now() - 3600)).abs() <= 5);
    assert!(certificate.key_usage().unwrap().unwrap().value.key_cert_sign());
    assert!(!certificate.extended_key_usage().unwrap().unwrap().value.client_auth);
}

#[test]
fn without_names_there_is_no_san_extension() {
    let authority = Authority::new("corp.example.com").unwrap();
    let leaf = authority.leaf(&LeafSpec::default()).unwrap();
    let (_, certificate) = X509Certificate::from_der(leaf.der()).unwrap();
    assert!(certificate.subject_alternative_name().unwrap().is_none());
}

#[test]
fn a_self_signed_leaf_is_not_the_authoritys() {
    let authority = Authority::new("corp.example.com").unwrap();
    let leaf = self_signed(&LeafSpec::svid("spiffe://corp.example.com/a")).unwrap();
    let (_, certificate) = X509Certificate::from_der(leaf.der()).unwrap();
    let (_, parent) = X509Certificate::from_der(authority.der()).unwrap();
    assert!(signed_by(&certificate, &certificate));
    assert!(!signed_by(&certificate, &parent));
}

#[test]
fn an_unknown_key_usage_is_refused() {
    let spec = LeafSpec { key_usage: vec!["digitalsignature".into()], ..LeafSpec::default() };
    assert!(self_signed(&spec).is_err());
}
