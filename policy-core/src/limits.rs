//! Every limit of the core: a named number with its unit and its source.

/// Largest configuration document, in bytes: 16 MiB. Large policies carry data; a proxy holds the document several
/// times over while it loads (Envoy copies it into each worker's VM).
pub const CONFIG_BYTES: usize = 16 * 1024 * 1024;

/// Most bytes of the path with its query: what most servers accept (RFC 9110, section 4.1 recommends at least 8000).
pub const PATH_BYTES: usize = 8192;

/// Most header lines of a request: twice Envoy's default `max_headers_count` of 100, for proxies that raise it.
pub const HEADERS: usize = 200;

/// Most bytes of all header names and values: Envoy's largest `max_request_headers_kb` is 8192 KiB, its default
/// 60 KiB; this is the largest that we read unless configured otherwise, 96 KiB.
pub const HEADER_BYTES: usize = 96 * 1024;

/// Verified tokens remembered by one worker.
pub const TOKENS_REMEMBERED: usize = 1024;

/// Most verified tokens that can be configured to be remembered: at 16 KiB of claims each this is 1 GiB, the most
/// that a wasm VM may have.
pub const TOKENS_REMEMBERED_MAX: usize = 65_536;

/// Longest text of a signal, in bytes.
pub const SIGNAL_BYTES: usize = 256;

/// Longest `reason` that a policy can put into a decision record, in bytes; a longer one is cut.
pub const REASON_BYTES: usize = 256;

/// Most headers that one decision may set or remove. Envoy refuses more than 1024 pairs from a filter.
pub const DECISION_HEADERS: usize = 100;

/// Largest body of a denial, in bytes: 64 KiB. A filter's output buffer in Envoy is limited to 1 MiB.
pub const DECISION_BODY_BYTES: usize = 64 * 1024;

/// Longest name of a revision, provider or signal, in bytes.
pub const NAME_BYTES: usize = 128;

/// Most routes of one configuration. They are tried in order, so this bounds what finding one costs.
pub const ROUTES: usize = 256;

/// Most hosts of one route.
pub const ROUTE_HOSTS: usize = 64;

/// Longest name of a proxy's own route that can be matched, in bytes: names that are generated (Gateway API, Istio) are
/// made of several names of 253 bytes each.
pub const ROUTE_NAME_BYTES: usize = 1024;

/// Largest `dynamic_metadata` of one decision, in bytes of its JSON: 16 KiB, as one token. A proxy keeps it as long as
/// the request lives and may write it to its access log.
pub const METADATA_BYTES: usize = 16 * 1024;

/// Most levels of objects and arrays in `dynamic_metadata`, the object itself among them. One level is up to three of
/// protobuf's, whose parsers stop at 100.
pub const METADATA_DEPTH: usize = 16;
