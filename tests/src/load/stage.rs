//! The Envoy, its configuration files, and the two ways to change them.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ClientConfig;
use serde_json::{Value, json};

use super::traffic::POLICY;
use crate::ecds::{Plugin, write_atomically};
use crate::envoy::{
    Bootstrap, ClientCertificates, Envoy, Filter, Launch, Listener, Program, ServerIdentity, Tls,
};
use crate::http::{Client, HttpError, Request, tls_config};
use crate::pki::{Authority, LeafSpec};
use crate::upstream::Upstream;
use crate::{Context, Error, Result, root};

const NAME: &str = "load";
const WEB: &str = "spiffe://corp.example.com/ns/shop/sa/web";

/// How updates come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The filter's own file (ECDS): connections stay.
    Filter,
    /// The listeners' file (LDS): a new listener takes the old one's place, and sometimes there is none for a while.
    Listeners,
}

/// What the filter is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Policy {
    A,
    B,
    /// A policy that does not parse, each another.
    Broken(usize),
}

/// An Envoy with one mTLS listener.
pub(super) struct Stage {
    way: Way,
    file: PathBuf,
    plugin: Plugin,
    server: ServerIdentity,
    trusted_ca: PathBuf,
    pub(super) address: SocketAddr,
    pub(super) envoy: Envoy,
    pub(super) upstream: Upstream,
    /// With a certificate that is an identity.
    pub(super) known: Arc<ClientConfig>,
    /// Without.
    pub(super) unknown: Arc<ClientConfig>,
}

impl Stage {
    pub(super) fn open(way: Way, module: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).context(|| format!("make {}", folder.display()))?;
        let folder = fs::canonicalize(folder).context(|| format!("find {}", folder.display()))?;
        let corp = Authority::new("corp.example.com")?;
        let trusted_ca = folder.join("corp.pem");
        write_atomically(&trusted_ca, corp.pem())?;
        let own = corp.leaf(&LeafSpec::svid("spiffe://corp.example.com/ns/shop/sa/own"))?;
        let (certificate, key) = own.write(&folder, "own")?;
        let web = corp.leaf(&LeafSpec::svid(WEB))?;
        let [known, unknown] = [Some(&web), None].map(|leaf| tls_config([corp.der()], leaf));
        let upstream = Upstream::start("workload", 0)?;
        // A listener that comes back comes back to the same port.
        let address = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let address = address.context(|| "a free port")?;
        let (file, bootstrap) = (folder.join("dynamic.json"), folder.join("envoy.json"));
        let plugin = Plugin::new(NAME, module);
        let server = ServerIdentity { certificate, key };
        let listener = listener(way, &file, &plugin, &server, &trusted_ca, address, Policy::A);
        write_atomically(&file, &file_of(way, &plugin, Some(&listener), Policy::A))?;
        let mut config = Bootstrap::new(upstream.address()).to_json();
        match way {
            Way::Filter => config["static_resources"]["listeners"] = json!([listener]),
            Way::Listeners => {
                config["dynamic_resources"]["lds_config"] =
                    json!({ "path_config_source": { "path": file }, "resource_api_version": "V3" });
            }
        }
        write_atomically(&bootstrap, &config.to_string())?;
        let launch = Launch { concurrency: 2, ..Launch::new(NAME, &bootstrap, &root(), &folder) };
        let envoy = Envoy::start(&Program::find(&root())?, &launch)?;
        let (known, unknown) = (known?, unknown?);
        Ok(Self { way, file, plugin, server, trusted_ca, address, envoy, upstream, known, unknown })
    }

    /// Tells Envoy.
    pub(super) fn tell(&self, policy: Policy) -> Result<()> {
        let Self { way, file, plugin, server, trusted_ca, address, .. } = self;
        let listener = listener(*way, file, plugin, server, trusted_ca, *address, policy);
        write_atomically(file, &file_of(*way, plugin, Some(&listener), policy))
    }

    /// Takes the listener away.
    pub(super) fn remove_listener(&self) -> Result<()> {
        write_atomically(&self.file, &file_of(self.way, &self.plugin, None, Policy::A))
    }

    /// Updates that were refused so far.
    pub(super) fn refused(&self) -> Result<u64> {
        let counters = match self.way {
            Way::Filter => {
                format!("^extension_config_discovery.http_filter.{NAME}.(update_rejected|config_fail)$")
            }
            Way::Listeners => "^listener_manager.lds.update_rejected$".to_owned(),
        };
        let text = self.envoy.get(&format!("/stats?filter={counters}"))?;
        let values = text.lines().filter_map(|line| line.rsplit_once(": ")?.1.parse::<u64>().ok());
        Ok(values.sum())
    }

    /// Which policy answers a new connection; `None` while nobody does.
    pub(super) fn policy(&self) -> Result<Option<Policy>> {
        let mut client = Client::tls(self.address, Arc::clone(&self.known));
        let mut status = |path: &str| match client.send(&Request::get(path)) {
            Ok(response) => Ok(Some(response.status)),
            Err(HttpError::Connect(_) | HttpError::Tls(_) | HttpError::Closed) => Ok(None),
            Err(error) => Err(Error::new(format!("{path}: {error}"))),
        };
        Ok(match (status("/a")?, status("/b")?) {
            (Some(200), Some(403)) => Some(Policy::A),
            (Some(403), Some(200)) => Some(Policy::B),
            // An update came between the two, or nobody listens.
            _ => None,
        })
    }
}

/// The file that Envoy watches.
fn file_of(way: Way, plugin: &Plugin, listener: Option<&Value>, policy: Policy) -> String {
    let file = match way {
        Way::Filter => plugin.resource(&configuration(policy)),
        Way::Listeners => {
            let resources: Vec<Value> = listener.into_iter().cloned().collect();
            json!({ "version_info": format!("{policy:?}"), "resources": resources })
        }
    };
    file.to_string()
}

fn listener(
    way: Way,
    file: &Path,
    plugin: &Plugin,
    server: &ServerIdentity,
    trusted_ca: &Path,
    address: SocketAddr,
    policy: Policy,
) -> Value {
    let clients = ClientCertificates::OneAuthority {
        trusted_ca: trusted_ca.to_owned(),
        required: false,
        accept_untrusted: true,
    };
    let filter = match way {
        Way::Filter => Filter::Discovered(NAME.to_owned(), file.to_owned()),
        Way::Listeners => Filter::Inline(plugin.clone(), configuration(policy)),
    };
    let mut listener = Listener::new(NAME, Tls::Server(server.clone(), clients), filter);
    listener.tells_peer = true;
    let mut listener = listener.to_json();
    listener["@type"] = json!("type.googleapis.com/envoy.config.listener.v3.Listener");
    listener["address"]["socket_address"]["port_value"] = json!(address.port());
    if way == Way::Filter {
        // In a bootstrap the type is known.
        drop(listener.as_object_mut().and_then(|members| members.remove("@type")));
    }
    listener
}

fn configuration(policy: Policy) -> Value {
    let source = match policy {
        Policy::A => allowing("a"),
        Policy::B => allowing("b"),
        Policy::Broken(number) => format!("package test\n\nallow if {{ {number} == \n"),
    };
    json!({
        "version": 1,
        "revision": format!("{policy:?}"),
        "identity": { "trust_domain": "corp.example.com", "sources": [{ "type": "connection" }] },
        "policy": { "decision": "test/allow", "modules": [{ "name": "test.rego", "source": source }] },
    })
}

fn allowing(name: &str) -> String {
    format!(
        "package test\n\ndefault allow := false\n\nallow := {{\n  \"allowed\": true,\n  \"headers\": {{\"{POLICY}\": \"{name}\"}},\n  \
         \"response_headers_to_add\": {{\"x-served-by\": \"{name}\"}},\n}} if {{\n  input.identity.spiffe_id == \"{WEB}\"\n  \
         input.request.path in {{\"/{name}\", \"/both\"}}\n}}\n"
    )
}
