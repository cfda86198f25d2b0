//! The filter's module on each host: where it is, and what to do where it is not.

use std::env;
use std::path::{Path, PathBuf};

use doorward_cli::render::{Filter, Host};

use crate::{Error, Result};

/// One word for the host.
pub fn name(host: Host) -> &'static str {
    match host {
        Host::Wasm => "wasm",
        Host::Native => "native",
    }
}

/// The module as Envoy will open it, from the root or absolute.
///
/// # Errors
/// It cannot run here, is not built, or is the other host's; the message says what to do.
pub(super) fn find(root: &Path, host: Host) -> Result<PathBuf> {
    let (variable, default) = match host {
        Host::Wasm => ("DOORWARD_WASM", "target/doorward.wasm"),
        Host::Native => ("DOORWARD_NATIVE", "target/libdoorward.so"),
    };
    if host == Host::Native && !cfg!(target_os = "linux") {
        return Err(Error::new(
            "the native module runs on Linux only: play it on wasm (without --native and --both)",
        ));
    }
    let module = env::var_os(variable).map_or(default.into(), PathBuf::from);
    let shown = module.display();
    if !root.join(&module).is_file() {
        return Err(Error::new(format!(
            "there is no {} module at {shown}: run ./build.sh build",
            name(host)
        )));
    }
    if Filter::new("", module.to_string_lossy()).host() != host {
        return Err(Error::new(format!(
            "{shown} is not the {} module: a native module's name ends in .so, no other does",
            name(host)
        )));
    }
    Ok(module)
}

/// What to know where an Envoy did not start with the module.
pub(super) fn advice(host: Host) -> &'static str {
    match host {
        Host::Wasm => "",
        Host::Native => {
            "\n    (the native module needs an Envoy that loads it: envoy/README.md says which were tried; the scenario on \
             wasm: ./build.sh demo)"
        }
    }
}
