//! Configurations that are refused, and the exact words: `tests/golden/config-errors/NAME.yaml` (or `.json`, as it is) with
//! `NAME.txt` beside it. `DOORWARD_BLESS=1` writes the texts anew; read the difference before you keep it.
#![expect(clippy::expect_used, clippy::panic, reason = "a test's helpers may fail the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use doorward_tests::golden::folder;
use policy_core::Snapshot;

/// There may be more of them and not fewer.
const CASES: usize = 100;

/// Stands for a secret that was put in the wrong place. Whatever refuses it does not repeat it.
const SECRET: &str = "hunter2";

#[test]
fn a_refused_configuration_is_refused_in_these_words() {
    let folder = folder().join("config-errors");
    let bless = std::env::var_os("DOORWARD_BLESS").is_some_and(|value| value == "1");
    let mut texts: BTreeSet<PathBuf> = BTreeSet::new();
    let mut differences = Vec::new();
    let inputs = inputs(&folder);
    for input in &inputs {
        let text = input.with_extension("txt");
        assert!(texts.insert(text.clone()), "{} has a twin", input.display());
        let got = match Snapshot::load(&document(input)) {
            Ok(_) => "(it is accepted)\n".to_owned(),
            Err(errors) => {
                assert!(errors.iter().next().is_some(), "{}: an error without a fault", input.display());
                format!("{errors}\n")
            }
        };
        if got.to_lowercase().contains(SECRET) {
            differences.push(format!("{}: a value is repeated:\n{got}", name(input)));
        }
        if got.starts_with("(it is accepted)") {
            differences.push(format!("{}: is accepted", name(input)));
            continue;
        }
        if bless {
            fs::write(&text, &got).expect("the text can be written");
        }
        let wanted = fs::read_to_string(&text).unwrap_or_default();
        if wanted != got {
            differences.push(format!("{}:\n  expected: {wanted}  got:      {got}", name(input)));
        }
    }
    for path in listed(&folder).into_iter().filter(|path| extension(path) == "txt") {
        if !texts.contains(&path) {
            differences.push(format!("{}: there is no configuration of this name", name(&path)));
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
    assert!(inputs.len() >= CASES, "only {} configurations", inputs.len());
}

/// The JSON document that the filter is given.
fn document(path: &Path) -> Vec<u8> {
    let bytes = fs::read(path).expect("the configuration can be read");
    if extension(path) == "json" {
        return bytes;
    }
    let text = String::from_utf8(bytes).expect("YAML is text");
    let value: serde_json::Value = serde_saphyr::from_str(&text)
        .unwrap_or_else(|error| panic!("{} is no YAML: {error}", path.display()));
    value.to_string().into_bytes()
}

fn inputs(folder: &Path) -> Vec<PathBuf> {
    listed(folder).into_iter().filter(|path| matches!(extension(path).as_str(), "yaml" | "json")).collect()
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().into_owned()).unwrap_or_default()
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
