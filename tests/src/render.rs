//! `doorward.yaml` as the filter gets it: the files it names, read and put in their place.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Context, Result};

/// Reads a configuration document and resolves its `*_file` keys, relative to the document.
///
/// # Errors
/// A file is missing, or is no YAML or JSON.
pub fn resolve(path: &Path) -> Result<Value> {
    let text = read(path)?;
    let mut document: Value =
        serde_saphyr::from_str(&text).context(|| format!("{} is no YAML", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    inline(&mut document, folder)?;
    Ok(document)
}

fn inline(value: &mut Value, folder: &Path) -> Result<()> {
    match value {
        Value::Object(members) => {
            for (key, document) in [("jwks_file", "jwks"), ("data_file", "data")] {
                if let Some(Value::String(file)) = members.remove(key) {
                    let file = folder.join(file);
                    let parsed = serde_json::from_str(&read(&file)?)
                        .context(|| format!("{} is no JSON", file.display()))?;
                    members.insert(document.into(), parsed);
                }
            }
            if let Some(Value::String(file)) = members.remove("source_file") {
                members.insert("source".into(), read(&folder.join(file))?.into());
            }
            members.values_mut().try_for_each(|member| inline(member, folder))
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| inline(item, folder)),
        _ => Ok(()),
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).context(|| format!("read {}", path.display()))
}
