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
