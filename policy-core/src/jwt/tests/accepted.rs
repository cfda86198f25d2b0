//! What is accepted: each algorithm, each profile, and the shapes that issuers really send.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::{Value, json};

use crate::jwt::testing::*;
use crate::jwt::{Algorithm, Profile};
use crate::time::UnixTime;

#[test]
fn every_algorithm() {
    let provider = provider(Profile::Jwt);
    for algorithm in Algorithm::ALL {
        let claims = verify(&provider, &Token::new(algorithm).sign()).unwrap();
        assert_eq!(claims.algorithm(), algorithm);
        assert_eq!(claims.key_id(), Some(Signer::of(algorithm).key_id()));
    }
}

#[test]
fn the_claims_are_told() {
    let claims = verify(&provider(Profile::Jwt), &Token::new(Algorithm::Es256).sign()).unwrap();
    assert_eq!(claims.issuer(), Some(ISSUER));
    assert_eq!(claims.subject(), Some("alice"));
    assert_eq!(claims.expires_at(), UnixTime::from_secs(NOW + 600));
    assert_eq!(claims.issued_at(), Some(UnixTime::from_secs(NOW - 60)));
    assert_eq!(claims.claims().get("groups"), Some(&json!(["db-reader-callers"])));
    assert_eq!(claims.spiffe_id(), None);
    assert!(!claims.is_bound_to_certificate());
}

#[test]
fn an_access_token() {
    let provider = provider(Profile::AccessToken);
    for token_type in ["at+jwt", "application/at+jwt", "AT+JWT"] {
        let token = Token::access_token().header("typ", json!(token_type));
        assert_eq!(verify(&provider, &token.sign()).unwrap().subject(), Some("alice"));
    }
}

#[test]
fn a_jwt_svid() {
    let provider = provider(Profile::JwtSvid);
    for token in
        [Token::svid(), Token::svid().without_header("typ"), Token::svid().header("typ", json!("JOSE"))]
    {
        assert_eq!(verify(&provider, &token.sign()).unwrap().spiffe_id(), Some(WORKLOAD));
    }
    let minimal = Token::svid().without_claim("iat").without_claim("groups");
    assert_eq!(verify(&provider, &minimal.sign()).unwrap().issued_at(), None);
}

#[test]
fn audience_as_text_or_among_others() {
    let provider = provider(Profile::Jwt);
    for audience in
        [json!(AUDIENCE), json!([AUDIENCE]), json!(["other", AUDIENCE]), json!([AUDIENCE, AUDIENCE])]
    {
        let token = Token::new(Algorithm::Es256).claim("aud", audience);
        assert!(verify(&provider, &token.sign()).is_ok());
    }
}

#[test]
fn unknown_header_members_and_claims() {
    let token = Token::new(Algorithm::Es256)
        .header("x5t", json!("abc"))
        .header("cty", json!("x"))
        .claim("realm_access", json!({"roles": ["a", {"deep": [1.5, null]}]}))
        .claim("", Value::Null);
    assert!(verify(&provider(Profile::Jwt), &token.sign()).is_ok());
}

#[test]
fn without_a_key_id_when_one_key_fits() {
    let mut settings = settings(Profile::Jwt);
    settings.keys = key_set(&[Signer::P256, Signer::P384, Signer::RsaA]);
    let provider = crate::jwt::Provider::new(settings).unwrap();
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::Rs256, Algorithm::Ps512] {
        assert!(verify(&provider, &Token::new(algorithm).without_header("kid").sign()).is_ok());
    }
}

#[test]
fn it_matches_its_provider() {
    use crate::jwt::{DEFAULT_MAX_TOKEN_BYTES, UnverifiedJwt};
    let (staff, workload) = (provider(Profile::Jwt), provider(Profile::JwtSvid));
    let cases = [
        (Token::new(Algorithm::Es256), true, false),
        (Token::svid(), false, true),
        (Token::svid().claim("iss", json!(ISSUER)), true, true),
        (Token::new(Algorithm::Es256).claim("iss", json!([ISSUER])), false, false),
        (Token::new(Algorithm::Es256).claim("iss", json!(format!("{ISSUER}/"))), false, false),
        (Token::new(Algorithm::Es256).without_claim("iss"), false, false),
        (Token::svid().claim("sub", json!("spiffe://corp.example.com.evil.example/a")), false, false),
        (Token::svid().claim("sub", json!("spiffe://corp.example.com")), false, false),
        (Token::svid().claim("sub", json!("SPIFFE://corp.example.com/a")), false, false),
    ];
    for (token, is_staff, is_workload) in cases {
        let text = token.sign();
        let token = UnverifiedJwt::parse(text.as_bytes(), DEFAULT_MAX_TOKEN_BYTES).unwrap();
        assert_eq!(
            (staff.matches_unverified(&token), workload.matches_unverified(&token)),
            (is_staff, is_workload)
        );
    }
}
