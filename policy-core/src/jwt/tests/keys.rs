//! Which key: by its exact name, for its own algorithm, of this provider only.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::json;

use crate::jwt::testing::*;
use crate::jwt::{Algorithm, JwksProfile, JwtError, KeySet, Profile, Provider};

fn with_keys(keys: KeySet) -> Provider {
    let mut settings = settings(Profile::Jwt);
    settings.keys = keys;
    Provider::new(settings).unwrap()
}

#[test]
fn an_unknown_key_id() {
    let provider = provider(Profile::Jwt);
    for id in ["", "P256", "p256 ", "p25", "../p256", "p256\0", "' or 1=1 --", "/dev/null"] {
        let error = refused(&provider, &Token::new(Algorithm::Es256).header("kid", json!(id)).sign());
        assert_eq!((error, error.code()), (JwtError::UnknownKey, "jwt_unknown_key"), "{id}");
    }
}

#[test]
fn a_key_id_is_not_guessed_for_a_nameless_key() {
    let mut jwk = Signer::P256.jwk();
    jwk.remove("kid");
    let provider = with_keys(KeySet::load(&jwks([jwk]), JwksProfile::Oidc, &Algorithm::ALL).unwrap());
    assert_eq!(refused(&provider, &Token::new(Algorithm::Es256).sign()), JwtError::UnknownKey);
    let claims = verify(&provider, &Token::new(Algorithm::Es256).without_header("kid").sign()).unwrap();
    assert_eq!(claims.key_id(), None);
}

#[test]
fn without_a_key_id_several_or_no_keys_fit() {
    let both = with_keys(key_set(&[Signer::RsaA, Signer::RsaB]));
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Es256] {
        let token = Token::new(algorithm).without_header("kid").sign();
        let error = refused(&both, &token);
        assert_eq!((error, error.code()), (JwtError::AmbiguousKey, "jwt_ambiguous_key"));
    }
}

#[test]
fn the_key_of_another_type() {
    let provider = provider(Profile::Jwt);
    for (algorithm, id) in [
        (Algorithm::Es256, "rsa-a"),
        (Algorithm::Es256, "p384"),
        (Algorithm::Es384, "p521"),
        (Algorithm::Es512, "p256"),
        (Algorithm::Rs256, "p256"),
        (Algorithm::EdDsa, "p256"),
        (Algorithm::Es256, "ed25519"),
    ] {
        let error = refused(&provider, &Token::new(algorithm).header("kid", json!(id)).sign());
        assert_eq!((error, error.code()), (JwtError::KeyAlgorithm, "jwt_key_algorithm"), "{algorithm} {id}");
    }
}

#[test]
fn a_key_bound_to_one_algorithm() {
    let mut jwk = Signer::RsaA.jwk();
    jwk.insert("alg".to_owned(), json!("PS256"));
    let provider = with_keys(KeySet::load(&jwks([jwk]), JwksProfile::Oidc, &Algorithm::ALL).unwrap());
    assert!(verify(&provider, &Token::new(Algorithm::Ps256).sign()).is_ok());
    for algorithm in [Algorithm::Rs256, Algorithm::Rs512, Algorithm::Ps384] {
        assert_eq!(refused(&provider, &Token::new(algorithm).sign()), JwtError::KeyAlgorithm);
        let nameless = Token::new(algorithm).without_header("kid").sign();
        assert_eq!(refused(&provider, &nameless), JwtError::AmbiguousKey);
    }
}

#[test]
fn an_algorithm_that_the_provider_does_not_allow() {
    let mut settings = settings(Profile::Jwt);
    settings.algorithms = Some(vec![Algorithm::Es256]);
    let provider = Provider::new(settings).unwrap();
    for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| *algorithm != Algorithm::Es256) {
        assert_eq!(refused(&provider, &Token::new(algorithm).sign()), JwtError::Algorithm, "{algorithm}");
    }
}

#[test]
fn an_svid_signed_with_eddsa() {
    let token = Token::new(Algorithm::EdDsa).claim("sub", json!(WORKLOAD)).sign();
    assert_eq!(refused(&provider(Profile::JwtSvid), &token), JwtError::Algorithm);
}

#[test]
fn keys_are_not_shared_between_providers() {
    let staff = with_keys(key_set(&[Signer::RsaA]));
    let mut other = settings(Profile::Jwt);
    other.issuer = Some("https://partner.example.org".to_owned());
    other.keys = key_set(&[Signer::RsaB]);
    let partner = Provider::new(other).unwrap();
    // The partner signs a token in the name of our issuer.
    let forged = Token::new(Algorithm::Rs256).signed_by(Signer::RsaB);
    assert_eq!(refused(&staff, &forged.clone().header("kid", json!("rsa-b")).sign()), JwtError::UnknownKey);
    assert_eq!(refused(&staff, &forged.sign()), JwtError::Signature);
    let with_partners_key =
        Token::new(Algorithm::Rs256).signed_by(Signer::RsaB).header("kid", json!("rsa-b"));
    assert_eq!(refused(&partner, &with_partners_key.sign()), JwtError::Issuer);
}
