//! The published JSON Schema, generated from the types that read the configuration.

use serde_json::{Map, Value, json};

use super::raw::RawConfig;

/// The JSON Schema (draft 2020-12) of Doorward's configuration, with an example of the whole and of each part.
#[must_use]
pub fn json_schema() -> Value {
    let mut schema = schemars::schema_for!(RawConfig);
    let example = example();
    schema.insert("title".to_owned(), "Doorward configuration".into());
    if let Some(definitions) = schema.get_mut("$defs").and_then(Value::as_object_mut) {
        for (field, definition) in PARTS {
            give_example(definitions, definition, example.get(*field));
        }
    }
    schema.insert("examples".to_owned(), json!([example]));
    schema.to_value()
}

/// Fields of the configuration and the definitions of what is in them.
const PARTS: &[(&str, &str)] = &[
    ("identity", "RawIdentity"),
    ("tokens", "RawTokens"),
    ("policy", "RawPolicy"),
    ("context", "RawContext"),
    ("upstream_headers", "RawUpstreamHeaders"),
    ("limits", "RawLimits"),
];

fn give_example(definitions: &mut Map<String, Value>, definition: &str, example: Option<&Value>) {
    if let (Some(definition), Some(example)) =
        (definitions.get_mut(definition).and_then(Value::as_object_mut), example)
    {
        definition.insert("examples".to_owned(), json!([example]));
    }
}

/// A configuration with every part. The private half of its key was thrown away: nobody can sign with it.
fn example() -> Value {
    json!({
        "version": 1,
        "revision": "2026-11-22.1",
        "mode": "enforce",
        "decision_log": "all",
        "identity": {
            "spiffe_id": "spiffe://corp.example.com/ns/db/sa/reader",
            "trust_domain": "corp.example.com",
            "federated_trust_domains": ["partner.example.org"],
            "required": true,
            "sources": [
                { "type": "xfcc", "trusted_proxies": ["spiffe://corp.example.com/ns/edge/sa/gateway"], "hops": 1 },
                { "type": "connection" },
            ],
        },
        "tokens": {
            "realm": "accounts",
            "providers": [{
                "name": "staff",
                "profile": "jwt",
                "issuer": "https://sso.corp.example.com/realms/staff",
                "audiences": ["accounts"],
                "algorithms": ["ES256"],
                "required": true,
                "max_lifetime_seconds": 3600,
                "jwks": { "keys": [{
                    "kty": "EC",
                    "crv": "P-256",
                    "kid": "staff-1",
                    "use": "sig",
                    "x": "ilw-OddWM3t-MMjHzVE6UxcMHhYANZw1wlE7_V3xW1c",
                    "y": "QRpW9JtC5qUVsswVdbYPzw_5l9EL7FWiFhkhpUdes_4",
                }] },
            }],
        },
        "policy": {
            "rego_version": "v1",
            "decision": "accounts/authz/allow",
            "modules": [{
                "name": "policy.rego",
                "source": "package accounts.authz\n\ndefault allow := false\n\nallow if {\n\tinput.request.method == \"GET\"\n\tinput.identity.spiffe_id in data.readers\n}\n\ndefault admin := false\n\nadmin if input.jwt.staff.role == \"admin\"\n",
            }],
            "data": { "readers": ["spiffe://corp.example.com/ns/payments/sa/api"] },
        },
        "routes": [
            { "name": "health", "match": { "hosts": ["accounts.example.com"], "path_prefix": "/healthz" }, "off": true },
            { "name": "admin", "match": { "path_prefix": "/admin" }, "decision": "accounts/authz/admin" },
        ],
        "context": {
            "utc_offset_minutes": 60,
            "signals": [{
                "name": "risk_score",
                "type": "number",
                "max_age_seconds": 300,
                "from": { "claim": { "provider": "staff", "path": ["risk_score"] } },
            }],
        },
        "upstream_headers": { "spiffe_id": "x-doorward-spiffe-id", "policy": ["x-account-scope"] },
        "limits": { "headers": 100, "tokens_remembered": 4096 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Snapshot;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_example_is_a_configuration() {
        let loaded = Snapshot::load(example().to_string().as_bytes()).map_err(|errors| errors.to_string());
        assert_eq!(
            loaded.map(|snapshot| snapshot.revision().map(str::to_owned)),
            Ok(Some("2026-11-22.1".to_owned()))
        );
    }

    #[test]
    fn every_part_has_its_example() {
        let schema = json_schema();
        for (field, definition) in PARTS {
            let found = schema.pointer(&format!("/$defs/{definition}/examples/0"));
            assert!(found.is_some() && found == example().get(*field), "{definition}");
        }
        assert_eq!(schema.pointer("/examples/0"), Some(&example()));
    }
}
