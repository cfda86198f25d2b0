//! The filter's configuration as an extension configuration (ECDS) resource in a file, which Envoy picks up while it runs.
//!
//! Envoy watches for a rename: the file is written beside its place and moved. A configuration that the filter refuses
//! leaves the previous one serving; if it is the first, every request gets a 500 although `/ready` says `LIVE`.

use std::fs;
use std::path::{Path, PathBuf};

use doorward_cli::render::{Form, render};
use serde_json::{Value, json};

use crate::{Context, Result};

/// Type URL of the Wasm HTTP filter, as `config_discovery.type_urls` wants it.
pub const WASM_TYPE: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
/// The namespace of the VM: equal identifiers with equal code share one VM a worker.
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
    /// A plugin in the shared VM.
    pub fn new(name: impl Into<String>, module: impl Into<PathBuf>) -> Self {
        Self { name: name.into(), module: module.into(), vm_id: VM_ID.into() }
    }

    /// The filter's `typed_config`, as `doorward render` writes it, in the VM of [`Plugin::vm_id`].
    pub fn typed_config(&self, configuration: &Value) -> Value {
        let mut filter = render(configuration, Form::Envoy, &self.name, &self.module.to_string_lossy());
        let mut typed_config = filter.get_mut("typed_config").map(Value::take).unwrap_or_default();
        if let Some(vm_id) = typed_config.pointer_mut("/config/vm_config/vm_id") {
            *vm_id = self.vm_id.clone().into();
        }
        typed_config
    }

    /// The whole file: a discovery response with one resource. `version` shows as the statistic `version_text`.
    pub fn resource(&self, version: &str, configuration: &Value) -> Value {
        json!({
            "version_info": version,
            "resources": [{
                "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
                "name": self.name,
                "typed_config": self.typed_config(configuration),
            }],
        })
    }

    /// Writes the resource to `path`, at once.
    ///
    /// # Errors
    /// The folder is not writable.
    pub fn write(&self, path: &Path, version: &str, configuration: &Value) -> Result<()> {
        write_atomically(path, &self.resource(version, configuration).to_string())
    }
}

/// The `http_filters` entry that takes the filter called `name` from the resource file at `path`.
pub fn http_filter(name: &str, path: &Path) -> Value {
    json!({
        "name": name,
        "config_discovery": {
            "config_source": { "path_config_source": { "path": path }, "resource_api_version": "V3" },
            "type_urls": [WASM_TYPE],
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
