//! Golden decisions: one corpus of cases as data, and every subject that must agree with it.
//!
//! A file under `tests/golden/TOPIC/` has a note, one Doorward configuration and many cases; a case says who calls, with
//! which request and tokens, and what must come of it. Times are relative to the case's `now`: the core is given that
//! instant, a real Envoy has its own clock, and certificates and tokens are made for whichever it is.
//!
//! [`core`] runs a file through `doorward_flow` on its host in memory, [`envoy`] through the wasm module and through the
//! dynamic one, each in a real Envoy. All say what was [`seen::Seen`], and one comparison finds the differences from what
//! is wanted; [`same`] finds those between the two modules.

pub mod core;
pub mod envoy;
pub mod exceptions;
pub mod file;
pub mod material;
pub mod prepared;
pub mod report;
pub mod same;
pub mod seen;
pub mod text;
pub mod token;

pub use exceptions::Exceptions;
pub use file::{Case, GoldenFile, Want, load_all};
pub use material::Material;
pub use prepared::Prepared;
pub use report::Report;
pub use seen::Seen;

use std::path::PathBuf;

/// The folder of the corpus.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}
