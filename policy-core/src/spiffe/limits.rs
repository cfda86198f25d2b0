//! The limits of the SPIFFE step: each a named number with its unit and its source.

/// Longest SPIFFE ID, in bytes. SPIFFE-ID section 2.3: implementations "MUST support SPIFFE URIs up to 2048
/// bytes in length and SHOULD NOT generate URIs of length greater than 2048 bytes".
pub const MAX_SPIFFE_ID_BYTES: usize = 2048;

/// Longest trust domain name, in bytes. SPIFFE-ID section 2.3: "a maximum length of a trust domain name is 255
/// bytes", from the `host` of RFC 3986.
pub const MAX_TRUST_DOMAIN_BYTES: usize = 255;

/// Most trust domains that one configuration may federate with. Ours: a bound on the start-up work; the
/// largest federations in the field have tens.
pub const MAX_FEDERATED_TRUST_DOMAINS: usize = 1024;

/// Largest leaf certificate, in bytes of DER. Ours: one TLS record (RFC 8446 section 5.1, 2^14 bytes). A leaf
/// of SPIRE or Istio is about 1 KiB, and one with the longest SPIFFE ID and an RSA-4096 key under 4 KiB.
pub const MAX_CERTIFICATE_DER_BYTES: usize = 16 * 1024;

/// Largest leaf certificate, in bytes of PEM: the DER limit in base64 (4/3), with room for line ends and the
/// two boundary lines.
pub const MAX_CERTIFICATE_PEM_BYTES: usize = 24 * 1024;

/// Most extensions of a leaf certificate. Ours: the check for repeated extensions is quadratic; a leaf of
/// SPIRE has six.
pub const MAX_CERTIFICATE_EXTENSIONS: usize = 64;

/// Longest `x-forwarded-client-cert` header value, in bytes. Ours: just above what Envoy admits for all request
/// headers together by default (`max_request_headers_kb: 60`).
pub const MAX_XFCC_BYTES: usize = 64 * 1024;

/// Most elements of one `x-forwarded-client-cert` value, which is also the most hops that a rule may count.
/// Ours: each proxy on the path appends one; longer paths are loops.
pub const MAX_XFCC_ELEMENTS: usize = 32;

/// Most `key=value` pairs of one `x-forwarded-client-cert` element. Ours: all but DNS are few, and a
/// certificate may carry many DNS names.
pub const MAX_XFCC_PAIRS: usize = 256;
