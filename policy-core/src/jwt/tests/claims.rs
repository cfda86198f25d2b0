//! Who issued the token, about whom and for whom.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::{Value, json};

use crate::jwt::testing::*;
use crate::jwt::{Algorithm, JwtError, Profile};

fn good() -> Token {
    Token::new(Algorithm::Es256)
}

fn refusal(profile: Profile, token: &Token) -> JwtError {
    refused(&provider(profile), &token.sign())
}

#[test]
fn the_issuer_is_compared_exactly() {
    let others = [
        format!("{ISSUER}/"),
        ISSUER.to_uppercase(),
        ISSUER.replace("https", "http"),
        ISSUER.replace("/realms/staff", ""),
        ISSUER.replace("staff", "Staff"),
        ISSUER.replace("sso", "ss\u{43e}"),
        format!(" {ISSUER}"),
        "https://evil.example".to_owned(),
    ];
    for issuer in others {
        assert_eq!(refusal(Profile::Jwt, &good().claim("iss", json!(issuer))), JwtError::Issuer, "{issuer}");
        let access = Token::access_token().claim("iss", json!(issuer));
        assert_eq!(refusal(Profile::AccessToken, &access), JwtError::Issuer, "{issuer}");
    }
}

#[test]
fn the_audience_holds_ours() {
    let others = [
        json!("other"),
        json!("Accounts"),
        json!("accounts "),
        json!(["other"]),
        json!([]),
        json!(""),
        json!("accounts other"),
    ];
    for audience in others {
        for (profile, token) in [
            (Profile::Jwt, good()),
            (Profile::AccessToken, Token::access_token()),
            (Profile::JwtSvid, Token::svid()),
        ] {
            assert_eq!(
                refusal(profile, &token.claim("aud", audience.clone())),
                JwtError::Audience,
                "{audience}"
            );
        }
    }
}

#[test]
fn an_audience_of_the_wrong_type_is_refused_even_beside_ours() {
    for audience in [
        json!(1),
        Value::Null,
        json!({AUDIENCE: true}),
        json!([AUDIENCE, 1]),
        json!([[AUDIENCE]]),
        json!([Value::Null, AUDIENCE]),
    ] {
        let error = refusal(Profile::Jwt, &good().claim("aud", audience));
        assert_eq!(error, JwtError::InvalidClaim { claim: "aud" });
    }
}

#[test]
fn required_claims() {
    for claim in ["iss", "aud", "exp"] {
        let error = refusal(Profile::Jwt, &good().without_claim(claim));
        assert_eq!((error, error.code()), (JwtError::MissingClaim { claim }, "jwt_missing_claim"));
    }
    for claim in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        let error = refusal(Profile::AccessToken, &Token::access_token().without_claim(claim));
        assert_eq!(error, JwtError::MissingClaim { claim });
    }
    for claim in ["sub", "aud", "exp"] {
        assert_eq!(
            refusal(Profile::JwtSvid, &Token::svid().without_claim(claim)),
            JwtError::MissingClaim { claim }
        );
    }
}

#[test]
fn required_texts_are_not_empty() {
    for claim in ["iss", "sub", "client_id", "jti"] {
        let error = refusal(Profile::AccessToken, &Token::access_token().claim(claim, json!("")));
        assert_eq!((error, error.code()), (JwtError::InvalidClaim { claim }, "jwt_invalid_claim"));
    }
}

#[test]
fn registered_claims_of_the_wrong_type() {
    for claim in ["iss", "sub", "jti"] {
        for value in [json!(5), Value::Null, json!([ISSUER]), json!({}), json!(true)] {
            for (profile, token) in [
                (Profile::Jwt, good()),
                (Profile::AccessToken, Token::access_token()),
                (Profile::JwtSvid, Token::svid()),
            ] {
                let error = refusal(profile, &token.claim(claim, value.clone()));
                assert_eq!(error, JwtError::InvalidClaim { claim }, "{claim} {value}");
            }
        }
    }
    let error = refusal(Profile::AccessToken, &Token::access_token().claim("client_id", json!(["shop"])));
    assert_eq!(error, JwtError::InvalidClaim { claim: "client_id" });
}

#[test]
fn the_subject_of_an_svid_is_a_workload_of_the_trust_domain() {
    for subject in [
        "alice",
        "spiffe://corp.example.com",
        "spiffe://corp.example.com/",
        "spiffe://partner.example.org/a",
        "spiffe://corp.example.com.evil.example/a",
        "spiffe://sub.corp.example.com/a",
        "spiffe://CORP.example.com/a",
        "Spiffe://corp.example.com/a",
        "https://corp.example.com/a",
        "spiffe://corp.example.com//a",
        "spiffe://corp.example.com/../a",
        "spiffe://corp.example.com/a?b",
        "spiffe://corp.example.com:443/a",
        "spiffe://a@corp.example.com/a",
        "spiffe://corp.example.com/%61",
    ] {
        let error = refusal(Profile::JwtSvid, &Token::svid().claim("sub", json!(subject)));
        assert_eq!((error, error.code()), (JwtError::Subject, "jwt_subject"), "{subject}");
    }
}
