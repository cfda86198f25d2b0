//! Tokens that are bound to a client certificate.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::{Value, json};

use crate::jwt::testing::*;
use crate::jwt::{Algorithm, Holder, JwtError, Profile};

const CERTIFICATE: [u8; 32] = [7; 32];

fn bound(cnf: Value) -> String {
    Token::new(Algorithm::Es256).claim("cnf", cnf).sign()
}

fn holder(certificate: [u8; 32]) -> Holder {
    Holder { certificate_sha256: Some(certificate) }
}

#[test]
fn the_holders_certificate() {
    let provider = provider(Profile::Jwt);
    let token = bound(json!({"x5t#S256": base64url(CERTIFICATE)}));
    let claims = verify_at(&provider, &token, now(), &holder(CERTIFICATE)).unwrap();
    assert!(claims.is_bound_to_certificate());
    assert_eq!(provider.recheck(&claims, now(), &holder(CERTIFICATE)), Ok(()));
    for other in [holder([8; 32]), holder([0; 32]), Holder::default()] {
        assert_eq!(verify_at(&provider, &token, now(), &other).unwrap_err(), JwtError::ConfirmationMismatch);
        assert_eq!(provider.recheck(&claims, now(), &other), Err(JwtError::ConfirmationMismatch));
    }
}

#[test]
fn a_token_that_is_not_bound_needs_no_certificate() {
    let token = Token::new(Algorithm::Es256).sign();
    assert!(verify_at(&provider(Profile::Jwt), &token, now(), &holder(CERTIFICATE)).is_ok());
}

#[test]
fn proofs_that_cannot_be_checked() {
    let digest = base64url(CERTIFICATE);
    for cnf in [
        json!({}),
        json!({"jkt": digest}),
        json!({"jwk": {"kty": "EC"}}),
        json!({"kid": "a"}),
        json!({"x5t#S256": digest, "jkt": digest}),
        json!({"x5t#s256": digest}),
        json!({"x5t": digest}),
        json!({"jku": "https://evil.example"}),
    ] {
        let error = verify_at(&provider(Profile::Jwt), &bound(cnf), now(), &holder(CERTIFICATE)).unwrap_err();
        assert_eq!(
            (error, error.code()),
            (JwtError::ConfirmationUnsupported, "jwt_confirmation_unsupported")
        );
    }
}

#[test]
fn malformed_bindings() {
    let digest = base64url(CERTIFICATE);
    for cnf in [
        Value::Null,
        json!([]),
        json!("x5t#S256"),
        json!(digest),
        json!({"x5t#S256": 7}),
        json!({"x5t#S256": ""}),
        json!({"x5t#S256": Value::Null}),
        json!({"x5t#S256": [digest]}),
        json!({"x5t#S256": format!("{digest}=")}),
        json!({"x5t#S256": base64url([7; 31])}),
        json!({"x5t#S256": base64url([7; 33])}),
        json!({"x5t#S256": "07".repeat(32)}),
    ] {
        let error = verify_at(&provider(Profile::Jwt), &bound(cnf), now(), &holder(CERTIFICATE)).unwrap_err();
        assert_eq!(error, JwtError::InvalidClaim { claim: "cnf" });
    }
}
