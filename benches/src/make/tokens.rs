//! A token that was not seen before, signed with each algorithm.

use doorward_tests::Result;
use doorward_tests::tokens::{Algorithm, JwkOptions, RSA_BITS, TokenKey, TokenSpec, jwks, mint};
use serde_json::{Value, json};

use super::stage::Stage;
use super::{case, decide, group};
use crate::cases::{Group, Request, Work};

const ISSUER: &str = "https://sso.corp.example.com/realms/bench";

pub(super) fn first_seen(stage: &mut Stage) -> Result<Group> {
    let mut cases = Vec::new();
    for algorithm in Algorithm::ALL {
        let name = algorithm.name();
        let key = TokenKey::generate(format!("bench-{name}"), algorithm, RSA_BITS)?;
        let keys = jwks([(&key, &JwkOptions::default())]);
        // Two tokens in turn, and room to remember one: each is verified, and remembered, every time.
        let first = request(&key, "ada", stage.now_secs)?;
        let second = request(&key, "bob", stage.now_secs)?;
        let forgetful = format!("token-{name}");
        stage.add(&forgetful, configuration(name, &keys, 1));
        if cases.is_empty() {
            let remembering = format!("remembered-{name}");
            stage.add(&remembering, configuration(name, &keys, 1024));
            let both = vec![first.clone(), second.clone()];
            cases.push(case(
                format!("baseline: {name}, remembered"),
                Work::Decide(decide(&remembering, both)),
            ));
        }
        cases.push(case(title(algorithm), Work::Decide(decide(&forgetful, vec![first, second]))));
    }
    Ok(group("token", "What does a token cost when it is first seen, by its algorithm?", cases))
}

fn title(algorithm: Algorithm) -> String {
    use Algorithm as A;
    match algorithm {
        A::RS256 | A::RS384 | A::RS512 | A::PS256 | A::PS384 | A::PS512 => {
            format!("{} ({RSA_BITS} bits)", algorithm.name())
        }
        A::ES256 | A::ES384 | A::ES512 | A::EdDSA => algorithm.name().to_owned(),
    }
}

fn request(key: &TokenKey, subject: &str, now_secs: i64) -> Result<Request> {
    // As much as a Keycloak access token says, more or less.
    let spec = TokenSpec::claims(json!({
        "iss": ISSUER,
        "aud": ["api", "account"],
        "sub": subject,
        "jti": "8f6f0b0a-5a34-4a67-8b53-4e36c1c4b7c5",
        "azp": "web",
        "scope": "openid profile email",
        "preferred_username": subject,
        "email": format!("{subject}@corp.example.com"),
        "groups": ["/staff", "/staff/engineering", "/staff/on-call"],
        "realm_access": { "roles": ["offline_access", "uma_authorization", "default-roles-staff"] },
    }));
    Ok(Request::new("GET", "/v1/me").bearer(&mint(&spec, key, now_secs)?))
}

fn configuration(algorithm: &str, keys: &Value, remembered: u64) -> Value {
    json!({
        "version": 1,
        "tokens": {
            "providers": [{
                "name": "sso",
                "issuer": ISSUER,
                "audiences": ["api"],
                "algorithms": [algorithm],
                "required": true,
                "jwks": keys,
            }],
        },
        "policy": {
            "decision": "bench/allow",
            "modules": [{
                "name": "bench.rego",
                "source": "package bench\n\ndefault allow := false\n\nallow if input.jwt.sso.sub != \"\"\n",
            }],
        },
        "limits": { "tokens_remembered": remembered },
    })
}
