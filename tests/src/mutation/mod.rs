//! Damaged policies: none may panic, hang, or allow what nobody wrote.
//!
//! [`texts`] damages the text of policies, token by token and byte by byte, [`forms`] the compiled form of them, with and
//! without a checksum that is right again. [`run`] loads and asks them, and compares what still loads with OPA.

pub mod forms;
pub mod run;
pub mod texts;
