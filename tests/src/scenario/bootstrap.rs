//! What the runner has to know of a scenario's own Envoy configuration: its listeners and the ports that it will take.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use serde_json::Value;

use crate::{Context, Error, Result};

/// A listener of a scenario's Envoy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entrance {
    pub(super) name: String,
    pub(super) address: SocketAddr,
    pub(super) tls: bool,
}

/// The listeners and the admin address of a bootstrap file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entrances {
    pub(super) listeners: Vec<Entrance>,
    pub(super) admin: Option<SocketAddr>,
}

impl Entrances {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).context(|| format!("read {}", path.display()))?;
        let bootstrap: Value = serde_saphyr::from_str(&text).context(|| format!("{}", path.display()))?;
        let listeners = bootstrap.pointer("/static_resources/listeners").and_then(Value::as_array);
        let listeners = listeners.into_iter().flatten().map(entrance).collect::<Option<Vec<_>>>();
        Ok(Self {
            listeners: listeners
                .context(|| format!("{}: a listener without name, address or port", path.display()))?,
            admin: bootstrap.get("admin").and_then(address),
        })
    }

    /// Says which port somebody else has already. Envoy would share a listener's port with a second Envoy without a word.
    pub(super) fn check_free(&self) -> Result<()> {
        let named = self.listeners.iter().map(|entrance| (entrance.name.as_str(), entrance.address));
        for (name, address) in named.chain(self.admin.map(|admin| ("the admin interface", admin))) {
            if let Err(cause) = TcpListener::bind(address) {
                return Err(Error::new(format!(
                    "port {} for {name} is taken ({cause}); end what uses it (`ss -ltnp 'sport = :{}'`) and try again",
                    address.port(),
                    address.port()
                )));
            }
        }
        Ok(())
    }
}

fn entrance(listener: &Value) -> Option<Entrance> {
    let chains = listener.get("filter_chains").and_then(Value::as_array);
    Some(Entrance {
        name: listener.get("name")?.as_str()?.to_owned(),
        address: address(listener)?,
        tls: chains.into_iter().flatten().any(|chain| chain.get("transport_socket").is_some()),
    })
}

fn address(of: &Value) -> Option<SocketAddr> {
    let socket = of.pointer("/address/socket_address")?;
    let port = u16::try_from(socket.get("port_value")?.as_u64()?).ok()?;
    Some(SocketAddr::new(socket.get("address")?.as_str()?.parse().ok()?, port))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_listener_has_a_name_an_address_and_perhaps_tls() {
        let socket = json!({ "socket_address": { "address": "127.0.0.1", "port_value": 21001 } });
        let found = entrance(&json!({
            "name": "database", "address": socket, "filter_chains": [{ "transport_socket": {} }],
        }));
        let address = "127.0.0.1:21001".parse().unwrap();
        assert_eq!(found, Some(Entrance { name: "database".into(), address, tls: true }));
        assert_eq!(entrance(&json!({ "address": socket })), None);
        assert_eq!(entrance(&json!({ "name": "database" })), None);
    }

    #[test]
    fn a_taken_port_is_named() {
        let taken = TcpListener::bind(("127.0.0.1", crate::ports::free().unwrap())).unwrap();
        let address = taken.local_addr().unwrap();
        let listeners = vec![Entrance { name: "database".into(), address, tls: false }];
        let message = Entrances { listeners, admin: None }.check_free().unwrap_err().to_string();
        assert!(message.contains(&format!("port {} for database is taken", address.port())), "{message}");
        drop(taken);
        let admin = Some(address);
        Entrances { listeners: Vec::new(), admin }.check_free().unwrap();
    }
}
