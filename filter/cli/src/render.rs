//! `doorward render`: a configuration in the form that a proxy takes. The only place that wraps the filter for Envoy.

use clap::ValueEnum;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Type URL of Envoy's wasm HTTP filter, as `config_discovery.type_urls` wants it.
pub const WASM_FILTER: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";

/// Type URL of Envoy's filter for dynamic modules.
pub const DYNAMIC_MODULE_FILTER: &str =
    "type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter";

/// What the dynamic module calls its filter.
const NATIVE_FILTER_NAME: &str = "doorward";

/// Shortest time between two loads of a VM that trapped, as a protobuf duration. Envoy's own default.
const RELOAD_INTERVAL: &str = "1s";

/// Bytes of the SHA-256 that become an ECDS file's version: 8, which is 16 hexadecimal digits.
const VERSION_BYTES: usize = 8;

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// The configuration alone, JSON with every file put in its place.
    Json,
    /// An entry of Envoy's `http_filters`.
    Envoy,
    /// A file for Envoy's extension configuration discovery (`config_discovery`), which Envoy reloads when it changes.
    Ecds,
    /// An Istio WasmPlugin manifest.
    Istio,
}

/// How a proxy runs the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// In a sandbox: `doorward.wasm`.
    Wasm,
    /// As part of the proxy: `libdoorward.so`.
    Native,
}

/// The filter as a proxy knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Its name: in the proxy's configuration, in statistics (`wasm.NAME.vm_reload_success`) and in log lines.
    pub name: String,
    /// The module: a path for Envoy, a URL for Istio.
    pub module: String,
    /// Filters with one identifier and one module share a VM on each worker and on the main thread. That saves about
    /// 11 MiB a VM and filter (measured on Envoy 1.40), and makes them share their fate: if one traps, requests of all of
    /// them get 503 until the VM is loaded again. Most proxies have one filter or two, and being apart is worth more than
    /// their memory; so each has an identifier of its own unless told otherwise. Istio knows no identifiers: there all
    /// filters share.
    pub vm_id: String,
}

impl Filter {
    /// What runs the module: its name ends in `.so` for a dynamic module, anything else is wasm.
    #[must_use]
    pub fn host(&self) -> Host {
        if self.module.ends_with(".so") { Host::Native } else { Host::Wasm }
    }

    /// A filter in a VM of its own.
    #[must_use]
    pub fn new(name: impl Into<String>, module: impl Into<String>) -> Self {
        let name = name.into();
        Self { vm_id: name.clone(), name, module: module.into() }
    }

    /// The same in the VM of this identifier.
    #[must_use]
    pub fn in_vm(self, vm_id: impl Into<String>) -> Self {
        Self { vm_id: vm_id.into(), ..self }
    }

    /// The `typed_config` for this configuration document.
    fn typed_config(&self, document: &Value) -> Value {
        match self.host() {
            Host::Wasm => self.wasm(document),
            Host::Native => self.native(document),
        }
    }

    /// The module stays loaded whatever becomes of the configuration: a worker that has used it runs its thread-locals'
    /// destructors when it ends.
    fn native(&self, document: &Value) -> Value {
        json!({
            "@type": DYNAMIC_MODULE_FILTER,
            "dynamic_module_config": {
                "module": { "local": { "filename": self.module } },
                "do_not_close": true,
            },
            "filter_name": NATIVE_FILTER_NAME,
            "filter_config": {
                "@type": "type.googleapis.com/google.protobuf.StringValue",
                "value": document.to_string(),
            },
        })
    }

    /// A fault in the VM answers 503 until the filter has been loaded again, which takes at most the interval: the filter
    /// is never skipped (`FAIL_OPEN`), nor dead until a restart (`FAIL_CLOSED`).
    fn wasm(&self, document: &Value) -> Value {
        json!({
            "@type": WASM_FILTER,
            "config": {
                "name": self.name,
                "root_id": self.name,
                "failure_policy": "FAIL_RELOAD",
                "reload_config": { "backoff": { "base_interval": RELOAD_INTERVAL } },
                "vm_config": {
                    "vm_id": self.vm_id,
                    "runtime": "envoy.wasm.runtime.v8",
                    "code": { "local": { "filename": self.module } },
                },
                "configuration": {
                    "@type": "type.googleapis.com/google.protobuf.StringValue",
                    "value": document.to_string(),
                },
            },
        })
    }
}

/// The document in this form.
#[must_use]
pub fn render(document: &Value, form: Form, filter: &Filter) -> Value {
    let Filter { name, module, .. } = filter;
    match form {
        Form::Json => document.clone(),
        Form::Envoy => json!({ "name": name, "typed_config": filter.typed_config(document) }),
        Form::Ecds => {
            let typed_config = filter.typed_config(document);
            json!({
                "version_info": version(&typed_config),
                "resources": [{
                    "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
                    "name": name,
                    "typed_config": typed_config,
                }],
            })
        }
        Form::Istio => json!({
            "apiVersion": "extensions.istio.io/v1alpha1",
            "kind": "WasmPlugin",
            "metadata": { "name": name },
            "spec": {
                "url": module,
                "phase": "AUTHZ",
                "failStrategy": "FAIL_RELOAD",
                "match": [{ "mode": "SERVER" }],
                "pluginConfig": document,
            },
        }),
    }
}

/// What Envoy shows as `extension_config_discovery.http_filter.NAME.version_text`: equal for equal contents only, so that
/// an operator can see which file a proxy runs.
fn version(typed_config: &Value) -> String {
    let digest = Sha256::digest(typed_config.to_string());
    digest.iter().take(VERSION_BYTES).map(|byte| format!("{byte:02x}")).collect()
}
