//! Time: `exp`, `nbf`, `iat`, leeway and lifetime, at their edges.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::{Value, json};

use crate::jwt::testing::*;
use crate::jwt::{Algorithm, Holder, JwtError, Profile, Provider};
use crate::time::UnixTime;

/// The leeway of the settings, in seconds.
const LEEWAY: i64 = 60;
/// The maximum lifetime of the settings, in seconds.
const DAY: i64 = 86_400;

fn outcome(token: &Token) -> Option<JwtError> {
    verify(&provider(Profile::Jwt), &token.sign()).err()
}

fn good() -> Token {
    Token::new(Algorithm::Es256)
}

#[test]
fn expiry_to_the_second() {
    assert_eq!(outcome(&good().claim("exp", json!(NOW - LEEWAY + 1))), None);
    for exp in [json!(NOW - LEEWAY), json!(NOW - LEEWAY - 1), json!(NOW - DAY + 1), json!(NOW - 59 - 1)] {
        assert_eq!(
            outcome(&good().claim("iat", json!(NOW - DAY)).claim("exp", exp)),
            Some(JwtError::Expired)
        );
    }
    assert_eq!(outcome(&good().claim("exp", json!(0))), Some(JwtError::Expired));
}

#[test]
fn a_fraction_of_a_second_counts_against_the_token() {
    let edge = NOW - LEEWAY;
    assert_eq!(outcome(&good().claim("exp", json!(1_799_999_941.5))), None);
    assert_eq!(outcome(&good().claim("exp", json!(1_799_999_940.9))), Some(JwtError::Expired));
    assert_eq!(outcome(&good().claim("nbf", json!(1_800_000_060.1))), Some(JwtError::NotYetValid));
    assert_eq!(outcome(&good().claim("iat", json!(1_800_000_060.1))), Some(JwtError::IssuedInFuture));
    let last_nanosecond = UnixTime::from_nanos((edge + 61) * 1_000_000_000 - 1);
    let token = good().claim("exp", json!(edge + 1)).sign();
    let provider = provider(Profile::Jwt);
    assert!(verify_at(&provider, &token, last_nanosecond, &Holder::default()).is_ok());
    let next = UnixTime::from_nanos(last_nanosecond.nanos() + 1);
    assert_eq!(verify_at(&provider, &token, next, &Holder::default()).unwrap_err(), JwtError::Expired);
}

#[test]
fn not_before_to_the_second() {
    assert_eq!(outcome(&good().claim("nbf", json!(NOW + LEEWAY))), None);
    for nbf in [NOW + LEEWAY + 1, NOW + DAY, 253_402_300_799] {
        let error = outcome(&good().claim("nbf", json!(nbf)));
        assert_eq!(error.map(|error| error.code()), Some("jwt_not_yet_valid"));
    }
}

#[test]
fn not_issued_in_the_future() {
    assert_eq!(outcome(&good().claim("iat", json!(NOW + LEEWAY))), None);
    for iat in [NOW + LEEWAY + 1, NOW + DAY] {
        let token = good().claim("iat", json!(iat)).claim("exp", json!(iat + 600));
        assert_eq!(outcome(&token), Some(JwtError::IssuedInFuture));
    }
}

#[test]
fn dates_of_the_wrong_type() {
    for claim in ["exp", "nbf", "iat"] {
        for value in [
            json!((NOW + 600).to_string()),
            Value::Null,
            json!([NOW]),
            json!({}),
            json!(true),
            json!(-1),
            json!(1e15),
        ] {
            assert_eq!(outcome(&good().claim(claim, value)), Some(JwtError::InvalidClaim { claim }));
        }
    }
}

#[test]
fn lifetime_from_the_issue() {
    let lives = |seconds: i64| good().claim("iat", json!(NOW - 10)).claim("exp", json!(NOW - 10 + seconds));
    assert_eq!(outcome(&lives(DAY)), None);
    for seconds in [DAY + 1, 10 * DAY, 253_402_300_799 - NOW] {
        assert_eq!(outcome(&lives(seconds)), Some(JwtError::Lifetime));
    }
}

#[test]
fn lifetime_without_an_issue() {
    let ends = |exp: i64| good().without_claim("iat").claim("exp", json!(exp));
    assert_eq!(outcome(&ends(NOW + DAY + LEEWAY)), None);
    assert_eq!(outcome(&ends(NOW + DAY + LEEWAY + 1)), Some(JwtError::Lifetime));
}

#[test]
fn issued_after_its_end() {
    let token = good().claim("iat", json!(NOW + 5)).claim("exp", json!(NOW + 4));
    assert_eq!(outcome(&token), Some(JwtError::Lifetime));
}

#[test]
fn no_leeway() {
    let mut settings = settings(Profile::Jwt);
    settings.leeway_seconds = 0;
    let provider = Provider::new(settings).unwrap();
    let cases = [
        (good().claim("exp", json!(NOW + 1)), None),
        (good().claim("exp", json!(NOW)), Some(JwtError::Expired)),
        (good().claim("nbf", json!(NOW)), None),
        (good().claim("nbf", json!(NOW + 1)), Some(JwtError::NotYetValid)),
        (good().claim("iat", json!(NOW + 1)), Some(JwtError::IssuedInFuture)),
    ];
    for (token, expected) in cases {
        assert_eq!(verify(&provider, &token.sign()).err(), expected);
    }
}

#[test]
fn the_ends_of_time() {
    let provider = provider(Profile::Jwt);
    let token = good().sign();
    for (now, expected) in [
        (i64::MIN, JwtError::NotYetValid),
        (-1, JwtError::NotYetValid),
        (0, JwtError::NotYetValid),
        (i64::MAX, JwtError::Expired),
    ] {
        let now = UnixTime::from_nanos(now);
        assert_eq!(verify_at(&provider, &token, now, &Holder::default()).unwrap_err(), expected);
    }
}

#[test]
fn a_remembered_token_is_checked_again() {
    let provider = provider(Profile::Jwt);
    let holder = Holder::default();
    let claims = verify(&provider, &good().sign()).unwrap();
    let at = |seconds| provider.recheck(&claims, UnixTime::from_secs(seconds), &holder);
    assert_eq!(at(NOW), Ok(()));
    assert_eq!(at(NOW + 600 + LEEWAY - 1), Ok(()));
    assert_eq!(at(NOW + 600 + LEEWAY), Err(JwtError::Expired));
    assert_eq!(at(NOW - 60 - LEEWAY), Ok(()));
    assert_eq!(at(NOW - 60 - LEEWAY - 1), Err(JwtError::NotYetValid));
}

#[test]
fn claims_count_only_for_who_verified_them() {
    let (first, second) = (provider(Profile::Jwt), provider(Profile::Jwt));
    let claims = verify(&first, &good().sign()).unwrap();
    assert_eq!(first.recheck(&claims.clone(), now(), &Holder::default()), Ok(()));
    let error = second.recheck(&claims, now(), &Holder::default()).unwrap_err();
    assert_eq!((error, error.code()), (JwtError::ForeignClaims, "jwt_foreign_claims"));
}
