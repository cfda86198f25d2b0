//! The form of a token: its parts, their encoding, the JSON in them, and the header.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::{Value, json};

use crate::jwt::testing::*;
use crate::jwt::{Algorithm, DEFAULT_MAX_TOKEN_BYTES, JsonError, JwtError, Part, Profile, UnverifiedJwt};

fn parse(token: &[u8]) -> Result<(), JwtError> {
    UnverifiedJwt::parse(token, DEFAULT_MAX_TOKEN_BYTES).map(drop)
}

fn good() -> Token {
    Token::new(Algorithm::Es256)
}

fn refusal(token: &Token) -> JwtError {
    refused(&provider(Profile::Jwt), &token.sign())
}

#[test]
fn exactly_three_parts() {
    let token = good().sign();
    let (input, _) = token.rsplit_once('.').unwrap();
    let no_signature = format!("{input}.");
    let four = format!("{token}.");
    let five = format!("{token}.a.b");
    let dot_first = format!(".{token}");
    for text in
        ["", ".", "..", "...", "a", "a.b", input, &no_signature, &four, &five, &dot_first, "a..b", ".a.b"]
    {
        assert_eq!(parse(text.as_bytes()), Err(JwtError::Parts), "{text}");
    }
}

#[test]
fn size() {
    let token = good().sign();
    assert!(UnverifiedJwt::parse(token.as_bytes(), token.len()).is_ok());
    assert_eq!(UnverifiedJwt::parse(token.as_bytes(), token.len() - 1).unwrap_err(), JwtError::TooLarge);
    let long = good().claim("long", json!("x".repeat(DEFAULT_MAX_TOKEN_BYTES))).sign();
    assert_eq!(parse(long.as_bytes()), Err(JwtError::TooLarge));
    assert_eq!(parse(&vec![b'.'; 10_000_000]), Err(JwtError::TooLarge));
}

#[test]
fn base64url_without_padding() {
    let token = good().sign();
    let (header, rest) = token.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    let cases = [
        (format!("{header}=.{payload}.{signature}"), Part::Header),
        (format!("{header}\n.{payload}.{signature}"), Part::Header),
        (format!(" {header}.{payload}.{signature}"), Part::Header),
        (format!("{header}.{payload}=.{signature}"), Part::Payload),
        (format!("{header}.+{payload}.{signature}"), Part::Payload),
        (format!("{header}.{payload}.{signature}=="), Part::Signature),
        (format!("{header}.{payload}.{signature}/"), Part::Signature),
        (format!("{header}.{payload}.{signature} "), Part::Signature),
        (format!("{header}.{payload}.é"), Part::Signature),
        (format!("{header}.{payload}.A"), Part::Signature),
    ];
    for (text, part) in cases {
        assert_eq!(parse(text.as_bytes()), Err(JwtError::Base64 { part }), "{text}");
    }
}

#[test]
fn unused_bits_must_be_zero() {
    // An ES256 signature has 64 bytes, so the last of its 86 characters has 4 unused bits.
    let token = good().sign();
    let last = token.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for other in alphabet.chars().filter(|other| *other != last) {
        let text = format!("{}{other}", token.strip_suffix(last).unwrap());
        let error = refused(&provider(Profile::Jwt), &text);
        assert!(matches!(error, JwtError::Base64 { part: Part::Signature } | JwtError::Signature));
    }
}

#[test]
fn the_header_is_one_strict_object() {
    let cases = [
        ("", JwtError::Parts),
        ("null", JwtError::Json { part: Part::Header, cause: JsonError::NotAnObject }),
        ("[\"ES256\"]", JwtError::Json { part: Part::Header, cause: JsonError::NotAnObject }),
        ("{\"alg\":\"ES256\"", JwtError::Json { part: Part::Header, cause: JsonError::Syntax }),
        ("{\"alg\":\"ES256\"}{}", JwtError::Json { part: Part::Header, cause: JsonError::Syntax }),
        (
            "{\"alg\":\"none\",\"alg\":\"ES256\"}",
            JwtError::Json { part: Part::Header, cause: JsonError::DuplicateMember },
        ),
        (
            "{\"alg\":\"ES256\",\"kid\":\"p256\",\"k\\u0069d\":\"p256\"}",
            JwtError::Json { part: Part::Header, cause: JsonError::DuplicateMember },
        ),
    ];
    for (header, error) in cases {
        assert_eq!(refusal(&good().header_text(header)), error, "{header}");
    }
}

#[test]
fn the_payload_is_one_strict_object() {
    let claims = good().claims_json();
    let open = claims.strip_suffix('}').unwrap();
    let cases = [
        ("\"alice\"".to_owned(), JsonError::NotAnObject),
        ("[]".to_owned(), JsonError::NotAnObject),
        (format!("{claims} {claims}"), JsonError::Syntax),
        (format!("{open},\"a\":1e400}}"), JsonError::Syntax),
        (format!("{open},\"a\":1e200}}"), JsonError::NumberRange),
        (format!("{open},\"id\":18446744073709551617}}"), JsonError::NumberRange),
        (format!("{open},\"sub\":\"root\"}}"), JsonError::DuplicateMember),
        (format!("{open},\"a\":{{\"role\":\"x\",\"role\":\"admin\"}}}}"), JsonError::DuplicateMember),
        (format!("{open},\"a\":{}{}}}", "[".repeat(40), "]".repeat(40)), JsonError::TooDeep),
        (format!("{open},\"a\":{}", "[".repeat(8_000)), JsonError::TooDeep),
        (format!("{open},\"a\":{{\"$serde_json::private::Number\":\"1\"}}}}"), JsonError::ReservedName),
        (format!("{open},\"a\":\"\\ud800\"}}"), JsonError::Syntax),
    ];
    for (claims, cause) in cases {
        let error = refusal(&good().claims_text(&claims));
        assert_eq!(error, JwtError::Json { part: Part::Payload, cause }, "{claims}");
        assert_eq!(error.code(), "jwt_malformed");
    }
}

#[test]
fn crit_is_always_refused() {
    for value in [
        json!([]),
        json!(["exp"]),
        json!(["b64"]),
        json!("b64"),
        Value::Null,
        json!(["http://example.com/a"]),
    ] {
        assert_eq!(refusal(&good().header("crit", value)), JwtError::Critical);
    }
}

#[test]
fn members_that_change_the_token_or_bring_a_key() {
    let own_key = Value::Object(Signer::P256.jwk());
    let cases = [
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("zip", json!("DEF")),
        ("enc", json!("A128GCM")),
        ("jku", json!("https://evil.example/keys")),
        ("jwk", own_key),
        ("x5u", json!("https://evil.example/chain")),
        ("x5c", json!(["MIIB"])),
        ("jwk", Value::Null),
    ];
    for (member, value) in cases {
        let error = refusal(&good().header(member, value));
        assert_eq!((error, error.code()), (JwtError::HeaderNotAccepted { member }, "jwt_header"));
    }
}

#[test]
fn members_of_the_wrong_type_or_length() {
    let cases = [
        ("alg", json!(256)),
        ("alg", json!(["ES256"])),
        ("alg", Value::Null),
        ("alg", json!("x".repeat(300))),
        ("kid", json!(1)),
        ("kid", Value::Null),
        ("kid", json!(["p256"])),
        ("kid", json!("k".repeat(257))),
        ("typ", json!(1)),
        ("typ", Value::Null),
        ("typ", json!(["JWT"])),
        ("typ", json!("t".repeat(256))),
    ];
    for (member, value) in cases {
        assert_eq!(refusal(&good().header(member, value)), JwtError::HeaderMember { member });
    }
    assert_eq!(refusal(&good().without_header("alg")), JwtError::HeaderMember { member: "alg" });
}

#[test]
fn algorithms_that_are_none() {
    for name in [
        "none", "None", "nOnE", "NONE", "", "HS256", "HS384", "HS512", "es256", "ES256 ", "ES256K",
        "RSA-OAEP", "dir",
    ] {
        assert_eq!(refusal(&good().header("alg", json!(name))), JwtError::Algorithm, "{name}");
    }
    let unsigned = good().header("alg", json!("none"));
    for signature in [&b""[..], b"x"] {
        let error = refused(&provider(Profile::Jwt), &unsigned.with_signature(signature));
        assert!(matches!(error, JwtError::Parts | JwtError::Algorithm));
    }
}

#[test]
fn types_of_another_kind() {
    for name in ["JWE", "JOSE", "dpop+jwt", "logout+jwt", "secevent+jwt", "wit+jwt", "", "JWT "] {
        assert_eq!(refusal(&good().header("typ", json!(name))), JwtError::Type, "{name}");
    }
    let access = provider(Profile::AccessToken);
    assert_eq!(refused(&access, &Token::access_token().without_header("typ").sign()), JwtError::Type);
    for name in ["JWT", "at", "jwt", "application/jwt", "at+jwt;v=1"] {
        let token = Token::access_token().header("typ", json!(name));
        assert_eq!(refused(&access, &token.sign()), JwtError::Type, "{name}");
    }
    let workload = provider(Profile::JwtSvid);
    for name in ["jwt", "jose", "at+jwt", "application/jwt", "wit+jwt", ""] {
        let token = Token::svid().header("typ", json!(name));
        assert_eq!(refused(&workload, &token.sign()), JwtError::Type, "{name}");
    }
}
