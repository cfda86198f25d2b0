//! Playing a scenario: each request sent, its decision record found, both put beside what was expected.

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use super::stage::{Stage, Theatre};
use super::template::{self, Values};
use super::{Expect, Expected, Outcome, RequestSpec};
use crate::envoy::{Decision, DecisionRecord};
use crate::http::{Client, Request};
use crate::lab::Lab;
use crate::pki::unix_now;
use crate::{Context, Error, Result};

/// How long a decision record may come after the response: a busy machine may need a while for a line of a log.
const RECORD_LIMIT: Duration = Duration::from_secs(10);
/// How long we listen for a record that should not be there.
const SILENCE: Duration = Duration::from_millis(60);
const POLL: Duration = Duration::from_millis(5);

/// A request that was played.
pub struct Played<'a> {
    /// The request.
    pub spec: &'a RequestSpec,
    /// Names of the tokens in it.
    pub tokens: Vec<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// What is not as expected.
    pub differences: Vec<String>,
}

/// What the `${...}` of one scenario stand for.
pub(super) struct Cues<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) lab: &'a Lab,
}

impl Values for Cues<'_> {
    fn token(&self, name: &str) -> Result<String> {
        self.stage.tokens.get(name).cloned().context(|| format!("no token {name}"))
    }

    fn sha256(&self, identity: &str) -> Result<String> {
        let leaf = self.lab.identity(identity)?;
        Ok(leaf.context(|| format!("{identity} has no certificate"))?.sha256_hex())
    }

    fn now(&self) -> i64 {
        unix_now()
    }
}

impl<'a> Stage<'a> {
    /// Plays every request of the scenario, in order, one after the other.
    ///
    /// # Errors
    /// A request names something unknown, or an Envoy ended.
    pub fn play(&mut self, theatre: &Theatre) -> Result<Vec<Played<'a>>> {
        let mut clients = HashMap::new();
        let mut played = Vec::new();
        for spec in &self.scenario.requests.requests {
            let one = self.play_one(theatre.lab(), spec, &mut clients);
            played.push(one.context(|| format!("{}, request {}", self.scenario.name, spec.name))?);
            self.check_alive()?;
        }
        Ok(played)
    }

    fn play_one(
        &mut self,
        lab: &Lab,
        spec: &'a RequestSpec,
        clients: &mut HashMap<(&'a str, &'a str), Client>,
    ) -> Result<Played<'a>> {
        let request = self.request(lab, spec)?;
        let client = match clients.remove(&(spec.caller.as_str(), spec.to.as_str())) {
            Some(client) => client,
            None => self.client(lab, spec)?,
        };
        let client = clients.entry((&spec.caller, &spec.to)).or_insert(client);
        for log in &mut self.logs {
            log.lines();
        }
        let expect = spec.expect_at(hour_utc());
        let response = client.send(&request);
        let outcome = Outcome { response, record: self.record(expect) };
        let differences = outcome.differences(expect);
        Ok(Played { spec, tokens: token_names(spec), outcome, differences })
    }

    /// The record of the request that was just answered. With several proxies in its way, each may have decided: the one
    /// that refused it counts, otherwise the last.
    fn record(&mut self, expect: &Expect) -> Option<DecisionRecord> {
        let limit = match expect.decision {
            Expected::Allow | Expected::Deny => RECORD_LIMIT,
            Expected::HandshakeRefused | Expected::NotAsked => SILENCE,
        };
        let start = Instant::now();
        let mut records: Vec<DecisionRecord> = Vec::new();
        while records.is_empty() && start.elapsed() < limit {
            records.extend(self.logs.iter_mut().flat_map(|log| log.decisions()));
            if records.is_empty() {
                thread::sleep(POLL);
            }
        }
        records.extend(self.logs.iter_mut().flat_map(|log| log.decisions()));
        let refused = records.iter().position(|record| record.decision() == Some(Decision::Deny));
        let last = records.len().checked_sub(1)?;
        Some(records.swap_remove(refused.unwrap_or(last)))
    }

    /// The request as it is sent.
    pub(super) fn request(&self, lab: &Lab, spec: &RequestSpec) -> Result<Request> {
        let cues = Cues { stage: self, lab };
        let mut request = Request::new(spec.method.as_str(), spec.path.as_str()).body(spec.body.as_str());
        for line in header_lines(spec) {
            let (name, value) =
                line.split_once(':').context(|| format!("a header line is `name: value`, not {line}"))?;
            request = request.header(name.trim(), template::fill(value.trim(), &cues)?);
        }
        Ok(request)
    }

    fn client(&self, lab: &Lab, spec: &RequestSpec) -> Result<Client> {
        let entrance = self.entrance(&spec.to)?;
        match (entrance.tls, spec.caller.as_str()) {
            (true, caller) => Ok(Client::tls(entrance.address, lab.client(caller)?)),
            (false, crate::lab::NOBODY) => Ok(Client::plain(entrance.address)),
            (false, caller) => Err(Error::new(format!(
                "{} has no TLS, so {caller} cannot show a certificate there",
                spec.to
            ))),
        }
    }
}

/// The header lines of a request, its bearer token among them.
pub(super) fn header_lines(spec: &RequestSpec) -> Vec<String> {
    let bearer = spec.token.iter().map(|name| format!("authorization: Bearer ${{token:{name}}}"));
    bearer.chain(spec.headers.iter().cloned()).collect()
}

fn token_names(spec: &RequestSpec) -> Vec<String> {
    let lines = header_lines(spec);
    lines.iter().flat_map(|line| template::tokens(line)).map(str::to_owned).collect()
}

fn hour_utc() -> u8 {
    u8::try_from(unix_now().rem_euclid(86_400) / 3600).unwrap_or(0)
}
