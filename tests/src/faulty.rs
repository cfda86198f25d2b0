//! The dynamic module with faults on request, for tests only: built by cargo when a test asks for it, with what is already
//! built for the tests.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use serde_json::Value;

use crate::{Context, Error, Result, root};

/// The header with which a request asks for a fault.
pub const PROVOKE: &str = "x-doorward-provoke-fault";
/// What the fault says of itself, which nobody may read.
pub const MESSAGE: &str = "a fault was asked for";

/// The module's file, a copy under `target/lab`: the build's own place may be written again.
///
/// # Errors
/// It does not compile; the message holds what cargo says.
pub fn module() -> Result<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _held = ONE_AT_A_TIME.lock();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--locked", "-p", "doorward-native", "--features", "provoked-faults"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(root())
        .output()
        .context(|| "run cargo")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Error::new(format!("the module with faults does not compile:\n{said}")));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let built = messages
        .filter(|message| message.pointer("/target/name").and_then(Value::as_str) == Some("doorward"))
        .find_map(|message| message.pointer("/filenames/0").and_then(Value::as_str).map(PathBuf::from));
    let built = built.context(|| "cargo named no module")?;
    let folder = root().join("target/lab/faulty");
    std::fs::create_dir_all(&folder).context(|| format!("make {}", folder.display()))?;
    // Another name for each process: an Envoy of an earlier one may have it mapped.
    let place = folder.join(format!("libdoorward-faulty-{}.so", std::process::id()));
    if !place.is_file() {
        std::fs::copy(&built, &place).context(|| format!("copy {}", built.display()))?;
    }
    Ok(place)
}
