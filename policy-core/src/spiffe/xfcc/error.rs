//! What is wrong with a header value, why it is not believed, and what is wrong with a rule.

use super::super::id::SpiffeIdError;
use super::super::limits::{MAX_XFCC_BYTES, MAX_XFCC_ELEMENTS, MAX_XFCC_PAIRS};
use super::super::svid::SvidError;

/// What is malformed in a header value. Positions are byte offsets in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XfccError {
    /// The value has no element.
    #[error("x-forwarded-client-cert is empty")]
    Empty,
    /// The value is longer than allowed.
    #[error("x-forwarded-client-cert has {length} bytes, more than {MAX_XFCC_BYTES}")]
    TooLong {
        /// Bytes of the value.
        length: usize,
    },
    /// The value has more elements than allowed.
    #[error("x-forwarded-client-cert has more than {MAX_XFCC_ELEMENTS} elements")]
    TooManyElements,
    /// An element has more pairs than allowed.
    #[error("x-forwarded-client-cert has an element of more than {MAX_XFCC_PAIRS} pairs")]
    TooManyPairs,
    /// The value is not UTF-8.
    #[error("x-forwarded-client-cert is not UTF-8 at byte {position}")]
    NotUtf8 {
        /// The first byte that is not.
        position: usize,
    },
    /// A control byte.
    #[error("x-forwarded-client-cert has a control byte at byte {position}")]
    ControlByte {
        /// Where the byte is.
        position: usize,
    },
    /// A pair or an element without anything in it.
    #[error("x-forwarded-client-cert has an empty pair or element at byte {position}")]
    EmptyPair {
        /// Where it would begin.
        position: usize,
    },
    /// A key of other characters than letters, digits, `-` and `_`.
    #[error("x-forwarded-client-cert has a malformed key at byte {position}")]
    Key {
        /// The first byte that does not belong in a key.
        position: usize,
    },
    /// A key that is not followed by `=`.
    #[error("x-forwarded-client-cert has a key without value at byte {position}")]
    MissingEquals {
        /// Where the `=` should be.
        position: usize,
    },
    /// A value that has `"` or `=` in it and is not quoted.
    #[error("x-forwarded-client-cert has a value that should be quoted, at byte {position}")]
    Unquoted {
        /// Where the character is.
        position: usize,
    },
    /// A quoted value that does not end.
    #[error("x-forwarded-client-cert has a quote that is not closed, at byte {position}")]
    UnbalancedQuote {
        /// Where the quote is opened.
        position: usize,
    },
    /// A quoted value that is followed by something else than `;` or `,`.
    #[error("x-forwarded-client-cert has something after a quoted value, at byte {position}")]
    AfterQuote {
        /// Where it is.
        position: usize,
    },
    /// A key that an element may have once only, for the second time.
    #[error("x-forwarded-client-cert repeats a key at byte {position}")]
    DuplicateKey {
        /// Where the second one begins.
        position: usize,
    },
    /// The JSON form is no array of elements. Repeated keys are found here too.
    #[error("x-forwarded-client-cert is malformed JSON at byte {position}")]
    Json {
        /// Where the reader stopped, counted from 1.
        position: usize,
    },
}

/// Why a header that is there gives no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XfccRefusal {
    /// The header comes in several lines: Envoy writes one.
    #[error("x-forwarded-client-cert is repeated")]
    SeveralHeaders,
    /// The peer proved no identity, so that anyone may have written the header.
    #[error("x-forwarded-client-cert came from a peer without identity")]
    NoPeer,
    /// The peer is not one of the trusted proxies.
    #[error("x-forwarded-client-cert came from a peer that is not a trusted proxy")]
    UntrustedPeer,
    /// The header is malformed.
    #[error(transparent)]
    Malformed(#[from] XfccError),
    /// There are fewer elements than hops.
    #[error("x-forwarded-client-cert has fewer elements than the rule counts hops")]
    TooFewElements,
    /// The last element should be our own proxy's, and does not describe the peer.
    #[error("the last element of x-forwarded-client-cert does not describe the peer")]
    LastElementNotPeer,
    /// The last element should be our own proxy's, and says that another proxy wrote it.
    #[error("the last element of x-forwarded-client-cert was not written by this proxy")]
    LastElementNotOurs,
    /// An element between the chosen one and the last describes something else than a trusted proxy.
    #[error("x-forwarded-client-cert passed through a proxy that is not trusted")]
    UntrustedHop,
    /// The chosen element does not say, or not once, which proxy wrote it.
    #[error("the element of x-forwarded-client-cert does not name its one writer")]
    WriterUnclear,
    /// The chosen element was written by another proxy than expected.
    #[error("the element of x-forwarded-client-cert was written by another proxy")]
    WriterMismatch,
    /// The chosen element's writer appears to the left of it too: the mark of a certificate that wrote an
    /// element of its own.
    #[error("the writer of the element of x-forwarded-client-cert appears twice")]
    WriterRepeated,
    /// The chosen element has its `URI` after a `DNS`, which Envoy never writes: the mark of a certificate that
    /// wrote pairs of its own.
    #[error("the element of x-forwarded-client-cert is out of order")]
    OutOfOrder,
    /// The chosen element has no URI.
    #[error("the element of x-forwarded-client-cert has no URI")]
    NoUri,
    /// The chosen element has several URIs: X509-SVID section 2 rejects the certificate.
    #[error("the element of x-forwarded-client-cert has {count} URIs")]
    SeveralUris {
        /// URIs of the element.
        count: usize,
    },
    /// The chosen element's URI is not a SPIFFE ID.
    #[error(transparent)]
    SpiffeId(SpiffeIdError),
    /// The chosen element's SPIFFE ID has no path.
    #[error("the SPIFFE ID in x-forwarded-client-cert has no path")]
    RootPath,
    /// The chosen element's `Hash` is no SHA-256 in hexadecimal.
    #[error("the hash in x-forwarded-client-cert is malformed")]
    HashMalformed,
    /// The chosen element's `Cert` is not URL-encoded as Envoy does it.
    #[error("the certificate in x-forwarded-client-cert is not URL-encoded")]
    CertificateEncoding,
    /// The chosen element's `Cert` is no X.509-SVID.
    #[error(transparent)]
    Certificate(SvidError),
    /// The chosen element's `Cert` names somebody else than its `URI`.
    #[error("the certificate in x-forwarded-client-cert has another SPIFFE ID")]
    CertificateIdMismatch,
    /// The chosen element's `Hash` is not that of its `Cert`.
    #[error("the hash in x-forwarded-client-cert is not that of the certificate")]
    HashMismatch,
}

/// What is wrong with a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XfccRuleError {
    /// Nobody is trusted to write the header.
    #[error("no trusted proxy")]
    NoTrustedProxy,
    /// A trusted proxy is stated twice.
    #[error("trusted proxy {index} is stated twice")]
    DuplicateProxy {
        /// Its place in the list, from 0.
        index: usize,
    },
    /// A trusted proxy is a trust domain ID, which no leaf certificate may have.
    #[error("trusted proxy {index} has no path")]
    ProxyRootPath {
        /// Its place in the list, from 0.
        index: usize,
    },
    /// `by` is a trust domain ID, which no leaf certificate may have.
    #[error("the writer has no path")]
    ByRootPath,
    /// Hops are counted from 1.
    #[error("hops is 0: the last element is hop 1")]
    ZeroHops,
    /// More hops than a header may have elements.
    #[error("hops is {hops}, more than {MAX_XFCC_ELEMENTS}")]
    TooManyHops {
        /// The hops of the rule.
        hops: usize,
    },
}

impl XfccError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "xfcc_empty",
            Self::TooLong { .. } => "xfcc_too_long",
            Self::TooManyElements => "xfcc_too_many_elements",
            Self::TooManyPairs => "xfcc_too_many_pairs",
            Self::NotUtf8 { .. } => "xfcc_not_utf8",
            Self::ControlByte { .. } => "xfcc_control_byte",
            Self::EmptyPair { .. } => "xfcc_empty_pair",
            Self::Key { .. } => "xfcc_key",
            Self::MissingEquals { .. } => "xfcc_missing_equals",
            Self::Unquoted { .. } => "xfcc_unquoted",
            Self::UnbalancedQuote { .. } => "xfcc_unbalanced_quote",
            Self::AfterQuote { .. } => "xfcc_after_quote",
            Self::DuplicateKey { .. } => "xfcc_duplicate_key",
            Self::Json { .. } => "xfcc_json",
        }
    }
}

impl XfccRefusal {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SeveralHeaders => "xfcc_several_headers",
            Self::NoPeer => "xfcc_no_peer",
            Self::UntrustedPeer => "xfcc_untrusted_peer",
            Self::Malformed(error) => error.code(),
            Self::TooFewElements => "xfcc_too_few_elements",
            Self::LastElementNotPeer => "xfcc_last_element_not_peer",
            Self::LastElementNotOurs => "xfcc_last_element_not_ours",
            Self::UntrustedHop => "xfcc_untrusted_hop",
            Self::WriterUnclear => "xfcc_writer_unclear",
            Self::WriterMismatch => "xfcc_writer_mismatch",
            Self::WriterRepeated => "xfcc_writer_repeated",
            Self::OutOfOrder => "xfcc_out_of_order",
            Self::NoUri => "xfcc_no_uri",
            Self::SeveralUris { .. } => "xfcc_several_uris",
            Self::SpiffeId(error) => error.code(),
            Self::RootPath => "xfcc_root_path",
            Self::HashMalformed => "xfcc_hash_malformed",
            Self::CertificateEncoding => "xfcc_certificate_encoding",
            Self::Certificate(error) => error.code(),
            Self::CertificateIdMismatch => "xfcc_certificate_id_mismatch",
            Self::HashMismatch => "xfcc_hash_mismatch",
        }
    }
}

impl XfccRuleError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoTrustedProxy => "xfcc_rule_no_trusted_proxy",
            Self::DuplicateProxy { .. } => "xfcc_rule_duplicate_proxy",
            Self::ProxyRootPath { .. } => "xfcc_rule_proxy_root_path",
            Self::ByRootPath => "xfcc_rule_by_root_path",
            Self::ZeroHops => "xfcc_rule_zero_hops",
            Self::TooManyHops { .. } => "xfcc_rule_too_many_hops",
        }
    }
}
