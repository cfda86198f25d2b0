//! The certificate is read once a connection, and never believed for another.

use super::*;

/// Allows the frontend only.
const FRONTEND_ONLY: &str = r#"package test
default allow := false
allow if input.identity.path == "/ns/shop/sa/frontend"
"#;

fn on(connection: u64) -> FakeHost {
    FakeHost::at(now()).request("GET", "/").connection(connection)
}

#[test]
fn a_connection_is_asked_for_its_certificate_once() {
    let worker = worker(FRONTEND_ONLY);
    for (index, reads) in [1, 0, 0].into_iter().enumerate() {
        let host = on(7).certificate(FRONTEND, true);
        assert_eq!(run(&worker, &host), Action::Continue, "{index}");
        assert_eq!(host.certificate_reads(), reads, "{index}");
    }
    let next = on(8).certificate(FRONTEND, true);
    assert_eq!(run(&worker, &next), Action::Continue);
    assert_eq!(next.certificate_reads(), 1);
}

#[test]
fn another_connection_does_not_inherit_an_identity() {
    let worker = worker(FRONTEND_ONLY);
    assert_eq!(run(&worker, &on(7).certificate(FRONTEND, true)), Action::Continue);
    for stranger in [on(8).certificate(EDGE, true), on(9), on(10).certificate(FRONTEND, false)] {
        assert_eq!(run(&worker, &stranger), Action::Stop);
    }
    // 1024 connections later the place in the memory is the same one.
    for far in [7 + 1024, 7 + 2 * 1024, u64::MAX - 1023 + 7] {
        let stranger = on(far).certificate(EDGE, true);
        assert_eq!(run(&worker, &stranger), Action::Stop, "{far}");
        assert_eq!(stranger.certificate_reads(), 1, "{far}");
    }
    // And the first, displaced, is asked again.
    let first = on(7).certificate(FRONTEND, true);
    assert_eq!(run(&worker, &first), Action::Continue);
    assert_eq!(first.certificate_reads(), 1);
}

#[test]
fn without_a_number_of_the_connection_nothing_is_remembered() {
    let worker = worker(FRONTEND_ONLY);
    let nameless = || FakeHost::at(now()).request("GET", "/");
    for _ in 0..2 {
        let host = nameless().certificate(FRONTEND, true);
        assert_eq!(run(&worker, &host), Action::Continue);
        assert_eq!(host.certificate_reads(), 1);
    }
    let stranger = nameless().certificate(EDGE, true);
    assert_eq!(run(&worker, &stranger), Action::Stop);
    assert_eq!(stranger.certificate_reads(), 1);
    assert_eq!(record(&stranger)["identity"]["spiffe_id"], "spiffe://example.org/edge");
}

#[test]
fn a_refused_certificate_stays_refused_on_its_connection() {
    let worker = worker(FRONTEND_ONLY);
    for reads in [1, 0] {
        let host = on(3).certificate(TWO_URIS, true);
        assert_eq!(run(&worker, &host), Action::Stop);
        assert_eq!(record(&host)["reason"], "svid_several_uri_sans");
        assert_eq!(host.certificate_reads(), reads);
    }
}

#[test]
fn a_remembered_certificate_still_expires() {
    let worker = worker(FRONTEND_ONLY);
    assert_eq!(run(&worker, &on(7).certificate(FRONTEND, true)), Action::Continue);
    // 2121: a year after its end.
    let later = FakeHost::at(UnixTime::from_secs(4_765_132_800)).request("GET", "/").connection(7);
    assert_eq!(run(&worker, &later), Action::Stop);
    assert_eq!(later.certificate_reads(), 0);
    assert_eq!(record(&later)["reason"], "svid_expired");
}

#[test]
fn a_configuration_that_needs_no_certificate_asks_for_none() {
    let mut configuration = configuration(ALLOW);
    configuration.as_object_mut().unwrap().remove("identity");
    let host = on(7).certificate(TWO_URIS, true);
    assert_eq!(run(&worker_of(&configuration), &host), Action::Continue);
    assert_eq!(host.certificate_reads(), 0);
}

#[test]
fn filter_state_is_asked_for_by_its_key_and_on_each_request() {
    let mut configuration = configuration(FRONTEND_ONLY);
    configuration["identity"]["sources"] =
        json!([{ "type": "filter_state", "key": "io.istio.peer_principal" }]);
    let worker = worker_of(&configuration);
    let with = |key: &str, id: &str| on(7).filter_state(key, id);
    let frontend = "spiffe://example.org/ns/shop/sa/frontend";
    assert_eq!(run(&worker, &with("io.istio.peer_principal", frontend)), Action::Continue);
    assert_eq!(run(&worker, &with("io.istio.local_principal", frontend)), Action::Stop);
    assert_eq!(run(&worker, &with("io.istio.peer_principal", "spiffe://example.org/edge")), Action::Stop);
    assert_eq!(run(&worker, &on(7)), Action::Stop);
}
