//! One certificate in PEM, and nothing else: RFC 7468 sections 2 and 5.
//!
//! RFC 7468 section 2 lets a parser skip text before and after the block. Nothing that speaks for a peer
//! writes any, and whoever reads past it may end up with another certificate than the next reader, so here the
//! input is exactly one block.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// "-----BEGIN " and the label, RFC 7468 section 5.1.
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";
/// How any block begins, whatever its label.
const ANY_BEGIN: &[u8] = b"-----BEGIN ";

/// Why bytes are not exactly one certificate in PEM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PemError {
    /// The first bytes are not a boundary line.
    #[error("the PEM does not begin with a boundary line")]
    NoBegin,
    /// The block is something else than a `CERTIFICATE`.
    #[error("the PEM block is not labelled CERTIFICATE")]
    Label,
    /// The closing boundary line is missing.
    #[error("the PEM has no closing boundary line")]
    NoEnd,
    /// What is between the boundary lines is not base64 in lines.
    #[error("the PEM is not base64")]
    Base64,
    /// There is a second block.
    #[error("the PEM has more than one block")]
    SeveralBlocks,
    /// Something follows the block.
    #[error("the PEM has bytes after its block")]
    TrailingData,
}

/// The DER in `pem`.
pub(super) fn decode(pem: &[u8]) -> Result<Vec<u8>, PemError> {
    let Some(body) = pem.strip_prefix(BEGIN) else {
        return Err(if pem.starts_with(ANY_BEGIN) { PemError::Label } else { PemError::NoBegin });
    };
    if !matches!(body.first(), Some(b'\n' | b'\r')) {
        return Err(PemError::Base64);
    }
    let end = find(body, END).ok_or(PemError::NoEnd)?;
    let (lines, after) = body.split_at_checked(end).ok_or(PemError::NoEnd)?;
    let after = after.strip_prefix(END).ok_or(PemError::NoEnd)?;
    if find(after, ANY_BEGIN).is_some() {
        return Err(PemError::SeveralBlocks);
    }
    if after.iter().any(|byte| !is_line_end(*byte)) {
        return Err(PemError::TrailingData);
    }
    let digits: Vec<u8> = lines.iter().copied().filter(|byte| !is_line_end(*byte)).collect();
    STANDARD.decode(digits).map_err(|_| PemError::Base64)
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

impl PemError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoBegin => "pem_no_begin",
            Self::Label => "pem_label",
            Self::NoEnd => "pem_no_end",
            Self::Base64 => "pem_base64",
            Self::SeveralBlocks => "pem_several_blocks",
            Self::TrailingData => "pem_trailing_data",
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn block(lines: &str) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n")
    }

    fn refusal(pem: &str) -> PemError {
        decode(pem.as_bytes()).unwrap_err()
    }

    #[test]
    fn one_block_is_decoded_whatever_its_line_ends() {
        let want = b"any bytes at all".to_vec();
        let pem = block("YW55IGJ5\ndGVzIGF0IGFsbA==");
        assert_eq!(decode(pem.as_bytes()), Ok(want.clone()));
        assert_eq!(decode(pem.replace('\n', "\r\n").as_bytes()), Ok(want.clone()));
        assert_eq!(decode(pem.trim_end().as_bytes()), Ok(want.clone()));
        assert_eq!(decode(format!("{pem}\n").as_bytes()), Ok(want));
    }

    #[test]
    fn nothing_precedes_the_block() {
        for prefix in ["\n", " ", "subject=CN\n", "\u{feff}"] {
            assert_eq!(refusal(&format!("{prefix}{}", block("YQ=="))), PemError::NoBegin, "{prefix:?}");
        }
        assert_eq!(refusal(""), PemError::NoBegin);
        assert_eq!(refusal("YQ=="), PemError::NoBegin);
    }

    #[test]
    fn nothing_follows_the_block() {
        for suffix in ["x", " ", "\t\n", "YQ==", "\0"] {
            assert_eq!(refusal(&format!("{}{suffix}", block("YQ=="))), PemError::TrailingData, "{suffix:?}");
        }
    }

    #[test]
    fn there_is_one_block() {
        let two = format!("{0}{0}", block("YQ=="));
        assert_eq!(refusal(&two), PemError::SeveralBlocks);
        let key = format!("{}-----BEGIN PRIVATE KEY-----\n", block("YQ=="));
        assert_eq!(refusal(&key), PemError::SeveralBlocks);
    }

    #[test]
    fn the_label_is_certificate() {
        for label in
            ["PRIVATE KEY", "TRUSTED CERTIFICATE", "X509 CERTIFICATE", "CERTIFICATE REQUEST", "certificate"]
        {
            assert_eq!(refusal(&block("YQ==").replace("CERTIFICATE", label)), PemError::Label, "{label}");
        }
        let mixed = "-----BEGIN CERTIFICATE-----\nYQ==\n-----END PRIVATE KEY-----\n";
        assert_eq!(refusal(mixed), PemError::NoEnd);
    }

    #[test]
    fn the_block_is_closed() {
        for pem in
            ["-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE----"]
        {
            assert_eq!(refusal(pem), PemError::NoEnd);
        }
        assert_eq!(refusal("-----BEGIN CERTIFICATE-----"), PemError::Base64);
    }

    #[test]
    fn the_content_is_canonical_base64() {
        for digits in
            ["YQ", "YQ=", "YR==", "Y Q==", "YQ==\nYQ==", "Y\0Q=", "Y-_=", "Proc-Type: 4\n\nYQ==", "YQ==\t"]
        {
            assert_eq!(refusal(&block(digits)), PemError::Base64, "{digits:?}");
        }
    }
}
