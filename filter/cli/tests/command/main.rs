//! The `doorward` command as its users run it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's helpers may fail the test")]

mod check;
mod common;
mod compile;
mod eval;
mod render;
mod schema;
mod test;
