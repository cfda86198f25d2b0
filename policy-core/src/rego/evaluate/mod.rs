//! Runs a plan on an input.
