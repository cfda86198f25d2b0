//! A host in memory, built step by step. For tests.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use policy_core::UnixTime;

use crate::block::HeaderBlock;
use crate::host::{Clock, Connection, Extras, HostError, Level, Log, Metrics, Reply, RequestHead, Respond};

/// What a host answers when it was told to fail: proxy-wasm's `InternalFailure`.
pub const FAILURE: HostError = HostError(10);

/// A reply that the host was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentReply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: String,
    /// Response code details.
    pub details: String,
}

/// A host in memory.
#[derive(Default)]
pub struct FakeHost {
    now: Option<UnixTime>,
    ticks: Cell<u64>,
    lines: RefCell<Vec<(Vec<u8>, Vec<u8>)>>,
    connection: FakeConnection,
    failing: Vec<&'static str>,
    replies: RefCell<Vec<SentReply>>,
    response_headers: RefCell<Vec<(String, String)>>,
    changes: RefCell<Vec<String>>,
    log: RefCell<Vec<(Level, String)>>,
    least: Option<Level>,
    counters: RefCell<BTreeMap<String, u64>>,
}

#[derive(Default)]
struct FakeConnection {
    id: Option<u64>,
    presented: Option<bool>,
    validated: Option<bool>,
    certificate: Option<Vec<u8>>,
    own_uri: Option<Vec<u8>>,
    filter_state: BTreeMap<String, Vec<u8>>,
    route_name: Option<Vec<u8>>,
    reads: Cell<u64>,
}

impl FakeHost {
    /// A host at this instant, with no request yet.
    #[must_use]
    pub fn at(now: UnixTime) -> Self {
        Self { now: Some(now), ..Self::default() }
    }

    /// A host whose clock does not answer.
    #[must_use]
    pub fn without_clock() -> Self {
        Self::default()
    }

    /// With a request line.
    #[must_use]
    pub fn request(self, method: &str, path: &str) -> Self {
        self.header(":method", method).header(":path", path).header(":authority", "service.test")
    }

    /// With a header line.
    #[must_use]
    pub fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.lines.borrow_mut().push((name.as_bytes().to_vec(), value.as_ref().to_vec()));
        self
    }

    /// On this connection, without a certificate.
    #[must_use]
    pub fn connection(mut self, id: u64) -> Self {
        self.connection.id = Some(id);
        self.connection.presented = Some(false);
        self
    }

    /// With a peer certificate, PEM.
    #[must_use]
    pub fn certificate(mut self, pem: &[u8], validated: bool) -> Self {
        self.connection.presented = Some(true);
        self.connection.validated = Some(validated);
        self.connection.certificate = Some(pem.to_vec());
        self
    }

    /// With our own URI SAN.
    #[must_use]
    pub fn own_uri(mut self, uri: &str) -> Self {
        self.connection.own_uri = Some(uri.as_bytes().to_vec());
        self
    }

    /// With a filter-state object.
    #[must_use]
    pub fn filter_state(mut self, key: &str, value: &str) -> Self {
        self.connection.filter_state.insert(key.to_owned(), value.as_bytes().to_vec());
        self
    }

    /// With a route of the proxy's own; its name may be empty.
    #[must_use]
    pub fn route_name(mut self, name: &str) -> Self {
        self.connection.route_name = Some(name.as_bytes().to_vec());
        self
    }

    /// The named call fails: `lines`, `set`, `add`, `remove`, `reply` or `add_response_header`.
    #[must_use]
    pub fn failing(mut self, call: &'static str) -> Self {
        self.failing.push(call);
        self
    }

    /// The host says that lines below this level are not written. One that is written all the same is kept, so that a
    /// test sees it.
    #[must_use]
    pub fn log_level(mut self, least: Level) -> Self {
        self.least = Some(least);
        self
    }

    fn outcome(&self, call: &str) -> Result<(), HostError> {
        if self.failing.contains(&call) { Err(FAILURE) } else { Ok(()) }
    }

    /// The replies that were sent.
    #[must_use]
    pub fn replies(&self) -> Vec<SentReply> {
        self.replies.borrow().clone()
    }

    /// Response headers that were added.
    #[must_use]
    pub fn added_response_headers(&self) -> Vec<(String, String)> {
        self.response_headers.borrow().clone()
    }

    /// The request's header lines as they are now, lossily as text.
    #[must_use]
    pub fn request_lines(&self) -> Vec<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        self.lines.borrow().iter().map(|(name, value)| (text(name), text(value))).collect()
    }

    /// The changes to the request's head that were made, in order: `remove NAME`, `set NAME: VALUE`,
    /// `add NAME: VALUE`.
    #[must_use]
    pub fn changes(&self) -> Vec<String> {
        self.changes.borrow().clone()
    }

    /// Every line of the log.
    #[must_use]
    pub fn log(&self) -> Vec<(Level, String)> {
        self.log.borrow().clone()
    }

    /// Lines of the log at this level.
    #[must_use]
    pub fn logged(&self, level: Level) -> Vec<String> {
        self.log.borrow().iter().filter(|(at, _)| *at == level).map(|(_, line)| line.clone()).collect()
    }

    /// A counter's value: `allowed`, `denied.REASON`, `error.REASON`, `decisions`.
    #[must_use]
    pub fn counter(&self, name: &str) -> u64 {
        self.counters.borrow().get(name).copied().unwrap_or(0)
    }

    /// Every counter that is not zero.
    #[must_use]
    pub fn counters(&self) -> BTreeMap<String, u64> {
        self.counters.borrow().clone()
    }

    /// How often the peer's certificate was asked for.
    #[must_use]
    pub fn certificate_reads(&self) -> u64 {
        self.connection.reads.get()
    }

    fn count(&self, name: String) {
        let mut counters = self.counters.borrow_mut();
        let counter = counters.entry(name).or_default();
        *counter = counter.saturating_add(1);
    }
}

impl Clock for FakeHost {
    fn now(&self) -> Result<UnixTime, HostError> {
        self.now.ok_or(FAILURE)
    }

    fn monotonic_nanos(&self) -> u64 {
        self.ticks.set(self.ticks.get().saturating_add(5_000));
        self.ticks.get()
    }
}

impl RequestHead for FakeHost {
    fn lines(&self) -> Result<HeaderBlock, HostError> {
        self.outcome("lines")?;
        let mut block = HeaderBlock::default();
        for (name, value) in self.lines.borrow().iter() {
            block.push(name, value);
        }
        Ok(block)
    }

    fn set(&self, name: &str, value: &str) -> Result<(), HostError> {
        self.outcome("set")?;
        self.changes.borrow_mut().push(format!("set {name}: {value}"));
        self.lines.borrow_mut().retain(|(line, _)| line != name.as_bytes());
        self.lines.borrow_mut().push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        Ok(())
    }

    fn add(&self, name: &str, value: &str) -> Result<(), HostError> {
        self.outcome("add")?;
        self.changes.borrow_mut().push(format!("add {name}: {value}"));
        self.lines.borrow_mut().push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), HostError> {
        self.outcome("remove")?;
        self.changes.borrow_mut().push(format!("remove {name}"));
        self.lines.borrow_mut().retain(|(line, _)| line != name.as_bytes());
        Ok(())
    }
}

impl Connection for FakeHost {
    fn id(&self) -> Option<u64> {
        self.connection.id
    }

    fn peer_presented(&self) -> Option<bool> {
        self.connection.presented
    }

    fn peer_validated(&self) -> Option<bool> {
        self.connection.validated
    }

    fn peer_certificate(&self) -> Option<Vec<u8>> {
        self.connection.reads.set(self.connection.reads.get().saturating_add(1));
        self.connection.certificate.clone()
    }

    fn peer_digest(&self) -> Option<Vec<u8>> {
        None
    }

    fn own_uri(&self) -> Option<Vec<u8>> {
        self.connection.own_uri.clone()
    }

    fn source_address(&self) -> Option<Vec<u8>> {
        Some(b"192.0.2.1:40000".to_vec())
    }

    fn destination_address(&self) -> Option<Vec<u8>> {
        Some(b"192.0.2.2:443".to_vec())
    }

    fn protocol(&self) -> Option<Vec<u8>> {
        Some(b"HTTP/1.1".to_vec())
    }

    fn filter_state(&self, key: &str) -> Option<Vec<u8>> {
        self.connection.filter_state.get(key).cloned()
    }

    fn route_name(&self) -> Option<Vec<u8>> {
        self.connection.route_name.clone()
    }
}

impl Respond for FakeHost {
    fn reply(&self, reply: &Reply<'_>) -> Result<(), HostError> {
        self.outcome("reply")?;
        self.replies.borrow_mut().push(SentReply {
            status: reply.status,
            headers: reply.headers.to_vec(),
            body: reply.body.to_owned(),
            details: reply.details.to_owned(),
        });
        Ok(())
    }

    fn add_response_header(&self, name: &str, value: &str) -> Result<(), HostError> {
        self.outcome("add_response_header")?;
        self.response_headers.borrow_mut().push((name.to_owned(), value.to_owned()));
        Ok(())
    }
}

impl Log for FakeHost {
    fn enabled(&self, level: Level) -> bool {
        self.least.is_none_or(|least| level >= least)
    }

    fn write(&self, level: Level, line: &str) {
        self.log.borrow_mut().push((level, line.to_owned()));
    }
}

impl Extras for FakeHost {}

impl Metrics for FakeHost {
    fn allowed(&self) {
        self.count("allowed".to_owned());
    }

    fn denied(&self, reason: &'static str) {
        self.count(format!("denied.{reason}"));
    }

    fn error(&self, reason: &'static str) {
        self.count(format!("error.{reason}"));
    }

    fn decision_micros(&self, _micros: u64) {
        self.count("decisions".to_owned());
    }
}
