//! SPIFFE-ID section 2, rule by rule.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::super::testing::Noise;
use super::*;

fn refusal(id: &str) -> SpiffeIdError {
    SpiffeId::parse(id).unwrap_err()
}

#[test]
fn an_id_is_a_trust_domain_and_a_path() {
    let id = SpiffeId::parse("spiffe://example.org/ns/shop/sa/front-end_2.x").unwrap();
    assert_eq!(id.as_str(), "spiffe://example.org/ns/shop/sa/front-end_2.x");
    assert_eq!(id.trust_domain(), "example.org");
    assert_eq!(id.path(), "/ns/shop/sa/front-end_2.x");
    assert!(id.has_path());
}

#[test]
fn the_path_is_optional() {
    let id = SpiffeId::parse("spiffe://example.org").unwrap();
    assert_eq!((id.trust_domain(), id.path(), id.has_path()), ("example.org", "", false));
}

#[test]
fn the_path_is_case_sensitive_and_dots_in_names_are_legal() {
    let upper = SpiffeId::parse("spiffe://a/B").unwrap();
    assert_ne!(upper, SpiffeId::parse("spiffe://a/b").unwrap());
    for id in ["spiffe://a/...", "spiffe://a/.x", "spiffe://a/x.", "spiffe://a/..x/y.."] {
        assert_eq!(SpiffeId::parse(id).unwrap().as_str(), id);
    }
}

#[test]
fn the_scheme_is_spiffe() {
    for id in
        ["http://example.org/x", "spiffe:/example.org/x", "spiffe:example.org", "//example.org/x", "s", " "]
    {
        assert_eq!(refusal(id), SpiffeIdError::Scheme, "{id}");
    }
    assert_eq!(refusal(" spiffe://example.org/x"), SpiffeIdError::Scheme);
    assert_eq!(refusal("spiffes://example.org/x"), SpiffeIdError::Scheme);
}

#[test]
fn the_scheme_in_another_case_is_refused() {
    assert_eq!(refusal("SPIFFE://example.org/x"), SpiffeIdError::SchemeUppercase);
    assert_eq!(refusal("Spiffe://example.org/x"), SpiffeIdError::SchemeUppercase);
}

#[test]
fn nothing_is_not_an_id() {
    assert_eq!(refusal(""), SpiffeIdError::Empty);
}

#[test]
fn there_is_no_query_and_no_fragment() {
    assert_eq!(refusal("spiffe://a/b?c"), SpiffeIdError::Query { position: 12 });
    assert_eq!(refusal("spiffe://a?"), SpiffeIdError::Query { position: 10 });
    assert_eq!(refusal("spiffe://a/b#c"), SpiffeIdError::Fragment { position: 12 });
    assert_eq!(refusal("spiffe://a/b#?"), SpiffeIdError::Fragment { position: 12 });
}

#[test]
fn the_trust_domain_follows_its_own_rules() {
    for (id, error) in [
        ("spiffe://", TrustDomainError::Empty),
        ("spiffe:///x", TrustDomainError::Empty),
        ("spiffe://Example.org/x", TrustDomainError::Uppercase { position: 0 }),
        ("spiffe://u@a/x", TrustDomainError::UserInfo { position: 1 }),
        ("spiffe://a:1/x", TrustDomainError::Port { position: 1 }),
        ("spiffe://a%20/x", TrustDomainError::PercentEncoding { position: 1 }),
        ("spiffe://a\\b/x", TrustDomainError::Character { position: 1 }),
    ] {
        assert_eq!(refusal(id), SpiffeIdError::TrustDomain(error), "{id}");
    }
}

#[test]
fn the_path_has_no_trailing_slash() {
    for id in ["spiffe://a/", "spiffe://a/b/", "spiffe://a//"] {
        assert_eq!(refusal(id), SpiffeIdError::TrailingSlash, "{id}");
    }
}

#[test]
fn the_path_has_no_empty_segment() {
    assert_eq!(refusal("spiffe://a//b"), SpiffeIdError::EmptySegment { position: 11 });
    assert_eq!(refusal("spiffe://a/b//c"), SpiffeIdError::EmptySegment { position: 13 });
}

#[test]
fn the_path_has_no_relative_segment() {
    assert_eq!(refusal("spiffe://a/./b"), SpiffeIdError::DotSegment { position: 11 });
    assert_eq!(refusal("spiffe://a/b/.."), SpiffeIdError::DotSegment { position: 13 });
}

#[test]
fn the_path_is_not_percent_encoded() {
    assert_eq!(refusal("spiffe://a/b%2fc"), SpiffeIdError::PathPercentEncoding { position: 12 });
    assert_eq!(refusal("spiffe://a/%2e%2e"), SpiffeIdError::PathPercentEncoding { position: 11 });
}

#[test]
fn the_path_has_only_the_allowed_characters() {
    for bad in [
        "b c", "b\tc", "b;c", "b,c", "b=c", "b\"c", "b:c", "b@c", "b*c", "b\\c", "b~c", "b\0c", "b\nc", "b+c",
    ] {
        let id = format!("spiffe://a/{bad}");
        assert_eq!(refusal(&id), SpiffeIdError::PathCharacter { position: 12 }, "{id:?}");
    }
}

#[test]
fn only_ascii_is_permitted() {
    assert_eq!(refusal("spiffe://a/é"), SpiffeIdError::NotAscii { position: 11 });
    assert_eq!(SpiffeId::parse_bytes(b"spiffe://a/\xff"), Err(SpiffeIdError::NotAscii { position: 11 }));
    assert_eq!(SpiffeId::parse_bytes(b"\xfe\xff"), Err(SpiffeIdError::NotAscii { position: 0 }));
}

#[test]
fn an_id_has_at_most_2048_bytes() {
    let longest = format!("spiffe://a/{}", "x".repeat(2048 - 11));
    assert_eq!(SpiffeId::parse(&longest).unwrap().as_str().len(), 2048);
    let longer = format!("{longest}x");
    assert_eq!(refusal(&longer), SpiffeIdError::TooLong { length: 2049 });
    assert_eq!(SpiffeId::parse_bytes(longer.as_bytes()), Err(SpiffeIdError::TooLong { length: 2049 }));
    let wide = format!("spiffe://{}/x", "a".repeat(256));
    assert_eq!(refusal(&wide), SpiffeIdError::TrustDomain(TrustDomainError::TooLong { length: 256 }));
}

#[test]
fn errors_do_not_echo_the_id_and_have_a_code() {
    let error = refusal("spiffe://a/se cret");
    assert_eq!(error.code(), "spiffe_id_path_character");
    assert!(!format!("{error} {error:?}").contains("cret"));
}

#[test]
fn whatever_parses_prints_as_it_was_and_parses_again() {
    const ALPHABET: &[u8] = b"aZ0.-_/%?#:@ \\;,\"=\xc3";
    let mut noise = Noise::seeded(1);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut text = b"spiffe://".to_vec();
        for _ in 0..noise.below(9) {
            text.push(ALPHABET[noise.below(ALPHABET.len())]);
        }
        if noise.below(8) == 0 {
            let at = noise.below(text.len());
            text[at] = noise.byte();
        }
        let Ok(id) = SpiffeId::parse_bytes(&text) else { continue };
        accepted += 1;
        assert_eq!(id.as_str().as_bytes(), text);
        assert_eq!(format!("spiffe://{}{}", id.trust_domain(), id.path()), id.as_str());
        assert_eq!(SpiffeId::parse(id.as_str()), Ok(id));
    }
    assert!(accepted > 100, "the generator makes valid IDs too");
}
