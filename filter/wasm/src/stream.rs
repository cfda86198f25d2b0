//! One HTTP stream: the SDK's callbacks on one side, the flow's host traits on the other.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use doorward_flow as flow;
use doorward_flow::{Flow, HeaderBlock, HostError, Level, Reply, Worker};
use policy_core::UnixTime;
use proxy_wasm::traits::{Context, HttpContext};
use proxy_wasm::types::Action;

use crate::hostcall::{self, REQUEST_HEADERS, RESPONSE_HEADERS};
use crate::marshal;
use crate::metrics::Counters;

/// proxy-wasm's `BadArgument`.
const BAD_ARGUMENT: HostError = HostError(2);

/// One HTTP stream.
pub(crate) struct Stream {
    worker: Option<Rc<RefCell<Worker>>>,
    host: WasmHost,
    flow: Flow,
}

struct WasmHost {
    counters: Rc<Counters>,
    created: Instant,
}

impl Stream {
    pub(crate) fn new(worker: Option<Rc<RefCell<Worker>>>, counters: Rc<Counters>) -> Self {
        Self { worker, host: WasmHost { counters, created: Instant::now() }, flow: Flow::default() }
    }
}

impl Context for Stream {}

impl HttpContext for Stream {
    fn on_http_request_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        let Some(worker) = &self.worker else {
            // No configuration was loaded: nothing can be decided, so nothing passes, answered or not.
            let _unanswered = hostcall::reply(500, "doorward_error:not_configured", "", &marshal::write(&[]));
            return Action::Pause;
        };
        match flow::on_request_headers(worker.as_ref(), &self.host, &mut self.flow) {
            flow::Action::Continue => Action::Continue,
            flow::Action::Stop => Action::Pause,
        }
    }

    fn on_http_response_headers(&mut self, _count: usize, _end_of_stream: bool) -> Action {
        flow::on_response_headers(&self.host, &mut self.flow);
        Action::Continue
    }
}

fn flag(path: &[&str]) -> Option<bool> {
    match hostcall::property(path)?.as_slice() {
        [0] => Some(false),
        [1] => Some(true),
        _ => None,
    }
}

impl flow::Clock for WasmHost {
    fn now(&self) -> Result<UnixTime, HostError> {
        let nanos = hostcall::now_nanos()?;
        Ok(UnixTime::from_nanos(i64::try_from(nanos).map_err(|_| BAD_ARGUMENT)?))
    }

    fn monotonic_nanos(&self) -> u64 {
        u64::try_from(self.created.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl flow::RequestHead for WasmHost {
    fn lines(&self) -> Result<HeaderBlock, HostError> {
        marshal::read(hostcall::header_pairs(REQUEST_HEADERS)?)
    }

    fn set(&self, name: &str, value: &str) -> Result<(), HostError> {
        hostcall::set_header(REQUEST_HEADERS, name, value)
    }

    fn add(&self, name: &str, value: &str) -> Result<(), HostError> {
        hostcall::add_header(REQUEST_HEADERS, name, value)
    }

    fn remove(&self, name: &str) -> Result<(), HostError> {
        hostcall::remove_header(REQUEST_HEADERS, name)
    }
}

impl flow::Connection for WasmHost {
    fn id(&self) -> Option<u64> {
        let bytes = hostcall::property(&["connection", "id"])?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    fn peer_presented(&self) -> Option<bool> {
        flag(&["connection", "mtls"])
    }

    fn peer_validated(&self) -> Option<bool> {
        flag(&["connection", "peer_certificate_valid"])
    }

    fn peer_certificate(&self) -> Option<Vec<u8>> {
        hostcall::property(&["connection", "peer_certificate"])
    }

    fn peer_digest(&self) -> Option<Vec<u8>> {
        hostcall::property(&["connection", "sha256_peer_certificate_digest"])
    }

    fn own_uri(&self) -> Option<Vec<u8>> {
        hostcall::property(&["connection", "uri_san_local_certificate"])
    }

    fn source_address(&self) -> Option<Vec<u8>> {
        hostcall::property(&["source", "address"])
    }

    fn destination_address(&self) -> Option<Vec<u8>> {
        hostcall::property(&["destination", "address"])
    }

    fn protocol(&self) -> Option<Vec<u8>> {
        hostcall::property(&["request", "protocol"])
    }

    fn filter_state(&self, key: &str) -> Option<Vec<u8>> {
        hostcall::property(&["filter_state", key])
    }

    fn route_name(&self) -> Option<Vec<u8>> {
        hostcall::property_or_empty(&["xds", "route_name"])
    }
}

impl flow::Respond for WasmHost {
    fn reply(&self, reply: &Reply<'_>) -> Result<(), HostError> {
        hostcall::reply(reply.status, reply.details, reply.body, &marshal::write(reply.headers))
    }

    fn add_response_header(&self, name: &str, value: &str) -> Result<(), HostError> {
        hostcall::add_header(RESPONSE_HEADERS, name, value)
    }
}

impl flow::Log for WasmHost {
    fn enabled(&self, level: Level) -> bool {
        hostcall::log_enabled(level)
    }

    fn write(&self, level: Level, line: &str) {
        hostcall::log(level, line);
    }
}

impl flow::Extras for WasmHost {}

impl flow::Metrics for WasmHost {
    fn allowed(&self) {
        self.counters.count("allowed", "");
    }

    fn denied(&self, reason: &'static str) {
        self.counters.count("denied", reason);
    }

    fn error(&self, reason: &'static str) {
        self.counters.count("error", reason);
    }

    fn decision_micros(&self, micros: u64) {
        self.counters.record("decision_us", micros);
    }
}
