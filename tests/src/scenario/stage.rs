//! Setting the stage: the lab's files, rendered filters, workloads and Envoys of a scenario.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use doorward_cli::render::Host;
use doorward_cli::source::resolve;

use super::bootstrap::{Entrance, Entrances};
use super::file::{Scenario, stem};
use super::{module, twin};
use crate::ecds::Plugin;
use crate::envoy::{Envoy, Launch, LogTail, Program};
use crate::lab::{Cast, Lab};
use crate::upstream::Upstream;
use crate::{Context, Error, Result};

/// What all scenarios share: one Envoy to run, a module for each host, one cast.
pub struct Theatre {
    root: PathBuf,
    program: Program,
    modules: Vec<(Host, PathBuf)>,
    lab: Lab,
}

/// A scenario's tokens by name. They are made once, so that each host is asked the same.
pub type Tokens = BTreeMap<String, String>;

/// A scenario's workloads and Envoys, up and ready; they end when this is dropped.
pub struct Stage<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) tokens: Tokens,
    pub(super) entrances: Vec<Entrance>,
    pub(super) logs: Vec<LogTail>,
    envoys: Vec<Envoy>,
    _upstreams: Vec<Upstream>,
}

impl Theatre {
    /// Finds Envoy and the modules of these hosts, and makes the cast anew under `target/demo`, with the certificates
    /// that the scenarios add to it.
    ///
    /// # Errors
    /// Something is missing; the message says what to do.
    pub fn open(root: &Path, scenarios: &[Scenario], hosts: &[Host]) -> Result<Self> {
        let modules =
            hosts.iter().map(|host| Ok((*host, module::find(root, *host)?))).collect::<Result<_>>()?;
        let program = Program::find(root)?;
        let mut lab = Lab::create(&Cast::read(&root.join("envoy/lab.yaml"))?, &root.join("target/demo"))?;
        for scenario in scenarios {
            for (name, spec) in &scenario.requests.identities {
                lab.add_identity(name, spec)?;
            }
        }
        Ok(Self { root: root.to_owned(), program, modules, lab })
    }

    /// The cast.
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// The Envoy that runs.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Makes a scenario's tokens, and writes them for use by hand.
    ///
    /// # Errors
    /// A token cannot be made, or the folder is not writable.
    pub fn tokens(&self, scenario: &Scenario) -> Result<Tokens> {
        let folder = self.folder(scenario, Host::Wasm)?;
        let mut tokens = Tokens::new();
        for (name, request) in &scenario.requests.tokens {
            let token = self.lab.token(request).context(|| format!("token {name}"))?;
            crate::pki::write_private(&folder.join(format!("{name}.jwt")), &token)?;
            tokens.insert(name.clone(), token);
        }
        Ok(tokens)
    }

    /// Starts a scenario's workloads and Envoys, with the filter on this host.
    ///
    /// # Errors
    /// A port is taken, a configuration is refused, or an Envoy does not start.
    pub fn start<'a>(&self, scenario: &'a Scenario, host: Host, tokens: &Tokens) -> Result<Stage<'a>> {
        let folder = self.folder(scenario, host)?;
        for filter in &scenario.filters {
            self.render(filter, host, &folder)?;
        }

        let bootstraps = scenario.envoys_on(host)?;
        let mut all = Vec::new();
        for bootstrap in &bootstraps {
            let entrances = Entrances::read(bootstrap)?;
            entrances.check_free()?;
            all.extend(entrances.listeners);
        }
        let upstreams = scenario.requests.upstreams.iter();
        let upstreams = upstreams.map(|(name, port)| Upstream::start(name, *port)).collect::<Result<_>>()?;
        let mut envoys = Vec::new();
        for bootstrap in &bootstraps {
            let launch = Launch::new(&stem(bootstrap)?, bootstrap, &self.root, &folder);
            let started = Envoy::start(&self.program, &launch);
            envoys.push(started.map_err(|error| Error::new(format!("{error}{}", module::advice(host))))?);
        }
        let mut logs: Vec<LogTail> = envoys.iter().map(Envoy::log).collect();
        for log in &mut logs {
            // What was written while it started is not about our requests.
            log.lines();
        }
        Ok(Stage { scenario, tokens: tokens.clone(), entrances: all, logs, envoys, _upstreams: upstreams })
    }

    /// `target/demo/NAME`, and inside it a folder of its own for the native module.
    fn folder(&self, scenario: &Scenario, host: Host) -> Result<PathBuf> {
        let folder = self.lab.folder().join(&scenario.name);
        let folder = match host {
            Host::Wasm => folder,
            Host::Native => folder.join(twin::FOLDER),
        };
        fs::create_dir_all(&folder).context(|| format!("make {}", folder.display()))?;
        Ok(folder)
    }

    /// `doorward.x.yaml` becomes `doorward.x.json` in the folder, a resource called `doorward.x`.
    fn render(&self, filter: &Path, host: Host, folder: &Path) -> Result<()> {
        let name = stem(filter)?;
        let found = self.modules.iter().find(|(of, _)| *of == host);
        let (_, module) = found.context(|| format!("nothing was opened for {}", module::name(host)))?;
        let configuration = resolve(filter).context(|| "the filter's configuration")?;
        Plugin::new(&name, module).write(&folder.join(format!("{name}.json")), &configuration)
    }
}

impl Stage<'_> {
    pub(super) fn entrance(&self, name: &str) -> Result<&Entrance> {
        let mut all = self.entrances.iter();
        all.find(|entrance| entrance.name == name).context(|| format!("no listener is called {name}"))
    }

    /// The first Envoy that is not running any more, with what its log says.
    ///
    /// # Errors
    /// There is one.
    pub fn check_alive(&mut self) -> Result<()> {
        for envoy in &mut self.envoys {
            if !envoy.is_running() {
                return Err(envoy.failure("is not running any more"));
            }
        }
        Ok(())
    }

    /// The running Envoys.
    pub fn envoys(&self) -> &[Envoy] {
        &self.envoys
    }
}
