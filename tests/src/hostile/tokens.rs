//! Hostile tokens: spoiled good ones, confused algorithms, and claims under a good signature that nobody should believe.

use serde_json::json;

use super::ammunition::{Ammunition, ISSUER, members};
use super::prng::Prng;
use crate::golden::token::{Tamper, TokenSpec};

const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";

/// A good token with a character changed, taken away or put in, or cut off. Never the good token.
pub(super) fn mutated(random: &mut Prng, good: &str) -> Vec<u8> {
    let mut token = good.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(token.len());
        match random.below(4) {
            0 => token.truncate(at),
            1 => drop((at < token.len()).then(|| token.remove(at))),
            2 => token.insert(at, random.pick(BASE64URL)),
            _ => {
                let new = random.pick(BASE64URL);
                if let Some(byte) = token.get_mut(at) {
                    *byte = if *byte == new { b'*' } else { new };
                }
            }
        }
    }
    if token == good.as_bytes() {
        token.pop();
    }
    token
}

/// Another algorithm in the header than the one that signed, and every way to say `none`.
pub(super) fn confused(random: &mut Prng, from: &Ammunition) -> String {
    let algorithm = random.pick(&[
        "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "PS256", "ES384", "ES512",
        "EdDSA", "ES256K", "RS1", "dir", "A256KW",
    ]);
    let kid = random.pick(&[
        "staff-p256",
        "staff-rsa",
        "staff-p384",
        "staff-p521",
        "staff-ed25519",
        "",
        "../x",
        "nobody",
    ]);
    let tamper =
        [None, Some(Tamper::Hs256), Some(Tamper::NoneAlg), Some(Tamper::Der), Some(Tamper::Signature)];
    let tamper = tamper.get(random.below(tamper.len())).copied().flatten();
    // Whoever signs this is not staff, whatever the header says.
    from.token(&TokenSpec {
        key: "rogue-p256".to_owned(),
        header: members(&json!({ "alg": algorithm, "kid": kid })),
        claims: good_claims(),
        tamper,
        ..TokenSpec::default()
    })
}

/// Header members that change the rules.
pub(super) fn header_tricks(random: &mut Prng, from: &Ammunition) -> String {
    let trick = random.pick(&["crit", "b64", "zip", "enc", "jku", "jwk", "x5u", "x5c", "typ"]);
    let value = match trick {
        "crit" => json!(["exp"]),
        "b64" => json!(false),
        "jwk" => json!({ "kty": "oct", "k": "AAAA" }),
        "x5c" => json!(["MIIB"]),
        "typ" => json!(["JWT"]),
        _ => json!("https://evil.example/keys"),
    };
    let mut header = serde_json::Map::new();
    header.insert(trick.to_owned(), value);
    from.token(&TokenSpec { header, claims: good_claims(), ..TokenSpec::default() })
}

/// Claims nested more deeply than anybody needs, under a good signature.
pub(super) fn deep(random: &mut Prng, from: &Ammunition) -> String {
    // The claims' own object is one level, and 32 are allowed.
    let depth = random.between(40, 9000);
    let (open, close) = if random.one_in(2) { ("[", "]") } else { ("{\"a\":", "}") };
    let close = if random.one_in(8) { String::new() } else { close.repeat(depth) };
    let inner = format!("{}1{close}", open.repeat(depth));
    payload(from, &format!("{{{},\"deep\":{inner}}}", good_members(from)))
}

/// A member twice: two readers, two subjects.
pub(super) fn duplicate(random: &mut Prng, from: &Ammunition) -> String {
    let good = good_members(from);
    let text = match random.below(5) {
        0 => format!("{{{good},\"sub\":\"mallory\"}}"),
        1 => format!("{{\"sub\":\"mallory\",{good}}}"),
        2 => format!("{{{good},\"a\":{{\"b\":1,\"b\":2}}}}"),
        3 => format!("{{{good},\"s\\u0075b\":\"mallory\"}}"),
        _ => format!("{{{good},\"exp\":1}}"),
    };
    payload(from, &text)
}

/// Broken JSON and numbers beyond all measure, under a good signature.
pub(super) fn odd_json(random: &mut Prng, from: &Ammunition) -> String {
    let good = good_members(from);
    let text = match random.below(10) {
        0 => format!("{{{good},\"n\":1e400}}"),
        1 => format!("{{{good},\"n\":{}}}", "9".repeat(random.between(30, 3000))),
        2 => format!("{{{good},\"$serde_json::private::Number\":\"1\"}}"),
        3 => format!("{{{good}"),
        4 => format!("{{{good}}}x"),
        5 => format!("{{{good},}}"),
        6 => format!("{{{good},\"u\":\"\\ud800\"}}"),
        7 => "[]".to_owned(),
        8 => "null".to_owned(),
        _ => format!("{{{good},\"c\":\"{}\"}}", '\u{1}'),
    };
    payload(from, &text)
}

/// A good signature over claims that are almost, but not, those of somebody who may pass: these reach the policy.
pub(super) fn almost(random: &mut Prng, from: &Ammunition) -> String {
    let subject = match random.below(9) {
        0 => json!("mallory"),
        1 => json!("Alice"),
        2 => json!("alice "),
        3 => json!("alice\u{0}"),
        4 => json!("\u{430}lice"),
        5 => json!(""),
        6 => json!("a".repeat(random.between(1, 4000))),
        7 => json!("alice\", \"role\": \"admin"),
        _ => json!("\u{202e}ecila"),
    };
    let mut claims = members(
        &json!({ "iss": ISSUER, "aud": ["x", "accounts"], "sub": subject, "Sub": "alice", "": "alice" }),
    );
    for index in 0..random.below(40) {
        let value = match random.below(5) {
            0 => json!(i64::MIN),
            1 => json!(u64::MAX),
            2 => json!(1.5e-300),
            3 => json!({ "sub": "alice", "allowed": true }),
            _ => json!([null, true, "\u{ffff}"]),
        };
        claims.insert(format!("claim {index}\u{0}"), value);
    }
    from.token(&TokenSpec { claims, ..TokenSpec::default() })
}

/// Registered claims of the wrong type or value, under a good signature.
pub(super) fn wrong_claims(random: &mut Prng, from: &Ammunition) -> String {
    let name = random.pick(&["iss", "aud", "exp", "nbf", "iat", "cnf", "jti"]);
    let value = match (name, random.below(4)) {
        ("exp", 0) => json!(from.now() - 3600),
        ("nbf" | "iat", 0) => json!(from.now() + 3600),
        ("aud", 0) => json!("accounts2"),
        ("iss", 0) => json!([ISSUER]),
        ("cnf", _) => json!({ "jkt": "x" }),
        (_, 1) => json!({}),
        (_, 2) => json!(true),
        ("jti", _) => json!(7),
        _ => json!(-1),
    };
    // A beginning in the distant past is none of a reason to refuse.
    let value = if matches!(name, "nbf" | "iat") && value == json!(-1) { json!("now") } else { value };
    let mut claims = good_claims();
    claims.insert(name.to_owned(), value);
    from.token(&TokenSpec { claims, ..TokenSpec::default() })
}

fn payload(from: &Ammunition, text: &str) -> String {
    from.token(&TokenSpec { payload_text: Some(text.to_owned()), ..TokenSpec::default() })
}

fn good_claims() -> serde_json::Map<String, serde_json::Value> {
    members(&json!({ "iss": ISSUER, "aud": "accounts", "sub": "alice" }))
}

fn good_members(from: &Ammunition) -> String {
    let now = from.now();
    format!("\"iss\":\"{ISSUER}\",\"aud\":\"accounts\",\"sub\":\"alice\",\"iat\":{now},\"exp\":{}", now + 600)
}
