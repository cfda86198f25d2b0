//! The configuration: read ([`parse`]), then compiled into a [`crate::Snapshot`] in which no string has a meaning
//! that is still to be found out.

mod compile;
mod context;
mod error;
mod identity;
mod metadata;
mod parse;
mod policy;
pub mod raw;
mod routes;
#[cfg(feature = "schema")]
mod schema;
mod tokens;
mod unique;

pub(crate) use compile::compile;
pub use error::{ConfigError, ConfigErrors};
#[cfg(feature = "schema")]
pub use schema::json_schema;
