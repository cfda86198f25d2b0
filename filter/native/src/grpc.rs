//! The gRPC status of a refusal. Envoy answers a gRPC request with HTTP status 200 and tells the outcome by `grpc-status`;
//! a dynamic module's answer would say 0, which is "OK", unless it names another.

/// The header that tells the outcome.
pub(crate) const STATUS: &str = "grpc-status";
/// What a gRPC request says of its content.
const CONTENT_TYPE: &[u8] = b"application/grpc";

/// Whether a request with this `content-type` is a gRPC request, as Envoy judges it: the type alone, or with a format
/// behind a plus. `application/grpc-web` is another protocol.
pub(crate) fn is_request(content_type: &[u8]) -> bool {
    content_type.strip_prefix(CONTENT_TYPE).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"+"))
}

/// The gRPC status for an HTTP status, as gRPC maps those of proxies ("HTTP to gRPC Status Code Mapping") and Envoy those
/// of its own answers. It is never 0.
pub(crate) const fn status(http: u16) -> &'static str {
    match http {
        400 => "13",                   // INTERNAL
        401 => "16",                   // UNAUTHENTICATED
        403 => "7",                    // PERMISSION_DENIED
        404 => "12",                   // UNIMPLEMENTED
        429 | 502 | 503 | 504 => "14", // UNAVAILABLE
        _ => "2",                      // UNKNOWN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_alone_or_with_a_format_is_grpc() {
        for grpc in ["application/grpc", "application/grpc+proto", "application/grpc+"] {
            assert!(is_request(grpc.as_bytes()), "{grpc}");
        }
        for other in ["", "application/grpc-web", "application/grpc;a=b", "Application/grpc", "text/plain"] {
            assert!(!is_request(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn no_refusal_is_ok() {
        assert!((0..=u16::MAX).all(|http| status(http) != "0"));
        assert_eq!([400, 401, 403, 429, 500].map(status), ["13", "16", "7", "14", "2"]);
    }
}
