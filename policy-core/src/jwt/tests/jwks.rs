//! Loading keys: what is taken, what is skipped, and what makes the whole set an error.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::{Map, Value, json};

use crate::jwt::testing::*;
use crate::jwt::{
    Algorithm, JsonError, JwksError, JwksErrorKind as Kind, JwksProfile, KeySet, MAX_JWKS_BYTES,
    MAX_JWKS_KEYS, SkipReason, SkippedKey,
};

type Jwk = Map<String, Value>;

fn with(mut jwk: Jwk, member: &str, value: Value) -> Jwk {
    jwk.insert(member.to_owned(), value);
    jwk
}

fn without(mut jwk: Jwk, member: &str) -> Jwk {
    jwk.remove(member);
    jwk
}

fn load(profile: JwksProfile, keys: impl IntoIterator<Item = Jwk>) -> Result<KeySet, JwksError> {
    KeySet::load(&jwks(keys), profile, &Algorithm::ALL)
}

/// The error about the second of two keys, of which the first is good.
fn refused(jwk: Jwk) -> (&'static str, Kind) {
    let error = load(JwksProfile::Oidc, [with(Signer::P384.jwk(), "kid", json!("first")), jwk]).unwrap_err();
    assert_eq!(error.index, Some(1));
    (error.field, error.kind)
}

fn skipped(profile: JwksProfile, good: Jwk, jwk: Jwk) -> SkipReason {
    let keys = load(profile, [good, jwk]).unwrap();
    assert_eq!(keys.len(), 1);
    let [SkippedKey { index: 1, reason }] = keys.skipped() else { panic!("not skipped") };
    *reason
}

fn rsa_with_modulus(bits: usize) -> Jwk {
    let mut modulus = vec![0xff; bits.div_ceil(8)];
    modulus[0] >>= bits.next_multiple_of(8).abs_diff(bits);
    with(Signer::RsaA.jwk(), "n", json!(base64url(modulus)))
}

fn bundle_key(signer: Signer) -> Jwk {
    with(signer.jwk(), "use", json!("jwt-svid"))
}

#[test]
fn good_keys_of_every_type() {
    let keys = load(JwksProfile::Oidc, Signer::ALL.map(Signer::jwk)).unwrap();
    assert_eq!((keys.len(), keys.skipped()), (6, &[][..]));
    let signing =
        Signer::ALL.map(|signer| with(with(signer.jwk(), "use", json!("sig")), "key_ops", json!(["verify"])));
    assert_eq!(load(JwksProfile::Oidc, signing).unwrap().len(), 6);
}

#[test]
fn a_bundle_with_its_other_members() {
    let text = json!({"spiffe_sequence": 12, "spiffe_refresh_hint": 300, "keys": [
        {"use": "x509-svid", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "x5c": ["MIIB"]},
        bundle_key(Signer::P256),
    ]});
    let keys = KeySet::load(text.to_string().as_bytes(), JwksProfile::SpiffeBundle, &Algorithm::ALL).unwrap();
    assert_eq!(
        (keys.len(), keys.skipped()),
        (1, &[SkippedKey { index: 0, reason: SkipReason::OtherUse }][..])
    );
}

#[test]
fn keys_for_something_else_are_skipped() {
    let encryption = [
        with(Signer::RsaA.jwk(), "use", json!("enc")),
        with(Signer::RsaA.jwk(), "use", json!("jwt-svid")),
        with(Signer::RsaA.jwk(), "use", json!("SIG")),
        with(Signer::RsaA.jwk(), "use", json!("")),
        with(Signer::RsaA.jwk(), "key_ops", json!(["encrypt", "wrapKey"])),
        with(Signer::RsaA.jwk(), "key_ops", json!([])),
        with(Signer::RsaA.jwk(), "alg", json!("RSA-OAEP")),
        with(Signer::P384.jwk(), "alg", json!("ECDH-ES")),
    ];
    for jwk in encryption {
        assert_eq!(skipped(JwksProfile::Oidc, Signer::P256.jwk(), jwk), SkipReason::OtherUse);
    }
    for stated in [json!("sig"), json!("x509-svid"), json!("wit-svid"), json!("JWT-SVID"), json!("jwt-svid ")]
    {
        let jwk = with(Signer::P384.jwk(), "use", stated);
        assert_eq!(skipped(JwksProfile::SpiffeBundle, bundle_key(Signer::P256), jwk), SkipReason::OtherUse);
    }
    let unstated = Signer::P384.jwk();
    assert_eq!(skipped(JwksProfile::SpiffeBundle, bundle_key(Signer::P256), unstated), SkipReason::OtherUse);
}

#[test]
fn unknown_types_and_curves_are_skipped() {
    for jwk in [
        json!({"kty": "AKP", "kid": "a", "alg": "ML-DSA-44", "pub": "AA"}),
        json!({"kty": "rsa", "kid": "a"}),
        json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
        json!({"kty": "EC", "crv": "p-256", "x": "AA", "y": "AA"}),
        json!({"kty": "OKP", "crv": "Ed448", "x": "AA"}),
        json!({"kty": "OKP", "crv": "X25519", "x": "AA"}),
    ] {
        let reason = skipped(JwksProfile::Oidc, Signer::P256.jwk(), object(jwk.clone()));
        assert_eq!(reason, SkipReason::UnknownKeyType, "{jwk}");
    }
    let no_type = without(bundle_key(Signer::P384), "kty");
    assert_eq!(
        skipped(JwksProfile::SpiffeBundle, bundle_key(Signer::P256), no_type),
        SkipReason::UnknownKeyType
    );
}

#[test]
fn algorithms_that_are_not_allowed_are_skipped() {
    let text =
        jwks([Signer::P256.jwk(), Signer::RsaA.jwk(), with(Signer::RsaB.jwk(), "alg", json!("PS256"))]);
    let keys = KeySet::load(&text, JwksProfile::Oidc, &[Algorithm::Es256, Algorithm::Rs256]).unwrap();
    let expected = SkippedKey { index: 2, reason: SkipReason::AlgorithmNotAllowed };
    assert_eq!((keys.len(), keys.skipped()), (2, &[expected][..]));
}

#[test]
fn a_private_key_is_refused_loudly() {
    for signer in [Signer::RsaA, Signer::RsaB] {
        let private = object(signer.rsa_jwk());
        assert!(matches!(refused(private.clone()), (_, Kind::PrivateKey)));
        assert!(matches!(refused(with(private, "use", json!("enc"))), (_, Kind::PrivateKey)));
    }
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth"] {
        for signer in Signer::ALL {
            assert_eq!(refused(with(signer.jwk(), member, json!("AQ"))), (member, Kind::PrivateKey));
        }
        let unknown = object(json!({"kty": "AKP", member: Value::Null}));
        assert_eq!(refused(unknown), (member, Kind::PrivateKey));
    }
    let error = load(JwksProfile::Oidc, [object(Signer::RsaA.rsa_jwk())]).unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("PRIVATE key") && shown.contains("keys[0].d"));
    let jwk = Signer::RsaA.rsa_jwk();
    let (secret, _) = jwk["d"].as_str().unwrap().split_at(16);
    assert!(!shown.contains(secret));
}

#[test]
fn a_symmetric_key_is_refused() {
    for jwk in [
        json!({"kty": "oct", "k": "c2VjcmV0"}),
        json!({"kty": "oct"}),
        json!({"kty": "oct", "k": "c2VjcmV0", "use": "enc"}),
        json!({"kty": "RSA", "k": "c2VjcmV0"}),
        json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "p256"}),
    ] {
        assert_eq!(refused(object(jwk)), ("kty", Kind::Symmetric));
    }
}

#[test]
fn rsa_sizes() {
    for bits in [2048, 2056, 3072, 4088, 4096] {
        assert!(load(JwksProfile::Oidc, [rsa_with_modulus(bits)]).is_ok(), "{bits}");
    }
    for bits in [8, 512, 1024, 2040, 2047] {
        assert_eq!(refused(rsa_with_modulus(bits)), ("n", Kind::ModulusTooSmall), "{bits}");
    }
    for bits in [4097, 8192, 16384] {
        assert_eq!(refused(rsa_with_modulus(bits)), ("n", Kind::ModulusTooLarge), "{bits}");
    }
    for bits in [2049, 2050, 2055, 3071, 4095] {
        assert_eq!(refused(rsa_with_modulus(bits)), ("n", Kind::ModulusLength), "{bits}");
    }
    let empty = with(Signer::RsaA.jwk(), "n", json!(""));
    assert_eq!(refused(empty), ("n", Kind::ModulusTooSmall));
    // Zero octets in front do not make a short modulus long, nor a fit one unfit.
    let mut padded = vec![0; 128];
    padded.extend_from_slice(&[0xff; 128]);
    assert_eq!(
        refused(with(Signer::RsaA.jwk(), "n", json!(base64url(&padded)))),
        ("n", Kind::ModulusTooSmall)
    );
    padded.extend_from_slice(&[0xff; 128]);
    assert!(load(JwksProfile::Oidc, [with(Signer::RsaA.jwk(), "n", json!(base64url(&padded)))]).is_ok());
}

#[test]
fn rsa_numbers() {
    let mut even = vec![0xff; 256];
    even[255] = 0xfe;
    assert_eq!(refused(with(Signer::RsaA.jwk(), "n", json!(base64url(even)))), ("n", Kind::ModulusEven));
    for exponent in [&[3][..], &[1, 0, 1], &[0, 1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
        assert!(load(JwksProfile::Oidc, [with(Signer::RsaA.jwk(), "e", json!(base64url(exponent)))]).is_ok());
    }
    for exponent in [
        &[][..],
        &[0],
        &[1],
        &[2],
        &[0, 0, 0],
        &[1, 0, 0],
        &[2, 0, 0, 0, 1],
        &[1, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0xff; 256],
    ] {
        assert_eq!(refused(with(Signer::RsaA.jwk(), "e", json!(base64url(exponent)))), ("e", Kind::Exponent));
    }
}

#[test]
fn points_off_the_curve() {
    for (signer, bytes) in [(Signer::P256, 32), (Signer::P384, 48), (Signer::P521, 66)] {
        for value in [vec![0; bytes], vec![1; bytes], vec![0xff; bytes]] {
            let jwk = with(signer.jwk(), "y", json!(base64url(value)));
            assert_eq!(refused(jwk), ("x", Kind::InvalidPoint));
        }
        let swapped =
            with(with(signer.jwk(), "x", signer.jwk()["y"].clone()), "y", signer.jwk()["x"].clone());
        assert_eq!(refused(swapped), ("x", Kind::InvalidPoint));
    }
}

#[test]
fn coordinates_of_the_wrong_length() {
    for (signer, bytes) in [(Signer::P256, 32), (Signer::P384, 48), (Signer::P521, 66)] {
        for length in [0, 1, bytes - 1, bytes + 1, 2 * bytes, 4096] {
            for member in ["x", "y"] {
                let jwk = with(signer.jwk(), member, json!(base64url(vec![1; length])));
                assert_eq!(refused(jwk), (member, Kind::CoordinateLength));
            }
        }
    }
    for length in [0, 1, 31, 33, 64] {
        let jwk = with(Signer::Ed25519.jwk(), "x", json!(base64url(vec![1; length])));
        assert_eq!(refused(jwk), ("x", Kind::CoordinateLength));
    }
    let other_curve = with(Signer::P256.jwk(), "crv", json!("P-384"));
    assert_eq!(refused(other_curve), ("x", Kind::CoordinateLength));
}

#[test]
fn weak_ed25519_keys() {
    let mut one = [0; 32];
    one[0] = 1;
    let order_two = {
        let mut point = [0xff; 32];
        (point[0], point[31]) = (0xec, 0x7f);
        point
    };
    let mut no_point = [0; 32];
    no_point[0] = 2;
    for point in [[0; 32], one, order_two, no_point] {
        let jwk = with(Signer::Ed25519.jwk(), "x", json!(base64url(point)));
        assert_eq!(refused(jwk), ("x", Kind::InvalidPoint));
    }
}

#[test]
fn members_that_are_missing() {
    for (signer, members) in [
        (Signer::RsaA, &["kty", "n", "e"][..]),
        (Signer::P256, &["kty", "crv", "x", "y"]),
        (Signer::Ed25519, &["kty", "crv", "x"]),
    ] {
        for member in members {
            assert_eq!(refused(without(signer.jwk(), member)), (*member, Kind::Missing));
        }
    }
    let nameless = without(bundle_key(Signer::P256), "kid");
    let error = load(JwksProfile::SpiffeBundle, [nameless]).unwrap_err();
    assert_eq!(error, JwksError { index: Some(0), field: "kid", kind: Kind::Missing });
}

#[test]
fn members_of_the_wrong_type() {
    for member in ["kty", "use", "alg", "kid", "n", "e"] {
        for value in [json!(1), Value::Null, json!(["RSA"]), json!({})] {
            assert_eq!(refused(with(Signer::RsaA.jwk(), member, value)), (member, Kind::WrongType));
        }
    }
    for operations in [json!("verify"), json!([1]), json!({"verify": true}), Value::Null] {
        assert_eq!(refused(with(Signer::RsaA.jwk(), "key_ops", operations)), ("key_ops", Kind::WrongType));
    }
    for value in ["AQAB=", "AQ AB", "+/8", "AQB", "é"] {
        assert_eq!(refused(with(Signer::RsaA.jwk(), "e", json!(value))), ("e", Kind::Base64), "{value}");
    }
}

#[test]
fn an_algorithm_of_another_type_of_key() {
    for (signer, name) in [
        (Signer::RsaA, "ES256"),
        (Signer::P256, "ES384"),
        (Signer::P256, "RS256"),
        (Signer::P521, "ES256"),
        (Signer::Ed25519, "ES256"),
        (Signer::P256, "EdDSA"),
    ] {
        assert_eq!(refused(with(signer.jwk(), "alg", json!(name))), ("alg", Kind::AlgorithmMismatch));
    }
}

#[test]
fn operations_that_contradict() {
    let signing = with(Signer::RsaA.jwk(), "use", json!("sig"));
    for operations in [json!(["encrypt"]), json!(["sign"]), json!([]), json!(["Verify"])] {
        assert_eq!(refused(with(signing.clone(), "key_ops", operations)), ("key_ops", Kind::KeyOperations));
    }
    let twice = with(Signer::RsaA.jwk(), "key_ops", json!(["verify", "verify"]));
    assert_eq!(refused(twice), ("key_ops", Kind::KeyOperations));
}

#[test]
fn key_ids() {
    let one = with(Signer::P256.jwk(), "kid", json!("one"));
    let same = with(Signer::RsaA.jwk(), "kid", json!("one"));
    let error = load(JwksProfile::Oidc, [one.clone(), same.clone()]).unwrap_err();
    assert_eq!(error, JwksError { index: Some(1), field: "kid", kind: Kind::DuplicateKeyId });
    assert!(load(JwksProfile::Oidc, [one.clone(), with(same, "use", json!("enc"))]).is_ok());
    for id in [String::new(), "k".repeat(257)] {
        assert_eq!(refused(with(one.clone(), "kid", json!(id))), ("kid", Kind::Length));
    }
    assert!(load(JwksProfile::Oidc, [with(one, "kid", json!("k".repeat(256)))]).is_ok());
}

#[test]
fn the_set_itself() {
    let whole = |kind| JwksError { index: None, field: "keys", kind };
    let text = |text: &str| KeySet::load(text.as_bytes(), JwksProfile::Oidc, &Algorithm::ALL).map(drop);
    assert_eq!(text("{}"), Err(whole(Kind::Missing)));
    assert_eq!(text("{\"keys\":{}}"), Err(whole(Kind::WrongType)));
    assert_eq!(text("{\"keys\":null}"), Err(whole(Kind::WrongType)));
    assert_eq!(text("{\"keys\":[]}"), Err(whole(Kind::NoUsableKey)));
    assert_eq!(text("{\"keys\":[1]}"), Err(JwksError { index: Some(0), field: "", kind: Kind::WrongType }));
    for (broken, cause) in [
        ("", JsonError::Syntax),
        ("[]", JsonError::NotAnObject),
        ("{\"keys\":[],\"keys\":[]}", JsonError::DuplicateMember),
        ("{\"keys\":[{\"kty\":\"EC\",\"kty\":\"RSA\"}]}", JsonError::DuplicateMember),
    ] {
        assert_eq!(
            text(broken),
            Err(JwksError { index: None, field: "", kind: Kind::Json(cause) }),
            "{broken}"
        );
    }
    let long = vec![b' '; MAX_JWKS_BYTES + 1];
    let error = KeySet::load(&long, JwksProfile::Oidc, &Algorithm::ALL).unwrap_err();
    assert_eq!(error.kind, Kind::Json(JsonError::TooLarge));
}

#[test]
fn no_usable_key() {
    let whole = JwksError { index: None, field: "keys", kind: Kind::NoUsableKey };
    let encryption = with(Signer::RsaA.jwk(), "use", json!("enc"));
    assert_eq!(load(JwksProfile::Oidc, [encryption]).unwrap_err(), whole);
    assert_eq!(load(JwksProfile::SpiffeBundle, [Signer::P256.jwk()]).unwrap_err(), whole);
    let none_allowed = KeySet::load(&jwks([Signer::P256.jwk()]), JwksProfile::Oidc, &[]).unwrap_err();
    assert_eq!(none_allowed, whole);
}

#[test]
fn the_number_of_keys() {
    let many = |count: usize| {
        (0..count)
            .map(|number| with(Signer::P256.jwk(), "kid", json!(number.to_string())))
            .collect::<Vec<_>>()
    };
    assert_eq!(load(JwksProfile::Oidc, many(MAX_JWKS_KEYS)).unwrap().len(), MAX_JWKS_KEYS);
    let error = load(JwksProfile::Oidc, many(MAX_JWKS_KEYS + 1)).unwrap_err();
    assert_eq!(error, JwksError { index: None, field: "keys", kind: Kind::TooManyKeys });
}

#[test]
fn errors_say_where_and_what_to_do() {
    let error = load(JwksProfile::Oidc, [rsa_with_modulus(1024)]).unwrap_err();
    assert_eq!(error.code(), "jwks_modulus_too_small");
    assert_eq!(
        error.to_string(),
        "keys[0].n: an RSA key must have at least 2048 bits (RFC 7518 section 3.3): let the issuer make a new one"
    );
}
