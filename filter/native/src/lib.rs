//! `libdoorward.so`: the adapter for Envoy's dynamic modules.
//!
//! ```text
//! abi     the part of Envoy's interface that we use: types and declarations
//! envoy   calls to the proxy, made safe
//! hooks   what the proxy calls; no panic gets out
//! config  one configuration, shared by all workers; a place for each worker's state
//! route   what a route of Envoy's says for itself
//! stream  one HTTP stream: the flow's host traits on the proxy's calls
//! grpc    the gRPC status of a refusal
//! peer    the peer's certificate, from the filter state that the listener writes
//! ```
//!
//! It holds no decision: those are made in `policy-core`, told by `doorward-flow`. `unsafe` is in `envoy` and `hooks`.

mod abi;
mod config;
mod envoy;
mod fault;
mod grpc;
mod hooks;
mod metadata;
mod metrics;
mod peer;
mod route;
mod stream;

#[cfg(test)]
mod tests;
