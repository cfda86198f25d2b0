//! The path: one spelling for one resource, or a refusal.
//!
//! A policy compares text. Where a proxy or a workload would read two spellings as the same resource, comparing
//! text lets a caller step around a rule (`/admin`, `/%61dmin`, `//admin`, `/x/../admin`, `/admin;x`). So the
//! spelling is made canonical where that is certain (RFC 3986, section 6.2.2.2: unreserved characters are decoded),
//! and the request is refused where readers are known to disagree.

use thiserror::Error;

/// A path with one spelling: starts with `/`, no query, no empty, `.` or `..` segment, unreserved characters
/// decoded, other escapes in upper-case hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanonicalPath(String);

/// Why a path is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// No path, or one that does not start with `/` (CONNECT and `OPTIONS *` have none).
    #[error("the request has no path that starts with a slash")]
    Missing,
    /// Longer than the limit.
    #[error("the path is longer than the limit")]
    TooLong,
    /// `%` without two hexadecimal digits.
    #[error("the path has an incomplete percent-escape")]
    BadEscape,
    /// A byte that RFC 3986 does not allow in a path, raw or escaped: control characters, spaces, non-ASCII raw.
    #[error("the path has a character that may not be there")]
    BadCharacter,
    /// A fragment in a request target.
    #[error("the path has a fragment")]
    Fragment,
    /// An escaped `/` or `\`, or a raw `\`.
    #[error("the path has an escaped slash or a backslash")]
    EscapedSlash,
    /// `//`.
    #[error("the path has an empty segment")]
    EmptySegment,
    /// `.` or `..` as a segment, in any spelling.
    #[error("the path has a dot segment")]
    DotSegment,
    /// `;`, raw or escaped: path parameters, which some servers drop.
    #[error("the path has a path parameter")]
    Parameter,
}

impl PathError {
    /// Stable name for logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "path_missing",
            Self::TooLong => "path_too_long",
            Self::BadEscape => "path_bad_escape",
            Self::BadCharacter => "path_bad_character",
            Self::Fragment => "path_fragment",
            Self::EscapedSlash => "path_escaped_slash",
            Self::EmptySegment => "path_empty_segment",
            Self::DotSegment => "path_dot_segment",
            Self::Parameter => "path_parameter",
        }
    }
}

impl CanonicalPath {
    /// The canonical form of a `:path` pseudo-header, without its query.
    ///
    /// # Errors
    /// One [`PathError`] for each way in which a path can be ambiguous.
    pub fn parse(target: &[u8], limit: usize) -> Result<Self, PathError> {
        if target.len() > limit {
            return Err(PathError::TooLong);
        }
        let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
        if path.first() != Some(&b'/') {
            return Err(PathError::Missing);
        }
        let mut canonical = String::with_capacity(path.len());
        let mut rest = path;
        while let Some((byte, after)) = rest.split_first() {
            rest = match *byte {
                b'%' => {
                    let (decoded, after) = escape(after)?;
                    push_escaped(&mut canonical, decoded)?;
                    after
                }
                raw => {
                    push_raw(&mut canonical, raw)?;
                    after
                }
            };
        }
        check_segments(&canonical)?;
        Ok(Self(canonical))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The byte of a percent-escape whose `%` was read, and what follows it.
fn escape(after: &[u8]) -> Result<(u8, &[u8]), PathError> {
    let (digits, rest) = after.split_first_chunk::<2>().ok_or(PathError::BadEscape)?;
    let [high, low] = *digits;
    let byte = hex(high).zip(hex(low)).map(|(high, low)| high.wrapping_shl(4) | low);
    Ok((byte.ok_or(PathError::BadEscape)?, rest))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn push_escaped(canonical: &mut String, byte: u8) -> Result<(), PathError> {
    match byte {
        b'/' | b'\\' => Err(PathError::EscapedSlash),
        b';' => Err(PathError::Parameter),
        0..=0x1f | 0x7f => Err(PathError::BadCharacter),
        // RFC 3986, section 2.3: unreserved characters mean the same escaped or not.
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            canonical.push(char::from(byte));
            Ok(())
        }
        other => {
            canonical.push('%');
            for shift in [4, 0] {
                let digit = char::from_digit(u32::from(other.wrapping_shr(shift) & 0x0f), 16);
                canonical.extend(digit.map(|digit| digit.to_ascii_uppercase()));
            }
            Ok(())
        }
    }
}

fn push_raw(canonical: &mut String, byte: u8) -> Result<(), PathError> {
    match byte {
        b'\\' => Err(PathError::EscapedSlash),
        b';' => Err(PathError::Parameter),
        b'#' => Err(PathError::Fragment),
        // RFC 3986, section 3.3: pchar and the slash; `|^"<>`{}` are not in it.
        b'!' | b'$' | b'&'..=b':' | b'=' | b'@' | b'A'..=b'Z' | b'_' | b'a'..=b'z' | b'~' => {
            canonical.push(char::from(byte));
            Ok(())
        }
        _ => Err(PathError::BadCharacter),
    }
}

fn check_segments(path: &str) -> Result<(), PathError> {
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        match segment {
            "" if segments.peek().is_some() => return Err(PathError::EmptySegment),
            "." | ".." => return Err(PathError::DotSegment),
            _ => {}
        }
    }
    Ok(())
}

/// Go's `url.PathUnescape`/`QueryUnescape`: every escape decoded; `None` for a bad escape or text that is not UTF-8.
pub(crate) fn unescape(text: &[u8], plus_is_space: bool) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, after)) = rest.split_first() {
        rest = match *byte {
            b'%' => {
                let (decoded, after) = escape(after).ok()?;
                out.push(decoded);
                after
            }
            b'+' if plus_is_space => {
                out.push(b' ');
                after
            }
            raw => {
                out.push(raw);
                after
            }
        };
    }
    String::from_utf8(out).ok()
}
