//! The SPIFFE ID: SPIFFE-ID section 2.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::limits::MAX_SPIFFE_ID_BYTES;
use super::trust_domain::{self, TrustDomainError};

/// What every SPIFFE ID begins with.
const PREFIX: &str = "spiffe://";

/// A SPIFFE ID, such as `spiffe://example.org/ns/shop/sa/frontend`, in its only spelling.
///
/// There is nothing to normalise: two IDs are the same exactly when their bytes are. Cloning is cheap.
#[derive(Clone)]
pub struct SpiffeId {
    text: Arc<str>,
    /// Byte offset of the end of the trust domain, where the path begins.
    path_start: usize,
}

/// Which rule of SPIFFE-ID section 2 an ID breaks. Positions are byte offsets in the ID, save those inside
/// [`TrustDomainError`], which count from the start of the trust domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpiffeIdError {
    /// There is nothing to read.
    #[error("the SPIFFE ID is empty")]
    Empty,
    /// "SHOULD NOT generate URIs of length greater than 2048 bytes" (section 2.3).
    #[error("the SPIFFE ID has {length} bytes, more than {MAX_SPIFFE_ID_BYTES}")]
    TooLong {
        /// Bytes of the ID.
        length: usize,
    },
    /// "RFC 3986 permits only ASCII characters" (section 2.3).
    #[error("the SPIFFE ID has a byte outside ASCII at byte {position}")]
    NotAscii {
        /// Where the byte is.
        position: usize,
    },
    /// "Valid SPIFFE IDs MUST have the scheme set to `spiffe`" (section 2).
    #[error("the SPIFFE ID does not begin with spiffe://")]
    Scheme,
    /// The scheme in another case. Section 2.4 calls the scheme case-insensitive; as with the trust domain, we
    /// take one spelling only, as go-spiffe does.
    #[error("the scheme of the SPIFFE ID is not in lower case")]
    SchemeUppercase,
    /// "MUST NOT include a query or fragment component" (section 2): a `?`.
    #[error("the SPIFFE ID has a query, at byte {position}")]
    Query {
        /// Where the `?` is.
        position: usize,
    },
    /// "MUST NOT include a query or fragment component" (section 2): a `#`.
    #[error("the SPIFFE ID has a fragment, at byte {position}")]
    Fragment {
        /// Where the `#` is.
        position: usize,
    },
    /// A rule of section 2.1.
    #[error(transparent)]
    TrustDomain(#[from] TrustDomainError),
    /// "The path component MUST NOT include a trailing `/`" (section 2.2).
    #[error("the path of the SPIFFE ID ends with a slash")]
    TrailingSlash,
    /// "MUST NOT include segments that are empty" (section 2.2).
    #[error("the path of the SPIFFE ID has an empty segment at byte {position}")]
    EmptySegment {
        /// Where the segment would begin.
        position: usize,
    },
    /// "MUST NOT include segments that ... are relative path modifiers (i.e. `.`, `..`)" (section 2.2).
    #[error("the path of the SPIFFE ID has a dot segment at byte {position}")]
    DotSegment {
        /// Where the segment begins.
        position: usize,
    },
    /// "The path component MUST NOT include percent-encoded characters" (section 2.2).
    #[error("the path of the SPIFFE ID has a percent-encoded character at byte {position}")]
    PathPercentEncoding {
        /// Where the `%` is.
        position: usize,
    },
    /// "Individual path segments MUST contain only letters, numbers, dots, dashes, and underscores
    /// ([a-zA-Z0-9.-_])" (section 2.2).
    #[error("the path of the SPIFFE ID has a character outside [a-zA-Z0-9.-_] at byte {position}")]
    PathCharacter {
        /// Where the character is.
        position: usize,
    },
}

impl SpiffeId {
    /// Reads a SPIFFE ID. A trust domain ID, which has no path, is one too: see [`SpiffeId::has_path`].
    ///
    /// # Errors
    /// The first rule that the ID breaks.
    pub fn parse(id: &str) -> Result<Self, SpiffeIdError> {
        let path_start = check(id)?;
        Ok(Self { text: Arc::from(id), path_start })
    }

    /// Reads a SPIFFE ID from bytes of unknown origin.
    ///
    /// # Errors
    /// As [`SpiffeId::parse`], and [`SpiffeIdError::NotAscii`] for bytes that are not text.
    pub fn parse_bytes(id: &[u8]) -> Result<Self, SpiffeIdError> {
        if id.len() > MAX_SPIFFE_ID_BYTES {
            return Err(SpiffeIdError::TooLong { length: id.len() });
        }
        let text = std::str::from_utf8(id)
            .map_err(|error| SpiffeIdError::NotAscii { position: error.valid_up_to() })?;
        Self::parse(text)
    }

    /// The whole ID.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the trust domain, never empty.
    #[must_use]
    pub fn trust_domain(&self) -> &str {
        self.text.get(PREFIX.len()..self.path_start).unwrap_or_default()
    }

    /// The path with its leading slash, or nothing for a trust domain ID.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text.get(self.path_start..).unwrap_or_default()
    }

    /// Whether this is the ID of a workload: "Leaf certificate SPIFFE IDs MUST have a non-root path component"
    /// (X509-SVID section 3.1).
    #[must_use]
    pub fn has_path(&self) -> bool {
        !self.path().is_empty()
    }
}

/// Applies every rule, and gives the offset at which the path begins.
fn check(id: &str) -> Result<usize, SpiffeIdError> {
    if id.is_empty() {
        return Err(SpiffeIdError::Empty);
    }
    if id.len() > MAX_SPIFFE_ID_BYTES {
        return Err(SpiffeIdError::TooLong { length: id.len() });
    }
    if let Some(position) = id.bytes().position(|byte| !byte.is_ascii()) {
        return Err(SpiffeIdError::NotAscii { position });
    }
    let Some(rest) = id.strip_prefix(PREFIX) else {
        let in_another_case = id.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
        return Err(if in_another_case { SpiffeIdError::SchemeUppercase } else { SpiffeIdError::Scheme });
    };
    match id.bytes().enumerate().find(|(_, byte)| matches!(byte, b'?' | b'#')) {
        Some((position, b'?')) => return Err(SpiffeIdError::Query { position }),
        Some((position, _)) => return Err(SpiffeIdError::Fragment { position }),
        None => {}
    }
    let authority = rest.split('/').next().unwrap_or_default();
    trust_domain::check(authority.as_bytes())?;
    let path_start = PREFIX.len().saturating_add(authority.len());
    check_path(rest.get(authority.len()..).unwrap_or_default(), path_start)?;
    Ok(path_start)
}

/// Applies the rules of section 2.2 to a path that is empty or begins with a slash, `path_start` bytes into
/// the ID.
fn check_path(path: &str, path_start: usize) -> Result<(), SpiffeIdError> {
    let Some(segments) = path.strip_prefix('/') else {
        return Ok(());
    };
    if path.ends_with('/') {
        return Err(SpiffeIdError::TrailingSlash);
    }
    let mut position = path_start.saturating_add(1);
    for segment in segments.split('/') {
        match segment {
            "" => return Err(SpiffeIdError::EmptySegment { position }),
            "." | ".." => return Err(SpiffeIdError::DotSegment { position }),
            _ => check_segment(segment, position)?,
        }
        position = position.saturating_add(segment.len()).saturating_add(1);
    }
    Ok(())
}

fn check_segment(segment: &str, start: usize) -> Result<(), SpiffeIdError> {
    for (offset, byte) in segment.bytes().enumerate() {
        let position = start.saturating_add(offset);
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {}
            b'%' => return Err(SpiffeIdError::PathPercentEncoding { position }),
            _ => return Err(SpiffeIdError::PathCharacter { position }),
        }
    }
    Ok(())
}

impl SpiffeIdError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "spiffe_id_empty",
            Self::TooLong { .. } => "spiffe_id_too_long",
            Self::NotAscii { .. } => "spiffe_id_not_ascii",
            Self::Scheme => "spiffe_id_scheme",
            Self::SchemeUppercase => "spiffe_id_scheme_uppercase",
            Self::Query { .. } => "spiffe_id_query",
            Self::Fragment { .. } => "spiffe_id_fragment",
            Self::TrustDomain(error) => error.code(),
            Self::TrailingSlash => "spiffe_id_trailing_slash",
            Self::EmptySegment { .. } => "spiffe_id_empty_segment",
            Self::DotSegment { .. } => "spiffe_id_dot_segment",
            Self::PathPercentEncoding { .. } => "spiffe_id_path_percent_encoding",
            Self::PathCharacter { .. } => "spiffe_id_path_character",
        }
    }
}

impl fmt::Display for SpiffeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for SpiffeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpiffeId({})", self.text)
    }
}

impl PartialEq for SpiffeId {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for SpiffeId {}

impl PartialOrd for SpiffeId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SpiffeId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for SpiffeId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

/// Equality, order and hash are those of the text, so that a set of IDs can be asked with a `&str`.
impl Borrow<str> for SpiffeId {
    fn borrow(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
#[path = "id_tests.rs"]
mod tests;
