//! What decides: the configurations of the golden corpus, those of the scenarios and those of the hostile requests.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::golden::{GoldenFile, folder, load_all};
use crate::hostile::ISSUER;
use crate::{Context, Result};

/// The listener without TLS to which [`crate::hostile`] sends its tokens. It also takes the marks between batches.
pub const TOKENS: &str = "hostile/tokens";
/// The mTLS listener of [`crate::hostile`].
pub const MESH: &str = "hostile/mesh";

/// The scenarios, and which of the corpus' keys take the place of their issuers'.
const SCENARIOS: [(&str, &[&str]); 5] = [
    ("accounts", &["staff"]),
    ("contextual", &["posture"]),
    ("jwt-svid", &["workload", "partner"]),
    ("payments", &[]),
    ("require-jwt", &["staff"]),
];

/// Every configuration, as a file of the corpus; the last ones have no cases of their own.
///
/// # Errors
/// One cannot be read.
pub fn all(root: &Path) -> Result<Vec<GoldenFile>> {
    let mut files = load_all(&folder())?;
    for (name, keys) in SCENARIOS {
        files.push(file(&format!("scenario/{name}"), scenario(root, name, keys)?, false)?);
    }
    files.push(file(TOKENS, tokens(), true)?);
    files.push(file(MESH, mesh(), false)?);
    Ok(files)
}

fn file(id: &str, config: Value, plain: bool) -> Result<GoldenFile> {
    let members = json!({ "note": "made for this", "config": config, "plain": plain, "cases": [] });
    let mut file: GoldenFile = serde_json::from_value(members).context(|| id.to_owned())?;
    file.id = id.to_owned();
    Ok(file)
}

/// A scenario's configuration with its files in their places and the corpus' keys.
fn scenario(root: &Path, name: &str, keys: &[&str]) -> Result<Value> {
    let folder = root.join("envoy").join(name);
    let read = |file: &str| {
        let path = folder.join(file);
        fs::read_to_string(&path).context(|| format!("read {}", path.display()))
    };
    let mut config: Value = serde_saphyr::from_str(&read("doorward.yaml")?).context(|| name.to_owned())?;
    let mut keys = keys.iter();
    for provider in members(&mut config, "/tokens/providers") {
        if provider.remove("jwks_file").is_some() {
            let owner = keys.next().context(|| format!("{name}: more issuers than owners of keys"))?;
            provider.insert("jwks_of".to_owned(), json!(owner));
        }
    }
    for module in members(&mut config, "/policy/modules") {
        if let Some(Value::String(file)) = module.remove("source_file") {
            module.insert("source".to_owned(), json!(read(&file)?));
            module.insert("name".to_owned(), json!(file));
        }
    }
    if let Some(policy) = config.get_mut("policy").and_then(Value::as_object_mut)
        && let Some(Value::String(file)) = policy.remove("data_file")
    {
        let data: Value = serde_json::from_str(&read(&file)?).context(|| file)?;
        policy.insert("data".to_owned(), data);
    }
    Ok(config)
}

fn members<'a>(config: &'a mut Value, list: &str) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    let items = config.pointer_mut(list).and_then(Value::as_array_mut);
    items.into_iter().flatten().filter_map(Value::as_object_mut)
}

/// Reads the whole request, changes what can be changed, and says why.
fn tokens() -> Value {
    let policy = r#"package envoy.authz

default allow := {"allowed": false, "http_status": 418, "body": "no", "headers": {"x-why": "default"}}

subject := object.get(input.jwt, ["staff", "sub"], "nobody")

facts := {"headers": input.request.headers, "query": input.parsed_query, "path": input.parsed_path, "host": input.request.host}

allow := {
	"allowed": true,
	"headers": {"x-facts": sprintf("%d", [count(json.marshal(facts))]), "x-subject": subject, "x-many": ["1", "2"]},
	"request_headers_to_remove": ["x-drop", "cookie"],
	"response_headers_to_add": {"x-served": subject, "set-cookie": "a=b"},
} if {
	subject in {"alice", "ada", "bob"}
	input.request.method in {"GET", "HEAD", "POST", "PUT"}
}

allow := {"allowed": false, "http_status": 429, "headers": {"retry-after": "1"}, "body": concat(",", input.parsed_path)} if {
	subject == "mallory"
}
"#;
    json!({
        "tokens": { "realm": "corp", "providers": [
            { "name": "staff", "issuer": ISSUER, "audiences": ["accounts"], "jwks_of": "staff" },
        ] },
        "upstream_headers": {
            "decision_id": "x-doorward-decision-id",
            "policy": ["x-facts", "x-subject", "x-many", "x-user-tier"],
        },
        "policy": { "modules": [{ "name": "policy.rego", "source": policy }] },
    })
}

/// Says who called, from where.
fn mesh() -> Value {
    let policy = r#"package envoy.authz

default allow := false

shown(end) := sprintf("%s:%d %s", [
	end.address.socketAddress.address,
	end.address.socketAddress.portValue,
	object.get(end, "principal", "nobody"),
])

allow := {"allowed": true, "headers": {"x-from": shown(input.attributes.source), "x-to": shown(input.attributes.destination)}} if {
	startswith(input.identity.spiffe_id, "spiffe://corp.example.com/ns/")
	not contains(input.request.path, "closed")
}
"#;
    json!({
        "identity": {
            "trust_domain": "corp.example.com",
            "sources": [
                { "type": "xfcc", "trusted_proxies": ["spiffe://corp.example.com/ns/edge/sa/gateway"] },
                { "type": "connection" },
            ],
        },
        "upstream_headers": { "spiffe_id": "x-doorward-spiffe-id", "policy": ["x-from", "x-to"] },
        "policy": { "modules": [{ "name": "policy.rego", "source": policy }] },
    })
}
