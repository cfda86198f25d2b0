//! What it was measured on. Not the machine's name.

use std::process::Command;
use std::{env, fs, thread};

/// The machine and its tools.
pub struct Machine {
    cpu: String,
    cores: usize,
    system: String,
    load: Option<String>,
}

/// What built and ran the wasm.
pub struct WasmTools {
    /// `rustc --version` of the compiler of the wasm.
    pub rustc: String,
    /// The program of Node.
    pub node: String,
}

impl Machine {
    /// This machine, with its load at this moment.
    pub fn here() -> Self {
        Self {
            cpu: cpu().unwrap_or_else(|| "unknown CPU".to_owned()),
            cores: thread::available_parallelism().map_or(1, Into::into),
            system: system(),
            load: load(),
        }
    }

    /// The day and the machine, in one line.
    pub fn place(&self) -> String {
        let cores = if self.cores == 1 { "1 core".to_owned() } else { format!("{} cores", self.cores) };
        let load = self.load.as_ref().map(|load| format!("; load when it began: {load}")).unwrap_or_default();
        let date = output("date", &["-u", "+%Y-%m-%d"]).unwrap_or_else(|| "unknown".to_owned());
        format!("{date}: {}, {cores}; {}{load}", self.cpu, self.system)
    }

    /// As a Markdown list.
    pub fn describe(&self, wasm: &WasmTools) -> String {
        let unknown = || "unknown".to_owned();
        let engine =
            output(&wasm.node, &["-p", "`Node ${process.versions.node}, V8 ${process.versions.v8}`"]);
        let native = output("rustc", &["--version"]).unwrap_or_else(unknown);
        format!(
            "- {}\n- native: {native}, {}\n- wasm: {}, the same profile, run by {}\n",
            self.place(),
            profile(),
            wasm.rustc,
            engine.unwrap_or_else(unknown),
        )
    }
}

/// The profile as Cargo.toml has it, and what the environment puts in its place.
fn profile() -> String {
    let changed: Vec<String> = env::vars()
        .filter_map(|(name, value)| {
            let field = name.strip_prefix("CARGO_PROFILE_RELEASE_")?;
            Some(format!("{} = {value}", field.to_ascii_lowercase().replace('_', "-")))
        })
        .collect();
    if changed.is_empty() {
        "profile `release`".to_owned()
    } else {
        format!("profile `release` CHANGED to {}", changed.join(", "))
    }
}

fn cpu() -> Option<String> {
    let linux = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    });
    linux.or_else(|| output("sysctl", &["-n", "machdep.cpu.brand_string"]))
}

fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").ok().and_then(|text| {
        let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
        Some(name.trim_matches('"').to_owned())
    });
    let kernel = output("uname", &["-srm"]);
    let parts: Vec<String> = [release, kernel].into_iter().flatten().collect();
    if parts.is_empty() { env::consts::OS.to_owned() } else { parts.join(", ") }
}

fn load() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next().map(str::to_owned)
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let out = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(out.stdout).ok()?;
    (out.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}
