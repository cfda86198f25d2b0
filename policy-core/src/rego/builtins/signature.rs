//! The names, argument types and result types of OPA's built-in functions.
