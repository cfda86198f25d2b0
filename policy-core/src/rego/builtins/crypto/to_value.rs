//! Certificates and keys as Go's encoder writes them: one member a field, `null` for a list that was never made.

use core::net::{Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::BigUint;

use super::super::call::{Failure, Meter};
use super::certificate::{Certificate, Extension};
use super::der::Oid;
use super::extensions::{AlternativeNames, NameConstraints};
use super::name::Name;
use super::public_key::PublicKey;
use super::uri::Uri;
use crate::rego::value::{Number, Object, Value};

/// A value that owns what it holds.
pub(super) type Made = Value<'static>;

/// Bytes of a number that is written in decimal digits: it takes the square of them.
const MAX_NUMBER_BYTES: usize = 2_048;

/// An object of some members.
pub(super) fn object(members: Vec<(&'static str, Made)>) -> Made {
    Value::Object(members.into_iter().map(|(name, value)| (Value::text(name), value)).collect::<Object<'_>>())
}

/// A list, or `null` for an empty one.
pub(super) fn list(items: impl IntoIterator<Item = Made>) -> Made {
    let items: Vec<_> = items.into_iter().collect();
    if items.is_empty() { Value::Null } else { Value::array(items) }
}

/// Bytes in base64.
pub(super) fn bytes(bytes: &[u8]) -> Made {
    Value::from(STANDARD.encode(bytes))
}

fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Made {
    list(texts.into_iter().map(Value::string))
}

/// Texts of bytes that need not be UTF-8.
fn byte_texts(texts: &[&[u8]]) -> Made {
    list(texts.iter().map(|bytes| Value::from(super::encoding::text_as_in_go(bytes))))
}

fn arcs(oid: &Oid<'_>) -> Made {
    arc_list(&oid.arcs().unwrap_or_default())
}

fn arc_list(arcs: &[i64]) -> Made {
    Value::array(arcs.iter().copied().map(Value::integer).collect())
}

/// A number, big-endian, without a sign.
///
/// # Errors
/// When it is too large to be written in decimal digits.
pub(super) fn number(big_endian: &[u8], meter: &mut Meter) -> Result<Made, Failure> {
    const TOO_LARGE: Failure = Failure::Limit("a number in a certificate or key has more than 2048 bytes");
    if big_endian.len() > MAX_NUMBER_BYTES {
        return Err(TOO_LARGE);
    }
    let words = u64::try_from(big_endian.len() / 8).unwrap_or(u64::MAX);
    meter.steps(words.saturating_mul(words))?;
    meter.makes(big_endian.len().saturating_mul(4))?;
    let digits = BigUint::from_bytes_be(big_endian).to_string();
    Number::parse(&digits).map(Value::Number).ok_or(TOO_LARGE)
}

/// A public key.
///
/// # Errors
/// When a number in it is too large.
pub(super) fn public_key(key: Option<&PublicKey>, meter: &mut Meter) -> Result<Made, Failure> {
    Ok(match key {
        None | Some(PublicKey::X25519) => Value::Null,
        Some(PublicKey::Rsa(key)) => object(vec![
            ("E", Value::integer(i64::try_from(key.exponent).unwrap_or(i64::MAX))),
            ("N", number(&key.modulus.to_bytes_be(), meter)?),
        ]),
        Some(PublicKey::Ec(key)) => {
            let (x, y) = key.coordinates();
            object(vec![("Curve", object(vec![])), ("X", number(&x, meter)?), ("Y", number(&y, meter)?)])
        }
        Some(PublicKey::Ed25519(key)) => bytes(&key.0),
        Some(PublicKey::Dsa(key)) => object(vec![
            ("P", number(&key.p, meter)?),
            ("Q", number(&key.q, meter)?),
            ("G", number(&key.g, meter)?),
            ("Y", number(&key.y, meter)?),
        ]),
    })
}

/// A distinguished name.
pub(super) fn name(name: &Name) -> Made {
    let last = |number| Value::string(name.values(number).last().unwrap_or_default());
    let all = |number| texts(name.values(number));
    let attributes = name.0.iter().map(|attribute| {
        object(vec![("Type", arc_list(&attribute.arcs)), ("Value", Value::string(&attribute.value))])
    });
    object(vec![
        ("Country", all(6)),
        ("Organization", all(10)),
        ("OrganizationalUnit", all(11)),
        ("Locality", all(7)),
        ("Province", all(8)),
        ("StreetAddress", all(9)),
        ("PostalCode", all(17)),
        ("SerialNumber", last(5)),
        ("CommonName", last(3)),
        ("Names", list(attributes)),
        ("ExtraNames", Value::Null),
    ])
}

/// Extensions in order.
pub(super) fn extensions(extensions: &[Extension<'_>]) -> Made {
    list(extensions.iter().map(|extension| {
        object(vec![
            ("Id", arcs(&extension.id)),
            ("Critical", Value::Bool(extension.critical)),
            ("Value", bytes(extension.value)),
        ])
    }))
}

/// An address of 4 or 16 bytes.
fn address(bytes: &[u8]) -> String {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Ipv4Addr::from(v4).to_string();
    }
    let Ok(v6) = <[u8; 16]>::try_from(bytes) else {
        return String::new();
    };
    let v6 = Ipv6Addr::from(v6);
    v6.to_ipv4_mapped().map_or_else(|| v6.to_string(), |v4| v4.to_string())
}

/// Names of the subject: four members.
pub(super) fn alternative_names(names: &AlternativeNames<'_>) -> Vec<(&'static str, Made)> {
    vec![
        ("DNSNames", texts(names.dns.iter().copied())),
        ("EmailAddresses", texts(names.email.iter().copied())),
        ("IPAddresses", list(names.ip.iter().map(|ip| Value::from(address(ip))))),
        ("URIs", list(names.uris.iter().map(uri))),
    ]
}

fn uri(uri: &Uri<'_>) -> Made {
    object(vec![
        ("Scheme", Value::string(&uri.scheme)),
        ("Opaque", Value::text("")),
        ("User", Value::Null),
        ("Host", Value::string(uri.host)),
        ("Path", Value::string(uri.path)),
        ("Fragment", Value::string(uri.fragment)),
        ("RawQuery", Value::string(uri.query)),
        ("RawPath", Value::text("")),
        ("RawFragment", Value::text("")),
        ("ForceQuery", Value::Bool(false)),
        ("OmitHost", Value::Bool(false)),
    ])
}

fn ip_ranges(constraints: &NameConstraints<'_>) -> Made {
    list(
        constraints
            .ip
            .iter()
            .map(|(ip, mask)| object(vec![("IP", Value::from(address(ip))), ("Mask", bytes(mask))])),
    )
}

/// An object identifier with dots, its arcs of any size.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "invariant: numbers of any size; what is subtracted is never larger"
)]
fn dotted(oid: &[u8]) -> String {
    let mut text = String::new();
    for (place, arc) in oid.split_inclusive(|byte| byte & 0x80 == 0).enumerate() {
        let mut value =
            arc.iter().fold(BigUint::from(0_u8), |value, byte| (value << 7) + BigUint::from(byte & 0x7f));
        if place == 0 {
            let first = [2_u8, 1].into_iter().find(|first| value >= BigUint::from(first.saturating_mul(40)));
            let first = first.unwrap_or(0);
            value -= BigUint::from(first.saturating_mul(40));
            text = format!("{first}.{value}");
        } else {
            text.push_str(&format!(".{value}"));
        }
    }
    text
}

/// A policy's identifier.
///
/// # Errors
/// When it has arcs of a size that nobody uses, or is not well formed, which Go does not ask in a mapping.
fn policy(oid: &[u8]) -> Result<Made, Failure> {
    if oid.len() > 64 || !super::der::is_oid(oid) {
        return Err(Failure::Limit("the identifier of a policy in a certificate is not supported"));
    }
    Ok(Value::from(dotted(oid)))
}

/// A certificate; `with_uri_texts` adds the member that OPA adds to Go's.
///
/// # Errors
/// When a number in it is too large.
pub(super) fn certificate(
    certificate: &Certificate<'_>,
    with_uri_texts: bool,
    meter: &mut Meter,
) -> Result<Made, Failure> {
    let known = &certificate.known;
    let policies = known.policies.as_deref().unwrap_or_default();
    let small_policies: Vec<_> = policies.iter().filter_map(|policy| Oid::read(policy)).collect();
    let policy_texts = policies.iter().map(|oid| policy(oid)).collect::<Result<Vec<_>, _>>()?;
    let mut mappings = Vec::new();
    for (issuer, subject) in &known.policy_mappings {
        mappings.push(object(vec![
            ("IssuerDomainPolicy", policy(issuer)?),
            ("SubjectDomainPolicy", policy(subject)?),
        ]));
    }
    let path_length = known.basic_constraints.map_or(0, |constraints| constraints.path_length);
    let zero = |number: Option<i64>| Value::Bool(number == Some(0));
    let number_or_zero = |number: Option<i64>| Value::integer(number.unwrap_or(0));
    let id = |id: Option<&[u8]>| id.map_or(Value::Null, bytes);
    let mut members = vec![
        ("Raw", bytes(certificate.raw)),
        ("RawTBSCertificate", bytes(certificate.raw_tbs)),
        ("RawSubjectPublicKeyInfo", bytes(certificate.raw_key)),
        ("RawSubject", bytes(certificate.raw_subject)),
        ("RawIssuer", bytes(certificate.raw_issuer)),
        ("Signature", bytes(&certificate.signature)),
        ("SignatureAlgorithm", Value::integer(certificate.signature_algorithm)),
        ("PublicKeyAlgorithm", Value::integer(certificate.key_algorithm)),
        ("PublicKey", public_key(certificate.key.as_ref(), meter)?),
        ("Version", Value::integer(certificate.version)),
        ("SerialNumber", number(certificate.serial, meter)?),
        ("Issuer", name(&certificate.issuer)),
        ("Subject", name(&certificate.subject)),
        ("NotBefore", Value::string(&certificate.not_before)),
        ("NotAfter", Value::string(&certificate.not_after)),
        ("KeyUsage", Value::integer(known.key_usage)),
        ("Extensions", extensions(&certificate.extensions)),
        ("ExtraExtensions", Value::Null),
        ("UnhandledCriticalExtensions", list(known.unhandled_critical.iter().map(arcs))),
        ("ExtKeyUsage", list(known.extended_usages.iter().copied().map(Value::integer))),
        ("UnknownExtKeyUsage", list(known.unknown_usages.iter().map(arcs))),
        ("BasicConstraintsValid", Value::Bool(known.basic_constraints.is_some())),
        ("IsCA", Value::Bool(known.basic_constraints.is_some_and(|constraints| constraints.is_ca))),
        ("MaxPathLen", Value::integer(path_length)),
        ("MaxPathLenZero", zero(known.basic_constraints.map(|constraints| constraints.path_length))),
        ("SubjectKeyId", id(known.subject_key_id)),
        ("AuthorityKeyId", id(known.authority_key_id)),
        ("OCSPServer", byte_texts(&known.ocsp_servers)),
        ("IssuingCertificateURL", byte_texts(&known.issuing_urls)),
        ("PermittedDNSDomainsCritical", Value::Bool(known.constraints_critical)),
        ("PermittedDNSDomains", texts(known.permitted.dns.iter().copied())),
        ("ExcludedDNSDomains", texts(known.excluded.dns.iter().copied())),
        ("PermittedIPRanges", ip_ranges(&known.permitted)),
        ("ExcludedIPRanges", ip_ranges(&known.excluded)),
        ("PermittedEmailAddresses", texts(known.permitted.email.iter().copied())),
        ("ExcludedEmailAddresses", texts(known.excluded.email.iter().copied())),
        ("PermittedURIDomains", texts(known.permitted.uri.iter().copied())),
        ("ExcludedURIDomains", texts(known.excluded.uri.iter().copied())),
        ("CRLDistributionPoints", byte_texts(&known.crl_points)),
        (
            "PolicyIdentifiers",
            match known.policies {
                Some(_) => Value::array(small_policies.iter().map(arcs).collect()),
                None => Value::Null,
            },
        ),
        ("Policies", list(policy_texts)),
        ("InhibitAnyPolicy", number_or_zero(known.inhibit_any_policy)),
        ("InhibitAnyPolicyZero", zero(known.inhibit_any_policy)),
        ("InhibitPolicyMapping", number_or_zero(known.inhibit_policy_mapping)),
        ("InhibitPolicyMappingZero", zero(known.inhibit_policy_mapping)),
        ("RequireExplicitPolicy", number_or_zero(known.require_explicit_policy)),
        ("RequireExplicitPolicyZero", zero(known.require_explicit_policy)),
        ("PolicyMappings", list(mappings)),
    ];
    members.extend(alternative_names(&known.names));
    if with_uri_texts {
        members.push(("URIStrings", list(known.names.uris.iter().map(|uri| Value::from(uri.text())))));
    }
    Ok(object(members))
}
