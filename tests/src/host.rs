//! The two modules under test, and where they are.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// What runs the filter in a real Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// In a sandbox: `doorward.wasm`.
    Wasm,
    /// As part of the proxy: `libdoorward.so`.
    Native,
}

impl Host {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Wasm, Self::Native];

    /// Those that run here: Envoy's dynamic modules are tried on Linux only.
    pub const fn here() -> &'static [Self] {
        if cfg!(target_os = "linux") { &Self::ALL } else { &[Self::Wasm] }
    }

    /// A short name for folders and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wasm => "wasm",
            Self::Native => "native",
        }
    }

    /// The module: `$DOORWARD_WASM` or `$DOORWARD_NATIVE`, or where `build.sh` puts it.
    ///
    /// # Errors
    /// There is none.
    pub fn module(self) -> Result<PathBuf> {
        let (variable, place) = match self {
            Self::Wasm => ("DOORWARD_WASM", "target/doorward.wasm"),
            Self::Native => ("DOORWARD_NATIVE", "target/libdoorward.so"),
        };
        let named = env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
        let path = root().join(named.unwrap_or_else(|| place.into()));
        match path.is_file() {
            true => Ok(path),
            false => Err(Error::new(format!(
                "no filter module at {}: run ./build.sh build, or set ${variable}",
                path.display()
            ))),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    tests.parent().map_or_else(|| tests.clone(), Path::to_path_buf)
}
