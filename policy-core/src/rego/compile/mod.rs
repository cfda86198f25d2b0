//! From syntax trees to a program in which every name is resolved and every step is explicit.
