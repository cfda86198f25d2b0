//! What a host can do for us: one narrow trait a concern, bytes in, bytes out.

use policy_core::{MetadataItem, RouteChoice, UnixTime};
use thiserror::Error;

use crate::block::HeaderBlock;

/// The host could not do what it was asked. What that means is decided here, never by the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the host answered with status {0}")]
pub struct HostError(pub u32);

/// Severity of a line in the proxy's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For the author of a policy: what it printed.
    Debug,
    /// Decision records.
    Info,
    /// Something that an operator should look at.
    Warn,
    /// Something that stops requests.
    Error,
}

/// Time.
pub trait Clock {
    /// Wall-clock time.
    ///
    /// # Errors
    /// The host has none: every request is then refused.
    fn now(&self) -> Result<UnixTime, HostError>;

    /// Nanoseconds on a clock that never goes back.
    fn monotonic_nanos(&self) -> u64;
}

/// The request's head.
pub trait RequestHead {
    /// Every header line, pseudo-headers among them, repeated ones apart.
    ///
    /// # Errors
    /// The host cannot tell: the request is refused.
    fn lines(&self) -> Result<HeaderBlock, HostError>;

    /// Replaces every line of the header by one.
    ///
    /// # Errors
    /// The host did not do it: the request is refused.
    fn set(&self, name: &str, value: &str) -> Result<(), HostError>;

    /// Adds a line.
    ///
    /// # Errors
    /// As [`RequestHead::set`].
    fn add(&self, name: &str, value: &str) -> Result<(), HostError>;

    /// Removes every line of the header.
    ///
    /// # Errors
    /// As [`RequestHead::set`].
    fn remove(&self, name: &str) -> Result<(), HostError>;
}

/// The connection that the request came on. `None` is "the host did not say", never "no".
pub trait Connection {
    /// A number that no other connection of this process has had.
    fn id(&self) -> Option<u64>;
    /// Whether the peer presented a certificate.
    fn peer_presented(&self) -> Option<bool>;
    /// Whether the certificate was validated against the proxy's trust bundle.
    fn peer_validated(&self) -> Option<bool>;
    /// The peer's leaf certificate, PEM.
    fn peer_certificate(&self) -> Option<Vec<u8>>;
    /// SHA-256 of the peer's leaf, lower-case hex.
    fn peer_digest(&self) -> Option<Vec<u8>>;
    /// The first URI SAN of our own certificate.
    fn own_uri(&self) -> Option<Vec<u8>>;
    /// Peer's `address:port`.
    fn source_address(&self) -> Option<Vec<u8>>;
    /// Our `address:port`.
    fn destination_address(&self) -> Option<Vec<u8>>;
    /// `HTTP/1.1`, `HTTP/2`, ...
    fn protocol(&self) -> Option<Vec<u8>>;
    /// A filter-state object's text.
    fn filter_state(&self, key: &str) -> Option<Vec<u8>>;
    /// The name of the proxy's own route for the request: empty for a route without a name, `None` without a route.
    fn route_name(&self) -> Option<Vec<u8>>;
}

/// A local reply.
pub struct Reply<'a> {
    /// HTTP status.
    pub status: u16,
    /// Response headers.
    pub headers: &'a [(String, String)],
    /// Body; may be empty.
    pub body: &'a str,
    /// The proxy's response code details: no white space.
    pub details: &'a str,
}

/// Answers.
pub trait Respond {
    /// Answers the request here.
    ///
    /// # Errors
    /// The host did not take it: the request stays stopped.
    fn reply(&self, reply: &Reply<'_>) -> Result<(), HostError>;

    /// Adds a header to the response on its way to the client.
    ///
    /// # Errors
    /// The host did not do it; the response goes on without.
    fn add_response_header(&self, name: &str, value: &str) -> Result<(), HostError>;
}

/// Lines in the proxy's log.
pub trait Log {
    /// Whether lines of this level are written at all.
    fn enabled(&self, level: Level) -> bool;
    /// Writes a line.
    fn write(&self, level: Level, line: &str);
}

/// Counters and the histogram of decision time.
pub trait Metrics {
    /// A request was allowed.
    fn allowed(&self);
    /// A request was refused, or in audit mode would have been, for this reason.
    fn denied(&self, reason: &'static str);
    /// Something that is not the caller's fault went wrong.
    fn error(&self, reason: &'static str);
    /// A decision took this many microseconds.
    fn decision_micros(&self, micros: u64);
}

/// What only some hosts can do; the defaults are those of a host that cannot.
pub trait Extras {
    /// Which of the configuration's routes decides, where the proxy's own route says so.
    fn route_choice(&self) -> RouteChoice<'_> {
        RouteChoice::ByMatch
    }

    /// Whether later filters and access logs can be told something.
    fn carries_metadata(&self) -> bool {
        false
    }

    /// Tells them.
    fn put_metadata(&self, _item: &MetadataItem) {}
}

/// Everything a host offers to one request.
pub trait Host: Clock + RequestHead + Connection + Respond + Log + Metrics + Extras {}

impl<T: Clock + RequestHead + Connection + Respond + Log + Metrics + Extras> Host for T {}
