//! The `tokens` part.

use std::sync::Arc;

use super::compile::Faults;
use super::raw::{RawLimits, RawProfile, RawProvider, RawTokens};
use crate::jwt::{
    Algorithm, DEFAULT_MAX_TOKEN_BYTES, JwksProfile, KeySet, Profile, Provider, ProviderSettings, Realm,
};
use crate::limits::{NAME_BYTES, TOKENS_REMEMBERED, TOKENS_REMEMBERED_MAX};
use crate::tokens::{ProviderRule, TokenRules};

/// Largest token that can be configured, in bytes.
const TOKEN_BYTES_MAX: u64 = 256 * 1024;

/// The realm when no token is configured.
const NO_REALM: &str = "doorward";

/// `None` only when a fault was added.
pub(super) fn compile(
    raw: Option<&RawTokens>,
    limits: &RawLimits,
    faults: &mut Faults,
    warnings: &mut Vec<String>,
) -> Option<TokenRules> {
    let realm = Realm::parse(raw.map_or(NO_REALM, |raw| &raw.realm))
        .map_err(|error| faults.add("tokens.realm", error.to_string(), "choose a short name"))
        .ok();
    let mut providers: Vec<ProviderRule> = Vec::new();
    for (index, raw) in raw.map_or(&[][..], |raw| &raw.providers).iter().enumerate() {
        let place = format!("tokens.providers[{index}]");
        if providers.iter().any(|earlier| *earlier.name == *raw.name) {
            faults.add(
                format!("{place}.name"),
                "is used by an earlier provider",
                "give each provider its own name",
            );
        }
        if let Some(rule) = provider(&place, raw, faults, warnings) {
            // The first that fits verifies: the second could never be reached.
            if providers.iter().any(|earlier| earlier.takes_from(&rule)) {
                faults.add(
                    &*place,
                    "takes the tokens of an issuer that an earlier provider takes from the same header",
                    "list all audiences in one provider, or use another header",
                );
            }
            providers.push(rule);
        }
    }
    if raw.is_some_and(|raw| raw.providers.is_empty()) {
        faults.add("tokens.providers", "must name at least one provider", "or leave `tokens` out");
    }
    Some(TokenRules {
        realm: realm?,
        providers: providers.into(),
        token_bytes: token_bytes(limits, faults),
        remembered: remembered(limits, faults),
    })
}

fn token_bytes(limits: &RawLimits, faults: &mut Faults) -> usize {
    match limits.token_bytes {
        None => DEFAULT_MAX_TOKEN_BYTES,
        Some(bytes) if (1..=TOKEN_BYTES_MAX).contains(&bytes) => {
            usize::try_from(bytes).unwrap_or(DEFAULT_MAX_TOKEN_BYTES)
        }
        Some(_) => {
            faults.add(
                "limits.token_bytes",
                format!("must be from 1 to {TOKEN_BYTES_MAX}"),
                "leave it out for the default",
            );
            DEFAULT_MAX_TOKEN_BYTES
        }
    }
}

fn remembered(limits: &RawLimits, faults: &mut Faults) -> usize {
    match limits.tokens_remembered.map(usize::try_from) {
        None => TOKENS_REMEMBERED,
        Some(Ok(count)) if count <= TOKENS_REMEMBERED_MAX => count,
        Some(_) => {
            faults.add("limits.tokens_remembered", format!("must be from 0 to {TOKENS_REMEMBERED_MAX}"), "");
            TOKENS_REMEMBERED
        }
    }
}

fn provider(
    place: &str,
    raw: &RawProvider,
    faults: &mut Faults,
    warnings: &mut Vec<String>,
) -> Option<ProviderRule> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if raw.name.is_empty() || raw.name.len() > NAME_BYTES || !raw.name.bytes().all(is_name) {
        faults.add(
            format!("{place}.name"),
            "must be 1 to 128 letters, digits, `_` or `-`",
            "the policy reads input.jwt.NAME",
        );
    }
    let header = faults.header(&format!("{place}.header"), &raw.header);
    let prefix = raw.prefix.clone().unwrap_or_else(|| {
        if raw.header.eq_ignore_ascii_case("authorization") { "Bearer ".to_owned() } else { String::new() }
    });
    let is_prefix = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    if prefix.len() > 32 || !prefix.bytes().all(is_prefix) {
        faults.add(
            format!("{place}.prefix"),
            "must be at most 32 printable ASCII characters",
            "for example `Bearer `",
        );
    }
    let (profile, jwks_profile) = match raw.profile {
        RawProfile::Jwt => (Profile::Jwt, JwksProfile::Oidc),
        RawProfile::AccessToken => (Profile::AccessToken, JwksProfile::Oidc),
        RawProfile::JwtSvid => (Profile::JwtSvid, JwksProfile::SpiffeBundle),
    };
    let algorithms = algorithms(place, raw, faults);
    let keys = algorithms.as_ref().and_then(|stated| {
        let allowed = stated.clone().unwrap_or_else(|| profile.algorithms().to_vec());
        keys(place, raw, jwks_profile, &allowed, faults, warnings)
    });
    if raw.audiences.is_empty() {
        faults.add(
            format!("{place}.audiences"),
            "must name at least one audience",
            "a token for somebody else must not be accepted here",
        );
        return None;
    }
    let mut settings = ProviderSettings::new(&raw.name, profile, raw.audiences.clone(), keys?);
    settings.issuer.clone_from(&raw.issuer);
    settings.trust_domain.clone_from(&raw.trust_domain);
    settings.algorithms = algorithms?;
    settings.leeway_seconds = raw.leeway_seconds.unwrap_or(settings.leeway_seconds);
    settings.max_lifetime_seconds = raw.max_lifetime_seconds.unwrap_or(settings.max_lifetime_seconds);
    // The error's text begins with the field's name.
    let provider =
        Provider::new(settings).map_err(|error| add_field(place, &error.to_string(), faults)).ok()?;
    Some(ProviderRule {
        provider,
        name: Arc::from(&*raw.name),
        header: Arc::from(header?),
        prefix: prefix.into(),
        required: raw.required,
        forward: raw.forward,
    })
}

fn add_field(place: &str, text: &str, faults: &mut Faults) {
    match text.split_once(": ") {
        Some((field, message)) => faults.add(format!("{place}.{field}"), message, ""),
        None => faults.add(place, text, ""),
    }
}

/// The algorithms that are stated, or `Some(None)` when none are. `None` only when a fault was added.
fn algorithms(place: &str, raw: &RawProvider, faults: &mut Faults) -> Option<Option<Vec<Algorithm>>> {
    let Some(names) = &raw.algorithms else { return Some(None) };
    if names.is_empty() {
        faults.add(
            format!("{place}.algorithms"),
            "must name at least one",
            "leave it out for all of the profile",
        );
        return None;
    }
    let mut algorithms = Vec::new();
    for (index, name) in names.iter().enumerate() {
        match name.parse() {
            Ok(algorithm) => algorithms.push(algorithm),
            Err(_) => faults.add(
                format!("{place}.algorithms[{index}]"),
                "is not an algorithm that is accepted",
                "RS, PS or ES with 256, 384 or 512, or EdDSA; HMAC and `none` never",
            ),
        }
    }
    (algorithms.len() == names.len()).then_some(Some(algorithms))
}

fn keys(
    place: &str,
    raw: &RawProvider,
    profile: JwksProfile,
    allowed: &[Algorithm],
    faults: &mut Faults,
    warnings: &mut Vec<String>,
) -> Option<KeySet> {
    if raw.jwks_file.is_some() {
        faults.add(
            format!("{place}.jwks_file"),
            "a filter has no files",
            "let `doorward render` put the file's contents here",
        );
        return None;
    }
    let Some(set) = &raw.jwks else {
        faults.add(format!("{place}.jwks"), "is missing", "give the issuer's JWK Set with its public keys");
        return None;
    };
    let keys = KeySet::from_members(set, profile, allowed)
        .map_err(|error| {
            let field = if error.field.is_empty() { String::new() } else { format!(".{}", error.field) };
            let at = match error.index {
                Some(index) => format!("{place}.jwks.keys[{index}]{field}"),
                None => format!("{place}.jwks{field}"),
            };
            faults.add(at, error.kind.advice(), "");
        })
        .ok()?;
    for skipped in keys.skipped() {
        warnings.push(format!("{place}.jwks.keys[{}] is not used: {}", skipped.index, skipped.reason.code()));
    }
    Some(keys)
}
