//! Reading what `doorward compile` wrote.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use policy_core::rego::{CompiledError, CompiledPolicy, Limits};

/// Largest file that is read, in bytes: more than any compiled policy may have.
const FILE_BYTES: u64 = 512 * 1024 * 1024;

/// Reads a compiled policy.
///
/// # Errors
/// If it cannot be read, or is not one that this version has written; with the file and what to do.
pub fn read(path: &Path) -> Result<CompiledPolicy, String> {
    let failed = |error: io::Error| format!("{}: cannot be read: {error}", path.display());
    if fs::metadata(path).map_err(failed)?.len() > FILE_BYTES {
        return Err(format!("{}: is larger than {FILE_BYTES} bytes", path.display()));
    }
    let bytes = fs::read(path).map_err(failed)?;
    CompiledPolicy::from_bytes(&bytes, &Limits::DEFAULT)
        .map_err(|error| format!("{}: {}: {error}", path.display(), error.code()))
}

/// Whether a file begins as a compiled policy does, of whatever version. An empty one may become one.
///
/// # Errors
/// If it cannot be read.
pub fn is_one(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(64).read_to_end(&mut start)?;
    let found = CompiledPolicy::from_bytes(&start, &Limits::DEFAULT);
    Ok(start.is_empty() || !matches!(found, Err(CompiledError::Foreign)))
}
