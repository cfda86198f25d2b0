//! Which Envoy runs: `$ENVOY`, func-e, `envoy` in the PATH, the wheel that `build.sh` installs; the first that is there.

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
        if let Some(path) = in_path("envoy").or_else(|| in_wheel(&root.join("target/tools/envoy-venv"))) {
            return Ok(Self::envoy(path));
        }
        Err(Error::new(
            "no Envoy: set $ENVOY to one, put envoy or func-e into the PATH, or run ./build.sh, which installs one \
             under target/tools",
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

fn in_wheel(venv: &Path) -> Option<PathBuf> {
    let pythons = std::fs::read_dir(venv.join("lib")).ok()?;
    pythons
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages/envoy/_bin/envoy")))
        .find(|file| file.is_file())
}
