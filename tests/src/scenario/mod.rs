//! Scenarios: the folders under `envoy/`, played against real Envoys. The format of `requests.yaml` is described in
//! `envoy/README.md`.

mod alike;
mod bootstrap;
mod curl;
mod file;
mod module;
mod play;
mod report;
mod stage;
mod template;
mod twin;
mod verdict;

pub use alike::differences_of_hosts;
pub use doorward_cli::render::Host;
pub use file::{Expect, Expected, Otherwise, RequestSpec, Scenario};
pub use module::name as host_name;
pub use play::Played;
pub use report::Report;
pub use stage::{Stage, Theatre, Tokens};
pub use twin::write_twins;
pub use verdict::Outcome;
