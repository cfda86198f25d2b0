//! Nothing but the token itself verifies: not one bit of it may change.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::jwt::testing::*;
use crate::jwt::{Algorithm, DEFAULT_MAX_TOKEN_BYTES, Holder, Profile, Provider, UnverifiedJwt, token_from};

/// A debug build under Node is slow: it tries one in so many.
const THINNED: usize = if cfg!(target_arch = "wasm32") { 8 } else { 1 };

/// Whether the bytes are a good token; that they are none must not be more than an error.
fn verifies(provider: &Provider, token: &[u8]) -> bool {
    UnverifiedJwt::parse(token, DEFAULT_MAX_TOKEN_BYTES)
        .and_then(|token| provider.verify(&token, now(), &Holder::default()))
        .is_ok()
}

#[test]
fn no_bit_can_be_flipped() {
    let provider = provider(Profile::Jwt);
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa] {
        let token = Token::new(algorithm).sign().into_bytes();
        assert!(verifies(&provider, &token));
        for position in (0..token.len()).step_by(THINNED) {
            for bit in 0..8 {
                let mut mutated = token.clone();
                mutated[position] ^= 1 << bit;
                assert!(!verifies(&provider, &mutated), "{algorithm} byte {position} bit {bit}");
            }
        }
    }
}

#[test]
fn no_byte_can_be_replaced() {
    let provider = provider(Profile::Jwt);
    let mut random = Fixed(42);
    for algorithm in Algorithm::ALL {
        let token = Token::new(algorithm).sign().into_bytes();
        for _ in (0..400).step_by(THINNED) {
            let mut mutated = token.clone();
            for _ in 0..=random.below(3) {
                let position = random.below(mutated.len());
                mutated[position] = u8::try_from(random.below(256)).unwrap();
            }
            assert_eq!(verifies(&provider, &mutated), mutated == token, "{algorithm}");
        }
    }
}

#[test]
fn no_character_of_the_alphabet_can_be_exchanged() {
    let provider = provider(Profile::Jwt);
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut random = Fixed(43);
    for algorithm in Algorithm::ALL {
        let token = Token::new(algorithm).sign().into_bytes();
        for _ in (0..200).step_by(THINNED) {
            let mut mutated = token.clone();
            let position = random.below(mutated.len());
            mutated[position] = alphabet[random.below(alphabet.len())];
            assert_eq!(verifies(&provider, &mutated), mutated == token, "{algorithm}");
        }
    }
}

#[test]
fn nothing_can_be_cut_off_or_added() {
    let provider = provider(Profile::Jwt);
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::Es512] {
        let token = Token::new(algorithm).sign().into_bytes();
        for length in (0..token.len()).step_by(THINNED) {
            assert!(!verifies(&provider, &token[..length]));
            assert!(!verifies(&provider, &token[token.len() - length..]));
        }
        for byte in 0..=u8::MAX {
            let after = [&token[..], &[byte]].concat();
            let before = [&[byte], &token[..]].concat();
            assert!(!verifies(&provider, &after) && !verifies(&provider, &before), "{byte}");
        }
    }
}

#[test]
fn noise_is_no_token() {
    let provider = provider(Profile::Jwt);
    let mut random = Fixed(44);
    let characters = b"eyJ0.{}\":[],=-_ \n\x00\xffA9";
    for _ in 0..20_000 {
        let length = random.below(64);
        let noise: Vec<u8> = (0..length).map(|_| characters[random.below(characters.len())]).collect();
        assert!(!verifies(&provider, &noise));
        assert!(token_from(&[&noise], "Bearer ").is_ok_and(|token| token.is_none()));
    }
}
