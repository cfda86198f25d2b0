//! The `WWW-Authenticate` answer of RFC 6750 section 3: what a client without a good token is told.

use super::bearer::BearerError;
use super::error::JwtError;
use super::limits::MAX_NAME_BYTES;

/// The text of a challenge has characters that its place does not allow, is empty or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be printable ASCII, not empty and not longer than 1024 bytes; scopes without quotes and backslashes"
)]
pub struct ChallengeTextError;

/// The protection space that clients are told, checked to be printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm(String);

impl Realm {
    /// Checks a configured realm.
    ///
    /// # Errors
    /// It is empty, too long, or has a character other than printable ASCII: it could break out of the
    /// header.
    pub fn parse(text: &str) -> Result<Self, ChallengeTextError> {
        let fits = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if fits && is_sized(text) { Ok(Self(text.to_owned())) } else { Err(ChallengeTextError) }
    }
}

/// The scopes that a request needs (RFC 6749 section 3.3), separated by single spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(String);

impl Scope {
    /// Checks scopes: `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
    ///
    /// # Errors
    /// There is none, one is empty, or has a character that scopes do not have.
    pub fn parse(text: &str) -> Result<Self, ChallengeTextError> {
        let is_token = |token: &str| {
            !token.is_empty() && token.bytes().all(|byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~'))
        };
        if is_sized(text) && text.split(' ').all(is_token) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ChallengeTextError)
        }
    }
}

/// What is wrong with the request's credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// There is no token. Section 3.1: "the resource server SHOULD NOT include an error code or other error
    /// information."
    MissingToken,
    /// The request presents its token wrongly: twice, or in a form that is none.
    InvalidRequest,
    /// The token is expired, malformed, for somebody else, or otherwise no good.
    InvalidToken,
    /// The token is good, and does not say enough.
    InsufficientScope,
}

/// RFC 6750 section 3.1 `invalid_request`: "uses more than one method for including an access token, or is
/// otherwise malformed".
impl From<BearerError> for Complaint {
    fn from(_: BearerError) -> Self {
        Self::InvalidRequest
    }
}

/// Section 3.1 `invalid_token`: "expired, revoked, malformed, or invalid for other reasons".
impl From<JwtError> for Complaint {
    fn from(_: JwtError) -> Self {
        Self::InvalidToken
    }
}

/// A refusal as the client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The HTTP status that belongs to it.
    pub status: u16,
    /// The value of `www-authenticate`.
    pub header: String,
}

impl Challenge {
    /// The challenge for a complaint, with the scope that would help if it is known. Nothing of the token is
    /// in it.
    #[must_use]
    pub fn new(complaint: Complaint, realm: &Realm, scope: Option<&Scope>) -> Self {
        let (status, error) = match complaint {
            Complaint::MissingToken => (401, None),
            Complaint::InvalidRequest => (400, Some("invalid_request")),
            Complaint::InvalidToken => (401, Some("invalid_token")),
            Complaint::InsufficientScope => (403, Some("insufficient_scope")),
        };
        let mut header = String::from("Bearer realm=");
        push_quoted(&mut header, &realm.0);
        if let Some(error) = error {
            header.push_str(", error=");
            push_quoted(&mut header, error);
        }
        if let Some(scope) = scope {
            header.push_str(", scope=");
            push_quoted(&mut header, &scope.0);
        }
        Self { status, header }
    }
}

/// RFC 9110 section 5.6.4: a quoted-string, in which `"` and `\` are escaped.
fn push_quoted(header: &mut String, text: &str) {
    header.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            header.push('\\');
        }
        header.push(character);
    }
    header.push('"');
}

fn is_sized(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME_BYTES
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn challenge(complaint: Complaint, realm: &str, scope: Option<&str>) -> (u16, String) {
        let scope = scope.map(|scope| Scope::parse(scope).unwrap());
        let Challenge { status, header } =
            Challenge::new(complaint, &Realm::parse(realm).unwrap(), scope.as_ref());
        (status, header)
    }

    #[test]
    fn a_missing_token_is_told_no_error() {
        let told = challenge(Complaint::MissingToken, "corp", None);
        assert_eq!(told, (401, "Bearer realm=\"corp\"".to_owned()));
    }

    #[test]
    fn each_complaint_has_its_status() {
        let cases = [
            (Complaint::InvalidRequest, 400, "Bearer realm=\"corp\", error=\"invalid_request\""),
            (Complaint::InvalidToken, 401, "Bearer realm=\"corp\", error=\"invalid_token\""),
            (Complaint::InsufficientScope, 403, "Bearer realm=\"corp\", error=\"insufficient_scope\""),
        ];
        for (complaint, status, header) in cases {
            assert_eq!(challenge(complaint, "corp", None), (status, header.to_owned()));
        }
    }

    #[test]
    fn a_bad_request_and_a_bad_token_are_told_apart() {
        for error in [BearerError::Repeated, BearerError::Empty, BearerError::IllegalCharacter] {
            assert_eq!(Complaint::from(error), Complaint::InvalidRequest);
        }
        for error in [JwtError::Parts, JwtError::Expired, JwtError::Signature, JwtError::UnknownKey] {
            assert_eq!(Complaint::from(error), Complaint::InvalidToken);
        }
    }

    #[test]
    fn scope_and_quoting() {
        let (_, header) = challenge(Complaint::InsufficientScope, r#"a "b" \c"#, Some("read write:all"));
        assert_eq!(
            header,
            r#"Bearer realm="a \"b\" \\c", error="insufficient_scope", scope="read write:all""#
        );
    }

    #[test]
    fn texts_that_could_break_out_of_the_header() {
        let long = "x".repeat(MAX_NAME_BYTES + 1);
        for text in ["", "a\r\nx: y", "a\nb", "a\tb", "a\0", "é", "\u{7f}", &long] {
            assert_eq!(Realm::parse(text), Err(ChallengeTextError), "{text}");
            assert_eq!(Scope::parse(text), Err(ChallengeTextError), "{text}");
        }
        for text in [" ", "a ", " a", "a  b", "a\"b", "a\\b"] {
            assert_eq!(Scope::parse(text), Err(ChallengeTextError), "{text}");
        }
    }
}
