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
        found.extend(self.response_differences(expect));
        found.extend(self.upstream_differences(expect));
        found
    }

    fn response_differences(&self, expect: &Expect) -> Vec<String> {
        let response = self.response.as_ref().ok();
        let header = |name: &str| response.and_then(|response| response.header(name));
        let holds = |what: &str, wanted: &Option<String>, got: Option<String>| {
            let (wanted, got) = (wanted.as_deref()?, got.unwrap_or_default());
            (!got.contains(wanted)).then(|| format!("{what}: expected {wanted}, got {got}"))
        };
        let exact = expect.response.iter().filter_map(|(name, wanted)| {
            let got = header(name);
            (got != *wanted).then(|| {
                format!(
                    "{name} of the response: expected {}, got {}",
                    shown(wanted.as_deref()),
                    shown(got.as_deref())
                )
            })
        });
        let within = [
            holds("www-authenticate", &expect.www_authenticate, header("www-authenticate")),
            holds("body", &expect.body, response.map(Response::text)),
        ];
        within.into_iter().flatten().chain(exact).collect()
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
                format!(
                    "{name} at the workload: expected {}, got {}",
                    shown(wanted.as_deref()),
                    shown(got.as_deref())
                )
            })
        };
        expect.upstream.iter().filter_map(differs).collect()
    }
}

fn shown(value: Option<&str>) -> &str {
    value.unwrap_or("none")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(record: &str, status: u16) -> Outcome {
        let echo = r#"{"workload":"w","method":"GET","path":"/","headers":{"x-a":["1","2"]},"body_bytes":0}"#;
        let headers = vec![("www-authenticate".into(), b"Bearer realm=\"corp\"".to_vec())];
        let response = Response { status, headers, body: echo.into() };
        let line = format!("[time][info][wasm] wasm log doorward doorward doorward: {record}");
        Outcome { response: Ok(response), record: DecisionRecord::in_log_line(&line) }
    }

    fn differences(outcome: &Outcome, expect: &str) -> Vec<String> {
        outcome.differences(&serde_saphyr::from_str(expect).unwrap())
    }

    #[test]
    fn an_allowed_request_is_compared_whole() {
        let allowed = outcome(r#"{"decision":"allow","reason":"policy","elapsed_us":41}"#, 200);
        assert_eq!((allowed.decision(), allowed.elapsed().as_str()), ("allow", "41 µs"));
        let none: [&str; 0] = [];
        let good =
            "{ decision: allow, reason: policy, upstream: { x-a: '1, 2', x-b: null }, www_authenticate: corp,
                      response: { x-c: null }, body: workload }";
        assert_eq!(differences(&allowed, good), none);
        for bad in [
            "{ decision: deny, status: 200 }",
            "{ decision: allow, status: 204 }",
            "{ decision: allow, reason: other }",
            "{ decision: allow, upstream: { x-a: '1' } }",
            "{ decision: allow, upstream: { x-a: null } }",
            "{ decision: allow, upstream: { x-b: '1' } }",
            "{ decision: allow, www_authenticate: other }",
            "{ decision: allow, response: { x-c: '1' } }",
            "{ decision: allow, body: other }",
            "{ decision: not_asked }",
            "{ decision: handshake_refused }",
        ] {
            assert_eq!(differences(&allowed, bad).len(), 1, "{bad}");
        }
    }

    #[test]
    fn a_denial_without_a_record_is_not_the_filters() {
        let silent = outcome("no record", 403);
        assert_eq!(silent.decision(), "not asked");
        assert_eq!(differences(&silent, "{ decision: deny }"), ["decision: expected deny, got not asked"]);
    }

    #[test]
    fn a_record_of_audit_mode_says_so() {
        let audited = outcome(r#"{"decision":"deny","reason":"jwt_expired","mode":"audit"}"#, 200);
        assert_eq!(audited.reason(), "jwt_expired (audit)");
        assert_eq!(differences(&audited, "{ decision: deny, status: 200, reason: jwt_expired }"), [""; 0]);
    }
}
