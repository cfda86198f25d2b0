//! Damaged texts: no panic, no hang.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::rego::limits::Limits;
use crate::rego::syntax::{RegoVersion, parse_module, parse_query};

const TEXTS: &str = include_str!("../../../../tests-data/rego/parse/texts.rego");
const ROUNDS: usize = 10_000;

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0.checked_rem(u64::try_from(sides.max(1)).unwrap()).unwrap()).unwrap()
    }
}

/// A copy with a few pieces cut, doubled, swapped or replaced by bytes.
fn damaged(text: &str, dice: &mut Dice) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=dice.roll(4) {
        let start = dice.roll(bytes.len());
        let end = start.saturating_add(1).saturating_add(dice.roll(6)).min(bytes.len());
        match dice.roll(5) {
            0 => drop(bytes.drain(start..end)),
            1 => {
                let piece = bytes[start..end].to_vec();
                bytes.splice(start..start, piece);
            }
            2 if end > start => {
                let other = dice.roll(bytes.len());
                bytes.swap(start, other);
            }
            3 => bytes.insert(start, b"[]{}(),:;.|&-\"`$_\n \\"[dice.roll(20)]),
            _ => bytes.insert(start, u8::try_from(dice.roll(256)).unwrap()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn damaged_texts_are_read_or_refused() {
    let texts: Vec<&str> = TEXTS.split("\n# ----\n").collect();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..ROUNDS {
        let text = damaged(texts[dice.roll(texts.len())], &mut dice);
        let module = format!("package t\n{text}");
        for version in [RegoVersion::V0, RegoVersion::V1] {
            match parse_module(0, &module, version, &Limits::DEFAULT) {
                Ok(module) => {
                    taken += 1;
                    assert!(!module.to_string().is_empty());
                }
                Err(faults) => {
                    refused += 1;
                    assert!(!faults.is_empty(), "{module:?}");
                }
            }
            if let Err(faults) = parse_query(0, &text, version) {
                assert!(!faults.is_empty(), "{text:?}");
            }
        }
    }
    assert!(taken > 300 && refused > 1000, "{taken} taken, {refused} refused");
}
