//! One Envoy process: started, waited for, asked, and gone when its owner is.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::log::lines_that_matter;
use super::{LogTail, Program, Stats};
use crate::http::{Client, Request};
use crate::{Context, Error, Result, signals};

/// How long Envoy may take to start. Compiling a wasm module of some megabytes takes most of it: seconds on a processor of
/// its own, and many times that on a busy machine.
pub const START_LIMIT: Duration = Duration::from_secs(180);
/// How long it may take to end by itself.
const END_LIMIT: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(25);

/// How to start an Envoy.
#[derive(Clone, Debug)]
pub struct Launch {
    /// A name for messages.
    pub name: String,
    /// The bootstrap file.
    pub config: PathBuf,
    /// Where it runs: paths in the bootstrap are relative to it.
    pub root: PathBuf,
    /// Folder for its log (`NAME.log`) and the address of its admin interface (`NAME.admin`).
    pub folder: PathBuf,
    /// Worker threads.
    pub concurrency: u32,
    /// Envoy's `--log-level`; decision records need `info` for the component `wasm` at least.
    pub log_level: String,
    /// Start also if a filter that comes from a file was refused: for a test of what then happens to requests.
    pub with_refused_filters: bool,
}

impl Launch {
    /// One worker, log level `info`.
    pub fn new(name: &str, config: &Path, root: &Path, folder: &Path) -> Self {
        Self {
            name: name.to_owned(),
            config: config.to_owned(),
            root: root.to_owned(),
            folder: folder.to_owned(),
            concurrency: 1,
            log_level: "info".into(),
            with_refused_filters: false,
        }
    }
}

/// A running Envoy. Dropping it ends the process, also when a test panics; an interrupt does, too (see [`signals`]).
/// A `static` is never dropped, so do not keep one there.
pub struct Envoy {
    name: String,
    child: Child,
    log: PathBuf,
    admin: SocketAddr,
}

impl Envoy {
    /// Starts an Envoy and waits until it serves and, unless told otherwise, every filter that it takes from a file was
    /// accepted.
    ///
    /// # Errors
    /// It could not be started, ended, refused a configuration or was not ready in [`START_LIMIT`]; the message ends
    /// with the lines of its log that matter.
    pub fn start(program: &Program, launch: &Launch) -> Result<Self> {
        fs::create_dir_all(&launch.folder).context(|| format!("make {}", launch.folder.display()))?;
        // Envoy runs in another folder, perhaps.
        let folder =
            fs::canonicalize(&launch.folder).context(|| format!("find {}", launch.folder.display()))?;
        let log = folder.join(format!("{}.log", launch.name));
        let admin_file = folder.join(format!("{}.admin", launch.name));
        drop(fs::remove_file(&admin_file));
        let output = File::create(&log).context(|| format!("write {}", log.display()))?;
        let errors = output.try_clone().context(|| "share the log file")?;
        let mut command = program.command();
        command
            .arg("--config-path")
            .arg(&launch.config)
            .args(["--concurrency", &launch.concurrency.to_string()])
            .args(["--log-level", &launch.log_level])
            .args(["--file-flush-interval-msec", "100"])
            .args(["--drain-time-s", "1"])
            .arg("--use-dynamic-base-id")
            .arg("--admin-address-path")
            .arg(&admin_file)
            .current_dir(&launch.root)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors);
        let child = signals::spawn(&mut command)?;
        // From here on an early return ends the process.
        let mut envoy =
            Self { name: launch.name.clone(), child, log, admin: SocketAddr::from(([127, 0, 0, 1], 0)) };
        envoy.wait_until_ready(&admin_file)?;
        if !launch.with_refused_filters {
            envoy.check_discovered_filters()?;
        }
        Ok(envoy)
    }

    fn wait_until_ready(&mut self, admin_file: &Path) -> Result<()> {
        let start = Instant::now();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.failure(&format!("ended at its start ({status})")));
            }
            if let Some(admin) = fs::read_to_string(admin_file).ok().and_then(|text| text.trim().parse().ok())
            {
                self.admin = admin;
                let ready = Client::plain(admin).send(&Request::get("/ready"));
                if ready.is_ok_and(|response| response.status == 200) {
                    return Ok(());
                }
            }
            if start.elapsed() > START_LIMIT {
                return Err(self.failure(&format!("was not ready in {} s", START_LIMIT.as_secs())));
            }
            thread::sleep(POLL);
        }
    }

    /// `/ready` says `LIVE` even if a filter's first configuration was refused and every request gets a 500.
    fn check_discovered_filters(&self) -> Result<()> {
        let counters = self.get("/stats?filter=^extension_config_discovery")?;
        let failed = counters.lines().filter_map(|line| line.split_once(": ")).any(|(name, value)| {
            let failure = ["config_fail", "update_rejected", "update_failure", "init_fetch_timeout"];
            failure.iter().any(|suffix| name.ends_with(suffix)) && value != "0"
        });
        match failed {
            true => Err(self.failure("refused a filter's configuration")),
            false => Ok(()),
        }
    }

    /// What happened, with the lines of the log that say why.
    pub fn failure(&self, what: &str) -> Error {
        let lines = lines_that_matter(&self.log);
        Error::new(format!("Envoy {} {what}:\n{lines}    (all of it: {})", self.name, self.log.display()))
    }

    /// The name it was started under.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process's identifier, which is also its group's.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Memory that the process has in use now, in KiB (`VmRSS`, proc(5)).
    ///
    /// # Errors
    /// The system does not say.
    pub fn resident_kib(&self) -> Result<u64> {
        let path = format!("/proc/{}/status", self.pid());
        let text = fs::read_to_string(&path).context(|| format!("read {path}"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.context(|| format!("{path} has no VmRSS"))
    }

    /// Ends the process by SIGTERM and says how it ended.
    ///
    /// # Errors
    /// It did not end in time.
    pub fn terminate(mut self) -> Result<ExitStatus> {
        signals::terminate(&self.child);
        let start = Instant::now();
        while start.elapsed() < END_LIMIT {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Ok(status);
            }
            thread::sleep(POLL);
        }
        Err(self.failure(&format!("did not end in {} s", END_LIMIT.as_secs())))
    }

    /// Asks the admin interface.
    ///
    /// # Errors
    /// It does not answer, or not with 200.
    pub fn get(&self, path: &str) -> Result<String> {
        let response = Client::plain(self.admin)
            .send(&Request::get(path))
            .context(|| format!("ask Envoy {} for {path}", self.name))?;
        match response.status {
            200 => Ok(response.text()),
            status => Err(Error::new(format!("Envoy {} answers {status} for {path}", self.name))),
        }
    }

    /// Where the listener called `name` listens, as it turned out: a bootstrap may leave the port to the system.
    ///
    /// # Errors
    /// There is no such listener.
    pub fn listener(&self, name: &str) -> Result<SocketAddr> {
        let listeners: Value = serde_json::from_str(&self.get("/listeners?format=json")?)
            .context(|| "read the list of listeners")?;
        let statuses = listeners.get("listener_statuses").and_then(Value::as_array);
        let found = statuses
            .into_iter()
            .flatten()
            .find(|status| status.get("name").and_then(Value::as_str) == Some(name));
        let socket = found.and_then(|status| status.pointer("/local_address/socket_address"));
        let address = socket.and_then(|socket| socket.get("address")?.as_str()?.parse().ok());
        let port = socket.and_then(|socket| u16::try_from(socket.get("port_value")?.as_u64()?).ok());
        match (address, port) {
            (Some(address), Some(port)) => Ok(SocketAddr::new(address, port)),
            _ => Err(Error::new(format!("Envoy {} has no listener {name}", self.name))),
        }
    }

    /// The statistics as they are now. Histograms lag behind by up to the flush interval (5 s by default).
    ///
    /// # Errors
    /// The admin interface does not answer.
    pub fn stats(&self) -> Result<Stats> {
        Ok(Stats::new(self.get("/stats/prometheus")?))
    }

    /// Its log from the beginning.
    pub fn log(&self) -> LogTail {
        LogTail::from_start(&self.log)
    }

    /// The log's file.
    pub fn log_path(&self) -> &Path {
        &self.log
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        signals::take_down(&mut self.child);
    }
}
