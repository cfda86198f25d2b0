//! The dynamic module under load while everything about it changes. The `load` binary runs it for longer. Needs an Envoy,
//! and cargo for the module that panics on request.
// Elsewhere there is no dynamic module to test, see `Host::here`.
#![cfg(target_os = "linux")]
#![expect(clippy::panic, reason = "a test's helpers may fail the test")]

use doorward_tests::load::{Options, Summary, Way, run};
use doorward_tests::root;

const UPDATES: usize = 20;
const BROKEN: usize = 5;
/// More memory than this, in KiB, would be one configuration or more of every update kept.
const GROWTH_KIB: u64 = 64 * 1024;

fn short(way: Way, name: &str) -> Summary {
    let folder = root().join("target/lab").join(name);
    let options = Options { way, updates: UPDATES, broken: BROKEN, folder };
    let summary = run(&options).unwrap_or_else(|error| panic!("{name}: {error}"));
    println!("{}", summary.text());
    assert_eq!(summary.exit, Some(0), "after SIGTERM");
    let counts = summary.counts;
    for (what, count) in [
        ("by the one", counts.by_a),
        ("by the other", counts.by_b),
        ("refused", counts.refused),
        ("unknown", counts.unknown),
        ("faults", counts.faults),
    ] {
        assert!(count > 0, "{what}: {counts:?}");
    }
    assert!(
        summary.end_kib < summary.warm_kib + GROWTH_KIB,
        "{} then {} KiB",
        summary.warm_kib,
        summary.end_kib
    );
    summary
}

#[test]
fn no_answer_is_wrong_while_the_filter_s_file_changes() {
    assert_eq!(short(Way::Filter, "load-filter-short").counts.interrupted, 0);
}

#[test]
fn no_answer_is_wrong_while_listeners_come_and_go() {
    let summary = short(Way::Listeners, "load-listeners-short");
    assert!(summary.removed > 0 && summary.counts.interrupted > 0, "the listener was there all the time");
}
