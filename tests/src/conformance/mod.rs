//! Proof that the engine means what OPA means: one policy, one input, two answers.
//!
//! [`corpus`] is written by hand, one file a construct or a family of built-ins, with OPA's answers beside the cases;
//! [`generate`] makes policies and inputs from a seed; [`suite`] reads OPA's own YAML cases. [`judge`] compares, [`shrink`]
//! makes a difference small, [`report`] counts. The engine itself is behind [`ours`], OPA behind [`crate::opa`].

pub mod bless;
pub mod corpus;
pub mod generate;
pub mod json;
pub mod judge;
pub mod ours;
pub mod report;
pub mod run;
pub mod shrink;
pub mod source;
pub mod suite;
mod write;
