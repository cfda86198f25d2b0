//! Signatures: the published examples, and every way of almost having one.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use hmac::Mac as _;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::jwt::encoding;
use crate::jwt::jwk::{self, JwksProfile, Loaded};
use crate::jwt::testing::*;
use crate::jwt::{Algorithm, JwtError, Profile};

fn published(jwk: &Value, algorithm: Algorithm, token: &str) -> bool {
    let Ok(Loaded::Key(key)) = jwk::load(jwk, JwksProfile::Oidc, &Algorithm::ALL) else {
        panic!("the published key is refused");
    };
    let (input, signature) = token.rsplit_once('.').unwrap();
    key.public_key.verifies(algorithm, input.as_bytes(), &encoding::base64url(signature.as_bytes()).unwrap())
}

#[test]
fn rfc_7515_appendix_a_3_es256() {
    let jwk = json!({"kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt\
                 cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8\
                 ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    assert!(published(&jwk, Algorithm::Es256, token));
    assert!(!published(&jwk, Algorithm::Es256, &token.replacen("eyJ", "eyK", 1)));
    assert!(!published(&jwk, Algorithm::Es384, token));
}

#[test]
fn rfc_7515_appendix_a_4_es512() {
    let jwk = json!({"kty": "EC", "crv": "P-521",
        "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
        "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"});
    let token = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZq\
                 wqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ER\
                 BXukOXolLzeO_Jn";
    assert!(published(&jwk, Algorithm::Es512, token));
    assert!(!published(&jwk, Algorithm::Es512, &token.replace("UGF5bG9hZA", "UGF5bG9hZQ")));
}

#[test]
fn rfc_8037_appendix_a_4_eddsa() {
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIb\
                 QR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert!(published(&jwk, Algorithm::EdDsa, token));
    assert!(!published(&jwk, Algorithm::EdDsa, &token.replace("RXhh", "RXhi")));
}

#[test]
fn the_signature_of_another_key() {
    let provider = provider(Profile::Jwt);
    for algorithm in [Algorithm::Rs256, Algorithm::Ps384] {
        let error = refused(&provider, &Token::new(algorithm).signed_by(Signer::RsaB).sign());
        assert_eq!((error, error.code()), (JwtError::Signature, "jwt_signature"));
    }
}

#[test]
fn the_signature_of_another_algorithm_of_the_same_key() {
    let provider = provider(Profile::Jwt);
    let rsa = [
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Ps256,
        Algorithm::Ps384,
        Algorithm::Ps512,
    ];
    for stated in rsa {
        for made in rsa.into_iter().filter(|made| *made != stated) {
            let token = Token::new(stated);
            let signature = token.signer.sign(made, token.signing_input().as_bytes());
            assert_eq!(refused(&provider, &token.with_signature(&signature)), JwtError::Signature);
        }
    }
}

#[test]
fn the_public_key_as_a_secret() {
    let provider = provider(Profile::Jwt);
    let jwk = Signer::RsaA.jwk();
    let secrets =
        [jwk["n"].as_str().unwrap().as_bytes().to_vec(), Value::Object(jwk.clone()).to_string().into_bytes()];
    for secret in secrets {
        for stated in ["HS256", "RS256"] {
            let token = Token::new(Algorithm::Rs256).header("alg", json!(stated));
            let mut mac = hmac::Hmac::<Sha256>::new_from_slice(&secret).unwrap();
            mac.update(token.signing_input().as_bytes());
            let error = refused(&provider, &token.with_signature(&mac.finalize().into_bytes()));
            assert_eq!(error, if stated == "HS256" { JwtError::Algorithm } else { JwtError::Signature });
        }
    }
}

#[test]
fn an_ecdsa_signature_in_der() {
    use p256::ecdsa::signature::Signer as _;
    let token = Token::new(Algorithm::Es256);
    let signature: p256::ecdsa::DerSignature = p256_key().sign(token.signing_input().as_bytes());
    assert_eq!(
        refused(&provider(Profile::Jwt), &token.with_signature(signature.as_bytes())),
        JwtError::Signature
    );
}

#[test]
fn signatures_of_the_wrong_length() {
    let provider = provider(Profile::Jwt);
    for algorithm in Algorithm::ALL {
        let token = Token::new(algorithm);
        let good = token.signer.sign(algorithm, token.signing_input().as_bytes());
        let mut longer = good.clone();
        longer.push(0);
        let mut padded = vec![0];
        padded.extend_from_slice(&good);
        let twice = [good.clone(), good.clone()].concat();
        for signature in [
            &good[1..],
            &good[..good.len() - 1],
            &good[..1],
            &good[..good.len() / 2],
            &longer,
            &padded,
            &twice,
        ] {
            assert_eq!(
                refused(&provider, &token.with_signature(signature)),
                JwtError::Signature,
                "{algorithm}"
            );
        }
    }
}

#[test]
fn signatures_of_special_numbers() {
    let provider = provider(Profile::Jwt);
    for algorithm in Algorithm::ALL {
        let token = Token::new(algorithm);
        let length = token.signer.sign(algorithm, token.signing_input().as_bytes()).len();
        let mut ones = vec![0; length];
        ones[length - 1] = 1;
        ones[length / 2 - 1] = 1;
        // All zero is the signature that passed for every message in implementations that forgot the range of
        // r and s.
        for signature in [vec![0; length], vec![0xff; length], ones] {
            assert_eq!(
                refused(&provider, &token.with_signature(&signature)),
                JwtError::Signature,
                "{algorithm}"
            );
        }
    }
}

#[test]
fn an_rsa_signature_is_below_the_modulus() {
    // RFC 8017 section 5.2.2: "If the signature representative s is not between 0 and n - 1, output
    // "signature representative out of range" and stop." s + n has the same residue as s.
    let provider = provider(Profile::Jwt);
    let modulus = encoding::base64url(Signer::RsaA.jwk()["n"].as_str().unwrap().as_bytes()).unwrap();
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512] {
        let mut tried = false;
        for number in 0..64 {
            let token = Token::new(algorithm).claim("number", json!(number));
            let good = token.signer.sign(algorithm, token.signing_input().as_bytes());
            if let Some(sum) = sum(&good, &modulus) {
                assert_eq!(
                    refused(&provider, &token.with_signature(&sum)),
                    JwtError::Signature,
                    "{algorithm}"
                );
                tried = true;
            }
        }
        assert!(tried, "{algorithm}: no sum has the length of a signature");
    }
}

/// The sum of two big-endian numbers of one length, if it has that length too.
fn sum(left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    let mut sum = vec![0; left.len()];
    let mut carry = false;
    for position in (0..left.len()).rev() {
        let (digit, first) = left[position].overflowing_add(right[position]);
        let (digit, second) = digit.overflowing_add(u8::from(carry));
        (sum[position], carry) = (digit, first | second);
    }
    (!carry).then_some(sum)
}

#[test]
fn parts_of_two_good_tokens() {
    let provider = provider(Profile::Jwt);
    let alice = Token::new(Algorithm::Es256).sign();
    let root = Token::new(Algorithm::Es256).claim("sub", json!("root")).sign();
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (alice, root) = (parts(&alice), parts(&root));
    assert_eq!(refused(&provider, &format!("{}.{}.{}", alice[0], root[1], alice[2])), JwtError::Signature);
    let no_id = Token::new(Algorithm::Es256).header("x", json!(1)).sign();
    assert_eq!(
        refused(&provider, &format!("{}.{}.{}", parts(&no_id)[0], alice[1], alice[2])),
        JwtError::Signature
    );
}

#[test]
fn nothing_of_the_payload_is_told_before_the_signature() {
    let expired =
        Token::new(Algorithm::Rs256).claim("exp", json!(1)).claim("iss", json!("x")).signed_by(Signer::RsaB);
    assert_eq!(refused(&provider(Profile::Jwt), &expired.sign()), JwtError::Signature);
}
