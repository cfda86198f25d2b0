//! One element: what one proxy says of its peer.

use std::borrow::Cow;
use std::fmt;

/// What one proxy says of its peer. Values are as they were written, without quotes; nothing is believed or
/// decoded yet.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct XfccElement<'a> {
    pub(super) by: Vec<Cow<'a, str>>,
    pub(super) hash: Option<Cow<'a, str>>,
    pub(super) cert: Option<XfccCertificate<'a>>,
    pub(super) chain: bool,
    pub(super) subject: Option<Cow<'a, str>>,
    pub(super) uri: Vec<Cow<'a, str>>,
    pub(super) dns: Vec<Cow<'a, str>>,
    /// Whether a `URI` came after a `DNS` in the text form.
    pub(super) uri_after_dns: bool,
}

/// The peer's leaf certificate as the two forms write it.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum XfccCertificate<'a> {
    /// PEM, URL-encoded: the text form.
    UrlEncoded(Cow<'a, str>),
    /// PEM: the JSON form.
    Pem(String),
}

impl<'a> XfccElement<'a> {
    /// The URI SANs of the certificate of the proxy that wrote the element (`By`).
    pub fn by(&self) -> impl Iterator<Item = &str> {
        self.by.iter().map(Cow::as_ref)
    }

    /// SHA-256 of the peer's certificate in hexadecimal (`Hash`).
    #[must_use]
    pub fn hash(&self) -> Option<&str> {
        self.hash.as_deref()
    }

    /// Whether the element carries the peer's certificate (`Cert`).
    #[must_use]
    pub fn has_certificate(&self) -> bool {
        self.cert.is_some()
    }

    /// Whether the element carries the chain that the peer presented (`Chain`), which is not the one that was
    /// verified, and of which no use is made.
    #[must_use]
    pub fn has_chain(&self) -> bool {
        self.chain
    }

    /// The subject of the peer's certificate as RFC 2253 text (`Subject`), for display: never decide on it.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The URI SANs of the peer's certificate (`URI`). Envoy writes an empty one where there is none.
    pub fn uri(&self) -> impl Iterator<Item = &str> {
        self.uri.iter().map(Cow::as_ref)
    }

    /// The DNS SANs of the peer's certificate (`DNS`), for display: never decide on them.
    pub fn dns(&self) -> impl Iterator<Item = &str> {
        self.dns.iter().map(Cow::as_ref)
    }
}

/// Says which keys there are, and none of the values: they are a client's.
impl fmt::Debug for XfccElement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, hash, cert, chain, subject, uri, dns, uri_after_dns: _ } = self;
        f.debug_struct("XfccElement")
            .field("by", &by.len())
            .field("hash", &hash.is_some())
            .field("cert", &cert.is_some())
            .field("chain", chain)
            .field("subject", &subject.is_some())
            .field("uri", &uri.len())
            .field("dns", &dns.len())
            .finish()
    }
}

/// Undoes Envoy's URL-encoding of a PEM: every `%` is followed by two hexadecimal digits, otherwise `None`. A `+` is a `+`.
#[must_use]
pub fn url_decode(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        if *byte != b'%' {
            decoded.push(*byte);
            rest = after;
            continue;
        }
        let [high, low, after @ ..] = after else { return None };
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        decoded.push((digit(*high)? << 4) | digit(*low)?);
        rest = after;
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_plus_is_a_plus_and_escapes_are_two_digits() {
        assert_eq!(url_decode("a%20b%2Bc+%0a"), Some(b"a b+c+\n".to_vec()));
        assert_eq!(url_decode(""), Some(Vec::new()));
        for bad in ["%", "%2", "a%2", "%zz", "%2z", "%+1", "%%20"] {
            assert_eq!(url_decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let secret: Cow<'_, str> = "secret".into();
        let element = XfccElement {
            by: vec![secret.clone()],
            hash: Some(secret.clone()),
            cert: Some(XfccCertificate::Pem("secret".to_owned())),
            subject: Some(secret.clone()),
            uri: vec![secret.clone()],
            dns: vec![secret],
            ..XfccElement::default()
        };
        let shown = format!("{element:?}");
        assert!(!shown.contains("secret") && shown.contains("uri: 1"), "{shown}");
    }
}
