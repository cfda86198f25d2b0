//! The `dynamic_metadata` part.

use std::sync::Arc;

use super::compile::Faults;
use super::raw::RawDynamicMetadata;
use crate::limits::NAME_BYTES;
use crate::metadata::{CLAIMS, MetadataClaim, MetadataRules, NAMESPACE};
use crate::tokens::TokenRules;

pub(super) fn compile(
    raw: Option<&RawDynamicMetadata>,
    tokens: Option<&TokenRules>,
    faults: &mut Faults,
) -> MetadataRules {
    let Some(raw) = raw else { return MetadataRules::new(NAMESPACE, None) };
    let fits =
        |text: &str| !text.is_empty() && text.len() <= NAME_BYTES && !text.chars().any(char::is_control);
    if !fits(&raw.namespace) {
        faults.add(
            "dynamic_metadata.namespace",
            "must be 1 to 128 bytes without control characters",
            "leave it out for `doorward`",
        );
    }
    if raw.claims.len() > CLAIMS {
        faults.add(
            "dynamic_metadata.claims",
            format!("has more than {CLAIMS} claims"),
            "name those that are read",
        );
        return MetadataRules::new(NAMESPACE, None);
    }
    let mut claims = Vec::new();
    for (index, raw) in raw.claims.iter().enumerate() {
        let place = format!("dynamic_metadata.claims[{index}]");
        if !fits(&raw.name) {
            faults.add(format!("{place}.name"), "must be 1 to 128 bytes without control characters", "");
        }
        // Providers that have faults of their own were reported.
        let Some(tokens) = tokens else { continue };
        let provider = tokens.providers.iter().position(|rule| *rule.name == *raw.provider);
        let Some(provider) = provider else {
            faults.add(
                format!("{place}.provider"),
                "is not the name of a configured provider",
                "add it to tokens.providers",
            );
            continue;
        };
        let key = Arc::from(format!("claim.{}.{}", raw.provider, raw.name));
        claims.push(MetadataClaim { provider, name: raw.name.as_str().into(), key });
    }
    MetadataRules::new(&raw.namespace, Some(claims))
}
