//! `doorward render`: each form holds a configuration that the filter loads, and wraps it so that nothing passes
//! undecided.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::common::{doorward, folder};
use doorward_cli::check::check;
use doorward_cli::render::{Filter, Form, WASM_FILTER, render};
use policy_core::Snapshot;
use serde_json::{Value, json};

const POLICY: &str =
    "package orders.authz\n\ndefault allow := false\nallow if data.open[input.request.path]\n";
const CONFIGURATION: &str = "\
version: 1
revision: orders-7
policy:
  decision: orders/authz/allow
  data_file: tables/open.yaml
  modules:
    - source_file: policies/orders.rego
";

fn files(name: &str) -> PathBuf {
    let files = [
        ("doorward.yaml", CONFIGURATION),
        ("policies/orders.rego", POLICY),
        ("tables/open.yaml", "open: { /orders: true }\n"),
    ];
    folder(name, &files)
}

fn document() -> Value {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| check(&files("render-document").join("doorward.yaml")).unwrap().document);
    DOCUMENT.clone()
}

fn rendered(form: Form) -> Value {
    render(&document(), form, &Filter::new("orders", "/opt/doorward.wasm"))
}

fn assert_loads(document: &Value) {
    let snapshot = Snapshot::load(document.to_string().as_bytes()).map_err(|errors| errors.to_string());
    assert_eq!(snapshot.unwrap().revision(), Some("orders-7"));
    assert_eq!(document["policy"]["modules"], json!([{ "name": "orders.rego", "source": POLICY }]));
    assert_eq!(document["policy"]["data"], json!({ "open": { "/orders": true } }));
    assert!(!document.to_string().contains("_file"), "{document}");
}

/// The document inside a `typed_config`, after a look at what is around it.
fn unwrapped(typed_config: &Value) -> Value {
    assert_eq!(typed_config["@type"], WASM_FILTER);
    let plugin = &typed_config["config"];
    assert_eq!(plugin["failure_policy"], "FAIL_RELOAD");
    assert_eq!(plugin["reload_config"]["backoff"]["base_interval"], "1s");
    assert_eq!(plugin.get("fail_open"), None);
    assert_eq!((&plugin["name"], &plugin["root_id"]), (&json!("orders"), &json!("orders")));
    assert_eq!(plugin["vm_config"]["vm_id"], "orders");
    assert_eq!(plugin["vm_config"]["runtime"], "envoy.wasm.runtime.v8");
    assert_eq!(plugin["vm_config"]["code"]["local"]["filename"], "/opt/doorward.wasm");
    let configuration = &plugin["configuration"];
    assert_eq!(configuration["@type"], "type.googleapis.com/google.protobuf.StringValue");
    serde_json::from_str(configuration["value"].as_str().unwrap()).unwrap()
}

#[test]
fn json_is_the_document_alone() {
    assert_eq!(rendered(Form::Json), document());
    assert_loads(&rendered(Form::Json));
}

#[test]
fn envoy_is_an_entry_of_http_filters() {
    let entry = rendered(Form::Envoy);
    assert_eq!(entry["name"], "orders");
    assert_loads(&unwrapped(&entry["typed_config"]));
}

#[test]
fn ecds_is_a_discovery_response_with_one_resource() {
    let file = rendered(Form::Ecds);
    let resources = file["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 1);
    assert_eq!(resources[0]["@type"], "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig");
    assert_eq!(resources[0]["name"], "orders");
    assert_loads(&unwrapped(&resources[0]["typed_config"]));
}

#[test]
fn istio_is_a_wasm_plugin() {
    let manifest = rendered(Form::Istio);
    assert_eq!(manifest["kind"], "WasmPlugin");
    assert_eq!(manifest["spec"]["failStrategy"], "FAIL_RELOAD");
    assert_eq!(manifest["spec"]["phase"], "AUTHZ");
    assert_loads(&manifest["spec"]["pluginConfig"]);
}

#[test]
fn the_version_of_an_ecds_file_changes_with_its_content_and_only_then() {
    let filter = Filter::new("orders", "/opt/doorward.wasm");
    let version = |document: &Value, filter: &Filter| {
        let file = render(document, Form::Ecds, filter);
        file["version_info"].as_str().unwrap().to_owned()
    };
    let document = document();
    let first = version(&document, &filter);
    assert!(first.len() == 16 && first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
    assert_eq!(version(&document, &filter), first);
    let mut other = document.clone();
    other["policy"]["data"]["open"]["/orders"] = json!(false);
    assert_ne!(version(&other, &filter), first);
    assert_ne!(version(&document, &Filter::new("orders", "/opt/doorward-2.wasm")), first);
    assert_ne!(version(&document, &filter.in_vm("shared")), first);
}

#[test]
fn the_command_renders_what_the_library_does() {
    let folder = files("render-command");
    let arguments =
        ["render", "doorward.yaml", "--as", "ecds", "--name", "orders", "--wasm", "/opt/doorward.wasm"];
    let ended = doorward(&folder, &arguments);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(serde_json::from_str::<Value>(&ended.stdout).unwrap(), rendered(Form::Ecds));

    let shared = doorward(&folder, &[&arguments[..], &["--vm-id", "gateway"]].concat());
    let shared: Value = serde_json::from_str(&shared.stdout).unwrap();
    let plugin = &shared["resources"][0]["typed_config"]["config"];
    assert_eq!((&plugin["name"], &plugin["vm_config"]["vm_id"]), (&json!("orders"), &json!("gateway")));
}

#[test]
fn nothing_is_rendered_of_a_configuration_that_the_filter_would_refuse() {
    let folder = folder(
        "render-bad",
        &[
            ("bad.yaml", "version: 2\npolicy: { modules: [{ source_file: a.rego }] }\n"),
            ("a.rego", "package envoy.authz\n\nallow := true\n"),
        ],
    );
    for form in ["json", "envoy", "ecds", "istio"] {
        let ended = doorward(&folder, &["render", "bad.yaml", "--as", form]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{form}");
        assert_eq!(
            ended.stderr,
            "bad.yaml: version: is not a version that this filter knows (write `version: 1`)\n"
        );
    }
}
