//! Doorward's decision: SPIFFE identity, tokens and Rego. Values in, values out.
//!
//! ```text
//! configuration ─▶ Snapshot ─┐
//! host bytes ─▶ RequestView ─┴▶ decide ─▶ Verdict::{Allow(Permit), Deny(Denial)} and an AuditEvent
//! ```
//! There is no network, clock, randomness, environment or global state here: `now` is an argument. Everything that is
//! not proven is a denial. See [`decide`] for the order of the checks.
#![forbid(unsafe_code)]

mod audit;
mod config;
mod context;
mod decide;
mod decision;
mod identity;
mod input;
pub mod jwt;
pub mod limits;
mod metadata;
mod outcome;
mod reason;
pub mod rego;
mod request;
mod routes;
mod snapshot;
pub mod spiffe;
mod time;
mod tokens;

// Loading a configuration.
#[cfg(feature = "schema")]
pub use config::json_schema;
pub use config::{ConfigError, ConfigErrors, raw};
pub use snapshot::{Needs, Snapshot};

// Deciding a request.
pub use audit::{AuditEvent, AuditIdentity};
pub use decide::{Memory, decide};
pub use decision::{Decision, Denial, HeaderPair, Permit, Verdict};
pub use identity::{IdentityError, IdentitySource};
pub use metadata::MetadataItem;
pub use reason::{Fault, Reason};
pub use request::{CanonicalPath, HeaderError, Headers, PathError, RequestView};
pub use routes::RouteChoice;
pub use spiffe::{Peer, PeerEvidence, SpiffeId};
pub use time::UnixTime;
