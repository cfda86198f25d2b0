//! `doorward render`: a configuration in the form that a proxy takes.

use clap::ValueEnum;
use serde_json::{Value, json};

/// Type of Envoy's wasm HTTP filter.
const WASM_FILTER: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";

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

/// The document in this form, with the filter module at `wasm`: a path for Envoy, a URL for Istio.
#[must_use]
pub fn render(document: &Value, form: Form, name: &str, wasm: &str) -> Value {
    match form {
        Form::Json => document.clone(),
        Form::Envoy => json!({ "name": name, "typed_config": filter(document, name, wasm) }),
        Form::Ecds => json!({
            "resources": [{
                "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
                "name": name,
                "typed_config": filter(document, name, wasm),
            }],
        }),
        Form::Istio => json!({
            "apiVersion": "extensions.istio.io/v1alpha1",
            "kind": "WasmPlugin",
            "metadata": { "name": name },
            "spec": {
                "url": wasm,
                "phase": "AUTHZ",
                "failStrategy": "FAIL_RELOAD",
                "match": [{ "mode": "SERVER" }],
                "pluginConfig": document,
            },
        }),
    }
}

/// A fault in the VM answers 503 until the filter has been loaded again, which takes at most the interval: the filter
/// is never skipped (`FAIL_OPEN`), nor dead until a restart (`FAIL_CLOSED`).
fn filter(document: &Value, name: &str, wasm: &str) -> Value {
    json!({
        "@type": WASM_FILTER,
        "config": {
            "name": name,
            "root_id": name,
            "failure_policy": "FAIL_RELOAD",
            "reload_config": { "backoff": { "base_interval": "1s" } },
            "vm_config": {
                "vm_id": name,
                "runtime": "envoy.wasm.runtime.v8",
                "code": { "local": { "filename": wasm } },
            },
            "configuration": {
                "@type": "type.googleapis.com/google.protobuf.StringValue",
                "value": document.to_string(),
            },
        },
    })
}
