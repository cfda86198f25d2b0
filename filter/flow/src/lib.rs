//! The life of one request, told in host traits. No proxy's SDK is known here.
//!
//! ```text
//! host bytes ─▶ gather ─▶ decide (policy-core) ─▶ apply ─▶ record
//! ```
//! [`on_request_headers`] first asks the host for everything that the decision needs, then decides without the
//! host, then tells the host what to do. Nothing of ours is borrowed while the host runs.

#![forbid(unsafe_code)]

mod apply;
mod block;
mod gather;
mod host;
mod ids;
mod logger;
mod peers;
mod request;
mod undecided;
mod worker;

#[cfg(any(test, feature = "fake"))]
pub mod fake;
#[cfg(test)]
mod tests;

pub use block::HeaderBlock;
pub use host::{
    Clock, Connection, Extras, Host, HostError, Level, Log, Metrics, Reply, RequestHead, Respond,
};
pub use ids::DecisionIds;
pub use logger::install_logger;
pub use request::{Action, Flow, on_request_headers, on_response_headers};
pub use worker::{Worker, Workplace};
