//! The token in a request's header lines.

/// Why the header lines do not hold exactly one token: RFC 6750 section 3.1 `invalid_request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BearerError {
    /// The header stands on more than one line: two readers could take different ones.
    #[error("the token's header stands more than once")]
    Repeated,
    /// The scheme is there and the token is not.
    #[error("the token is empty")]
    Empty,
    /// A byte that no token has, a space among them.
    #[error("the token has characters that no token has")]
    IllegalCharacter,
}

impl BearerError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Repeated => "bearer_repeated",
            Self::Empty => "bearer_empty",
            Self::IllegalCharacter => "bearer_illegal_character",
        }
    }
}

/// The token in the values of a header, one value a line; none if there is no line, or one of another scheme.
///
/// `prefix` is the scheme with its space, such as `"Bearer "` (compared without regard to case, RFC 9110
/// section 11.1), or empty where the whole value is the token.
///
/// # Errors
/// More than one line; no token behind the scheme; a character that is none of RFC 6750's `b64token`.
pub fn token_from<'a>(values: &[&'a [u8]], prefix: &str) -> Result<Option<&'a [u8]>, BearerError> {
    let value: &'a [u8] = match values {
        [] => return Ok(None),
        [value] => value,
        [_, _, ..] => return Err(BearerError::Repeated),
    };
    let Some(token) = without_prefix(value, prefix) else {
        return Ok(None);
    };
    if token.is_empty() {
        return Err(BearerError::Empty);
    }
    if !is_b64token(token) {
        return Err(BearerError::IllegalCharacter);
    }
    Ok(Some(token))
}

/// RFC 6750 section 2.1: `credentials = "Bearer" 1*SP b64token`.
fn without_prefix<'a>(value: &'a [u8], prefix: &str) -> Option<&'a [u8]> {
    let Some(scheme) = prefix.strip_suffix(' ') else {
        return split(value, prefix);
    };
    let rest = split(value, scheme)?;
    let token = without_leading_spaces(rest);
    // "Bearerx" is another scheme; "Bearer" alone is this one without a token.
    (rest.is_empty() || token.len() < rest.len()).then_some(token)
}

fn split<'a>(value: &'a [u8], prefix: &str) -> Option<&'a [u8]> {
    let (start, rest) = value.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix.as_bytes()).then_some(rest)
}

fn without_leading_spaces(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] = text {
        text = rest;
    }
    text
}

/// RFC 6750 section 2.1: `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
fn is_b64token(token: &[u8]) -> bool {
    let is_inner =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
    let inner = token.iter().take_while(|byte| is_inner(byte)).count();
    inner > 0 && token.iter().skip(inner).all(|byte| *byte == b'=')
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn bearer(value: &[u8]) -> Result<Option<&[u8]>, BearerError> {
        token_from(&[value], "Bearer ")
    }

    #[test]
    fn one_token() {
        for value in ["Bearer a.b-_~+/c==", "bearer a.b-_~+/c==", "BEARER   a.b-_~+/c=="] {
            assert_eq!(bearer(value.as_bytes()), Ok(Some(&b"a.b-_~+/c=="[..])), "{value}");
        }
        assert_eq!(token_from(&[b"a.b.c"], ""), Ok(Some(&b"a.b.c"[..])));
        assert_eq!(token_from(&[b"token:a.b.c"], "token:"), Ok(Some(&b"a.b.c"[..])));
    }

    #[test]
    fn no_token() {
        assert_eq!(token_from(&[], "Bearer "), Ok(None));
        for value in [
            "",
            "Basic YTpi",
            "DPoP a.b.c",
            "Bearera.b.c",
            "Bearer\ta.b.c",
            " Bearer a.b.c",
            "Bear",
            "Bearer,a",
        ] {
            assert_eq!(bearer(value.as_bytes()), Ok(None), "{value}");
        }
    }

    #[test]
    fn repeated_lines_are_refused_even_if_equal_or_of_another_scheme() {
        let equal: [&[u8]; 2] = [b"Bearer a.b.c", b"Bearer a.b.c"];
        let other: [&[u8]; 2] = [b"Basic YTpi", b"Bearer a.b.c"];
        let many: [&[u8]; 3] = [b"", b"", b""];
        for values in [&equal[..], &other[..], &many[..]] {
            assert_eq!(token_from(values, "Bearer "), Err(BearerError::Repeated));
        }
    }

    #[test]
    fn empty_token() {
        for value in ["Bearer", "Bearer ", "Bearer    ", "bearer"] {
            assert_eq!(bearer(value.as_bytes()), Err(BearerError::Empty), "{value}");
        }
        assert_eq!(token_from(&[b""], ""), Err(BearerError::Empty));
    }

    #[test]
    fn characters_that_no_token_has() {
        for value in [
            &b"Bearer a b"[..],
            b"Bearer a.b.c ",
            b"Bearer a,b",
            b"Bearer a.b.c, Bearer d.e.f",
            b"Bearer \"a\"",
            b"Bearer a\tb",
            b"Bearer a\0b",
            b"Bearer a\xff",
            b"Bearer \xc3\xa9",
            b"Bearer a=b",
            b"Bearer =",
            b"Bearer \ta",
            b"Bearer a%2e",
            b"Bearer a\r\nx: y",
        ] {
            assert_eq!(bearer(value), Err(BearerError::IllegalCharacter), "{value:?}");
        }
    }
}
