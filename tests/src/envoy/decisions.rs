//! The filter's decision record: one JSON object a decision, on one line of Envoy's log. The names of its members are
//! here and nowhere else in the lab.

use serde_json::Value;

const DECISION: &str = "decision";
const REASON: &str = "reason";
const DECISION_ID: &str = "decision_id";
const SPIFFE_ID: &str = "/identity/spiffe_id";
const ELAPSED_US: &str = "elapsed_us";
const MODE: &str = "mode";

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The request may pass.
    Allow,
    /// The request was refused.
    Deny,
}

impl Decision {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// One decision as the filter recorded it.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRecord(Value);

impl DecisionRecord {
    /// The record in a line of Envoy's log, if there is one: `... wasm log NAME ROOT VM: {"decision":...}` or
    /// `...[dynamic_modules] ... {"decision":...}`.
    pub fn in_log_line(line: &str) -> Option<Self> {
        let hosts = ["wasm log ", "[dynamic_modules]"];
        let (_, message) = hosts.iter().find_map(|host| line.split_once(host))?;
        let at = message.find('{')?;
        let record: Value = serde_json::from_str(message.get(at..)?.trim_end()).ok()?;
        let record = Self(record);
        record.decision().is_some().then_some(record)
    }

    /// What was decided.
    pub fn decision(&self) -> Option<Decision> {
        match self.text(DECISION)? {
            "allow" => Some(Decision::Allow),
            "deny" => Some(Decision::Deny),
            _ => None,
        }
    }

    /// Why: a stable code.
    pub fn reason(&self) -> Option<&str> {
        self.text(REASON)
    }

    /// The identifier that is also in the response details.
    pub fn decision_id(&self) -> Option<&str> {
        self.text(DECISION_ID)
    }

    /// The caller's proven SPIFFE ID.
    pub fn spiffe_id(&self) -> Option<&str> {
        self.0.pointer(SPIFFE_ID)?.as_str()
    }

    /// How long the decision took, in microseconds.
    pub fn elapsed_us(&self) -> Option<f64> {
        self.0.get(ELAPSED_US)?.as_f64()
    }

    /// `enforce` or `audit`.
    pub fn mode(&self) -> Option<&str> {
        self.text(MODE)
    }

    /// The whole record.
    pub fn json(&self) -> &Value {
        &self.0
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }
}
