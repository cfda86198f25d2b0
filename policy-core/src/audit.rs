//! The record of a decision: one JSON object, without tokens, queries, header values or claims.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

/// What is recorded of one decision. Field order is the order in the JSON line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AuditEvent {
    /// ID of the decision, also in the response details of a refused request.
    pub decision_id: String,
    /// Instant of the decision, RFC 3339 in UTC.
    pub time: String,
    /// `allow` or `deny`: what the policy and the checks say, whatever the mode.
    pub decision: &'static str,
    /// Stable code of the cause: `policy` for an allowed request, `route_off` for one that a route leaves unchecked,
    /// otherwise [`crate::Reason::code`].
    pub reason: &'static str,
    /// The `reason` that the policy gave, at most [`crate::limits::REASON_BYTES`] bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_reason: Option<String>,
    /// `enforce`, or `audit`: then a denied request passed all the same.
    pub mode: &'static str,
    /// HTTP status of the refusal; absent for a request that passes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The caller's proven identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<AuditIdentity>,
    /// Providers whose token was verified.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<Arc<str>>,
    /// Request method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Canonical path without the query; absent when the path was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Host of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The route of the configuration that decided; absent where it was the top-level policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<str>>,
    /// Our own SPIFFE ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Revision of the configuration that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<Arc<str>>,
    /// How long the decision took, in microseconds, measured by the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elapsed_us: Option<u64>,
    /// Version of this record's shape.
    pub version: u8,
    /// Lines that the policy printed, for the debug log; not part of the record.
    #[serde(skip)]
    pub prints: Vec<String>,
    /// What went wrong in the evaluation, for the log: file and line, never values.
    #[serde(skip)]
    pub fault: Option<Cow<'static, str>>,
}

/// The caller's identity in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditIdentity {
    /// SPIFFE ID.
    pub spiffe_id: String,
    /// Which evidence: `connection`, `xfcc`, `filter_state` or `jwt_svid`.
    pub source: &'static str,
}

impl AuditEvent {
    /// The record as one JSON line.
    #[must_use]
    pub fn to_json_line(&self) -> String {
        // Strings, numbers and arrays of strings: there is nothing that JSON cannot say.
        serde_json::to_string(self).unwrap_or_default()
    }
}
