#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::check;

#[test]
fn nothing_has_no_errors() {
    assert_eq!(check(&[]), []);
}
