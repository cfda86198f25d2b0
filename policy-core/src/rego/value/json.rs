//! To JSON and back.
