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

impl Suite {
    /// Every case with the name that command lines filter by: `group/case`.
    pub fn cases(&self) -> impl Iterator<Item = (String, &Case)> {
        let named = |group: &'_ Group, case: &'_ Case| format!("{}/{}", group.name, case.name);
        self.groups
            .iter()
            .flat_map(move |group| group.cases.iter().map(move |case| (named(group, case), case)))
    }
}
