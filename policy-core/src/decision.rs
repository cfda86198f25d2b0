//! What was decided. Only [`crate::decide`] makes these: a host cannot continue a request without a [`Permit`].

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::audit::AuditEvent;
use crate::metadata::MetadataItem;
use crate::reason::Reason;

/// The outcome for one request.
pub struct Decision {
    /// What the host must do.
    pub verdict: Verdict,
    /// What the decision record says.
    pub event: AuditEvent,
    /// What later filters and access logs can read; empty unless the host said that it can hand it on.
    pub metadata: Vec<MetadataItem>,
}

/// What the host must do with the request.
pub enum Verdict {
    /// Apply the permit's changes, then let the request continue.
    Allow(Permit),
    /// Answer with the denial.
    Deny(Denial),
}

/// A header name with its value, both checked: the name is a lower-case token, the value has no control character.
pub type HeaderPair = (String, String);

/// The right of one request to continue, and what must be changed on it first.
///
/// It cannot be made outside this crate:
/// ```compile_fail
/// let permit = policy_core::Permit { remove: Vec::new(), set: Vec::new(), response: Vec::new(), metadata: None };
/// ```
/// nor is there a default one:
/// ```compile_fail
/// let permit = policy_core::Permit::default();
/// ```
pub struct Permit {
    pub(crate) remove: Vec<Arc<str>>,
    pub(crate) set: Vec<HeaderPair>,
    pub(crate) response: Vec<HeaderPair>,
    pub(crate) metadata: Option<Map<String, Value>>,
}

impl Permit {
    /// A permit that changes nothing.
    pub(crate) const fn bare() -> Self {
        Self { remove: Vec::new(), set: Vec::new(), response: Vec::new(), metadata: None }
    }

    /// Request headers to remove (lower-case names), before any is set.
    #[must_use]
    pub fn request_headers_to_remove(&self) -> &[Arc<str>] {
        &self.remove
    }

    /// Request headers to set for the upstream. A name that occurs several times gets several lines, in order;
    /// the first replaces what the client sent.
    #[must_use]
    pub fn request_headers(&self) -> &[HeaderPair] {
        &self.set
    }

    /// Headers to add to the response on its way to the client.
    #[must_use]
    pub fn response_headers(&self) -> &[HeaderPair] {
        &self.response
    }

    /// The response headers, taken out.
    #[must_use]
    pub fn into_response_headers(self) -> Vec<HeaderPair> {
        self.response
    }
}

/// The answer to a refused request.
pub struct Denial {
    pub(crate) reason: Reason,
    pub(crate) status: u16,
    pub(crate) headers: Vec<HeaderPair>,
    pub(crate) body: String,
    pub(crate) metadata: Option<Map<String, Value>>,
}

impl Denial {
    /// Why.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        &self.reason
    }

    /// HTTP status, 200 to 599.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Response headers, `www-authenticate` among them where a token was the cause.
    #[must_use]
    pub fn headers(&self) -> &[HeaderPair] {
        &self.headers
    }

    /// Response body; empty unless the policy gave one.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}
