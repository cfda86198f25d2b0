//! What became of a request, beside what should have.

use super::{Expect, Expected};
use crate::envoy::{Decision, DecisionRecord};
use crate::http::{HttpError, Response};
use crate::upstream::Echo;

/// What became of a request.
pub struct Outcome {
    /// The response, or why there is none.
    pub response: Result<Response, HttpError>,
    /// The filter's record, if a filter was asked.
    pub record: Option<DecisionRecord>,
}

impl Outcome {
    /// One word for the table.
    pub fn decision(&self) -> &'static str {
        match (&self.record, &self.response) {
            (Some(record), _) => record.decision().map_or("?", Decision::name),
            (None, Err(HttpError::Tls(_))) => "no handshake",
            (None, Err(_)) => "no answer",
            (None, _) => "not asked",
        }
    }

    /// The reason for the table.
    pub fn reason(&self) -> String {
        match &self.record {
            Some(record) => {
                let reason = record.reason().unwrap_or("?");
                let audit = record.mode() == Some("audit");
                if audit { format!("{reason} (audit)") } else { reason.to_owned() }
            }
            None => "-".into(),
        }
    }

    /// The HTTP status for the table.
    pub fn status(&self) -> String {
        self.response.as_ref().map_or("-".into(), |response| response.status.to_string())
    }

    /// The decision time for the table.
    pub fn elapsed(&self) -> String {
        let elapsed = self.record.as_ref().and_then(DecisionRecord::elapsed_us);
        elapsed.map_or("-".into(), |elapsed| format!("{elapsed:.0} µs"))
    }

    /// Everything that is not as expected, a sentence each.
    pub fn differences(&self, expect: &Expect) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, wanted: &str, got: &str| {
            if wanted != got {
                found.push(format!("{what}: expected {wanted}, got {got}"));
            }
        };
        let wanted = match expect.decision {
            Expected::Allow => "allow",
            Expected::Deny => "deny",
            Expected::HandshakeRefused => "no handshake",
            Expected::NotAsked => "not asked",
        };
        compare("decision", wanted, self.decision());
        let status = match expect.decision {
            Expected::HandshakeRefused => None,
            Expected::Allow => Some(expect.status.unwrap_or(200)),
            Expected::Deny => Some(expect.status.unwrap_or(403)),
            Expected::NotAsked => expect.status,
        };
        if let Some(status) = status {
            compare("status", &status.to_string(), &self.status());
        }
        if let Some(reason) = &expect.reason {
            let got = self.record.as_ref().and_then(DecisionRecord::reason);
            compare("reason", reason, got.unwrap_or("none"));
        }
        if let Err(HttpError::Connect(cause)) = &self.response {
            found.push(format!("no connection: {cause}"));
        }
        if let Some(wanted) = &expect.www_authenticate {
            let got = self.response.as_ref().ok().and_then(|response| response.header("www-authenticate"));
            let got = got.unwrap_or_default();
            if !got.contains(wanted) {
                found.push(format!("www-authenticate: expected {wanted}, got {got}"));
            }
        }
        found.extend(self.upstream_differences(expect));
        found
    }

    fn upstream_differences(&self, expect: &Expect) -> Vec<String> {
        if expect.upstream.is_empty() {
            return Vec::new();
        }
        let echo =
            self.response.as_ref().ok().and_then(|response| serde_json::from_slice(&response.body).ok());
        let Some(Echo { headers, .. }) = echo else {
            return vec!["the request did not reach the workload".into()];
        };
        let differs = |(name, wanted): (&String, &Option<String>)| {
            let got = headers.get(name).map(|values| values.join(", "));
            (got != *wanted).then(|| {
                let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".into());
                format!("{name} at the workload: expected {}, got {}", shown(wanted), shown(&got))
            })
        };
        expect.upstream.iter().filter_map(differs).collect()
    }
}
