//! Scenarios: the folders under `envoy/`, played against real Envoys. The format of `requests.yaml` is described in
//! `envoy/README.md`.

mod bootstrap;
mod curl;
mod file;
mod play;
mod stage;
mod template;
mod verdict;

pub use file::{Expect, Expected, Otherwise, RequestSpec, Scenario};
pub use play::Played;
pub use stage::{Stage, Theatre};
pub use verdict::Outcome;
