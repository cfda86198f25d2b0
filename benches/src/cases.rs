//! The cases as data: what is asked, with everything that the answer needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Every case, and what they share.
#[derive(Debug, Serialize, Deserialize)]
pub struct Suite {
    /// The instant of every decision, in nanoseconds since the epoch.
    pub now_nanos: i64,
    /// Configurations by name.
    pub configurations: BTreeMap<String, Value>,
    /// Policies by name, that engines are compared on.
    #[serde(default)]
    pub policies: BTreeMap<String, Policy>,
    /// The questions.
    pub groups: Vec<Group>,
}

/// One question. Its first case is the baseline that the others are read against.
#[derive(Debug, Serialize, Deserialize)]
pub struct Group {
    /// Name, for command lines.
    pub name: String,
    /// What is asked.
    pub question: String,
    /// Of a comparison of engines: what it aims at.
    #[serde(default)]
    pub comparison: Option<Comparison>,
    /// The cases, the baseline first.
    pub cases: Vec<Case>,
}

/// One benchmark.
#[derive(Debug, Serialize, Deserialize)]
pub struct Case {
    /// What is special about it.
    pub name: String,
    /// What is done.
    pub work: Work,
}

/// What one iteration does.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// `policy_core::decide`, on a request that the host has taken apart already.
    Decide(Decide),
    /// The same from the host's side of the filter: `doorward_flow::on_request_headers`, decision record included, on a
    /// host that does nothing.
    Flow(Decide),
    /// The peer's certificate alone, from PEM to identity.
    Certificate {
        /// The certificate.
        pem: String,
    },
    /// A configuration's document becomes a snapshot.
    Load {
        /// Its name.
        configuration: String,
    },
    /// A policy's answer by one of several engines, from the request's parts on: its input is built each time.
    Ask(Ask),
}

/// What a comparison of engines has beside its cases, of which the first is Doorward.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Comparison {
    /// Nanoseconds natively that Doorward should not need more than.
    pub aim_nanos: Option<f64>,
    /// Or how often the time of another comparison, by the name of its group.
    pub aim_times: Option<(f64, String)>,
}

/// A policy that engines are compared on. Its decision is `data.bench.allow`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// Rego.
    pub module: String,
    /// The data document.
    pub data: Value,
    /// What the same is by hand.
    pub by_hand: ByHand,
}

/// The same policy as a program would have it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ByHand {
    /// The two rules, written out.
    TwoRules,
    /// A hash map from the caller to its method and its prefix of the path.
    ByCaller(Vec<(String, String, String)>),
    /// Regular expressions, in one set.
    Regexes(Vec<String>),
    /// Prefixes of the path, one after the other.
    Prefixes(Vec<String>),
}

/// A question to an engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ask {
    /// Which engine.
    pub engine: Engine,
    /// Name of the policy.
    pub policy: String,
    /// What is asked about.
    pub fields: Fields,
    /// The answer.
    pub allows: bool,
}

/// The engines that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Engine {
    /// Ours.
    Doorward,
    /// Rust.
    ByHand,
    /// regorus, its interpreter.
    Interpreter,
    /// regorus, its bytecode machine.
    Bytecode,
    /// OPA, as a C library.
    Opa,
}

impl Engine {
    /// Whether it is in this build: the others are compared natively.
    #[must_use]
    pub fn is_here(self) -> bool {
        match self {
            Self::Doorward | Self::ByHand => true,
            Self::Interpreter | Self::Bytecode | Self::Opa => cfg!(not(target_family = "wasm")),
        }
    }
}

/// The parts of a request, as a host has them: the input is made of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fields {
    /// `input.source.spiffe_id`
    pub spiffe_id: String,
    /// `input.request.method`
    pub method: String,
    /// `input.request.path`
    pub path: String,
    /// `input.request.host`
    pub host: String,
}

/// A decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Decide {
    /// Name of the configuration.
    pub configuration: String,
    /// What the connection's certificates say.
    pub connection: Connection,
    /// The requests, sent in turn.
    pub requests: Vec<Request>,
    /// The code of the decision's reason: `policy` where it allows.
    pub expect: String,
}

/// A connection.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Connection {
    /// The peer's certificate, PEM, if it has one; the host vouches for it.
    pub peer_pem: Option<String>,
    /// Our own SPIFFE ID.
    pub own_id: Option<String>,
    /// Whether every request comes on a connection of its own, so that its certificate is read each time.
    pub is_new_each_time: bool,
}

/// A request's head.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Header lines, pseudo-headers first.
    pub lines: Vec<(String, String)>,
}

impl Group {
    /// The name of a case that command lines filter by: `group/case`.
    #[must_use]
    pub fn full_name(&self, case: &Case) -> String {
        format!("{}/{}", self.name, case.name)
    }
}
