//! One HTTP stream: the flow's host traits on the proxy's calls.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use doorward_flow as flow;
use doorward_flow::{Action, Flow, HeaderBlock, HostError, Level, Reply};
use policy_core::{MetadataItem, RouteChoice, UnixTime};

use crate::abi::{REQUEST_HEADERS, RESPONSE_HEADERS, attribute};
use crate::config::Configuration;
use crate::envoy::{self, Stream};
use crate::fault;
use crate::metadata;
use crate::peer::{self, PeerState};
use crate::route::Route;

/// A clock before 1970.
const NO_TIME: HostError = HostError(2);
/// RFC 9110, section 15.6.1: the fault is on our side.
const FAILED: u16 = 500;

/// One stream, from its creation to its end. It lives on one worker.
pub(crate) struct Filter {
    configuration: Arc<Configuration>,
    // Taken out while it is used: the proxy may call us from inside our own calls.
    flow: Cell<Flow>,
}

impl Filter {
    pub(crate) fn new(configuration: Arc<Configuration>) -> Self {
        Self { configuration, flow: Cell::default() }
    }

    /// The request's head is complete. Only `true` lets it go on.
    pub(crate) fn on_request_headers(&self, stream: &Stream<'_>, route: Option<&Route>) -> bool {
        let decided = fault::contained(|| {
            let host = NativeHost { route, ..NativeHost::new(stream, &self.configuration) };
            #[cfg(any(test, feature = "provoked-faults"))]
            if let Ok(headers) = flow::RequestHead::lines(&host) {
                fault::provoke(&headers);
            }
            let shared = match route {
                Some(Route::Own(shared)) => shared,
                Some(Route::Named(_) | Route::Off) | None => &self.configuration.shared,
            };
            let mut flow = self.flow.take();
            let action = flow::on_request_headers(&shared.of_worker(stream.worker()), &host, &mut flow);
            self.flow.set(flow);
            action
        });
        match decided {
            Some(Action::Continue) => true,
            Some(Action::Stop) => false,
            None => {
                refuse(stream, &self.configuration);
                false
            }
        }
    }

    /// The response's head is complete.
    pub(crate) fn on_response_headers(&self, stream: &Stream<'_>) {
        let added = fault::contained(|| {
            let mut flow = self.flow.take();
            flow::on_response_headers(&NativeHost::new(stream, &self.configuration), &mut flow);
        });
        if added.is_none() {
            self.configuration.metrics.error(stream, "fault");
        }
    }
}

/// Answers a request whose decision panicked.
fn refuse(stream: &Stream<'_>, configuration: &Configuration) {
    let answered = fault::contained(|| {
        configuration.metrics.error(stream, "fault");
        stream.reply(FAILED, &[], "", "doorward_error:fault");
    });
    // Answered or not, the request stays where it is.
    if answered.is_none() {
        envoy::log(Level::Error, "doorward: a request that met a fault could not be answered");
    }
}

/// The proxy during one hook of a stream.
struct NativeHost<'a> {
    stream: &'a Stream<'a>,
    configuration: &'a Configuration,
    route: Option<&'a Route>,
    peer: OnceCell<PeerState>,
    started: Instant,
}

impl<'a> NativeHost<'a> {
    fn new(stream: &'a Stream<'a>, configuration: &'a Configuration) -> Self {
        Self { stream, configuration, route: None, peer: OnceCell::new(), started: Instant::now() }
    }

    fn peer(&self) -> &PeerState {
        self.peer.get_or_init(|| PeerState::read(&self.stream.filter_state(peer::KEY).unwrap_or_default()))
    }

    /// `address:port`, as one value.
    fn address(&self, address: u32, port: u32) -> Option<Vec<u8>> {
        let mut address = self.stream.text(address)?;
        // Some versions of the proxy give both in the address.
        if !has_port(&address) {
            let port = self.stream.number(port)?;
            address.extend_from_slice(format!(":{port}").as_bytes());
        }
        Some(address)
    }
}

/// Whether an IP address is followed by a port: `1.2.3.4:5`, `[::1]:5`.
fn has_port(address: &[u8]) -> bool {
    if address.starts_with(b"[") {
        return address.windows(2).any(|pair| pair == b"]:");
    }
    address.iter().filter(|byte| **byte == b':').count() == 1
}

impl flow::Clock for NativeHost<'_> {
    fn now(&self) -> Result<UnixTime, HostError> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(|_| NO_TIME)?;
        Ok(UnixTime::from_nanos(i64::try_from(since.as_nanos()).map_err(|_| NO_TIME)?))
    }

    fn monotonic_nanos(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl flow::RequestHead for NativeHost<'_> {
    fn lines(&self) -> Result<HeaderBlock, HostError> {
        self.stream.headers(REQUEST_HEADERS)
    }

    fn set(&self, name: &str, value: &str) -> Result<(), HostError> {
        self.stream.set_header(REQUEST_HEADERS, name, Some(value))
    }

    fn add(&self, name: &str, value: &str) -> Result<(), HostError> {
        self.stream.add_header(REQUEST_HEADERS, name, value)
    }

    fn remove(&self, name: &str) -> Result<(), HostError> {
        self.stream.set_header(REQUEST_HEADERS, name, None)
    }
}

impl flow::Connection for NativeHost<'_> {
    fn id(&self) -> Option<u64> {
        self.stream.number(attribute::CONNECTION_ID)
    }

    fn peer_presented(&self) -> Option<bool> {
        self.stream.flag(attribute::CONNECTION_MTLS)
    }

    fn peer_validated(&self) -> Option<bool> {
        self.peer().validated
    }

    fn peer_certificate(&self) -> Option<Vec<u8>> {
        self.peer().certificate.clone()
    }

    fn peer_digest(&self) -> Option<Vec<u8>> {
        self.stream.text(attribute::SHA256_PEER_CERTIFICATE_DIGEST)
    }

    fn own_uri(&self) -> Option<Vec<u8>> {
        self.stream.text(attribute::URI_SAN_LOCAL_CERTIFICATE)
    }

    fn source_address(&self) -> Option<Vec<u8>> {
        self.address(attribute::SOURCE_ADDRESS, attribute::SOURCE_PORT)
    }

    fn destination_address(&self) -> Option<Vec<u8>> {
        self.address(attribute::DESTINATION_ADDRESS, attribute::DESTINATION_PORT)
    }

    fn protocol(&self) -> Option<Vec<u8>> {
        self.stream.text(attribute::REQUEST_PROTOCOL)
    }

    fn filter_state(&self, key: &str) -> Option<Vec<u8>> {
        self.stream.filter_state(key)
    }

    fn route_name(&self) -> Option<Vec<u8>> {
        self.stream.text_or_empty(attribute::XDS_ROUTE_NAME)
    }
}

impl flow::Extras for NativeHost<'_> {
    fn route_choice(&self) -> RouteChoice<'_> {
        self.route.map_or(RouteChoice::ByMatch, Route::choice)
    }

    fn carries_metadata(&self) -> bool {
        true
    }

    fn put_metadata(&self, item: &MetadataItem) {
        metadata::put(self.stream, item);
    }
}

impl flow::Respond for NativeHost<'_> {
    fn reply(&self, reply: &Reply<'_>) -> Result<(), HostError> {
        self.stream.reply(reply.status, reply.headers, reply.body, reply.details);
        Ok(())
    }

    fn add_response_header(&self, name: &str, value: &str) -> Result<(), HostError> {
        self.stream.add_header(RESPONSE_HEADERS, name, value)
    }
}

impl flow::Log for NativeHost<'_> {
    fn enabled(&self, level: Level) -> bool {
        envoy::log_enabled(level)
    }

    fn write(&self, level: Level, line: &str) {
        envoy::log(level, line);
    }
}

impl flow::Metrics for NativeHost<'_> {
    fn allowed(&self) {
        self.configuration.metrics.allowed(self.stream);
    }

    fn denied(&self, reason: &'static str) {
        self.configuration.metrics.denied(self.stream, reason);
    }

    fn error(&self, reason: &'static str) {
        self.configuration.metrics.error(self.stream, reason);
    }

    fn decision_micros(&self, micros: u64) {
        self.configuration.metrics.decision_micros(self.stream, micros);
    }
}

#[cfg(test)]
mod tests {
    use super::has_port;

    #[test]
    fn a_port_is_told_from_the_groups_of_an_address() {
        for with in ["192.0.2.1:80", "[2001:db8::1]:80"] {
            assert!(has_port(with.as_bytes()), "{with}");
        }
        for without in ["192.0.2.1", "2001:db8::1", "[2001:db8::1]", ""] {
            assert!(!has_port(without.as_bytes()), "{without}");
        }
    }
}
