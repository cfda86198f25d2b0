//! A request as the host shows it, and what is derived from it before anything is decided.

mod authority;
mod headers;
mod path;
mod query;

pub(crate) use authority::host as host_name;
pub use headers::{HeaderError, Headers};
pub(crate) use path::unescape;
pub use path::{CanonicalPath, PathError};
pub(crate) use query::parse_query;

use crate::reason::Reason;
use crate::routes::RouteChoice;
use crate::spiffe::{Peer, SpiffeId};

/// What the host knows of one request. Borrowed: the core copies only what the policy reads.
#[derive(Clone, Copy)]
pub struct RequestView<'a> {
    /// ID of this decision, made by the host. At most 64 bytes of letters and digits.
    pub decision_id: &'a str,
    /// Every header line, pseudo-headers (`:method`, `:path`, ...) among them.
    pub headers: &'a Headers<'a>,
    /// The peer of the connection, as its certificate shows it.
    pub peer: &'a Peer,
    /// The SPIFFE ID of the certificate that the proxy presented, where the host can tell.
    pub own_id: Option<&'a SpiffeId>,
    /// The value of the configured filter-state object, if it exists.
    pub filter_state_principal: Option<&'a [u8]>,
    /// The peer's `address:port`.
    pub source_address: Option<&'a [u8]>,
    /// Our own `address:port`.
    pub destination_address: Option<&'a [u8]>,
    /// `HTTP/1.1`, `HTTP/2`, ...
    pub protocol: Option<&'a [u8]>,
    /// The name of the proxy's own route for this request: empty for a route without a name, `None` when the proxy has
    /// no route or the host does not say.
    pub route_name: Option<&'a [u8]>,
    /// Which of the configuration's routes decides.
    pub route: RouteChoice<'a>,
    /// Whether the host can hand on dynamic metadata. If not, a decision's `dynamic_metadata` is not looked at.
    pub carries_metadata: bool,
}

impl RequestView<'_> {
    /// The host that the request is for: lower-case, without port. `None` when the request names none.
    pub(crate) fn host(&self) -> Result<Option<String>, Reason> {
        let authority = self.headers.single(":authority").map_err(Reason::Headers)?;
        let host = self.headers.single("host").map_err(Reason::Headers)?;
        let name = |text| authority::host(text).ok_or(Reason::Authority);
        match (authority.map(name).transpose()?, host.map(name).transpose()?) {
            // RFC 9113, section 8.3.1: "A server SHOULD treat a request as malformed if it contains a Host header field
            // that identifies an entity that differs from the entity in the ":authority" pseudo-header field."
            (Some(authority), Some(host)) if authority != host => Err(Reason::Authority),
            (authority, host) => Ok(authority.or(host)),
        }
    }
}
