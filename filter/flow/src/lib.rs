//! The life of a request, told in host traits.
