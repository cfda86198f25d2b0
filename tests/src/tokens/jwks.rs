//! JWK sets of public halves (RFC 7517), correct or with members changed.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::TokenKey;

/// Which of the optional members a key's JWK carries, and what is changed afterwards.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JwkOptions {
    /// Write `kid`.
    pub kid: bool,
    /// Write `alg`.
    pub alg: bool,
    /// The `use` member; `null` leaves it out. `jwt-svid` is a SPIFFE bundle's (SPIFFE bundle section 4.2.2).
    #[serde(rename = "use")]
    pub usage: Option<String>,
    /// Members put on top; a `null` takes the member away.
    pub set: Map<String, Value>,
}

impl Default for JwkOptions {
    fn default() -> Self {
        Self { kid: true, alg: true, usage: Some("sig".into()), set: Map::new() }
    }
}

impl JwkOptions {
    /// As keys are written in a SPIFFE bundle: `use` is `jwt-svid`.
    pub fn jwt_svid() -> Self {
        Self { usage: Some("jwt-svid".into()), ..Self::default() }
    }

    fn apply(&self, key: &TokenKey) -> Value {
        let mut members = key.public_members();
        if self.kid {
            members.insert("kid".into(), json!(key.kid));
        }
        if self.alg {
            members.insert("alg".into(), json!(key.algorithm.name()));
        }
        if let Some(usage) = &self.usage {
            members.insert("use".into(), json!(usage));
        }
        overlay(&mut members, &self.set);
        Value::Object(members)
    }
}

/// The JWK set with the public halves of `keys`, in order.
pub fn jwks<'a>(keys: impl IntoIterator<Item = (&'a TokenKey, &'a JwkOptions)>) -> Value {
    let keys: Vec<Value> = keys.into_iter().map(|(key, options)| options.apply(key)).collect();
    json!({ "keys": keys })
}

/// Puts `changes` on top of `members`; a `null` takes one away.
pub(super) fn overlay(members: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (name, value) in changes {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
}
