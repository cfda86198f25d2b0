//! `crypto.parse_private_keys`, `crypto.x509.parse_rsa_private_key` and `crypto.x509.parse_keypair`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::super::call::{Call, Failure, Meter};
use super::certificate::{Certificate, MAX_BYTES};
use super::ec::Curve;
use super::encoding::{Base64, base64_decode};
use super::pem::pem_block;
use super::private_key::{PrivateKey, private_keys};
use super::public_key::PublicKey;
use super::to_value::{self, Made, object};
use super::{refused, string_operand};
use crate::rego::value::Value;

type Answer<'v> = Result<Option<Value<'v>>, Failure>;

/// `crypto.parse_private_keys(text)`: the keys as Go's encoder writes them.
pub(super) fn parse_private_keys<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Answer<'v> {
    let text = text(arguments, 1)?;
    if text.is_empty() {
        return Ok(Some(Value::Null));
    }
    let keys = private_keys(text.as_bytes(), call.meter)?;
    let values = keys.iter().map(|key| private_key(key, call.meter)).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Value::array(values)))
}

/// `crypto.x509.parse_rsa_private_key(text)`: the first key, of any kind, as a JWK.
pub(super) fn parse_rsa_private_key<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Answer<'v> {
    let text = text(arguments, 1)?;
    let decoded = match text {
        "" => return Err(refused("input PEM data was empty")),
        pem if pem.starts_with("-----BEGIN") => None,
        text => {
            call.meter.makes(text.len())?;
            let decoded = base64_decode(Base64::Standard, text.as_bytes());
            Some(decoded.ok_or_else(|| refused("the key is neither PEM nor base64"))?)
        }
    };
    let keys = private_keys(decoded.as_deref().unwrap_or(text.as_bytes()), call.meter)?;
    match keys.first() {
        None => Ok(Some(Value::Null)),
        Some(key) => jwk(key).map(Some),
    }
}

/// `crypto.x509.parse_keypair(certificates, key)`: a certificate and its private key.
pub(super) fn parse_key_pair<'v>(call: &mut Call<'_>, arguments: &[Value<'v>]) -> Answer<'v> {
    let certificates = text(arguments, 1)?;
    let key = text(arguments, 2)?;
    call.meter.reads(certificates.len().saturating_add(key.len()).saturating_mul(4))?;
    call.meter.makes(certificates.len().saturating_add(key.len()).saturating_mul(8))?;
    let chain: Vec<Vec<u8>> = match pem_or_der(certificates)? {
        Form::Der(der) => vec![der],
        Form::Pem(pem) => {
            let chain = blocks(&pem).into_iter().filter(|(label, _)| label == b"CERTIFICATE");
            chain.map(|(_, bytes)| bytes).collect()
        }
    };
    let key = match pem_or_der(key)? {
        Form::Der(der) => Some(der),
        Form::Pem(pem) => {
            let is_key = |label: &[u8]| label == b"PRIVATE KEY" || label.ends_with(b" PRIVATE KEY");
            blocks(&pem).into_iter().find(|(label, _)| is_key(label)).map(|(_, bytes)| bytes)
        }
    };
    let (Some(leaf), Some(key)) = (chain.first(), key) else {
        return Err(refused("there is no certificate, or no private key"));
    };
    let leaf = Certificate::read_one(leaf, call.meter)?;
    let key = PrivateKey::any_form(&key, call.meter)?;
    let belongs = match (&leaf.key, key.public()) {
        (Some(PublicKey::Rsa(a)), Some(PublicKey::Rsa(b))) => *a == b,
        (Some(PublicKey::Ec(a)), Some(PublicKey::Ec(b))) => *a == b,
        (Some(PublicKey::Ed25519(a)), Some(PublicKey::Ed25519(b))) => *a == b,
        _ => false,
    };
    if !belongs {
        return Err(refused("the private key is not the certificate's"));
    }
    call.meter.makes(8_192)?;
    Ok(Some(object(vec![
        ("Certificate", to_value::list(chain.iter().map(|der| to_value::bytes(der)))),
        ("PrivateKey", private_key(&key, call.meter)?),
        ("SupportedSignatureAlgorithms", Value::Null),
        ("OCSPStaple", Value::Null),
        ("SignedCertificateTimestamps", Value::Null),
        ("Leaf", to_value::certificate(&leaf, false, call.meter)?),
    ])))
}

fn text<'a>(arguments: &'a [Value<'_>], position: usize) -> Result<&'a str, Failure> {
    let text = string_operand(arguments, position)?;
    if text.len() > MAX_BYTES {
        return Err(Failure::Limit("certificates or keys have more than 1 MiB"));
    }
    Ok(text)
}

enum Form {
    Pem(Vec<u8>),
    Der(Vec<u8>),
}

/// PEM, or base64 of PEM or of DER.
fn pem_or_der(text: &str) -> Result<Form, Failure> {
    if text.starts_with("-----BEGIN ") {
        return Ok(Form::Pem(text.as_bytes().to_vec()));
    }
    let decoded = base64_decode(Base64::Standard, text.as_bytes());
    let decoded = decoded.ok_or_else(|| refused("a certificate or key is neither PEM nor base64"))?;
    Ok(if decoded.starts_with(b"-----BEGIN ") { Form::Pem(decoded) } else { Form::Der(decoded) })
}

fn blocks(mut text: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut blocks = Vec::new();
    while let Some(block) = pem_block(text) {
        text = block.rest;
        blocks.push((block.label.to_vec(), block.bytes));
    }
    blocks
}

/// A key as Go's encoder writes it.
fn private_key(key: &PrivateKey, meter: &mut Meter) -> Result<Made, Failure> {
    let mut number = |bytes: &[u8]| to_value::number(bytes, meter);
    Ok(match key {
        PrivateKey::Rsa(key) => {
            let [p, q] = &key.primes;
            let precomputed = object(vec![
                ("Dp", number(&key.derived.p)?),
                ("Dq", number(&key.derived.q)?),
                ("Qinv", number(&key.derived.inverse)?),
                ("CRTValues", Value::array(vec![])),
            ]);
            object(vec![
                ("N", number(&key.public.modulus.to_bytes_be())?),
                ("E", Value::integer(i64::try_from(key.public.exponent).unwrap_or(i64::MAX))),
                ("D", number(&key.private)?),
                ("Primes", Value::array(vec![number(p)?, number(q)?])),
                ("Precomputed", precomputed),
            ])
        }
        PrivateKey::Ec(secret, secret_number) => {
            let (x, y) = secret.public().coordinates();
            object(vec![
                ("Curve", object(vec![])),
                ("X", number(&x)?),
                ("Y", number(&y)?),
                ("D", number(secret_number)?),
            ])
        }
        PrivateKey::Ed25519(secret, _) => Value::from(STANDARD.encode(secret.key_pair())),
        PrivateKey::X25519(_) => object(vec![]),
    })
}

/// A key as a JWK (RFC 7517), its numbers without leading zeros or in the size of the curve.
fn jwk(key: &PrivateKey) -> Result<Made, Failure> {
    let bytes = |bytes: &[u8]| Value::from(URL_SAFE_NO_PAD.encode(bytes));
    let number = |number: &[u8]| {
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        bytes(number.get(zeros..).unwrap_or_default())
    };
    Ok(match key {
        PrivateKey::Rsa(key) => {
            let [p, q] = &key.primes;
            object(vec![
                ("kty", Value::text("RSA")),
                ("n", number(&key.public.modulus.to_bytes_be())),
                ("e", number(&key.public.exponent.to_be_bytes())),
                ("d", number(&key.private)),
                ("p", number(p)),
                ("q", number(q)),
                ("dp", number(&key.derived.p)),
                ("dq", number(&key.derived.q)),
                ("qi", number(&key.derived.inverse)),
            ])
        }
        PrivateKey::Ec(secret, secret_number) => {
            let public = secret.public();
            let curve = match public.curve() {
                Curve::P224 => return Err(refused("there is no JWK of a key on P-224")),
                Curve::P256 => "P-256",
                Curve::P384 => "P-384",
                Curve::P521 => "P-521",
            };
            let (x, y) = public.coordinates();
            object(vec![
                ("kty", Value::text("EC")),
                ("crv", Value::text(curve)),
                ("x", bytes(&x)),
                ("y", bytes(&y)),
                ("d", bytes(secret_number)),
            ])
        }
        PrivateKey::Ed25519(secret, seed) => okp("Ed25519", bytes(&secret.public().0), bytes(seed)),
        PrivateKey::X25519(number) => {
            let point = curve25519_dalek::MontgomeryPoint::mul_base_clamped(*number);
            okp("X25519", bytes(point.as_bytes()), bytes(number))
        }
    })
}

fn okp(curve: &'static str, x: Made, d: Made) -> Made {
    object(vec![("kty", Value::text("OKP")), ("crv", Value::text(curve)), ("x", x), ("d", d)])
}
