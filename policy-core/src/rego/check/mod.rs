//! What OPA refuses in a policy that parses: conflicts, unknown functions, unsafe variables, recursion.
