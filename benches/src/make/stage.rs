//! The lab, and the scenarios' configurations with its keys. Made in a folder of its own, so that a demo that is up
//! keeps its keys.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use doorward_cli::source::resolve;
use doorward_tests::lab::{Cast, Lab, TokenRequest};
use doorward_tests::pki::unix_now;
use doorward_tests::{Context, Error, Result};
use serde_json::{Value, json};

use super::{EMPTY, policy_only};
use crate::cases::Connection;

pub(super) struct Stage {
    pub(super) lab: Lab,
    pub(super) now_secs: i64,
    pub(super) configurations: BTreeMap<String, Value>,
    envoy: PathBuf,
}

impl Stage {
    pub(super) fn set(root: &Path, folder: &Path) -> Result<Self> {
        let envoy = root.join("envoy");
        let staged = folder.join("stage");
        // Below it as in the repository: a configuration names its keys by the path from itself.
        let lab = Lab::create(&Cast::read(&envoy.join("lab.yaml"))?, &staged.join("target/demo"))?;
        let now_secs = unix_now();
        let mut stage = Self { lab, now_secs, configurations: BTreeMap::new(), envoy };
        stage.add(EMPTY, policy_only("package bench\n\nallow := true\n"));
        for name in ["mesh", "payments", "accounts", "require-jwt", "contextual", "jwt-svid", "edge"] {
            let mut document = stage.scenario(name, &staged.join("envoy").join(name))?;
            if name == "contextual" {
                set_clock_to_noon(&mut document, now_secs)?;
            }
            stage.add(name, document);
        }
        Ok(stage)
    }

    pub(super) fn add(&mut self, name: &str, document: Value) {
        self.configurations.insert(name.to_owned(), document);
    }

    /// The scenario's configuration, its files copied to where our keys are.
    fn scenario(&self, name: &str, to: &Path) -> Result<Value> {
        fs::create_dir_all(to).context(|| format!("make {}", to.display()))?;
        let from = self.envoy.join(name);
        for entry in fs::read_dir(&from).context(|| format!("read {}", from.display()))? {
            let path = entry.context(|| format!("read {}", from.display()))?.path();
            if let (true, Some(file)) = (path.is_file(), path.file_name()) {
                fs::copy(&path, to.join(file)).context(|| format!("copy {}", path.display()))?;
            }
        }
        resolve(&to.join("doorward.yaml")).context(|| format!("the configuration of {name}"))
    }

    /// A token that the scenario's `requests.yaml` names.
    pub(super) fn token(&self, scenario: &str, token: &str) -> Result<String> {
        #[derive(serde::Deserialize)]
        struct Tokens {
            tokens: BTreeMap<String, TokenRequest>,
        }
        let path = self.envoy.join(scenario).join("requests.yaml");
        let text = fs::read_to_string(&path).context(|| format!("read {}", path.display()))?;
        let file: Tokens = serde_saphyr::from_str(&text).context(|| format!("{}", path.display()))?;
        let wanted = file.tokens.get(token).context(|| format!("{scenario} has no token {token}"))?;
        self.lab.token(wanted)
    }

    /// A known connection between two of the lab's identities.
    pub(super) fn connection(&self, peer: &str, own: &str) -> Result<Connection> {
        Ok(Connection { peer_pem: Some(self.pem(peer)?), ..self.connection_without_peer(own)? })
    }

    /// A connection on which the peer showed no certificate.
    pub(super) fn connection_without_peer(&self, own: &str) -> Result<Connection> {
        let cast = Cast::read(&self.envoy.join("lab.yaml"))?;
        let own_id = cast.identities.get(own).and_then(|spec| spec.spiffe_id.clone());
        let own_id = own_id.context(|| format!("{own} has no SPIFFE ID"))?;
        Ok(Connection { peer_pem: None, own_id: Some(own_id), is_new_each_time: false })
    }

    pub(super) fn pem(&self, identity: &str) -> Result<String> {
        let leaf = self.lab.identity(identity)?;
        Ok(leaf.context(|| format!("{identity} has no certificate"))?.pem().to_owned())
    }
}

/// The policy of `contextual` allows by day only; the cases are made at any hour.
fn set_clock_to_noon(document: &mut Value, now_secs: i64) -> Result<()> {
    let hour = now_secs.rem_euclid(86_400) / 3600;
    let context = document.get_mut("context").and_then(Value::as_object_mut);
    let context = context.ok_or_else(|| Error::new("contextual configures no context"))?;
    context.insert("utc_offset_minutes".to_owned(), json!((12 - hour) * 60));
    Ok(())
}
