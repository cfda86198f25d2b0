//! The proxies: one Envoy a filter, a listener for each case, and an answer of Envoy's own, so that nothing but the proxy
//! and its filter is measured.

use std::path::Path;

use doorward_tests::Result;
use doorward_tests::ecds::Plugin;
use doorward_tests::lab::Lab;
use serde_json::{Value, json};

use super::cases::{Case, Kind, Modules, SERVER, Variant};

/// The bootstrap of an Envoy that carries these variants, all of one kind.
pub(super) fn bootstrap(kind: Kind, variants: &[Variant], modules: &Modules, lab: &Lab) -> Result<Value> {
    let of_kind = variants.iter().filter(|variant| variant.kind == kind);
    let listeners: Vec<Value> =
        of_kind.map(|variant| listener(kind, variant.case, modules, lab)).collect::<Result<_>>()?;
    Ok(json!({
        "node": { "id": "doorward-bench", "cluster": "doorward-bench" },
        "admin": { "address": any_port() },
        "static_resources": { "listeners": listeners },
    }))
}

fn any_port() -> Value {
    json!({ "socket_address": { "address": "127.0.0.1", "port_value": 0 } })
}

fn listener(kind: Kind, case: &Case, modules: &Modules, lab: &Lab) -> Result<Value> {
    let mut http_filters = Vec::new();
    if let Some(module) = modules.of(kind) {
        http_filters.push(Plugin::new(case.name, module).http_filter(&case.configuration(lab)?));
    }
    http_filters.push(json!({
        "name": "envoy.filters.http.router",
        "typed_config": { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
    }));
    Ok(json!({
        "name": case.name,
        "address": any_port(),
        "filter_chains": [{
            "transport_socket": mutual_tls(lab.folder()),
            "filters": [peer(), manager(&http_filters)],
        }],
    }))
}

/// As the scenarios have it, without an access log.
fn manager(http_filters: &[Value]) -> Value {
    json!({
        "name": "envoy.filters.network.http_connection_manager",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "bench",
            "normalize_path": true,
            "merge_slashes": true,
            "path_with_escaped_slashes_action": "REJECT_REQUEST",
            "common_http_protocol_options": { "headers_with_underscores_action": "REJECT_REQUEST" },
            "use_remote_address": true,
            "http_filters": http_filters,
            "route_config": { "virtual_hosts": [{
                "name": "bench",
                "domains": ["*"],
                "routes": [{
                    "match": { "prefix": "/" },
                    "direct_response": { "status": 200, "body": { "inline_string": "ok\n" } },
                }],
            }] },
        },
    })
}

/// What the native module is told of the peer. Every listener has it: once a connection, it costs nothing here.
fn peer() -> Value {
    json!({
        "name": "envoy.filters.network.set_filter_state",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.set_filter_state.v3.Config",
            "on_downstream_tls_handshake": [{
                "object_key": "doorward.peer",
                "factory_key": "envoy.string",
                "format_string": { "text_format_source": {
                    "inline_string": "%CEL(connection.peer_certificate_valid)% %DOWNSTREAM_PEER_CERT%",
                } },
            }],
        },
    })
}

fn mutual_tls(lab: &Path) -> Value {
    json!({
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "require_client_certificate": true,
            "disable_stateless_session_resumption": true,
            "disable_stateful_session_resumption": true,
            "common_tls_context": {
                "tls_certificates": [{
                    "certificate_chain": { "filename": lab.join(format!("pki/{SERVER}.pem")) },
                    "private_key": { "filename": lab.join(format!("pki/{SERVER}.key")) },
                }],
                "validation_context": { "trusted_ca": { "filename": lab.join("pki/corp-ca.pem") } },
            },
        },
    })
}
