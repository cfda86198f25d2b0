//! What the real OPA answered, asked of our functions.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::crypto;
use super::super::{Call, Failure, Meter, Patterns, Run};
use crate::rego::value::{JsonLimits, Value};
use crate::time::UnixTime;

/// When the answers were written: only tokens without times far away depend on it, and there are none.
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn function(name: &str) -> Option<Run> {
    let tables = super::TABLE.iter().chain(crypto::TABLE);
    tables.into_iter().find(|(known, _)| *known == name).map(|(_, run)| *run)
}

fn run(run: Run, arguments: &[Value<'_>], steps: u64) -> Result<Option<Value<'static>>, Failure> {
    let mut meter = Meter::new(steps, 100_000_000);
    let patterns = Patterns::default();
    let mut call = Call { meter: &mut meter, now: NOW, seed: 1, patterns: &patterns };
    run(&mut call, arguments).map(|value| value.map(Value::into_owned))
}

fn text<'j>(case: &'j Value<'_>, member: &str) -> &'j str {
    case.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// An object without some members.
fn without(object: &Value<'static>, members: &[Value<'_>]) -> Value<'static> {
    let Value::Object(object) = object else { return object.clone() };
    let kept = object.entries().iter().filter(|(name, _)| !members.contains(name));
    Value::Object(kept.cloned().collect())
}

#[test]
fn every_answer_is_that_of_opa() {
    let cases = include_bytes!("../../../../tests-data/rego/builtins-crypto.json");
    let limits = JsonLimits { depth: 128, nodes: usize::MAX };
    let Ok(Value::Array(cases)) = Value::from_json(cases, limits) else {
        panic!("the cases are not an array")
    };
    let (mut known, mut refused, mut wrong) = (0, 0, Vec::new());
    for (index, case) in cases.iter().enumerate() {
        let name = text(case, "function");
        let Some(function) = function(name) else { continue };
        known += 1;
        let Some(Value::Array(arguments)) = case.get("arguments") else { panic!("case {index}") };
        let mut got = run(function, arguments, 100_000_000);
        if let (Some(Value::Array(long)), Ok(Some(Value::Array(made)))) = (case.get("without"), &got) {
            let made = made.iter().map(|made| without(made, long)).collect();
            got = Ok(Some(Value::array(made)));
        }
        let wanted = case.get("want");
        let right = match (&got, &wanted) {
            (Ok(Some(got)), Some(wanted)) => got == *wanted,
            (Err(Failure::Operand(_)), None) => case.get("error").is_some(),
            // Forms that we refuse loudly, because we might read them otherwise than Go.
            (Err(Failure::Limit(rule)), _) if rule.ends_with("not supported") => {
                refused += 1;
                true
            }
            (Err(Failure::Limit(_)), None) => case.get("abort").is_some(),
            _ => false,
        };
        if !right {
            let wanted = wanted.map(Value::to_json);
            let got = got.map(|got| got.map(|got| got.to_json()));
            wrong.push(format!("{index} {name} ({}): got {got:?}, wanted {wanted:?}", text(case, "note")));
        }
    }
    assert!(wrong.is_empty(), "{} of {known} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(known > 3_000, "{known}");
    assert!(refused < 30, "{refused}");
}

/// Keys with a private part, from the cases.
fn private_keys() -> Vec<Value<'static>> {
    let cases = include_bytes!("../../../../tests-data/rego/builtins-crypto.json");
    let limits = JsonLimits { depth: 128, nodes: usize::MAX };
    let Ok(Value::Array(cases)) = Value::from_json(cases, limits) else {
        panic!("the cases are not an array")
    };
    let is_signing = |case: &&Value<'_>| {
        text(case, "function") == "io.jwt.encode_sign" && text(case, "note") == "private keys"
    };
    let keys = cases.iter().filter(is_signing);
    keys.map(|case| case.get("arguments").and_then(|all| all.child(&Value::integer(2))).unwrap()).collect()
}

fn object<const N: usize>(members: [(&'static str, &str); N]) -> Value<'static> {
    Value::Object(members.into_iter().map(|(name, text)| (Value::text(name), Value::string(text))).collect())
}

#[test]
fn what_we_sign_verifies_and_is_the_same_again() {
    let sign = function("io.jwt.encode_sign").unwrap();
    let verify = function("io.jwt.decode_verify").unwrap();
    let mut signed = 0;
    for key in private_keys() {
        for algorithm in
            ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
        {
            let arguments = [object([("alg", algorithm)]), object([("sub", "a")]), key.clone()];
            let Ok(Some(token)) = run(sign, &arguments, 10_000_000) else { continue };
            assert_eq!(run(sign, &arguments, 10_000_000), Ok(Some(token.clone())), "{algorithm}");
            let constraints = object([("cert", &key.to_json()), ("alg", algorithm)]);
            let answer = run(verify, &[token, constraints], 10_000_000).unwrap().unwrap();
            assert_eq!(answer.child(&Value::integer(0)), Some(Value::Bool(true)), "{algorithm}");
            signed += 1;
        }
    }
    // RSA with six algorithms, three curves with three each, and Ed25519.
    assert_eq!(signed, 6 + 9 + 1);
}

#[test]
fn an_ecdsa_signature_is_that_of_rfc_6979() {
    // RFC 6979 appendix A.2.5 and A.2.7: SHA-256 and SHA-512, message "sample".
    let number = |hex: &str| -> Vec<u8> {
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        hex.as_bytes().chunks(2).map(byte).collect()
    };
    let p256 = number("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    let secret = crypto::EcSecret::new(crypto::Curve::P256, &p256).unwrap();
    let wanted = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716\
                  F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";
    assert_eq!(secret.sign(crypto::Hash::Sha256, b"sample"), Some(number(wanted)));
}

#[test]
fn a_budget_ends_every_function() {
    let key = private_keys().into_iter().next().unwrap();
    let arguments = [object([("alg", "PS256")]), object([("sub", "a")]), key.clone()];
    let sign = function("io.jwt.encode_sign").unwrap();
    let token = run(sign, &arguments, 10_000_000).unwrap().unwrap();
    assert!(matches!(run(sign, &arguments, 1_000), Err(Failure::Limit(_))));
    let verify = function("io.jwt.decode_verify").unwrap();
    let constraints = object([("cert", &key.to_json())]);
    assert!(matches!(run(verify, &[token, constraints], 100), Err(Failure::Limit(_))));
}

#[test]
fn what_is_too_large_ends_the_evaluation() {
    let long = Value::from("a".repeat(2 * 1024 * 1024));
    for (name, count) in [
        ("io.jwt.decode", 1),
        ("io.jwt.verify_hs256", 2),
        ("crypto.x509.parse_certificates", 1),
        ("crypto.x509.parse_certificate_request", 1),
        ("crypto.x509.parse_keypair", 2),
        ("crypto.parse_private_keys", 1),
    ] {
        let answer = run(function(name).unwrap(), &vec![long.clone(); count], 100_000_000);
        assert!(matches!(answer, Err(Failure::Limit(_))), "{name}");
    }
    let keys = format!("{{\"keys\":[{}]}}", vec!["{}"; 1_001].join(","));
    let answer =
        run(function("io.jwt.verify_rs256").unwrap(), &[Value::text("a.b.c"), Value::from(keys)], 10_000_000);
    assert!(matches!(answer, Err(Failure::Operand(_))));
}

#[test]
fn no_failure_repeats_an_argument() {
    let secret = "SeCrEtMaRk";
    let texts = [
        secret.to_owned(),
        format!("{secret}.{secret}.{secret}"),
        format!("{{\"kty\":\"{secret}\"}}"),
        format!("{{\"kty\":\"oct\",\"k\":\"AA\",\"alg\":\"{secret}\"}}"),
        format!("-----BEGIN {secret}-----\nAAAA\n-----END {secret}-----\n"),
    ];
    for (name, function) in super::TABLE.iter().chain(crypto::TABLE) {
        for a in &texts {
            for b in &texts {
                let arguments = [Value::string(a), Value::string(b), Value::string(a)];
                let constraints = [Value::string(a), object([("cert", b), ("alg", a)]), Value::Null];
                for arguments in [arguments, constraints] {
                    if let Err(failure) = run(*function, &arguments, 10_000_000) {
                        assert!(!format!("{failure:?}").contains(secret), "{name}");
                    }
                }
            }
        }
    }
}
