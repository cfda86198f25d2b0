//! The `identity` part.

use super::compile::Faults;
use super::raw::{RawIdentity, RawSource};
use crate::identity::{IdentityRules, Source};
use crate::jwt::Profile;
use crate::limits::NAME_BYTES;
use crate::spiffe::{SpiffeId, TrustDomain, TrustDomains, XfccRule};
use crate::tokens::TokenRules;

/// A compiled `identity` part.
pub(super) struct Compiled {
    pub(super) rules: IdentityRules,
    pub(super) filter_state: Option<Box<str>>,
}

pub(super) fn compile(
    raw: &RawIdentity,
    tokens: &Option<TokenRules>,
    faults: &mut Faults,
) -> Option<Compiled> {
    let own_id = raw.spiffe_id.as_deref().and_then(|text| workload("identity.spiffe_id", text, faults));
    let trust_domains = trust_domains(raw, faults);
    if raw.sources.is_empty() {
        faults.add(
            "identity.sources",
            "must name at least one source",
            "for mTLS write `- type: connection`",
        );
    }
    let mut sources = Vec::new();
    let mut filter_state = None;
    for (index, raw) in raw.sources.iter().enumerate() {
        let place = format!("identity.sources[{index}]");
        match raw {
            RawSource::Connection {} => sources.push(Source::Connection),
            RawSource::Xfcc { trusted_proxies, hops, by } => {
                sources.extend(xfcc(&place, trusted_proxies, *hops, by.as_deref(), faults).map(Source::Xfcc));
            }
            RawSource::FilterState { key } => {
                if filter_state.is_some() {
                    faults.add(&*place, "is a second filter_state source", "keep one");
                }
                if key.is_empty() || key.len() > NAME_BYTES || key.contains('\0') {
                    faults.add(
                        format!("{place}.key"),
                        "must be 1 to 128 bytes",
                        "Istio's waypoints use io.istio.peer_principal",
                    );
                }
                filter_state = Some(key.as_str().into());
                sources.push(Source::FilterState);
            }
            RawSource::JwtSvid { provider } => {
                sources.extend(jwt_svid(&place, provider, tokens.as_ref(), faults))
            }
        }
    }
    let rules = IdentityRules {
        own_id,
        trust_domains: trust_domains?,
        required: raw.required,
        sources: sources.into(),
    };
    Some(Compiled { rules, filter_state })
}

/// A SPIFFE ID of a workload: with a path.
pub(super) fn workload(place: &str, text: &str, faults: &mut Faults) -> Option<SpiffeId> {
    match SpiffeId::parse(text) {
        Ok(id) if id.has_path() => Some(id),
        Ok(_) => {
            faults.add(place, "is the ID of a trust domain, not of a workload", "add the workload's path");
            None
        }
        Err(error) => {
            faults.add(place, error.to_string(), "write it as spiffe://trust-domain/path");
            None
        }
    }
}

pub(super) fn workloads(place: &str, texts: &[String], faults: &mut Faults) -> Vec<SpiffeId> {
    if texts.is_empty() {
        faults.add(place, "must name at least one proxy", "give the SPIFFE ID of the proxy in front");
    }
    let parse = |(index, text): (usize, &String)| workload(&format!("{place}[{index}]"), text, faults);
    texts.iter().enumerate().filter_map(parse).collect()
}

fn trust_domain(place: &str, text: &str, faults: &mut Faults) -> Option<TrustDomain> {
    TrustDomain::parse(text)
        .map_err(|error| {
            faults.add(place, error.to_string(), "write the bare name, such as corp.example.com")
        })
        .ok()
}

fn trust_domains(raw: &RawIdentity, faults: &mut Faults) -> Option<TrustDomains> {
    let own = trust_domain("identity.trust_domain", &raw.trust_domain, faults);
    let mut federated = Vec::new();
    for (index, text) in raw.federated_trust_domains.iter().enumerate() {
        let place = format!("identity.federated_trust_domains[{index}]");
        federated.push(trust_domain(&place, text, faults)?);
    }
    TrustDomains::new(own?, federated)
        .map_err(|error| faults.add("identity.federated_trust_domains", error.to_string(), "name each once"))
        .ok()
}

fn xfcc(
    place: &str,
    proxies: &[String],
    hops: u64,
    by: Option<&str>,
    faults: &mut Faults,
) -> Option<XfccRule> {
    let proxies = workloads(&format!("{place}.trusted_proxies"), proxies, faults);
    let by = by.map(|text| workload(&format!("{place}.by"), text, faults));
    // The list said what is wrong with it.
    if proxies.is_empty() {
        return None;
    }
    let hops = usize::try_from(hops).ok()?;
    let by = match by {
        Some(None) => return None,
        Some(id) => id,
        None => None,
    };
    XfccRule::new(proxies, hops, by)
        .map_err(|error| faults.add(place, error.to_string(), "see the reference for how hops are counted"))
        .ok()
}

fn jwt_svid(place: &str, provider: &str, tokens: Option<&TokenRules>, faults: &mut Faults) -> Option<Source> {
    let tokens = tokens?;
    let place = format!("{place}.provider");
    let Some(index) = tokens.providers.iter().position(|rule| *rule.name == *provider) else {
        faults.add(place, "is not the name of a configured provider", "add it to tokens.providers");
        return None;
    };
    let is_svid = tokens.providers.get(index).is_some_and(|rule| rule.provider.profile() == Profile::JwtSvid);
    if !is_svid {
        faults.add(place, "is a provider of another profile", "set the provider's profile to jwt_svid");
    }
    Some(Source::JwtSvid { provider: index })
}
