//! The lab: everything a test or a demonstration needs around a real Envoy.
//!
//! [`pki`] and [`tokens`] make short-lived certificates and signed tokens, good and deliberately broken; [`http`] is a
//! client that can send what a well-behaved one would not; [`upstream`] is the workload behind the proxy; [`envoy`]
//! starts a proxy and takes it down again whatever happens; [`ecds`] gives the filter its configuration; [`scenario`]
//! plays the folders under `envoy/`, and `demo` prints what came out; [`golden`] holds every subject to one corpus of
//! decisions.

pub mod conformance;
pub mod differential;
pub mod ecds;
pub mod envoy;
pub mod error;
pub mod faulty;
pub mod golden;
pub mod host;
pub mod hostile;
pub mod http;
pub mod lab;
pub mod load;
pub mod mutation;
pub mod opa;
pub mod pki;
pub mod ports;
pub mod scenario;
pub mod signals;
pub mod table;
pub mod tokens;
pub mod upstream;

pub use error::{Context, Error, Result};
pub use host::{Host, root};
