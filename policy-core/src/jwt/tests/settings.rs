//! Settings that make no provider.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::jwt::testing::*;
use crate::jwt::{Algorithm, Profile, Provider, ProviderError, ProviderSettings};

fn refused(profile: Profile, change: impl FnOnce(&mut ProviderSettings)) -> ProviderError {
    let mut settings = settings(profile);
    change(&mut settings);
    Provider::new(settings).unwrap_err()
}

#[test]
fn good_settings() {
    for profile in [Profile::Jwt, Profile::AccessToken, Profile::JwtSvid] {
        let provider = provider(profile);
        assert_eq!((provider.name(), provider.profile()), ("staff", profile));
    }
}

#[test]
fn name() {
    assert_eq!(refused(Profile::Jwt, |settings| settings.name.clear()), ProviderError::Name);
    assert_eq!(refused(Profile::Jwt, |settings| settings.name = "x".repeat(1025)), ProviderError::Name);
}

#[test]
fn issuer_or_trust_domain() {
    let domain = Some("corp.example.com".to_owned());
    for profile in [Profile::Jwt, Profile::AccessToken] {
        assert_eq!(refused(profile, |settings| settings.issuer = None), ProviderError::Issuer);
        assert_eq!(refused(profile, |settings| settings.issuer = Some(String::new())), ProviderError::Issuer);
        let both = refused(profile, |settings| settings.trust_domain = domain.clone());
        assert_eq!(both, ProviderError::TrustDomainOnlyForSvid);
    }
    let error = refused(Profile::JwtSvid, |settings| settings.issuer = Some(ISSUER.to_owned()));
    assert_eq!(error, ProviderError::IssuerNotForSvid);
    assert_eq!(
        refused(Profile::JwtSvid, |settings| settings.trust_domain = None),
        ProviderError::TrustDomain
    );
    for name in
        ["", "Corp.example.com", "spiffe://corp.example.com", "corp.example.com/", "corp example", "corp:443"]
    {
        let error = refused(Profile::JwtSvid, |settings| settings.trust_domain = Some(name.to_owned()));
        assert_eq!(error, ProviderError::TrustDomain, "{name}");
    }
}

#[test]
fn audiences() {
    assert_eq!(refused(Profile::Jwt, |settings| settings.audiences.clear()), ProviderError::NoAudience);
    for audiences in [vec![String::new()], vec![AUDIENCE.to_owned(), String::new()], vec!["x".to_owned(); 65]]
    {
        assert_eq!(refused(Profile::Jwt, |settings| settings.audiences = audiences), ProviderError::Audience);
    }
}

#[test]
fn algorithms() {
    assert_eq!(
        refused(Profile::Jwt, |settings| settings.algorithms = Some(vec![])),
        ProviderError::NoAlgorithm
    );
    let eddsa = refused(Profile::JwtSvid, |settings| settings.algorithms = Some(vec![Algorithm::EdDsa]));
    assert_eq!(eddsa, ProviderError::AlgorithmNotInProfile);
    let no_key = refused(Profile::Jwt, |settings| {
        settings.keys = key_set(&[Signer::RsaA]);
        settings.algorithms = Some(vec![Algorithm::Es256]);
    });
    assert_eq!(no_key, ProviderError::NoUsableKey);
    let only_eddsa = refused(Profile::JwtSvid, |settings| settings.keys = key_set(&[Signer::Ed25519]));
    assert_eq!((only_eddsa, only_eddsa.code()), (ProviderError::NoUsableKey, "provider_no_usable_key"));
}

#[test]
fn times() {
    for leeway in [301, u64::MAX] {
        assert_eq!(refused(Profile::Jwt, |settings| settings.leeway_seconds = leeway), ProviderError::Leeway);
    }
    for lifetime in [0, 31_622_401, u64::MAX] {
        let error = refused(Profile::Jwt, |settings| settings.max_lifetime_seconds = lifetime);
        assert_eq!(error, ProviderError::Lifetime);
    }
}
