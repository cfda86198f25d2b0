//! Setting the stage: the lab's files, rendered filters, workloads and Envoys of a scenario.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use doorward_cli::source::resolve;

use super::bootstrap::{Entrance, Entrances};
use super::file::{Scenario, stem};
use crate::ecds::Plugin;
use crate::envoy::{Envoy, Launch, LogTail, Program};
use crate::lab::{Cast, Lab, TokenRequest};
use crate::upstream::Upstream;
use crate::{Context, Error, Result};

/// What all scenarios share: one Envoy to run, one module, one cast.
pub struct Theatre {
    root: PathBuf,
    program: Program,
    module: PathBuf,
    lab: Lab,
}

/// A scenario's workloads and Envoys, up and ready; they end when this is dropped.
pub struct Stage<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) tokens: BTreeMap<String, String>,
    pub(super) entrances: Vec<Entrance>,
    pub(super) logs: Vec<LogTail>,
    envoys: Vec<Envoy>,
    _upstreams: Vec<Upstream>,
}

impl Theatre {
    /// Finds Envoy and the module, and makes the cast anew under `target/demo`, with the certificates that the
    /// scenarios add to it.
    ///
    /// # Errors
    /// Something is missing; the message says what to do.
    pub fn open(root: &Path, scenarios: &[Scenario]) -> Result<Self> {
        let program = Program::find(root)?;
        let module = env::var_os("DOORWARD_WASM").map_or("target/doorward.wasm".into(), PathBuf::from);
        if !root.join(&module).is_file() {
            return Err(Error::new(format!(
                "there is no filter module at {}: run ./build.sh build",
                module.display()
            )));
        }
        let mut lab = Lab::create(&Cast::read(&root.join("envoy/lab.yaml"))?, &root.join("target/demo"))?;
        for scenario in scenarios {
            for (name, spec) in &scenario.requests.identities {
                lab.add_identity(name, spec)?;
            }
        }
        Ok(Self { root: root.to_owned(), program, module, lab })
    }

    /// The cast.
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// The Envoy that runs.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Starts a scenario's workloads and Envoys.
    ///
    /// # Errors
    /// A port is taken, a configuration is refused, or an Envoy does not start.
    pub fn start<'a>(&self, scenario: &'a Scenario) -> Result<Stage<'a>> {
        let folder = self.lab.folder().join(&scenario.name);
        fs::create_dir_all(&folder).context(|| format!("make {}", folder.display()))?;
        for filter in &scenario.filters {
            self.render(filter, &folder)?;
        }
        let tokens = self.write_tokens(&scenario.requests.tokens, &folder)?;

        let mut all = Vec::new();
        for bootstrap in &scenario.envoys {
            let entrances = Entrances::read(bootstrap)?;
            entrances.check_free()?;
            all.extend(entrances.listeners);
        }
        let upstreams = scenario.requests.upstreams.iter();
        let upstreams = upstreams.map(|(name, port)| Upstream::start(name, *port)).collect::<Result<_>>()?;
        let mut envoys = Vec::new();
        for bootstrap in &scenario.envoys {
            let launch = Launch::new(&stem(bootstrap)?, bootstrap, &self.root, &folder);
            envoys.push(Envoy::start(&self.program, &launch)?);
        }
        let mut logs: Vec<LogTail> = envoys.iter().map(Envoy::log).collect();
        for log in &mut logs {
            // What was written while it started is not about our requests.
            log.lines();
        }
        Ok(Stage { scenario, tokens, entrances: all, logs, envoys, _upstreams: upstreams })
    }

    /// `doorward.x.yaml` becomes `target/demo/NAME/doorward.x.json`, a resource called `doorward.x`.
    fn render(&self, filter: &Path, folder: &Path) -> Result<()> {
        let name = stem(filter)?;
        let configuration = resolve(filter).context(|| "the filter's configuration")?;
        Plugin::new(&name, &self.module).write(&folder.join(format!("{name}.json")), &configuration)
    }

    fn write_tokens(
        &self,
        wanted: &BTreeMap<String, TokenRequest>,
        folder: &Path,
    ) -> Result<BTreeMap<String, String>> {
        let mut tokens = BTreeMap::new();
        for (name, request) in wanted {
            let token = self.lab.token(request).context(|| format!("token {name}"))?;
            crate::pki::write_private(&folder.join(format!("{name}.jwt")), &token)?;
            tokens.insert(name.clone(), token);
        }
        Ok(tokens)
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
