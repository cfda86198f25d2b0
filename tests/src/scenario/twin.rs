//! The native twin of a scenario's Envoy configuration: the same proxy with the dynamic module in place of the wasm one.
//!
//! It is made from the text, so that comments stay where they are, and is kept beside it as `native/envoy*.yaml` for
//! people to read and copy. `demo --write-twins` writes the twins; a test fails where one is not what this makes.

use std::fs;
use std::path::{Path, PathBuf};

use super::file::Scenario;
use crate::ecds::{NATIVE_TYPE, WASM_TYPE, write_atomically};
use crate::{Context, Error, Result};

/// Folder of the twins, inside a scenario's.
pub(super) const FOLDER: &str = "native";

/// First line of what makes a label of the wasm filter's counters. The module's counters have it.
const LABEL: &str =
    "# The filter has a counter for each reason. This makes one Prometheus metric with a label of them:\n";
/// Lines of that block: two of comment, three of `stats_config`.
const LABEL_LINES: usize = 5;
/// Where a listener's filters begin.
const FILTERS: &str = "        - filters:\n";
/// What a listener with TLS says of its peer, in front of its other filters.
const PEER: &str = r#"            # Whose certificate it is, and whether Envoy validated it. Envoy does not tell a module that; the listener says
            # it, once a connection, where no client can write. Without this every certificate is refused
            # (peer_validation_unknown).
            - name: envoy.filters.network.set_filter_state
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.set_filter_state.v3.Config
                on_downstream_tls_handshake:
                  - object_key: doorward.peer
                    factory_key: envoy.string
                    format_string:
                      text_format_source:
                        inline_string: "%CEL(connection.peer_certificate_valid)% %DOWNSTREAM_PEER_CERT%"
"#;

/// The twin of a configuration, and where it belongs; `None` where there is no Doorward in it: such a proxy runs as it is.
///
/// # Errors
/// The configuration is not written as the scenarios are, so that a twin would be wrong.
pub(super) fn twin(scenario: &str, original: &Path) -> Result<Option<(PathBuf, String)>> {
    let text = fs::read_to_string(original).context(|| format!("read {}", original.display()))?;
    let file = original.file_name().and_then(|name| name.to_str()).context(|| "a file without a name")?;
    let text = transformed(&text, scenario, file).context(|| format!("{}", original.display()))?;
    Ok(text.map(|text| (original.with_file_name(FOLDER).join(file), text)))
}

/// The twin that is kept beside a configuration, or the configuration itself where there is no Doorward in it.
///
/// # Errors
/// There should be one and is not; the message says what writes it.
pub(super) fn kept(original: &Path) -> Result<PathBuf> {
    let file = original.file_name().context(|| "a file without a name")?;
    let twin = original.with_file_name(FOLDER).join(file);
    if twin.is_file() {
        return Ok(twin);
    }
    let text = fs::read_to_string(original).context(|| format!("read {}", original.display()))?;
    match text.contains(WASM_TYPE) {
        false => Ok(original.to_owned()),
        true => {
            Err(Error::new(format!("{} is missing: ./build.sh demo --write-twins makes it", twin.display())))
        }
    }
}

/// Writes the twins of a scenario, and says which.
///
/// # Errors
/// See [`twin`]; or the folder is not writable.
pub fn write_twins(scenario: &Scenario) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for original in &scenario.envoys {
        let Some((path, text)) = twin(&scenario.name, original)? else { continue };
        let folder = original.with_file_name(FOLDER);
        fs::create_dir_all(&folder).context(|| format!("make {}", folder.display()))?;
        write_atomically(&path, &text)?;
        written.push(path);
    }
    Ok(written)
}

fn transformed(text: &str, scenario: &str, file: &str) -> Result<Option<String>> {
    let filters = text.matches(WASM_TYPE).count();
    if filters == 0 {
        return Ok(None);
    }
    let here = (format!("envoy/{scenario}/{file}"), format!("envoy/{scenario}/{FOLDER}/{file}"));
    let rendered = (format!("target/demo/{scenario}/"), format!("target/demo/{scenario}/{FOLDER}/"));
    let text = replaced(text, &here.0, &here.1, 1)?;
    let text = without_label(&text)?;
    let text = replaced(&text, &rendered.0, &rendered.1, filters)?;
    let text = replaced(&text, WASM_TYPE, NATIVE_TYPE, filters)?;
    told_of_peers(&text).map(Some)
}

/// Replaces what must be there as often as expected.
fn replaced(text: &str, old: &str, new: &str, times: usize) -> Result<String> {
    match text.matches(old).count() {
        found if found == times => Ok(text.replace(old, new)),
        found => Err(Error::new(format!("{old} should be there {times} times, and is {found} times"))),
    }
}

/// Without `stats_config`, its comment and the empty line after it.
fn without_label(text: &str) -> Result<String> {
    let (before, from) = text.split_once(LABEL).context(|| "no comment above stats_config")?;
    let (block, after) = from.split_once("\n\n").context(|| "no empty line after stats_config")?;
    match block.contains("\nstats_config:\n") && block.lines().count() + 1 == LABEL_LINES {
        true => Ok(format!("{before}{after}")),
        false => Err(Error::new("stats_config is not the block that every scenario has")),
    }
}

/// [`PEER`] in each listener with TLS.
fn told_of_peers(text: &str) -> Result<String> {
    let mut parts = text.split(FILTERS);
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        told.push_str(FILTERS);
        if part.contains("DownstreamTlsContext") {
            told.push_str(PEER);
        }
        told.push_str(part);
    }
    match told.contains("filter_chains:\n") && told.contains(FILTERS) {
        true => Ok(told),
        false => Err(Error::new("no filter chain that is written as the scenarios write theirs")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn scenarios() -> Vec<Scenario> {
        Scenario::all(&Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("envoy")).unwrap()
    }

    #[test]
    fn every_twin_is_what_the_transformation_makes() {
        for scenario in scenarios() {
            let mut files = Vec::new();
            for original in &scenario.envoys {
                let Some((path, text)) = twin(&scenario.name, original).unwrap() else { continue };
                let kept = fs::read_to_string(&path).unwrap_or_default();
                assert!(kept == text, "{} is old: ./build.sh demo --write-twins", path.display());
                files.push(path);
            }
            assert!(!files.is_empty(), "{} has no Doorward", scenario.name);
            let folder = scenario.envoys[0].with_file_name(FOLDER);
            let mut there: Vec<_> =
                fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            there.sort();
            assert_eq!(there, files, "a twin of nothing");
        }
    }

    /// What a twin is, read as YAML: with the three differences taken back it is the original.
    #[test]
    fn a_twin_differs_in_nothing_else() {
        for scenario in scenarios() {
            for original in &scenario.envoys {
                let Some((_, text)) = twin(&scenario.name, original).unwrap() else { continue };
                let mut wanted: Value =
                    serde_saphyr::from_str(&fs::read_to_string(original).unwrap()).unwrap();
                let mut twin: Value = serde_saphyr::from_str(&text).unwrap();
                assert!(wanted.as_object_mut().unwrap().remove("stats_config").is_some());
                for listener in
                    twin.pointer_mut("/static_resources/listeners").unwrap().as_array_mut().unwrap()
                {
                    let chain = &mut listener["filter_chains"][0];
                    let filters = chain["filters"].as_array_mut().unwrap();
                    assert_eq!(filters.len(), 2);
                    let said = filters.remove(0);
                    let at = "/typed_config/on_downstream_tls_handshake/0/object_key";
                    assert_eq!(said.pointer(at), Some(&json!("doorward.peer")));
                    let discovery = &mut filters[0]["typed_config"]["http_filters"][0]["config_discovery"];
                    assert_eq!(discovery["type_urls"], json!([NATIVE_TYPE]));
                    discovery["type_urls"] = json!([WASM_TYPE]);
                    let path = &mut discovery["config_source"]["path_config_source"]["path"];
                    *path = json!(path.as_str().unwrap().replace("/native/", "/"));
                }
                assert_eq!(twin, wanted, "{}", original.display());
            }
        }
    }

    #[test]
    fn a_proxy_without_doorward_has_no_twin() {
        assert_eq!(transformed("admin: {}\n", "x", "envoy.yaml").unwrap(), None);
    }

    #[test]
    fn only_a_listener_with_tls_is_told() {
        let text = format!("filter_chains:\n{FILTERS}plain\nfilter_chains:\n{FILTERS}DownstreamTlsContext\n");
        let told = told_of_peers(&text).unwrap();
        assert_eq!(
            told,
            format!("filter_chains:\n{FILTERS}plain\nfilter_chains:\n{FILTERS}{PEER}DownstreamTlsContext\n")
        );
    }

    #[test]
    fn what_is_written_otherwise_has_no_twin_but_an_error() {
        let file = fs::read_to_string(&scenarios()[0].envoys[0]).unwrap();
        let name = &scenarios()[0].name;
        assert!(transformed(&file, name, "envoy.yaml").is_ok());
        for (part, other) in [
            (LABEL, "# Another comment.\n"),
            ("stats_config:", "other_config:"),
            ("target/demo/", "elsewhere/"),
            ("Run it from", "envoy/accounts/envoy.yaml"),
            (FILTERS, "        - filters: # of the network\n"),
        ] {
            assert!(file.contains(part), "{part}");
            assert!(transformed(&file.replace(part, other), name, "envoy.yaml").is_err(), "{part}");
        }
    }
}
