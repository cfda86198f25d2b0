//! A real Envoy, found, started, looked into and taken down.

mod bootstrap;
mod decisions;
mod find;
mod log;
mod process;
mod stats;

pub use bootstrap::{Bootstrap, ClientCertificates, Filter, Listener, ServerIdentity, Tls};
pub use decisions::{Decision, DecisionRecord};
pub use find::Program;
pub use log::LogTail;
pub use process::{Envoy, Launch, START_LIMIT};
pub use stats::Stats;
