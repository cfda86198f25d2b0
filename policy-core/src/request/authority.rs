//! The host of a request: one spelling for one name.

/// Longest host name, in bytes (RFC 1035, section 2.3.4).
const HOST_BYTES: usize = 255;

/// The host of an `:authority`: lower-case, without port and without the dot of a fully qualified name.
///
/// RFC 3986, section 3.2.2: a registered name is case-insensitive; an IPv6 address is in brackets. `None` for user
/// information, an empty or overlong name, an empty label (RFC 1034, section 3.1), a bad port, and characters outside
/// letters, digits, `-`, `_`, `.`.
pub(crate) fn host(authority: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(authority).ok()?;
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            let is_address = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
            if address.is_empty() || !address.bytes().all(is_address) {
                return None;
            }
            (format!("[{address}]"), port)
        }
        None => {
            let name = text.split(':').next().unwrap_or_default();
            let port = text.strip_prefix(name).unwrap_or_default();
            let name = name.strip_suffix('.').unwrap_or(name);
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            if !name.bytes().all(is_name) || name.split('.').any(str::is_empty) {
                return None;
            }
            (name.to_owned(), port)
        }
    };
    let is_port = |digits: &str| digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
    (port_fits && name.len() <= HOST_BYTES).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn one_name_has_one_spelling() {
        for text in ["api.example.com", "API.Example.COM:8443", "api.example.com.", "api.example.com.:443"] {
            assert_eq!(host(text.as_bytes()).as_deref(), Some("api.example.com"), "{text}");
        }
        assert_eq!(host(b"[2001:DB8::1]:443").as_deref(), Some("[2001:db8::1]"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            ".",
            ":80",
            "user@host",
            "a b",
            "a/b",
            "a:b",
            "a:80:80",
            "[",
            "[]",
            "[::1",
            "[::1]x",
            "a:123456",
            "a..b",
            "a..",
            ".a",
            "..",
        ] {
            assert_eq!(host(text.as_bytes()), None, "{text}");
        }
        assert_eq!(host(b"a\xff"), None);
        assert_eq!(host("ä.example".as_bytes()), None);
        assert_eq!(host("a".repeat(256).as_bytes()), None);
    }
}
