//! Type errors, as far as OPA finds them.
