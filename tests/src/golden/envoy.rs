//! The corpus on a real Envoy with one of the modules: one listener a file, real mTLS, real tokens, raw requests.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::file::GoldenFile;
use super::material::Material;
use super::prepared::Prepared;
use super::same;
use super::seen::Seen;
use crate::ecds::{Plugin, write_atomically};
use crate::envoy::{
    Bootstrap, ClientCertificates, Envoy, Filter, Launch, Listener, LogTail, Program, ServerIdentity, Tls,
};
use crate::host::{Host, root};
use crate::http::{Client, Response, tls_config};
use crate::pki::unix_now;
use crate::upstream::{Echo, Upstream};
use crate::{Context, Result};

/// How long a decision record may take to be in the log after the response came.
const RECORD_LIMIT: Duration = Duration::from_millis(500);
const POLL: Duration = Duration::from_millis(2);

/// The header from which a listener's first filter sets the filter state, in the place of a waypoint's tunnel.
pub const PRINCIPAL_HEADER: &str = "x-lab-principal";

/// The header by which a listener's routes with names are chosen.
const ROUTE_HEADER: &str = "x-lab-route";

/// A value of [`ROUTE_HEADER`] for which there is no route.
const NO_ROUTE: &str = "-";

/// An Envoy with one listener for each file, and the workload behind it.
pub struct Proxy {
    /// The Envoy.
    pub envoy: Envoy,
    /// The workload.
    pub upstream: Upstream,
    /// Where the listeners are, by the file's ID.
    pub listeners: BTreeMap<String, SocketAddr>,
    /// The access log, apart from the log: Envoy writes it in pieces that end anywhere.
    pub access_log: PathBuf,
}

impl Proxy {
    /// Starts it; what it needs is written into `folder`.
    ///
    /// # Errors
    /// There is no Envoy or no module, or it refuses a configuration.
    pub fn start(host: Host, files: &[GoldenFile], material: &Material, folder: &Path) -> Result<Self> {
        let (program, module) = (Program::find(&root())?, host.module()?);
        std::fs::create_dir_all(folder).context(|| format!("make {}", folder.display()))?;
        let folder = std::fs::canonicalize(folder).context(|| format!("find {}", folder.display()))?;
        let upstream = Upstream::start("workload", 0)?;
        let mut bootstrap = Bootstrap::new(upstream.address());
        // Both authorities in one validator: no proxy in production may do this, since each could then vouch for the
        // other's names. Here the filter's own rules are to be seen, whoever signed.
        let authorities = folder.join("authorities.pem");
        let pem = format!("{}{}", material.authority("corp")?.pem(), material.authority("partner")?.pem());
        write_atomically(&authorities, &pem)?;
        for file in files {
            bootstrap.listeners.push(listener(file, material, &folder, &authorities, &module)?);
        }
        let config = folder.join("envoy.json");
        let access_log = folder.join("access.log");
        write_atomically(&access_log, "")?;
        write_atomically(&config, &for_comparison(bootstrap.to_json(), &access_log).to_string())?;
        let envoy = Envoy::start(&program, &Launch::new(host.name(), &config, &root(), &folder))?;
        let mut listeners = BTreeMap::new();
        for file in files {
            listeners.insert(file.id.clone(), envoy.listener(&file.id)?);
        }
        Ok(Self { envoy, upstream, listeners, access_log })
    }
}

/// An Envoy that serves every file of the corpus.
pub struct Subject<'a> {
    host: Host,
    material: &'a Material,
    envoy: Envoy,
    upstream: Upstream,
    log: LogTail,
    access_log: PathBuf,
    listeners: BTreeMap<String, SocketAddr>,
    /// Every token that was sent: nothing that is logged may hold one.
    secrets: Vec<String>,
}

impl<'a> Subject<'a> {
    /// Starts an Envoy with one listener for each of `files`; what it needs is written into `folder`.
    ///
    /// # Errors
    /// There is no Envoy or no module, or it refuses a configuration.
    pub fn start(host: Host, files: &[GoldenFile], material: &'a Material, folder: &Path) -> Result<Self> {
        let Proxy { envoy, upstream, listeners, access_log } = Proxy::start(host, files, material, folder)?;
        let log = envoy.log();
        Ok(Self { host, material, envoy, upstream, log, access_log, listeners, secrets: Vec::new() })
    }

    /// What runs the filter.
    pub fn host(&self) -> Host {
        self.host
    }

    /// Sends a case's request and says what came of it.
    ///
    /// # Errors
    /// The certificate cannot be used.
    pub fn run(&mut self, file: &GoldenFile, prepared: &Prepared) -> Result<Seen> {
        self.secrets.extend(prepared.secrets.iter().cloned());
        let address = *self.listeners.get(&file.id).context(|| format!("no listener for {}", file.id))?;
        let mut client = if file.plain {
            Client::plain(address)
        } else {
            let identity = prepared.peer.as_ref().map(|peer| &peer.leaf);
            Client::tls(address, tls_config([self.material.authority("corp")?.der()], identity)?)
        };
        self.log.lines();
        let before = self.upstream.received();
        let is_head = prepared.method.as_deref() == Some(b"HEAD");
        let mut seen = match client.send_raw(&raw(prepared), is_head) {
            Ok(response) => look(&response, self.upstream.received() > before),
            Err(error) => Seen { broken: vec![format!("no response: {error}")], ..Seen::default() },
        };
        seen.record = self.record();
        Ok(seen)
    }

    /// The access log's lines so far, decision IDs apart: status and details of every request.
    pub fn access(&self) -> Vec<String> {
        same::access(&self.access_log)
    }

    /// The filter's counters by name and labels; the listeners share them.
    ///
    /// # Errors
    /// The admin interface does not answer.
    pub fn counters(&self) -> Result<BTreeMap<String, String>> {
        Ok(same::counters(&self.envoy.stats()?))
    }

    /// What must hold of the whole run, a line for each thing that does not: no trap, no token in the log.
    pub fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let read = |path: &Path| std::fs::read(path).unwrap_or_default();
        let log = [read(self.envoy.log_path()), read(&self.access_log)].concat();
        let log = String::from_utf8_lossy(&log);
        for trace in ["wasm_fail_stream", "internal fault", "doorward_error:fault"] {
            if log.contains(trace) {
                broken.push(format!("Envoy's log has {trace:?}: the filter failed"));
            }
        }
        let is_leaked = |token: &String| token.split('.').any(|part| part.len() > 40 && log.contains(part));
        if self.secrets.iter().any(is_leaked) {
            broken.push("Envoy's log holds a part of a token".to_owned());
        }
        broken
    }

    /// The record of the one request that was sent since the log was last looked at.
    fn record(&mut self) -> Option<Value> {
        let start = Instant::now();
        loop {
            if let Some(record) = self.log.decisions().into_iter().next() {
                return Some(record.json().clone());
            }
            if start.elapsed() >= RECORD_LIMIT {
                return None;
            }
            thread::sleep(POLL);
        }
    }
}

fn listener(
    file: &GoldenFile,
    material: &Material,
    folder: &Path,
    authorities: &Path,
    module: &Path,
) -> Result<Listener> {
    let tls = if file.plain {
        Tls::Plain
    } else {
        let members = json!({ "uris": [file.own] });
        let own = material.certificate(members.as_object().context(|| "an object")?, unix_now())?;
        let (certificate, key) = own.leaf.write(folder, &file.id.replace('/', "-"))?;
        let clients = ClientCertificates::OneAuthority {
            trusted_ca: authorities.to_owned(),
            required: false,
            accept_untrusted: true,
        };
        Tls::Server(ServerIdentity { certificate, key }, clients)
    };
    let plugin = Plugin::new(file.id.replace('/', "-"), module);
    let mut listener =
        Listener::new(&file.id, tls, Filter::Inline(plugin, material.configuration(&file.config)?));
    listener.normalize_path = false;
    listener.forward_client_cert = Some("ALWAYS_FORWARD_ONLY".to_owned());
    let keys = file.cases.iter().flat_map(|case| case.filter_state.keys());
    let key = keys.min().cloned();
    for case in &file.cases {
        if let Some(name) = file.request(case)?.route_name.as_str().filter(|name| !name.is_empty()) {
            listener.named_routes.push(name.to_owned());
        }
    }
    listener.named_routes.sort();
    listener.named_routes.dedup();
    listener.route_header = ROUTE_HEADER.to_owned();
    listener.filter_state.extend(key.map(|key| (key, format!("%REQ({PRINCIPAL_HEADER})%"))));
    Ok(listener)
}

/// The filter's own rules for paths are to be seen, so the proxy keeps its hands off. In production both do their part.
/// The access log goes into a file of its own.
fn for_comparison(mut bootstrap: Value, access_log: &Path) -> Value {
    let listeners = bootstrap.pointer_mut("/static_resources/listeners").and_then(Value::as_array_mut);
    for listener in listeners.into_iter().flatten() {
        let filters = listener.pointer_mut("/filter_chains/0/filters").and_then(Value::as_array_mut);
        // The connection manager is the last.
        if let Some(manager) = filters.and_then(|filters| filters.last_mut()?.get_mut("typed_config")) {
            manager["normalize_path"] = json!(false);
            manager["merge_slashes"] = json!(false);
            manager["path_with_escaped_slashes_action"] = json!("KEEP_UNCHANGED");
            let log = &mut manager["access_log"][0];
            log["name"] = json!("envoy.access_loggers.file");
            log["typed_config"]["@type"] =
                json!("type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog");
            log["typed_config"]["path"] = json!(access_log);
        }
    }
    bootstrap
}

/// The request, byte by byte.
pub fn raw(prepared: &Prepared) -> Vec<u8> {
    let mut bytes = prepared.method.clone().unwrap_or_default();
    bytes.push(b' ');
    bytes.extend_from_slice(prepared.path.as_deref().unwrap_or_default());
    bytes.extend_from_slice(b" HTTP/1.1\r\n");
    let mut line = |name: &[u8], value: &[u8]| {
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    };
    if let Some(host) = &prepared.host {
        line(b"host", host);
    }
    for (name, value) in &prepared.headers {
        line(name.as_bytes(), value);
    }
    match prepared.route_name.as_deref() {
        Some("") => {}
        Some(name) => line(ROUTE_HEADER.as_bytes(), name.as_bytes()),
        None => line(ROUTE_HEADER.as_bytes(), NO_ROUTE.as_bytes()),
    }
    for value in prepared.filter_state.values() {
        line(PRINCIPAL_HEADER.as_bytes(), value.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// What came of a request, but for its record; `passed` where it reached the workload.
pub fn look(response: &Response, passed: bool) -> Seen {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let echo: Option<Echo> = passed.then(|| serde_json::from_slice(&response.body).ok()).flatten();
    let mut seen = Seen {
        status: Some(response.status),
        headers: response.headers.iter().map(|(name, value)| (name.clone(), lossy(value))).collect(),
        body: lossy(&response.body),
        ..Seen::default()
    };
    if passed {
        seen.upstream = Some(echo.map(|echo| echo.headers).unwrap_or_default());
    }
    seen
}
