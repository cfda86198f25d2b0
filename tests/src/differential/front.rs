//! HTTP/2 without a client of our own: an Envoy in front that takes HTTP/1.1 and passes it on as HTTP/2.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};

use crate::ecds::write_atomically;
use crate::envoy::{Bootstrap, Envoy, Filter, Launch, Listener, Program, Tls};
use crate::{Context, Result, root};

/// What a cluster must say to be spoken to in HTTP/2.
const PROTOCOLS: &str = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/// The Envoy in front, with one listener for each of the listeners behind it.
pub struct Front {
    _envoy: Envoy,
    /// Where its listeners are, by the name of the one behind.
    pub listeners: BTreeMap<String, SocketAddr>,
}

impl Front {
    /// Starts it in front of these listeners, which have no TLS.
    ///
    /// # Errors
    /// There is no Envoy, or it does not start.
    pub fn start(behind: &BTreeMap<String, SocketAddr>, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).context(|| format!("make {}", folder.display()))?;
        let mut bootstrap = Bootstrap::new(SocketAddr::from(([127, 0, 0, 1], 9)));
        for name in behind.keys() {
            let mut listener = Listener::new(name, Tls::Plain, Filter::Nobody);
            listener.normalize_path = false;
            bootstrap.listeners.push(listener);
        }
        let mut config = bootstrap.to_json();
        let clusters: Vec<Value> = behind.iter().map(|(name, address)| cluster(name, *address)).collect();
        config["static_resources"]["clusters"] = json!(clusters);
        for listener in config["static_resources"]["listeners"].as_array_mut().into_iter().flatten() {
            let name = listener["name"].clone();
            let manager = &mut listener["filter_chains"][0]["filters"][0]["typed_config"];
            manager["route_config"]["virtual_hosts"][0]["routes"][0]["route"]["cluster"] = name;
            manager["access_log"] = json!([]);
        }
        let path = folder.join("front.json");
        write_atomically(&path, &config.to_string())?;
        let envoy = Envoy::start(&Program::find(&root())?, &Launch::new("front", &path, &root(), folder))?;
        let listeners = behind.keys().map(|name| Ok((name.clone(), envoy.listener(name)?)));
        Ok(Self { listeners: listeners.collect::<Result<_>>()?, _envoy: envoy })
    }
}

fn cluster(name: &str, address: SocketAddr) -> Value {
    json!({
        "name": name,
        "connect_timeout": "2s",
        "load_assignment": { "cluster_name": name, "endpoints": [{ "lb_endpoints": [{ "endpoint": { "address": {
            "socket_address": { "address": address.ip().to_string(), "port_value": address.port() },
        } } }] }] },
        "typed_extension_protocol_options": { PROTOCOLS: {
            "@type": format!("type.googleapis.com/{PROTOCOLS}"),
            "explicit_http_config": { "http2_protocol_options": {} },
        } },
    })
}
