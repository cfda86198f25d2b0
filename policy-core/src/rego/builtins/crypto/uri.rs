//! URIs in certificates, in the parts into which Go divides them.
//!
//! Only plain ones: a hierarchical URI without user information, percent signs and brackets, which SPIFFE IDs and
//! the addresses of services are. Any other ends the evaluation, because it could be divided otherwise than Go does.

use super::super::call::Failure;
use super::certificate::broken;
use super::extensions::is_domain;
use super::public_key::KeyError;

/// A URI that has been divided.
pub(super) struct Uri<'d> {
    pub(super) whole: &'d str,
    pub(super) scheme: String,
    pub(super) host: &'d str,
    pub(super) path: &'d str,
    pub(super) query: &'d str,
    pub(super) fragment: &'d str,
}

impl<'d> Uri<'d> {
    /// Divides a URI.
    ///
    /// # Errors
    /// When the host is no domain; a limit when the URI is not plain.
    pub(super) fn read(whole: &'d str) -> Result<Self, KeyError> {
        const FOREIGN: KeyError =
            KeyError::Limit(Failure::Limit("a URI in a certificate has a form that is not supported"));
        if whole.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(broken("a URI in a certificate has a control character"));
        }
        let is_of = |text: &str, others: &[u8]| {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
        };
        let (scheme, rest) = whole.split_once("://").ok_or(FOREIGN)?;
        let mut scheme_bytes = scheme.bytes();
        let is_scheme = scheme_bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
            && scheme_bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = match rest.find('/').and_then(|slash| rest.split_at_checked(slash)) {
            Some(parts) => parts,
            None => (rest, ""),
        };
        let port = host.split_once(':').map_or("", |(_, port)| port);
        // A mark without anything behind it is kept by Go in a way of its own.
        let marks = whole.ends_with(['#', '?']) || whole.contains("?#") || fragment.contains('#');
        let is_plain = is_of(host, b"-._:")
            && is_of(path, b"-._~/:$&+,;=@")
            && is_of(query, b"-._~/:$&'()*+,;=!@?")
            && is_of(fragment, b"-._~/:$&+,;=@?");
        if !is_scheme
            || host.is_empty()
            || !port.bytes().all(|byte| byte.is_ascii_digit())
            || marks
            || !is_plain
        {
            return Err(FOREIGN);
        }
        if !is_domain(host, false) {
            return Err(broken("the host of a URI in a certificate is not a domain"));
        }
        Ok(Self { whole, scheme: scheme.to_ascii_lowercase(), host, path, query, fragment })
    }

    /// The URI as Go writes it again.
    pub(super) fn text(&self) -> String {
        let rest = self.whole.split_once(':').map_or("", |(_, rest)| rest);
        format!("{}:{rest}", self.scheme)
    }
}
