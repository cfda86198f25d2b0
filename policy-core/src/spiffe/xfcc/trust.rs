//! From a header to an identity: what must hold before a word of it is believed.

use super::super::digest::{self, DIGEST_BYTES};
use super::super::id::SpiffeId;
use super::super::svid::X509Svid;
use super::element::{XfccCertificate, XfccElement, url_decode};
use super::error::XfccRefusal;
use super::rule::XfccRule;
use super::{Xfcc, XfccForm};

/// The caller, as a trusted proxy described it. Only [`XfccRule::identity`] makes one.
///
/// # Does not check
/// The life of the certificate, if there is one: [`X509Svid::check_validity`]. That the proxy verified the
/// caller's certificate: that is what it is trusted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XfccIdentity {
    id: SpiffeId,
    certificate: Option<X509Svid>,
    hash: Option<[u8; DIGEST_BYTES]>,
}

impl XfccIdentity {
    /// The caller.
    #[must_use]
    pub fn id(&self) -> &SpiffeId {
        &self.id
    }

    /// The caller's certificate, if the proxy forwards it: it has the same ID and the same hash.
    #[must_use]
    pub fn certificate(&self) -> Option<&X509Svid> {
        self.certificate.as_ref()
    }

    /// SHA-256 of the caller's certificate, if the proxy forwards it.
    #[must_use]
    pub fn hash(&self) -> Option<&[u8; DIGEST_BYTES]> {
        self.hash.as_ref()
    }
}

impl XfccRule {
    /// The caller that the header names, or nothing if there is no header.
    ///
    /// - `header_lines`: every value of `x-forwarded-client-cert`, one for each line.
    /// - `peer`: the connection's peer, if it proved an identity.
    /// - `own`: our own SPIFFE ID, if it is known: under APPEND_FORWARD our proxy must have written the last
    ///   element itself.
    ///
    /// # Errors
    /// Why the header, which is there, is not believed. The request must then be denied: the header is forged, or
    /// the rule does not fit the proxies.
    pub fn identity(
        &self,
        header_lines: &[&[u8]],
        peer: Option<&X509Svid>,
        own: Option<&SpiffeId>,
    ) -> Result<Option<XfccIdentity>, XfccRefusal> {
        let line = match header_lines {
            [] => return Ok(None),
            [line] => *line,
            [_, _, ..] => return Err(XfccRefusal::SeveralHeaders),
        };
        // Before the value is read at all: it is worth nothing from anybody else.
        let peer = peer.ok_or(XfccRefusal::NoPeer)?;
        if !self.trusted_proxies.contains(peer.id()) {
            return Err(XfccRefusal::UntrustedPeer);
        }
        let xfcc = Xfcc::parse(line)?;
        let mut from_the_right = xfcc.elements().iter().rev();
        let mut writer = peer.id().clone();
        for hop in 1..self.hops {
            let element = from_the_right.next().ok_or(XfccRefusal::TooFewElements)?;
            if hop == 1 {
                check_is_ours(element, peer, own)?;
            } else {
                writer = self.trusted_hop(element)?;
            }
        }
        let chosen = from_the_right.next().ok_or(XfccRefusal::TooFewElements)?;
        check_writer(chosen, self.by.as_ref().unwrap_or(&writer))?;
        if xfcc.form() == XfccForm::Text {
            check_no_injection(chosen, from_the_right)?;
        }
        read(chosen).map(Some)
    }

    /// The proxy that an element between the chosen one and the last describes: a trusted one, because it passed
    /// on the elements to its left.
    fn trusted_hop(&self, element: &XfccElement<'_>) -> Result<SpiffeId, XfccRefusal> {
        match workload(element) {
            Ok(id) if self.trusted_proxies.contains(&id) => Ok(id),
            Ok(_) | Err(_) => Err(XfccRefusal::UntrustedHop),
        }
    }
}

/// The last element, where our own proxy appends one: it says what the connection says, and if it does not, our
/// proxy does not append, and the hop count is one too many.
fn check_is_ours(
    element: &XfccElement<'_>,
    peer: &X509Svid,
    own: Option<&SpiffeId>,
) -> Result<(), XfccRefusal> {
    let hash = element.hash().map(|hash| digest::from_hex(hash.as_bytes()) == Some(*peer.sha256()));
    let uri = (!element.uri.is_empty()).then(|| workload(element).is_ok_and(|id| id == *peer.id()));
    match (hash, uri) {
        (Some(true), Some(true) | None) | (None, Some(true)) => {}
        (Some(false), _) | (_, Some(false)) | (None, None) => return Err(XfccRefusal::LastElementNotPeer),
    }
    match own {
        Some(own) if !element.by().eq([own.as_str()]) => Err(XfccRefusal::LastElementNotOurs),
        Some(_) | None => Ok(()),
    }
}

/// `By` is there once and is the expected proxy. A proxy that has an identity writes it, and a pair `By` that a
/// name in a certificate brought along is a second one.
fn check_writer(element: &XfccElement<'_>, expected: &SpiffeId) -> Result<(), XfccRefusal> {
    let mut writers = element.by();
    match (writers.next(), writers.next()) {
        (Some(writer), None) if writer == expected.as_str() => Ok(()),
        (Some(_), None) => Err(XfccRefusal::WriterMismatch),
        (None, _) | (Some(_), Some(_)) => Err(XfccRefusal::WriterUnclear),
    }
}

/// In the text form a name in the caller's certificate can hold `,` and so begin an element of its own, complete
/// with the right `By`. But the proxy wrote its `By` before that name: the element that the name cut off is to
/// the left, with the same `By`. For the same reason a name after `DNS=` cannot bring a `URI` along: where there
/// was none yet, it stands in the wrong place, and where there was one, it is the second.
fn check_no_injection<'e, 'a: 'e>(
    chosen: &XfccElement<'a>,
    mut further_left: impl Iterator<Item = &'e XfccElement<'a>>,
) -> Result<(), XfccRefusal> {
    if chosen.uri_after_dns {
        return Err(XfccRefusal::OutOfOrder);
    }
    let repeated =
        |element: &XfccElement<'_>| element.by().any(|writer| chosen.by().any(|ours| ours == writer));
    if further_left.any(repeated) { Err(XfccRefusal::WriterRepeated) } else { Ok(()) }
}

/// The identity in the chosen element.
fn read(element: &XfccElement<'_>) -> Result<XfccIdentity, XfccRefusal> {
    let id = workload(element)?;
    let hash = match element.hash() {
        Some(hex) => Some(digest::from_hex(hex.as_bytes()).ok_or(XfccRefusal::HashMalformed)?),
        None => None,
    };
    let certificate = certificate(element)?;
    if let Some(svid) = &certificate {
        if *svid.id() != id {
            return Err(XfccRefusal::CertificateIdMismatch);
        }
        if hash.is_some_and(|hash| hash != *svid.sha256()) {
            return Err(XfccRefusal::HashMismatch);
        }
    }
    Ok(XfccIdentity { id, certificate, hash })
}

/// The one URI of an element. An empty one beside another counts: Envoy writes `URI=` only where the certificate
/// has none.
fn workload(element: &XfccElement<'_>) -> Result<SpiffeId, XfccRefusal> {
    let mut uris = element.uri();
    let id = match (uris.next(), uris.next()) {
        (None | Some(""), None) => return Err(XfccRefusal::NoUri),
        (Some(uri), None) => SpiffeId::parse(uri).map_err(XfccRefusal::SpiffeId)?,
        (_, Some(_)) => return Err(XfccRefusal::SeveralUris { count: element.uri.len() }),
    };
    if id.has_path() { Ok(id) } else { Err(XfccRefusal::RootPath) }
}

fn certificate(element: &XfccElement<'_>) -> Result<Option<X509Svid>, XfccRefusal> {
    let svid = match &element.cert {
        None => return Ok(None),
        Some(XfccCertificate::Pem(pem)) => X509Svid::from_pem(pem.as_bytes()),
        Some(XfccCertificate::UrlEncoded(text)) => {
            X509Svid::from_pem(&url_decode(text).ok_or(XfccRefusal::CertificateEncoding)?)
        }
    };
    svid.map(Some).map_err(XfccRefusal::Certificate)
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
