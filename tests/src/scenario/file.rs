//! `envoy/NAME/`: what is in a scenario's folder, and its `requests.yaml`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use doorward_cli::render::Host;
use serde::Deserialize;

use super::twin;
use crate::lab::{IdentitySpec, NOBODY, TokenRequest};
use crate::{Context, Error, Result};

/// A scenario's folder.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The folder's name.
    pub name: String,
    /// `requests.yaml`.
    pub requests: Requests,
    /// `envoy.yaml` and `envoy.*.yaml`, in order of their names. They run the wasm filter; for the native module, see
    /// [`Scenario::envoys_on`].
    pub envoys: Vec<PathBuf>,
    /// `doorward.yaml` and `doorward.*.yaml`: the filters' configurations.
    pub filters: Vec<PathBuf>,
}

/// `requests.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requests {
    /// One line about the scenario.
    pub title: String,
    /// Workloads by name, each on a port of 127.0.0.1.
    #[serde(default)]
    pub upstreams: BTreeMap<String, u16>,
    /// Certificates beyond the common cast.
    #[serde(default)]
    pub identities: BTreeMap<String, IdentitySpec>,
    /// Tokens by name.
    #[serde(default)]
    pub tokens: BTreeMap<String, TokenRequest>,
    /// What is sent, in order.
    pub requests: Vec<RequestSpec>,
}

/// One request and what should become of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestSpec {
    /// What it shows, in a few words.
    pub name: String,
    /// The caller: an identity, or `nobody`.
    #[serde(rename = "as", default = "nobody")]
    pub caller: String,
    /// The listener, by its name in the scenario's Envoy configuration.
    pub to: String,
    /// The method.
    #[serde(default = "get")]
    pub method: String,
    /// The request target, sent as it is.
    #[serde(default = "slash")]
    pub path: String,
    /// Header lines, `name: value`; see `envoy/README.md` for what `${...}` stands for.
    #[serde(default)]
    pub headers: Vec<String>,
    /// A token that goes into `authorization` after `Bearer`.
    pub token: Option<String>,
    /// The body.
    #[serde(default)]
    pub body: String,
    /// What should become of it.
    pub expect: Expect,
    /// What should become of it at other hours.
    pub otherwise: Option<Otherwise>,
}

fn nobody() -> String {
    NOBODY.into()
}

fn get() -> String {
    "GET".into()
}

fn slash() -> String {
    "/".into()
}

/// What should become of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Who should have said what.
    pub decision: Expected,
    /// HTTP status; 200 for an allow and 403 for a deny if absent.
    pub status: Option<u16>,
    /// The reason's code.
    pub reason: Option<String>,
    /// Header values that the workload should have received; `null` for a header that it should not have.
    #[serde(default)]
    pub upstream: BTreeMap<String, Option<String>>,
    /// Text that `www-authenticate` of the response should hold.
    pub www_authenticate: Option<String>,
    /// Values that headers of the response should have; `null` for a header that should not be there.
    #[serde(default)]
    pub response: BTreeMap<String, Option<String>>,
    /// Text that the body of the response should hold.
    pub body: Option<String>,
}

/// Who should have said what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// The filter: allow.
    Allow,
    /// The filter: deny.
    Deny,
    /// Envoy refuses the handshake; no filter is asked and there is no HTTP status.
    HandshakeRefused,
    /// Envoy answers by itself; no filter is asked.
    NotAsked,
}

/// What should become of a request whose result depends on the hour of day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Otherwise {
    /// First and last hour (UTC, both included) in which `expect` of the request holds.
    pub outside_hours_utc: (u8, u8),
    /// What holds at every other hour.
    pub expect: Expect,
}

impl RequestSpec {
    /// What should become of the request at this hour (UTC).
    pub fn expect_at(&self, hour: u8) -> &Expect {
        match &self.otherwise {
            Some(Otherwise { outside_hours_utc: (first, last), expect })
                if !(*first..=*last).contains(&hour) =>
            {
                expect
            }
            _ => &self.expect,
        }
    }
}

impl Scenario {
    /// Reads every scenario under `envoy/`, in order of their names.
    ///
    /// # Errors
    /// A folder with a `requests.yaml` is not complete, or says something unknown.
    pub fn all(envoy_folder: &Path) -> Result<Vec<Self>> {
        let folders = entries(envoy_folder)?.into_iter().filter(|path| path.join("requests.yaml").is_file());
        folders.map(|folder| Self::read(&folder)).collect()
    }

    /// Reads one folder.
    ///
    /// # Errors
    /// As [`Scenario::all`].
    pub fn read(folder: &Path) -> Result<Self> {
        let file = folder.join("requests.yaml");
        let text = fs::read_to_string(&file).context(|| format!("read {}", file.display()))?;
        let requests: Requests = serde_saphyr::from_str(&text).context(|| format!("{}", file.display()))?;
        let name = stem(folder)?;
        let named = |start: &str| -> Result<Vec<PathBuf>> {
            let of_kind = |path: &PathBuf| {
                stem(path).is_ok_and(|stem| stem == start || stem.starts_with(&format!("{start}.")))
                    && path.extension().is_some_and(|extension| extension == "yaml")
            };
            let found: Vec<PathBuf> = entries(folder)?.into_iter().filter(of_kind).collect();
            match found.is_empty() {
                true => Err(Error::new(format!("{} has no {start}.yaml", folder.display()))),
                false => Ok(found),
            }
        };
        Ok(Self { name, requests, envoys: named("envoy")?, filters: named("doorward")? })
    }

    /// The Envoy configurations that run the filter on this host. A proxy without Doorward has one for both.
    ///
    /// # Errors
    /// A native twin is missing; the message says what writes it.
    pub fn envoys_on(&self, host: Host) -> Result<Vec<PathBuf>> {
        let on_host = |original: &PathBuf| match host {
            Host::Wasm => Ok(original.clone()),
            Host::Native => twin::kept(original),
        };
        self.envoys.iter().map(on_host).collect()
    }
}

/// The name of a file without its last extension, or of a folder.
pub(super) fn stem(path: &Path) -> Result<String> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    Ok(stem.context(|| format!("{} has no name", path.display()))?.to_owned())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).context(|| format!("read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_can_depend_on_the_hour() {
        let spec: RequestSpec = serde_saphyr::from_str(
            "{ name: n, to: l, expect: { decision: allow },
               otherwise: { outside_hours_utc: [6, 22], expect: { decision: deny } } }",
        )
        .unwrap();
        for (hour, expected) in
            [(5, Expected::Deny), (6, Expected::Allow), (22, Expected::Allow), (23, Expected::Deny)]
        {
            assert_eq!(spec.expect_at(hour).decision, expected, "{hour}");
        }
    }

    #[test]
    fn an_unknown_field_is_refused() {
        for text in [
            "{ name: n, to: l, expect: { decision: allow }, tokens: x }",
            "{ name: n, to: l, expect: { decision: allow, code: x } }",
            "{ name: n, to: l, expect: { decision: maybe } }",
            "{ name: n, to: l }",
        ] {
            assert!(serde_saphyr::from_str::<RequestSpec>(text).is_err(), "{text}");
        }
    }
}
