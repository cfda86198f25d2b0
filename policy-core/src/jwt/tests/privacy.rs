//! Nothing of a token or a key is shown by errors or `Debug`.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::json;

use crate::jwt::testing::*;
use crate::jwt::{
    Algorithm, DEFAULT_MAX_TOKEN_BYTES, JwtError, Profile, TokenCache, TokenKey, UnverifiedJwt,
};

const SECRETS: [&str; 6] = ["alice", "db-reader-callers", "corp.example.com", "p256", "staff", "eyJ"];

fn shows_nothing(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn debug_of_what_holds_a_token() {
    let text = Token::new(Algorithm::Es256).sign();
    let provider = provider(Profile::Jwt);
    let token = UnverifiedJwt::parse(text.as_bytes(), DEFAULT_MAX_TOKEN_BYTES).unwrap();
    let claims = verify(&provider, &text).unwrap();
    let mut cache = TokenCache::new(8);
    cache.remember(TokenKey::of(0, text.as_bytes()), std::sync::Arc::new(claims.clone()));
    shows_nothing(&format!(
        "{token:?} {claims:?} {provider:?} {cache:?} {:?}",
        TokenKey::of(0, text.as_bytes())
    ));
    assert_eq!(format!("{token:?} {claims:?}"), "UnverifiedJwt { .. } VerifiedClaims { .. }");
}

#[test]
fn errors_about_a_token() {
    let good = || Token::new(Algorithm::Es256);
    let provider = provider(Profile::Jwt);
    for token in [
        good().header("kid", json!("alice")),
        good().header("typ", json!("alice")),
        good().header("alg", json!("alice")),
        good().header("crit", json!(["alice"])),
        good().claim("iss", json!("alice")),
        good().claim("aud", json!("alice")),
        good().claim("exp", json!("alice")),
        good().claim("cnf", json!({"alice": "alice"})),
        good().claims_text("{\"alice\":1,\"alice\":2}"),
    ] {
        let error: JwtError = refused(&provider, &token.sign());
        shows_nothing(&format!("{error} {error:?} {}", error.code()));
        assert!(error.code().starts_with("jwt_"));
    }
}
