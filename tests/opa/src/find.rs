//! Where OPA's library is: `$DOORWARD_OPA`, or the newest that `build.sh` keeps in its cache folder.

use std::env;
use std::path::PathBuf;

use crate::{Error, Result};

/// The file that the wheel holds.
const FILE: &str = "libopabridge.so";

/// Looks for the library.
///
/// # Errors
/// There is none; the message says what to do.
pub fn find() -> Result<PathBuf> {
    if let Some(path) = env::var_os("DOORWARD_OPA").filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        return match path.is_file() {
            true => Ok(path),
            false => Err(Error(format!("$DOORWARD_OPA names no file: {}", path.display()))),
        };
    }
    in_cache().ok_or_else(|| {
        let what = "OPA's library is not here: run ./build.sh test e2e, which fetches it, or set $DOORWARD_OPA to it";
        Error(what.to_owned())
    })
}

/// `$DOORWARD_CACHE/opa-golib-python-bindings-VERSION/libopabridge.so`.
fn in_cache() -> Option<PathBuf> {
    let folder = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = folder("DOORWARD_CACHE")
        .or_else(|| Some(folder("XDG_CACHE_HOME")?.join("doorward")))
        .or_else(|| Some(folder("HOME")?.join(".cache/doorward")))?;
    let kept = std::fs::read_dir(cache).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let libraries = kept.filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("opa-golib-python-bindings-"))
    });
    libraries.map(|path| path.join(FILE)).filter(|path| path.is_file()).max()
}
