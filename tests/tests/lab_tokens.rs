//! The tokens verify where they should, and only there. The judge is `jsonwebtoken`, and for ES512, which it does not
//! know, `p521`.
#![expect(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_tests::pki::unix_now;
use doorward_tests::tokens::{Algorithm, JwkOptions, RSA_BITS, Tamper, TokenKey, TokenSpec, jwks, mint};
use jsonwebtoken::{DecodingKey, Validation, decode, jwk::Jwk};
use serde_json::{Value, json};

fn public(key: &TokenKey) -> Value {
    jwks([(key, &JwkOptions::default())])["keys"][0].clone()
}

fn verifies(token: &str, key: &TokenKey, name: &str) -> bool {
    let jwk: Jwk = serde_json::from_value(public(key)).unwrap();
    let mut rules = Validation::new(name.parse().unwrap());
    rules.validate_aud = false;
    decode::<Value>(token, &DecodingKey::from_jwk(&jwk).unwrap(), &rules).is_ok()
}

fn part(token: &str, index: usize) -> Value {
    let encoded = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}

#[test]
fn every_algorithm_verifies_with_its_own_key_only() {
    let rsa = TokenKey::generate("rsa", Algorithm::RS256, RSA_BITS).unwrap();
    for algorithm in Algorithm::ALL {
        if algorithm == Algorithm::ES512 {
            continue;
        }
        let spec = TokenSpec { alg: Some(algorithm), ..TokenSpec::claims(json!({ "sub": "ada" })) };
        let generated = TokenKey::generate("own", algorithm, RSA_BITS).unwrap();
        let key = if algorithm.name().starts_with(['R', 'P']) { &rsa } else { &generated };
        let token = mint(&spec, key, unix_now()).unwrap();
        assert!(verifies(&token, key, algorithm.name()), "{}", algorithm.name());
        let other = TokenKey::generate("other", algorithm, RSA_BITS).unwrap();
        assert!(!verifies(&token, &other, algorithm.name()), "{}", algorithm.name());
    }
}

#[test]
fn es512_is_the_concatenation_of_two_integers_of_66_bytes() {
    use p521::ecdsa::{Signature, VerifyingKey, signature::Verifier};
    let key = TokenKey::generate("p521", Algorithm::ES512, RSA_BITS).unwrap();
    let token = mint(&TokenSpec::default(), &key, unix_now()).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    assert_eq!(signature.len(), 132);
    let jwk = public(&key);
    let mut point = vec![4];
    for coordinate in ["x", "y"] {
        let bytes = URL_SAFE_NO_PAD.decode(jwk[coordinate].as_str().unwrap()).unwrap();
        assert_eq!(bytes.len(), 66);
        point.extend(bytes);
    }
    let verifier = VerifyingKey::from_sec1_bytes(&point).unwrap();
    let signature = Signature::from_slice(&signature).unwrap();
    verifier.verify(signed.as_bytes(), &signature).unwrap();
    verifier.verify(b"other", &signature).unwrap_err();
}

#[test]
fn a_tampered_token_does_not_verify() {
    let key = TokenKey::generate("k", Algorithm::ES256, RSA_BITS).unwrap();
    for tamper in [Tamper::Payload, Tamper::Signature, Tamper::NoneAlg, Tamper::Hs256Confusion] {
        let spec = TokenSpec { tamper: Some(tamper), ..TokenSpec::default() };
        assert!(!verifies(&mint(&spec, &key, unix_now()).unwrap(), &key, "ES256"), "{tamper:?}");
    }
    assert!(verifies(&mint(&TokenSpec::default(), &key, unix_now()).unwrap(), &key, "ES256"));
}

#[test]
fn the_confused_token_is_a_good_hmac_with_the_public_key() {
    let key = TokenKey::generate("k", Algorithm::ES256, RSA_BITS).unwrap();
    let spec = TokenSpec { tamper: Some(Tamper::Hs256Confusion), ..TokenSpec::default() };
    let token = mint(&spec, &key, unix_now()).unwrap();
    let secret = Value::Object(key.public_members()).to_string();
    let mut rules = Validation::new(jsonwebtoken::Algorithm::HS256);
    rules.validate_aud = false;
    decode::<Value>(&token, &DecodingKey::from_secret(secret.as_bytes()), &rules).unwrap();
}

#[test]
fn times_are_relative_and_a_null_takes_a_member_away() {
    let key = TokenKey::generate("k", Algorithm::EdDSA, RSA_BITS).unwrap();
    let mut spec = TokenSpec::claims(json!({ "sub": "ada", "iat": null }));
    spec.exp_in = -60;
    spec.nbf_in = Some(30);
    spec.header = serde_json::from_value(json!({ "typ": "at+jwt", "kid": null })).unwrap();
    let token = mint(&spec, &key, 1_000_000).unwrap();
    assert_eq!(part(&token, 0), json!({ "alg": "EdDSA", "typ": "at+jwt" }));
    assert_eq!(part(&token, 1), json!({ "sub": "ada", "exp": 999_940, "nbf": 1_000_030 }));
}

#[test]
fn a_jwk_carries_what_is_asked_for() {
    let key = TokenKey::generate("k", Algorithm::ES384, RSA_BITS).unwrap();
    let bare = JwkOptions { kid: false, alg: false, usage: None, ..JwkOptions::default() };
    let broken = JwkOptions {
        set: serde_json::from_value(json!({ "y": null, "crv": "P-256" })).unwrap(),
        ..JwkOptions::jwt_svid()
    };
    let set = jwks([(&key, &bare), (&key, &broken)]);
    assert!(set["keys"][0].get("kid").is_none() && set["keys"][0].get("use").is_none());
    assert_eq!(set["keys"][1]["use"], "jwt-svid");
    assert_eq!(set["keys"][1]["crv"], "P-256");
    assert!(set["keys"][1].get("y").is_none() && set["keys"][1].get("d").is_none());
}

#[test]
fn a_key_does_not_sign_under_an_algorithm_of_another_kind() {
    let key = TokenKey::generate("k", Algorithm::ES384, RSA_BITS).unwrap();
    assert!(key.sign(Algorithm::ES256, b"x").is_err());
    assert!(key.sign(Algorithm::RS256, b"x").is_err());
}
