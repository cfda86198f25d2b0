//! A bootstrap made in code: one Envoy with many listeners, each with its own TLS mode and filter configuration, all in
//! front of one workload. Ports are the system's choice; ask [`Envoy::listener`](super::Envoy::listener).

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Result;
use crate::ecds::{Plugin, http_filter, write_atomically};

const ANY_PORT: u16 = 0;

/// The whole bootstrap.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// The workload behind every listener.
    pub upstream: SocketAddr,
    /// The listeners; their names must differ.
    pub listeners: Vec<Listener>,
}

/// One listener with one HTTP connection manager.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Its name.
    pub name: String,
    /// How it meets its clients.
    pub tls: Tls,
    /// Who decides.
    pub filter: Filter,
    /// Filter state that stands before the filter runs, by key: what a waypoint's connection would have left.
    pub filter_state: Vec<(String, String)>,
    /// `forward_client_cert_details`, e.g. `ALWAYS_FORWARD_ONLY`; Envoy's default is `SANITIZE`.
    pub forward_client_cert: Option<String>,
    /// Whether the listener writes the peer's certificate into the connection's filter state, which the dynamic module
    /// reads. Without it no certificate is an identity there. Plain listeners have nothing to write.
    pub tells_peer: bool,
    /// Whether paths are normalised before the filter sees them, as our examples do.
    pub normalize_path: bool,
}

impl Listener {
    /// A listener with a filter, normalising paths.
    pub fn new(name: impl Into<String>, tls: Tls, filter: Filter) -> Self {
        let tells_peer = matches!(&filter, Filter::Inline(plugin, _) if plugin.is_native());
        Self {
            name: name.into(),
            tls,
            filter,
            filter_state: Vec::new(),
            forward_client_cert: None,
            tells_peer,
            normalize_path: true,
        }
    }
}

/// Who decides about a listener's requests.
#[derive(Clone, Debug)]
pub enum Filter {
    /// Nobody: everything passes. For a proxy that stands in front of the one under test.
    Nobody,
    /// The filter with this configuration, in the bootstrap itself: if the filter refuses it, Envoy does not start.
    Inline(Plugin, Value),
    /// The filter of this name from an ECDS resource file.
    Discovered(String, PathBuf),
}

/// A listener's certificate and key files.
#[derive(Clone, Debug)]
pub struct ServerIdentity {
    /// Certificate, PEM.
    pub certificate: PathBuf,
    /// Key, PEM.
    pub key: PathBuf,
}

/// How a listener meets its clients.
#[derive(Clone, Debug)]
pub enum Tls {
    /// No TLS.
    Plain,
    /// TLS, with one of the ways to treat client certificates.
    Server(ServerIdentity, ClientCertificates),
}

/// How client certificates are treated.
#[derive(Clone, Debug)]
pub enum ClientCertificates {
    /// Not asked for.
    Ignored,
    /// Checked by the SPIFFE validator against each trust domain's own authorities: `(trust domain, PEM file)`. Demands a
    /// certificate, and refuses one without a known trust domain in the handshake. The mode for production.
    Spiffe(Vec<(String, PathBuf)>),
    /// Checked by Envoy's own validator against the authorities of ONE trust domain. With several domains' authorities in
    /// the file, each could vouch for the other's names, and the filter sees the leaf only.
    OneAuthority {
        /// The authorities, PEM.
        trusted_ca: PathBuf,
        /// Refuse a client without a certificate in the handshake.
        required: bool,
        /// Let a certificate that does not verify come as far as the filter, which sees `peer_certificate_valid` false
        /// and refuses it with a reason.
        accept_untrusted: bool,
    },
}

impl Bootstrap {
    /// A bootstrap without listeners.
    pub fn new(upstream: SocketAddr) -> Self {
        Self { upstream, listeners: Vec::new() }
    }

    /// Adds a listener.
    #[must_use]
    pub fn listener(mut self, listener: Listener) -> Self {
        self.listeners.push(listener);
        self
    }

    /// Writes the bootstrap as JSON.
    ///
    /// # Errors
    /// The folder is not writable.
    pub fn write(&self, path: &Path) -> Result<()> {
        write_atomically(path, &self.to_json().to_string())
    }

    /// The bootstrap as Envoy reads it.
    pub fn to_json(&self) -> Value {
        let listeners: Vec<Value> = self.listeners.iter().map(Listener::to_json).collect();
        json!({
            // Envoy wants to know who it is before it takes a filter from a file.
            "node": { "id": "doorward-lab", "cluster": "doorward-lab" },
            "admin": { "address": socket_address("127.0.0.1", ANY_PORT) },
            // As in the scenarios: one metric with a label for the filter's counters by reason.
            "stats_config": { "stats_tags": [{
                "tag_name": "reason",
                "regex": r"^wasmcustom\.doorward\.(?:denied|error)(\.([a-z0-9_]+))$",
            }] },
            "static_resources": {
                "listeners": listeners,
                "clusters": [{
                    "name": "workload",
                    "connect_timeout": "2s",
                    "load_assignment": {
                        "cluster_name": "workload",
                        "endpoints": [{ "lb_endpoints": [{ "endpoint": {
                            "address": socket_address(&self.upstream.ip().to_string(), self.upstream.port()),
                        } }] }],
                    },
                }],
            },
        })
    }
}

impl Listener {
    /// The listener as Envoy reads it.
    pub fn to_json(&self) -> Value {
        let mut http_filters = Vec::new();
        if !self.filter_state.is_empty() {
            http_filters.push(self.set_filter_state());
        }
        match &self.filter {
            Filter::Nobody => {}
            Filter::Inline(plugin, configuration) => http_filters.push(plugin.http_filter(configuration)),
            Filter::Discovered(name, path) => http_filters.push(http_filter(name, path)),
        }
        http_filters.push(json!({
            "name": "envoy.filters.http.router",
            "typed_config": { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
        }));
        let mut manager = json!({
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": self.name,
            "http_filters": http_filters,
            "route_config": { "virtual_hosts": [{
                "name": "workload",
                "domains": ["*"],
                "routes": [{ "match": { "prefix": "/" }, "route": { "cluster": "workload" } }],
            }] },
            // A request that stays paused in a reloaded filter ends here.
            "stream_idle_timeout": "10s",
            "access_log": [{
                "name": "envoy.access_loggers.stdout",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
                    "log_format": { "text_format_source": { "inline_string":
                        "access %RESPONSE_CODE% %RESPONSE_CODE_DETAILS%\n" } },
                },
            }],
        });
        if self.normalize_path {
            manager["normalize_path"] = json!(true);
            manager["merge_slashes"] = json!(true);
            manager["path_with_escaped_slashes_action"] = json!("REJECT_REQUEST");
        }
        if let Some(mode) = &self.forward_client_cert {
            manager["forward_client_cert_details"] = json!(mode);
            manager["set_current_client_cert_details"] = json!({ "uri": true, "subject": true, "dns": true });
        }
        let mut filters = Vec::new();
        let mut chain = json!({});
        if let Tls::Server(identity, clients) = &self.tls {
            chain["transport_socket"] = transport_socket(identity, clients);
            if self.tells_peer {
                filters.push(peer_state());
            }
        }
        filters.push(
            json!({ "name": "envoy.filters.network.http_connection_manager", "typed_config": manager }),
        );
        chain["filters"] = json!(filters);
        json!({
            "name": self.name,
            "address": socket_address("127.0.0.1", ANY_PORT),
            "filter_chains": [chain],
        })
    }

    fn set_filter_state(&self) -> Value {
        let values: Vec<Value> = self
            .filter_state
            .iter()
            .map(|(key, value)| {
                json!({
                    "object_key": key,
                    "factory_key": "envoy.string",
                    "format_string": { "text_format_source": { "inline_string": value } },
                })
            })
            .collect();
        json!({
            "name": "envoy.filters.http.set_filter_state",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config",
                "on_request_headers": values,
            },
        })
    }
}

/// The network filter that tells the dynamic module who the peer is: whether its certificate was validated, and the
/// certificate.
fn peer_state() -> Value {
    json!({
        "name": "envoy.filters.network.set_filter_state",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.set_filter_state.v3.Config",
            "on_downstream_tls_handshake": [{
                "object_key": "doorward.peer",
                "factory_key": "envoy.string",
                "format_string": { "text_format_source": { "inline_string":
                    "%CEL(connection.peer_certificate_valid)% %DOWNSTREAM_PEER_CERT%" } },
            }],
        },
    })
}

fn transport_socket(identity: &ServerIdentity, clients: &ClientCertificates) -> Value {
    let mut common = json!({
        "tls_certificates": [{
            "certificate_chain": { "filename": identity.certificate },
            "private_key": { "filename": identity.key },
        }],
    });
    let required = match clients {
        ClientCertificates::Ignored => false,
        ClientCertificates::Spiffe(bundles) => {
            let domains: Vec<Value> = bundles
                .iter()
                .map(|(domain, bundle)| json!({ "name": domain, "trust_bundle": { "filename": bundle } }))
                .collect();
            common["validation_context"] = json!({ "custom_validator_config": {
                "name": "envoy.tls.cert_validator.spiffe",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig",
                    "trust_domains": domains,
                },
            } });
            true
        }
        ClientCertificates::OneAuthority { trusted_ca, required, accept_untrusted } => {
            let verification = if *accept_untrusted { "ACCEPT_UNTRUSTED" } else { "VERIFY_TRUST_CHAIN" };
            common["validation_context"] = json!({
                "trusted_ca": { "filename": trusted_ca },
                "trust_chain_verification": verification,
            });
            *required
        }
    };
    json!({
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "require_client_certificate": required,
            // Envoy does not verify a certificate again when a session resumes: `connection.peer_certificate_valid` is
            // then false for a perfectly good one. Both kinds of resumption have to be off.
            "disable_stateless_session_resumption": true,
            "disable_stateful_session_resumption": true,
            "common_tls_context": common,
        },
    })
}

fn socket_address(address: &str, port: u16) -> Value {
    json!({ "socket_address": { "address": address, "port_value": port } })
}
