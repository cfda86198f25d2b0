//! The wasm module and the dynamic one answer the same to generated requests. The `differential` binary plays more of
//! them. Needs what `golden_envoy` needs.
// Elsewhere there is no dynamic module to test, see `Host::here`.
#![cfg(target_os = "linux")]

use doorward_tests::differential::{Options, run};
use doorward_tests::root;

const REQUESTS: usize = 5_000;
const SEED: u64 = 20_261_122;

#[test]
fn both_modules_answer_the_same() {
    let folder = root().join("target/differential/test");
    let summary =
        run(&Options { seed: SEED, requests: REQUESTS, folder }, |_| {}).expect("both Envoys serve");
    println!("{}", summary.text());
    assert!(summary.differences.is_empty(), "the hosts differ:\n{}", summary.text());
    assert_eq!(summary.requests, REQUESTS);
    // The generator reaches what it is for: either verdict, and many reasons.
    assert!(summary.passed > REQUESTS / 20, "only {} passed", summary.passed);
    assert!(summary.reasons.len() > 40, "only {} reasons", summary.reasons.len());
}
