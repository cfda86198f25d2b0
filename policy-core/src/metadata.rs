//! Dynamic metadata: what later filters and access logs can read of a decision, on hosts that can tell them.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::audit::AuditEvent;
use crate::identity::Identity;
use crate::tokens::Credentials;

/// The namespace unless the configuration names another.
pub(crate) const NAMESPACE: &str = "doorward";

/// What the policy gives is apart from what we say.
const OF_POLICY: &str = ".policy";

/// Most claims that are handed on: each costs a call to the proxy.
pub(crate) const CLAIMS: usize = 32;

/// One item of dynamic metadata.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataItem {
    /// The namespace.
    pub namespace: Arc<str>,
    /// The key in it.
    pub key: Cow<'static, str>,
    /// The value: JSON, at most [`crate::limits::METADATA_BYTES`] bytes for all that a policy gives, and not more than
    /// the token for a claim.
    pub value: Value,
}

/// What a configuration hands on.
pub(crate) struct MetadataRules {
    /// Ours; `None` where the configuration does not ask for it.
    pub(crate) own: Option<OwnMetadata>,
    /// The namespace of what the policy gives.
    pub(crate) of_policy: Arc<str>,
}

/// What we say ourselves.
pub(crate) struct OwnMetadata {
    pub(crate) namespace: Arc<str>,
    pub(crate) claims: Box<[MetadataClaim]>,
}

/// A claim that is handed on.
pub(crate) struct MetadataClaim {
    /// The provider's place in the configuration.
    pub(crate) provider: usize,
    /// The claim's name.
    pub(crate) name: Box<str>,
    /// The key in the metadata.
    pub(crate) key: Arc<str>,
}

impl MetadataRules {
    /// Rules for a namespace, with or without what is ours.
    pub(crate) fn new(namespace: &str, claims: Option<Vec<MetadataClaim>>) -> Self {
        let own = claims
            .map(|claims| OwnMetadata { namespace: Arc::from(namespace), claims: claims.into_boxed_slice() });
        Self { own, of_policy: Arc::from(format!("{namespace}{OF_POLICY}")) }
    }

    /// The claims that are handed on of these credentials.
    pub(crate) fn claims(&self, credentials: &Credentials) -> Vec<MetadataItem> {
        let Some(own) = &self.own else { return Vec::new() };
        let item = |claim: &MetadataClaim| {
            let value = credentials.of(claim.provider)?.claims.claims().get(&*claim.name)?;
            Some(MetadataItem {
                namespace: Arc::clone(&own.namespace),
                key: Cow::Owned(claim.key.to_string()),
                value: value.clone(),
            })
        };
        own.claims.iter().filter_map(item).collect()
    }

    /// What we say of a decision, and what the policy gave.
    pub(crate) fn describe(
        &self,
        event: &AuditEvent,
        identity: Option<&Identity>,
        given: Option<Map<String, Value>>,
        items: &mut Vec<MetadataItem>,
    ) {
        if let Some(own) = &self.own {
            let mut add = |key: &'static str, value: Option<&str>| {
                if let Some(value) = value {
                    let (namespace, key) = (Arc::clone(&own.namespace), Cow::Borrowed(key));
                    items.push(MetadataItem { namespace, key, value: Value::from(value) });
                }
            };
            add("decision", Some(event.decision));
            add("reason", Some(event.reason));
            add("decision_id", Some(&event.decision_id));
            add("revision", event.revision.as_deref());
            add("route", event.route.as_deref());
            add("spiffe_id", identity.map(|identity| identity.id.as_str()));
            add("trust_domain", identity.map(|identity| identity.id.trust_domain()));
        }
        for (key, value) in given.into_iter().flatten() {
            items.push(MetadataItem { namespace: Arc::clone(&self.of_policy), key: Cow::Owned(key), value });
        }
    }
}
