//! Policies and data in files and folders, put together as `opa` does.

use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use policy_core::rego::{Limits, Module, Value};
use serde_json::{Map, Value as Json};

use crate::source;

/// What was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// The `.rego` files, each by its path.
    pub modules: Vec<Module>,
    /// The data of all `.json`, `.yaml` and `.yml` files in one document.
    pub data: Value<'static>,
}

/// Which files of a folder are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Policies and data.
    All,
    /// Policies only.
    Policies,
}

/// Loads files and folders. A folder's data lies at the path of its file's folder: what is in `data/users/list.json`
/// is at `data.users` if the folder `data` was named; that of a file that was named itself is the whole document.
///
/// # Errors
/// A file that cannot be read or is not JSON or YAML, and data that contradicts other data; each with the file.
pub fn load(paths: &[PathBuf], wanted: Wanted) -> Result<Loaded, String> {
    let mut files = Vec::new();
    for path in paths {
        gather(&clean(path), &[], wanted, true, &mut files)?;
    }
    let mut modules: Vec<Module> = Vec::new();
    let mut data = Map::new();
    for File { path, below } in files {
        let name = path.display().to_string();
        if is(&path, &["rego"]) {
            if modules.iter().all(|module| module.name != name) {
                let source = source::read(&path).map_err(|error| error.to_string())?;
                modules.push(Module { name, source });
            }
            continue;
        }
        let mut document = source::read_document(&path).map_err(|error| error.to_string())?;
        for part in below.iter().rev() {
            document = Json::Object(Map::from_iter([(part.clone(), document)]));
        }
        let Json::Object(document) = document else {
            return Err(format!("{name}: is not an object: put it into a folder, whose name it then has"));
        };
        merge(&mut data, document, &mut Vec::new()).map_err(|place| {
            format!("{name}: data.{place} is in another file already, with another value")
        })?;
    }
    let data = Value::from_serde(&Json::Object(data), Limits::DEFAULT.data())
        .map_err(|error| format!("the data {}", error.message()))?;
    Ok(Loaded { modules, data })
}

/// Reads a JSON or YAML document, from standard input if the path is `-`.
///
/// # Errors
/// If it cannot be read or parsed.
pub fn document(path: &Path) -> Result<Value<'static>, String> {
    let document = source::read_document(path).map_err(|error| error.to_string())?;
    Value::from_serde(&document, Limits::DEFAULT.data())
        .map_err(|error| format!("{}: {}", path.display(), error.message()))
}

struct File {
    path: PathBuf,
    /// The folders between the one that was named and the file.
    below: Vec<String>,
}

fn gather(
    path: &Path,
    below: &[String],
    wanted: Wanted,
    is_named: bool,
    files: &mut Vec<File>,
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: cannot be read: {error}", path.display());
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        let is_data = is(path, &["json", "yaml", "yml"]) && wanted == Wanted::All;
        if is(path, &["rego"]) || is_data {
            files.push(File { path: path.to_owned(), below: below.to_vec() });
        } else if is_named {
            return Err(format!("{}: is not .rego, .json or .yaml", path.display()));
        }
        return Ok(());
    }
    let entries = fs::read_dir(path).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(failed)?;
    let mut names: Vec<_> = entries.iter().map(fs::DirEntry::file_name).collect();
    names.sort();
    for name in names {
        let inner = clean(&path.join(&name));
        let mut below = below.to_vec();
        if inner.is_dir() {
            below.push(name.to_string_lossy().into_owned());
        }
        gather(&inner, &below, wanted, false, files)?;
    }
    Ok(())
}

/// Whether the file's name ends so.
#[must_use]
pub fn is(path: &Path, extensions: &[&str]) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|extension| extensions.contains(&extension))
}

/// Without `./` in front.
fn clean(path: &Path) -> PathBuf {
    let clean: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if clean.as_os_str().is_empty() { PathBuf::from(".") } else { clean }
}

/// Puts a document into another; the path at which they differ is the error.
fn merge(into: &mut Map<String, Json>, from: Map<String, Json>, at: &mut Vec<String>) -> Result<(), String> {
    for (key, value) in from {
        at.push(key.clone());
        match (into.get_mut(&key), value) {
            (None, value) => {
                into.insert(key, value);
            }
            (Some(Json::Object(known)), Json::Object(value)) => merge(known, value, at)?,
            (Some(known), value) if *known == value => {}
            (Some(_), _) => return Err(at.join(".")),
        }
        at.pop();
    }
    Ok(())
}
