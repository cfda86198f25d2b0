//! One side: an Envoy with one of the modules, and what came of the requests that it was sent.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::front::Front;
use super::generate::{Play, Stock};
use crate::envoy::LogTail;
use crate::golden::envoy::{Proxy, look};
use crate::golden::{GoldenFile, Material, Seen, same};
use crate::http::{Client, HttpError, tls_config};
use crate::pki::Leaf;
use crate::{Context, Error, Host, Result};

/// How long the records of a batch may take to be in the log.
const RECORDS_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(2);
/// Connections that are kept open.
const CONNECTIONS: usize = 200;

/// What came of a batch.
#[derive(Debug, PartialEq)]
pub struct Batch {
    /// Answer and workload's headers of each request, in order.
    pub answers: Vec<Value>,
    /// The decision records, in order. Not every request has one.
    pub records: Vec<Value>,
}

/// An Envoy and its clients.
pub struct Player {
    proxy: Proxy,
    front: Front,
    log: LogTail,
    authority: Vec<u8>,
    clients: BTreeMap<(String, bool, Option<usize>), Client>,
}

impl Player {
    /// Starts the Envoy.
    ///
    /// # Errors
    /// There is no Envoy or no module, or it refuses a configuration.
    pub fn start(host: Host, files: &[GoldenFile], material: &Material, folder: &Path) -> Result<Self> {
        let proxy = Proxy::start(host, files, material, folder)?;
        let is_plain = |id: &str| files.iter().any(|file| file.id == id && file.plain);
        let plain = proxy.listeners.iter().filter(|(id, _)| is_plain(id));
        let front = Front::start(
            &plain.map(|(id, address)| (id.clone(), *address)).collect(),
            &folder.join("front"),
        )?;
        let mut log = proxy.envoy.log();
        log.lines();
        let authority = material.authority("corp")?.der().to_vec();
        Ok(Self { proxy, front, log, authority, clients: BTreeMap::new() })
    }

    /// Other certificates from now on.
    pub fn forget_clients(&mut self) {
        self.clients.clear();
    }

    /// Sends a batch, one request after the other, and then a mark, whose record ends the batch's.
    ///
    /// # Errors
    /// Envoy is gone, or the records do not come.
    pub fn play(&mut self, plays: &[Play], leaves: &[Leaf], mark: &str) -> Result<Batch> {
        let answers = plays.iter().map(|play| self.send(play, leaves)).collect::<Result<_>>()?;
        self.send(&Stock::mark(mark), leaves)?;
        Ok(Batch { answers, records: self.records_before(mark)? })
    }

    fn send(&mut self, play: &Play, leaves: &[Leaf]) -> Result<Value> {
        let before = self.proxy.upstream.received();
        let answer = self.client(play, leaves)?.send_raw(&play.bytes, play.head);
        let seen = match &answer {
            Ok(response) => look(response, self.proxy.upstream.received() > before),
            Err(HttpError::Connect(cause)) => return Err(Error::new(format!("Envoy is gone: {cause}"))),
            Err(error) => {
                let what = if matches!(error, HttpError::TimedOut) { "no answer in time" } else { "closed" };
                Seen { broken: vec![what.to_owned()], ..Seen::default() }
            }
        };
        if play.last || seen.status.is_none_or(|status| status == 400) {
            self.clients.remove(&(play.file.clone(), play.http2, play.leaf));
        }
        Ok(same::comparable(&seen))
    }

    fn client(&mut self, play: &Play, leaves: &[Leaf]) -> Result<&mut Client> {
        let key = (play.file.clone(), play.http2, play.leaf);
        if self.clients.len() >= CONNECTIONS && !self.clients.contains_key(&key) {
            self.clients.clear();
        }
        let listeners = if play.http2 { &self.front.listeners } else { &self.proxy.listeners };
        let address = *listeners.get(&play.file).context(|| format!("no listener for {}", play.file))?;
        let made = match self.clients.entry(key) {
            Entry::Occupied(known) => return Ok(known.into_mut()),
            Entry::Vacant(place) => place,
        };
        Ok(made.insert(if play.plain {
            Client::plain(address)
        } else {
            let leaf = play.leaf.and_then(|place| leaves.get(place));
            Client::tls(address, tls_config([self.authority.as_slice()], leaf)?)
        }))
    }

    fn records_before(&mut self, mark: &str) -> Result<Vec<Value>> {
        let start = Instant::now();
        let mut records = Vec::new();
        loop {
            for record in self.log.decisions() {
                let record = same::record(record.json().clone());
                if record.get("path").and_then(Value::as_str) == Some(mark) {
                    return Ok(records);
                }
                records.push(record);
            }
            if start.elapsed() > RECORDS_LIMIT {
                return Err(self.proxy.envoy.failure("did not write the record that ends a batch"));
            }
            thread::sleep(POLL);
        }
    }

    /// The Envoy.
    pub fn proxy(&mut self) -> &mut Proxy {
        &mut self.proxy
    }
}
