#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn reserved_names_are_data_and_input() {
    assert!(is_reserved("data") && is_reserved("input") && !is_reserved("rego"));
}
