//! Envoy's log, read as it grows.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::DecisionRecord;

const POLL: Duration = Duration::from_millis(5);

/// Warnings that every Envoy of ours writes and that say nothing about us.
const NOISE: [&str; 3] =
    ["no configured limit to the number of allowed active", "caught ENVOY_SIGTERM", "deprecated"];
/// How many lines of a log are shown to a person.
const SHOWN: usize = 12;
/// How many characters of such a line.
const LONGEST: usize = 400;

/// Reads a log from where it stood at the last look.
pub struct LogTail {
    path: PathBuf,
    offset: u64,
    /// A last line that had no end yet.
    partial: Vec<u8>,
}

impl LogTail {
    /// Reads a log from its beginning.
    pub fn from_start(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), offset: 0, partial: Vec::new() }
    }

    /// The whole lines that came since the last look; none while the file is not there.
    pub fn lines(&mut self) -> Vec<String> {
        let mut fresh = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.offset))?;
            file.read_to_end(&mut fresh)
        });
        let Ok(count) = read else { return Vec::new() };
        self.offset = self.offset.saturating_add(u64::try_from(count).unwrap_or(0));
        self.partial.append(&mut fresh);
        let Some(end) = self.partial.iter().rposition(|byte| *byte == b'\n') else { return Vec::new() };
        let whole: Vec<u8> = self.partial.drain(..=end).collect();
        String::from_utf8_lossy(&whole).lines().map(str::to_owned).collect()
    }

    /// The decision records that came since the last look.
    pub fn decisions(&mut self) -> Vec<DecisionRecord> {
        self.lines().iter().filter_map(|line| DecisionRecord::in_log_line(line)).collect()
    }

    /// Waits until a decision record is there for which `wanted` holds; everything before it is dropped.
    pub fn wait_for_decision(
        &mut self,
        limit: Duration,
        wanted: impl Fn(&DecisionRecord) -> bool,
    ) -> Option<DecisionRecord> {
        let start = Instant::now();
        loop {
            if let Some(found) = self.decisions().into_iter().find(&wanted) {
                return Some(found);
            }
            if start.elapsed() >= limit {
                return None;
            }
            thread::sleep(POLL);
        }
    }
}

/// The last lines of a log that a person should see first: warnings and worse.
pub(super) fn lines_that_matter(path: &Path) -> String {
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let matters = |line: &&str| {
        ["[warning]", "[error]", "[critical]"].iter().any(|level| line.contains(level))
            && !NOISE.iter().any(|noise| line.contains(noise))
    };
    let mut lines: Vec<&str> = text.lines().filter(matters).collect();
    if lines.is_empty() {
        lines = text.lines().filter(|line| !NOISE.iter().any(|noise| line.contains(noise))).collect();
    }
    let from = lines.len().saturating_sub(SHOWN);
    let shown = |line: &&str| -> String { without_prefix(line).chars().take(LONGEST).collect() };
    lines.iter().skip(from).map(|line| format!("    {}\n", shown(line))).collect()
}

/// A line without its time, thread and source.
fn without_prefix(line: &str) -> &str {
    let mut rest = line;
    for _ in 0..5 {
        let Some((_, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) else { break };
        rest = after.trim_start();
    }
    rest
}
