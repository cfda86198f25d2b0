//! A host that costs as good as nothing: it answers from memory and forgets what it is told. What is measured on it is
//! the filter's own share of a request.

use std::cell::Cell;

use doorward_flow::{
    Clock, Connection, Extras, HeaderBlock, HostError, Level, Log, Metrics, Reply, RequestHead, Respond,
};
use policy_core::UnixTime;

use crate::cases::Request;

pub(crate) struct BenchHost<'a> {
    pub(crate) now: UnixTime,
    pub(crate) request: Cell<&'a Request>,
    pub(crate) connection: Cell<u64>,
    pub(crate) peer_pem: Option<&'a str>,
    pub(crate) own_id: Option<&'a str>,
}

impl Extras for BenchHost<'_> {}

impl Clock for BenchHost<'_> {
    fn now(&self) -> Result<UnixTime, HostError> {
        Ok(self.now)
    }

    fn monotonic_nanos(&self) -> u64 {
        0
    }
}

impl RequestHead for BenchHost<'_> {
    fn lines(&self) -> Result<HeaderBlock, HostError> {
        let mut block = HeaderBlock::default();
        for (name, value) in &self.request.get().lines {
            block.push(name.as_bytes(), value.as_bytes());
        }
        Ok(block)
    }

    fn set(&self, _name: &str, _value: &str) -> Result<(), HostError> {
        Ok(())
    }

    fn add(&self, _name: &str, _value: &str) -> Result<(), HostError> {
        Ok(())
    }

    fn remove(&self, _name: &str) -> Result<(), HostError> {
        Ok(())
    }
}

impl Connection for BenchHost<'_> {
    fn id(&self) -> Option<u64> {
        Some(self.connection.get())
    }

    fn peer_presented(&self) -> Option<bool> {
        Some(self.peer_pem.is_some())
    }

    fn peer_validated(&self) -> Option<bool> {
        self.peer_pem.map(|_| true)
    }

    fn peer_certificate(&self) -> Option<Vec<u8>> {
        self.peer_pem.map(|pem| pem.as_bytes().to_vec())
    }

    fn peer_digest(&self) -> Option<Vec<u8>> {
        None
    }

    fn own_uri(&self) -> Option<Vec<u8>> {
        self.own_id.map(|id| id.as_bytes().to_vec())
    }

    fn source_address(&self) -> Option<Vec<u8>> {
        Some(b"192.0.2.1:40000".to_vec())
    }

    fn destination_address(&self) -> Option<Vec<u8>> {
        Some(b"192.0.2.2:443".to_vec())
    }

    fn protocol(&self) -> Option<Vec<u8>> {
        Some(b"HTTP/2".to_vec())
    }

    fn filter_state(&self, _key: &str) -> Option<Vec<u8>> {
        None
    }

    fn route_name(&self) -> Option<Vec<u8>> {
        None
    }
}

impl Respond for BenchHost<'_> {
    fn reply(&self, _reply: &Reply<'_>) -> Result<(), HostError> {
        Ok(())
    }

    fn add_response_header(&self, _name: &str, _value: &str) -> Result<(), HostError> {
        Ok(())
    }
}

impl Log for BenchHost<'_> {
    fn enabled(&self, level: Level) -> bool {
        level >= Level::Info
    }

    fn write(&self, _level: Level, line: &str) {
        std::hint::black_box(line);
    }
}

impl Metrics for BenchHost<'_> {
    fn allowed(&self) {}

    fn denied(&self, _reason: &'static str) {}

    fn error(&self, _reason: &'static str) {}

    fn decision_micros(&self, _micros: u64) {}
}
