//! Doorward's decision, without network, clock or randomness.
#![forbid(unsafe_code)]

pub mod jwt;
pub mod limits;
pub mod rego;
pub mod spiffe;
pub mod time;
