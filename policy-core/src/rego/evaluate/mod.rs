//! Runs a plan on an input.

mod bodies;
mod call;
mod collect;
mod halt;
mod machine;
mod narrow;
mod needs;
mod print;
mod remembered;
mod rules;
mod scope;
mod session;
mod trace;
mod tree;
mod walk;

pub(in crate::rego) use halt::{Ended, Halt};
pub(in crate::rego) use session::{Finished, Scratch, Session, Settings};
pub(in crate::rego) use trace::{Silent, Tracer};
