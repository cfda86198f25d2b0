//! The corpus on the core: through `doorward_flow` and its host in memory, so that replies and changed headers are what a
//! proxy would be told.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use doorward_flow::fake::FakeHost;
use doorward_flow::{Action, DecisionIds, Flow, Level, Worker, on_request_headers, on_response_headers};
use policy_core::{Snapshot, UnixTime};
use serde_json::Value;

use super::file::{Case, GoldenFile};
use super::material::Material;
use super::prepared::Prepared;
use super::seen::Seen;
use super::text::instant;
use crate::{Context, Error, Result};

/// One file's configuration, loaded.
pub struct Subject<'a> {
    file: &'a GoldenFile,
    material: &'a Material,
    snapshot: Arc<Snapshot>,
    /// A worker that has seen the file's earlier cases: what it remembers must not change a decision.
    seasoned: RefCell<Worker>,
}

impl<'a> Subject<'a> {
    /// Loads the file's configuration.
    ///
    /// # Errors
    /// It is refused.
    pub fn load(file: &'a GoldenFile, material: &'a Material) -> Result<Self> {
        let document = material.configuration(&file.config).context(|| file.id.clone())?;
        let snapshot = Snapshot::load(document.to_string().as_bytes())
            .map_err(|errors| Error::new(format!("{}: the configuration is refused:\n{errors}", file.id)))?;
        let snapshot = Arc::new(snapshot);
        let seasoned = RefCell::new(Worker::new(Arc::clone(&snapshot), DecisionIds::new(2)));
        Ok(Self { file, material, snapshot, seasoned })
    }

    /// Decides a case three times: by a new worker, and twice by one that has seen the cases before it.
    ///
    /// # Errors
    /// The case is not well described.
    pub fn run(&self, case: &Case, connection: u64) -> Result<[Seen; 3]> {
        let now = instant(&case.now).context(|| self.file.case_id(case))?;
        let prepared = Prepared::new(self.file, case, self.material, now)?;
        let fresh = RefCell::new(Worker::new(Arc::clone(&self.snapshot), DecisionIds::new(1)));
        let play = |worker| self.play(worker, &prepared, now, connection);
        Ok([play(&fresh), play(&self.seasoned), play(&self.seasoned)])
    }

    fn play(&self, worker: &RefCell<Worker>, prepared: &Prepared, now: i64, connection: u64) -> Seen {
        let host = self.host(prepared, now, connection);
        let mut flow = Flow::default();
        let action = on_request_headers(worker, &host, &mut flow);
        if action == Action::Continue {
            on_response_headers(&host, &mut flow);
        }
        let mut seen = look(&host, action);
        check_log(&host, prepared, &mut seen);
        seen
    }

    fn host(&self, prepared: &Prepared, now: i64, connection: u64) -> FakeHost {
        let mut host = FakeHost::at(UnixTime::from_secs(now));
        if !prepared.peer_unknown {
            host = host.connection(connection);
        }
        if !self.file.plain {
            host = host.own_uri(&self.file.own);
        }
        if let Some(peer) = &prepared.peer {
            host = host.certificate(peer.leaf.pem().as_bytes(), peer.validated);
        }
        let pseudo =
            [(":method", &prepared.method), (":path", &prepared.path), (":authority", &prepared.host)];
        for (name, value) in pseudo {
            if let Some(value) = value {
                host = host.header(name, value);
            }
        }
        host = host.header(":scheme", if self.file.plain { "http" } else { "https" });
        for (name, value) in &prepared.headers {
            host = host.header(&name.to_ascii_lowercase(), value);
        }
        if let Some(name) = &prepared.route_name {
            host = host.route_name(name);
        }
        for (key, value) in &prepared.filter_state {
            host = host.filter_state(key, value);
        }
        host
    }
}

/// What the host was told.
fn look(host: &FakeHost, action: Action) -> Seen {
    let mut seen = Seen::default();
    let replies = host.replies();
    match action {
        Action::Continue => {
            seen.status = Some(200);
            seen.headers = host.added_response_headers();
            let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (name, value) in host.request_lines() {
                lines.entry(name).or_default().push(value);
            }
            seen.upstream = Some(lines);
            if !replies.is_empty() {
                seen.broken.push("the request went on and was answered too".to_owned());
            }
        }
        Action::Stop => match replies.as_slice() {
            [reply] => {
                seen.status = Some(reply.status);
                seen.headers.clone_from(&reply.headers);
                seen.body.clone_from(&reply.body);
            }
            _ => seen.broken.push(format!("the request stopped with {} answers", replies.len())),
        },
    }
    let records: Vec<Value> =
        host.logged(Level::Info).iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    match <[Value; 1]>::try_from(records) {
        Ok([record]) => {
            if let [reply] = replies.as_slice() {
                let member = |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default();
                let details = format!("doorward_denied:{}:{}", member("reason"), member("decision_id"));
                if reply.details != details {
                    seen.broken.push(format!("response details are {:?}, not {details:?}", reply.details));
                }
            }
            seen.record = Some(record);
        }
        Err(records) => seen.broken.push(format!("{} decision records", records.len())),
    }
    seen
}

/// Nothing that is logged holds a token, or a part of one that could be used.
fn check_log(host: &FakeHost, prepared: &Prepared, seen: &mut Seen) {
    for level in [Level::Debug, Level::Info, Level::Warn, Level::Error] {
        for line in host.logged(level) {
            let leaks = |token: &String| token.split('.').any(|part| part.len() > 20 && line.contains(part));
            if prepared.secrets.iter().any(leaks) {
                seen.broken.push("a log line holds a part of a token".to_owned());
            }
        }
    }
}
