//! The module behind its own symbols, with a proxy in memory in front.
#![expect(unsafe_code, reason = "the tests are the proxy")]

mod fake;

use crate::abi::{Buffer, CONTINUE, Ours, STOP, attribute, level};
use crate::hooks;
use fake::{FakeStream, take_log};

const OPEN: &str = r#"{ "version": 1, "revision": "open-1",
  "policy": { "decision": "t/allow", "modules": [ { "name": "t.rego",
    "source": "package t\ndefault allow := false\nallow if input.request.path == \"/open\"\n" } ] },
  "upstream_headers": { "decision_id": "x-decision" } }"#;
const CLOSED: &str = r#"{ "version": 1,
  "policy": { "decision": "t/allow", "modules": [ { "name": "t.rego", "source": "package t\nallow := false\n" } ] } }"#;

/// A configuration, destroyed when the test ends.
struct Loaded(Ours);

impl Loaded {
    fn try_new(name: &str, document: &str) -> Option<Self> {
        hooks::envoy_dynamic_module_on_program_init();
        let [name, document] = [name, document].map(|text| Buffer::lend(text.as_bytes()));
        // SAFETY: the buffers outlive the call.
        let ours = unsafe {
            hooks::envoy_dynamic_module_on_http_filter_config_new(fake::config_host(), name, document)
        };
        (!ours.is_null()).then_some(Self(ours))
    }

    fn new(document: &str) -> Self {
        Self::try_new("doorward", document).unwrap()
    }

    fn filter(&self, stream: &FakeStream) -> Ours {
        // SAFETY: the configuration lives.
        unsafe { hooks::envoy_dynamic_module_on_http_filter_new(self.0, stream.host()) }
    }

    /// Plays a request's head, and ends the stream.
    fn play(&self, stream: &FakeStream) -> u32 {
        let filter = self.filter(stream);
        let answer = request(stream, filter);
        // SAFETY: the filter is destroyed once.
        unsafe { hooks::envoy_dynamic_module_on_http_filter_destroy(filter) };
        answer
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        // SAFETY: the configuration is destroyed once.
        unsafe { hooks::envoy_dynamic_module_on_http_filter_config_destroy(self.0) }
    }
}

fn request(stream: &FakeStream, filter: Ours) -> u32 {
    // SAFETY: stream and filter live.
    unsafe { hooks::envoy_dynamic_module_on_http_filter_request_headers(stream.host(), filter, true) }
}

fn get(path: &str) -> FakeStream {
    FakeStream::with_headers(&[(":method", "GET"), (":path", path), (":authority", "shop.test")])
}

fn errors() -> Vec<String> {
    take_log().into_iter().filter(|(at, _)| *at == level::ERROR).map(|(_, line)| line).collect()
}

#[test]
fn an_allowed_request_goes_on_with_its_headers_and_its_record() {
    let loaded = Loaded::new(OPEN);
    let stream = get("/open");
    take_log();
    assert_eq!(loaded.play(&stream), CONTINUE);
    assert_eq!(*stream.replies.borrow(), []);
    assert_eq!(stream.header("x-decision").unwrap().len(), 32);
    let log = take_log();
    let record = &log.iter().find(|(at, _)| *at == level::INFO).unwrap().1;
    assert!(
        record.contains(r#""decision":"allow""#) && record.contains(r#""revision":"open-1""#),
        "{record}"
    );
    assert_eq!(*stream.counted.borrow(), ["doorward.decision_us", "doorward.allowed()"]);
}

#[test]
fn a_refused_request_is_answered_and_stays() {
    let loaded = Loaded::new(OPEN);
    let stream = get("/closed");
    assert_eq!(loaded.play(&stream), STOP);
    let replies = stream.replies.borrow();
    assert_eq!(replies[0].0, 403);
    assert!(replies[0].1.starts_with("doorward_denied:policy_denied:"), "{}", replies[0].1);
    assert_eq!(stream.counted.borrow()[1], "doorward.denied(policy_denied)");
}

#[test]
fn a_refused_grpc_request_is_told_so_in_grpc() {
    let loaded = Loaded::new(OPEN);
    for (content_type, status) in [("application/grpc", Some("7")), ("application/json", None)] {
        let lines = [
            (":method", "POST"),
            (":path", "/a/b"),
            (":authority", "a.test"),
            ("content-type", content_type),
        ];
        let stream = FakeStream::with_headers(&lines);
        assert_eq!(loaded.play(&stream), STOP);
        assert_eq!(stream.reply_header("grpc-status").as_deref(), status, "{content_type}");
    }
}

#[test]
fn a_panic_is_answered_counted_and_logged_without_its_message_and_the_next_request_is_right() {
    let loaded = Loaded::new(OPEN);
    let faulty = FakeStream::with_headers(&[(":method", "GET"), ("x-doorward-provoke-fault", "secret")]);
    take_log();
    assert_eq!(loaded.play(&faulty), STOP);
    assert_eq!(*faulty.replies.borrow(), [(500, "doorward_error:fault".to_owned())]);
    assert_eq!(*faulty.counted.borrow(), ["doorward.error(fault)"]);
    let logged = errors();
    assert_eq!(logged.len(), 1, "{logged:?}");
    assert!(logged[0].starts_with("doorward: internal fault at filter/native/src/fault.rs:"), "{logged:?}");
    assert!(!logged[0].contains("secret") && !logged[0].contains("asked for"), "{logged:?}");
    assert_eq!(loaded.play(&get("/open")), CONTINUE);
}

#[test]
fn a_stream_that_ends_while_it_takes_the_answer_is_not_touched_again() {
    let loaded = Loaded::new(OPEN);
    let stream = get("/closed");
    let filter = loaded.filter(&stream);
    stream.destroys.set(Some(filter));
    assert_eq!(request(&stream, filter), STOP);
    assert_eq!(stream.replies.borrow().len(), 1);
}

#[test]
fn a_request_that_cannot_be_changed_as_permitted_stays() {
    let loaded = Loaded::new(OPEN);
    let stream = FakeStream { refuses_changes: true, ..get("/open") };
    assert_eq!(loaded.play(&stream), STOP);
    assert!(stream.replies.borrow()[0].1.starts_with("doorward_error:host_change:"));
}

#[test]
fn a_configuration_that_does_not_load_is_refused_with_its_reason() {
    for (name, document, reason) in [
        ("doorward", "", "filter_config: missing"),
        ("doorward", "{", "doorward: configuration refused: "),
        ("doorward", r#"{"version":1}"#, "policy"),
        ("other", OPEN, "filter_name: this module has one filter"),
    ] {
        take_log();
        assert!(Loaded::try_new(name, document).is_none(), "{document}");
        let logged = errors().join("\n");
        assert!(logged.contains(reason), "{logged}");
    }
}

#[test]
fn a_worker_that_was_not_announced_decides_too() {
    let loaded = Loaded::new(OPEN);
    for (path, answer) in [("/open", CONTINUE), ("/closed", STOP)] {
        assert_eq!(loaded.play(&FakeStream { worker: u32::MAX, ..get(path) }), answer, "{path}");
    }
}

#[test]
fn a_route_with_a_configuration_of_its_own_is_decided_by_it() {
    let loaded = Loaded::new(OPEN);
    let [name, document] = ["doorward", CLOSED].map(|text| Buffer::lend(text.as_bytes()));
    // SAFETY: the buffers outlive the call.
    let route = unsafe { hooks::envoy_dynamic_module_on_http_filter_per_route_config_new(name, document) };
    let stream = get("/open");
    stream.route.set(Some(route));
    assert_eq!(loaded.play(&stream), STOP);
    assert_eq!(loaded.play(&get("/open")), CONTINUE);
    // SAFETY: the route is destroyed once.
    unsafe { hooks::envoy_dynamic_module_on_http_filter_per_route_config_destroy(route) };
}

const IDENTITY: &str = r#"{ "version": 1, "identity": { "trust_domain": "example.org", "sources": [ { "type": "connection" } ] },
  "policy": { "decision": "t/allow", "modules": [ { "name": "t.rego", "source": "package t\nallow := true\n" } ] } }"#;

#[test]
fn a_certificate_without_the_listeners_word_proves_nothing() {
    let loaded = Loaded::new(IDENTITY);
    let cases: [(Option<bool>, Option<&str>, &str); 6] = [
        (None, None, "peer_presence_unknown"),
        (Some(false), None, "identity_missing"),
        (Some(true), None, "peer_validation_unknown"),
        (Some(true), Some("nonsense"), "peer_validation_unknown"),
        (Some(true), Some("false -----BEGIN"), "peer_not_validated"),
        (Some(true), Some("true -"), "peer_certificate_missing"),
    ];
    for (mtls, said, reason) in cases {
        let mut stream = FakeStream { mtls, ..get("/") };
        if let Some(said) = said {
            stream.filter_state.insert(b"doorward.peer".to_vec(), said.as_bytes().to_vec());
        }
        assert_eq!(loaded.play(&stream), STOP, "{reason}");
        let details = stream.replies.borrow()[0].1.clone();
        assert!(details.contains(&format!(":{reason}:")), "{reason}: {details}");
    }
}

#[test]
fn null_pointers_of_the_proxy_let_nothing_pass() {
    let nothing = std::ptr::null_mut();
    // SAFETY: null is what is tested.
    unsafe {
        assert!(hooks::envoy_dynamic_module_on_http_filter_new(nothing, nothing).is_null());
        let stream = get("/open");
        assert_eq!(request(&stream, nothing), STOP);
        let loaded = Loaded::new(OPEN);
        let filter = loaded.filter(&stream);
        assert_eq!(hooks::envoy_dynamic_module_on_http_filter_request_headers(nothing, filter, true), STOP);
        hooks::envoy_dynamic_module_on_http_filter_destroy(filter);
    }
}

/// Envoy asks for twenty hooks by name, and for those of routes.
#[test]
fn every_hook_that_the_proxy_asks_for_is_exported() {
    const REQUIRED: [&str; 22] = [
        "config_new",
        "config_destroy",
        "new",
        "destroy",
        "request_headers",
        "request_body",
        "request_trailers",
        "response_headers",
        "response_body",
        "response_trailers",
        "stream_complete",
        "http_callout_done",
        "http_stream_headers",
        "http_stream_data",
        "http_stream_trailers",
        "http_stream_complete",
        "http_stream_reset",
        "scheduled",
        "downstream_above_write_buffer_high_watermark",
        "downstream_below_write_buffer_low_watermark",
        "per_route_config_new",
        "per_route_config_destroy",
    ];
    let source = include_str!("../hooks.rs");
    for hook in REQUIRED {
        assert!(source.contains(&format!("fn envoy_dynamic_module_on_http_filter_{hook}(")), "{hook}");
    }
    assert_eq!(source.matches("#[unsafe(no_mangle)]").count(), REQUIRED.len() + 1, "and program_init");
    assert_eq!(attribute::SHA256_PEER_CERTIFICATE_DIGEST, attribute::URI_SAN_LOCAL_CERTIFICATE + 2);
}
