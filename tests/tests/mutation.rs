//! Damaged policies and compiled forms: a short run from a seed, and on demand the long one whose summary is in
//! `conformance/mutation.md`.

use std::time::Duration;

use doorward_tests::mutation::run::{Plan, Report, run};

/// What one damaged policy may take in a debug build on a busy machine; a hang takes longer.
const AT_MOST: Duration = Duration::from_secs(20);

fn assert_harmless(report: &Report) {
    assert!(
        report.failures.is_empty(),
        "{} failures, such as\n{}",
        report.failures.len(),
        report.failures.iter().take(10).cloned().collect::<Vec<_>>().join("\n\n")
    );
    for what in
        ["text: loads, a value", "form with a repaired checksum: loads, a value", "form: compiled_damaged"]
    {
        assert!(report.counts.contains_key(what), "{what}: {:?}", report.counts);
    }
}

#[test]
fn damaged_policies_harm_nobody() {
    let plan = Plan { seed: 1, texts: 1_500, forms: 3_000, compare_one_in: 8, at_most: AT_MOST };
    assert_harmless(&run(plan).expect("the corpus is there"));
}

/// `cargo test --release -p doorward-tests --test mutation -- --ignored --nocapture`
#[test]
#[ignore = "takes minutes; its summary is committed"]
fn a_hundred_thousand_damaged_policies_harm_nobody() {
    let plan = Plan { seed: 20, texts: 60_000, forms: 40_000, compare_one_in: 20, at_most: AT_MOST };
    let report = run(plan).expect("the corpus is there");
    println!("{}\nThe slowest took {:?}.", report.markdown(), report.slowest);
    assert_harmless(&report);
}
