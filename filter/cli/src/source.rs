//! A configuration as it is written: YAML or JSON, with policies, data and keys in files beside it.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use thiserror::Error;

/// Largest file that is read, in bytes: what the filter itself accepts as a whole.
const FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Why a configuration could not be put together.
#[derive(Debug, Error)]
pub enum SourceError {
    /// A file cannot be read.
    #[error("{path}: cannot be read: {cause}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// A file is too large.
    #[error("{path}: is larger than {FILE_BYTES} bytes")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A file is not YAML or JSON.
    #[error("{path}: is not YAML or JSON: {message}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and what.
        message: String,
    },
    /// A `*_file` field stands beside the field that it would fill.
    #[error("{path}: {place}: give either the value or the file, not both")]
    Both {
        /// The configuration.
        path: PathBuf,
        /// Path of the field.
        place: String,
    },
    /// A `*_file` field is not a string.
    #[error("{path}: {place}: must be the path of a file")]
    NotAPath {
        /// The configuration.
        path: PathBuf,
        /// Path of the field.
        place: String,
    },
}

/// Reads a configuration and puts the contents of its `source_file`, `data_file`, `compiled_file` and `jwks_file` in their
/// place.
///
/// Paths are relative to the configuration's folder. What else is in the document is left as it is: whether it means
/// anything is for the filter's own loader to say.
///
/// # Errors
/// A file that cannot be read or parsed, or a field given both ways.
pub fn resolve(path: &Path) -> Result<Value, SourceError> {
    let mut document = parse(path, &read(path)?)?;
    inline_policy(document.get_mut("policy"), "policy", path)?;
    for (index, route) in objects(document.get_mut("routes")) {
        inline_policy(route.get_mut("policy"), &format!("routes[{index}].policy"), path)?;
    }
    let providers = document.get_mut("tokens").and_then(|tokens| tokens.get_mut("providers"));
    for (index, provider) in objects(providers) {
        inline(provider, &format!("tokens.providers[{index}]"), "jwks", path, document_file)?;
    }
    Ok(document)
}

fn inline_policy(policy: Option<&mut Value>, place: &str, path: &Path) -> Result<(), SourceError> {
    let Some(policy) = policy.and_then(Value::as_object_mut) else { return Ok(()) };
    inline(policy, place, "data", path, document_file)?;
    inline(policy, place, "compiled", path, base64_file)?;
    for (index, module) in objects(policy.get_mut("modules")) {
        name_after_file(module);
        inline(module, &format!("{place}.modules[{index}]"), "source", path, text_file)?;
    }
    Ok(())
}

fn objects(list: Option<&mut Value>) -> impl Iterator<Item = (usize, &mut Map<String, Value>)> {
    let items = list.and_then(Value::as_array_mut).into_iter().flatten().enumerate();
    items.filter_map(|(index, item)| item.as_object_mut().map(|object| (index, object)))
}

/// A module without a name is called by its file's.
fn name_after_file(module: &mut Map<String, Value>) {
    let file = module.get("source_file").and_then(Value::as_str).map(Path::new);
    let name = file.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    if let (Some(name), false) = (name, module.contains_key("name")) {
        module.insert("name".to_owned(), name.into());
    }
}

type Load = fn(&Path) -> Result<Value, SourceError>;

fn inline(
    object: &mut Map<String, Value>,
    place: &str,
    field: &str,
    path: &Path,
    load: Load,
) -> Result<(), SourceError> {
    let key = format!("{field}_file");
    let Some(file) = object.remove(&key) else { return Ok(()) };
    let place = format!("{place}.{key}");
    if object.contains_key(field) {
        return Err(SourceError::Both { path: path.to_owned(), place });
    }
    let file = file.as_str().ok_or_else(|| SourceError::NotAPath { path: path.to_owned(), place })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    object.insert(field.to_owned(), load(&folder.join(file))?);
    Ok(())
}

fn text_file(path: &Path) -> Result<Value, SourceError> {
    read(path).map(Value::String)
}

fn base64_file(path: &Path) -> Result<Value, SourceError> {
    read_bytes(path).map(|bytes| Value::String(STANDARD.encode(bytes)))
}

fn document_file(path: &Path) -> Result<Value, SourceError> {
    parse(path, &read(path)?)
}

/// Reads a JSON or YAML file, by the file's name; `-` is standard input.
///
/// # Errors
/// If it cannot be read or parsed.
pub fn read_document(path: &Path) -> Result<Value, SourceError> {
    if path == Path::new("-") {
        let text = io::read_to_string(io::stdin().take(FILE_BYTES));
        let text = text.map_err(|cause| SourceError::Read { path: path.to_owned(), cause })?;
        return parse(path, &text);
    }
    document_file(path)
}

/// Reads a text file.
///
/// # Errors
/// If it cannot be read, is not UTF-8 or is too large.
pub fn read(path: &Path) -> Result<String, SourceError> {
    sized(path)?;
    fs::read_to_string(path).map_err(|cause| SourceError::Read { path: path.to_owned(), cause })
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, SourceError> {
    sized(path)?;
    fs::read(path).map_err(|cause| SourceError::Read { path: path.to_owned(), cause })
}

fn sized(path: &Path) -> Result<(), SourceError> {
    let found = fs::metadata(path).map_err(|cause| SourceError::Read { path: path.to_owned(), cause })?;
    if found.len() > FILE_BYTES { Err(SourceError::TooLarge { path: path.to_owned() }) } else { Ok(()) }
}

fn parse(path: &Path, text: &str) -> Result<Value, SourceError> {
    let syntax = |message: String| SourceError::Syntax { path: path.to_owned(), message };
    if path.extension().is_some_and(|extension| extension == "json") {
        return serde_json::from_str(text).map_err(|error| syntax(error.to_string()));
    }
    // Without the lines around the fault: a key or a password may stand there, and this goes to a CI's log.
    serde_saphyr::from_str(text).map_err(|error| syntax(error.without_snippet().to_string()))
}
