//! The filter's configuration as an extension configuration (ECDS) resource in a file, which Envoy picks up while it runs.
//!
//! Envoy watches for a rename: the file is written beside its place and moved. A configuration that the filter refuses
//! leaves the previous one serving; if it is the first, every request gets a 500 although `/ready` says `LIVE`.

use std::fs;
use std::path::{Path, PathBuf};

pub use doorward_cli::render::{DYNAMIC_MODULE_FILTER as NATIVE_TYPE, WASM_FILTER as WASM_TYPE};
use doorward_cli::render::{Filter, Form, Host, render};
use serde_json::{Value, json};

use crate::{Context, Result};

/// The VM that the lab's filters share unless told otherwise: an Envoy with a hundred listeners has one VM a worker then.
pub const VM_ID: &str = "doorward";

/// How the module is loaded.
#[derive(Clone, Debug)]
pub struct Plugin {
    /// Name of the resource and of the plugin: in statistics (`wasm.NAME.vm_reload_success`) and log lines.
    pub name: String,
    /// The module, as Envoy will open it.
    pub module: PathBuf,
    /// VMs of different identifiers are apart; [`VM_ID`] where nothing else is needed.
    pub vm_id: String,
}

impl Plugin {
    /// A plugin, wasm in the shared VM or, where the module's name ends in `.so`, native.
    pub fn new(name: impl Into<String>, module: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), module: module.into(), vm_id: VM_ID.into() }
    }

    /// Whether it is a dynamic module.
    pub fn is_native(&self) -> bool {
        self.filter().host() == Host::Native
    }

    /// An entry of `http_filters`, as `doorward render` writes it.
    pub fn http_filter(&self, configuration: &Value) -> Value {
        render(configuration, Form::Envoy, &self.filter())
    }

    /// The whole ECDS file, as `doorward render` writes it.
    pub fn resource(&self, configuration: &Value) -> Value {
        render(configuration, Form::Ecds, &self.filter())
    }

    /// Writes the resource to `path`, at once.
    ///
    /// # Errors
    /// The folder is not writable.
    pub fn write(&self, path: &Path, configuration: &Value) -> Result<()> {
        write_atomically(path, &self.resource(configuration).to_string())
    }

    fn filter(&self) -> Filter {
        Filter::new(&self.name, self.module.to_string_lossy()).in_vm(&self.vm_id)
    }
}

/// The `http_filters` entry that takes the filter called `name` from the resource file at `path`.
pub fn http_filter(name: &str, path: &Path) -> Value {
    json!({
        "name": name,
        "config_discovery": {
            "config_source": { "path_config_source": { "path": path }, "resource_api_version": "V3" },
            "type_urls": [WASM_TYPE, NATIVE_TYPE],
        },
    })
}

/// Writes `text` beside `path` and renames it into place, so that a watcher never reads half of it.
///
/// # Errors
/// The folder is not writable.
pub fn write_atomically(path: &Path, text: &str) -> Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    fs::write(&beside, text).context(|| format!("write {}", beside.display()))?;
    fs::rename(&beside, path).context(|| format!("move {} into place", path.display()))
}
