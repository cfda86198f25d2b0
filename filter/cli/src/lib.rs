//! What the `doorward` command does, for programs that want the same.
#![forbid(unsafe_code)]

pub mod check;
pub mod reference;
pub mod render;
pub mod source;
pub mod tools;
