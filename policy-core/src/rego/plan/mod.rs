//! From a checked program to a plan that knows what to read and which rules can match.
