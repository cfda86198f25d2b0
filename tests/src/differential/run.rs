//! Plays the same requests to both sides and compares.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::thread;

use serde_json::Value;

use super::configurations;
use super::generate::{Play, Stock};
use super::player::{Batch, Player};
use crate::golden::{GoldenFile, same};
use crate::hostile::{Ammunition, Prng};
use crate::{Error, Host, Result, root};

/// Requests between two marks in the logs.
const BATCH: usize = 100;
/// Requests after which tokens and certificates are made anew: no date in them may pass while they are in use.
const RENEWED_AFTER: usize = 5_000;
/// Differences after which a run ends.
const ENOUGH: usize = 10;
/// Time for the last lines of the access logs, which Envoy writes every 100 ms.
const FLUSH: std::time::Duration = std::time::Duration::from_secs(1);

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The run is the same for the same seed, but for keys and dates.
    pub seed: u64,
    /// How many requests.
    pub requests: usize,
    /// Where the Envoys' files go.
    pub folder: PathBuf,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Summary {
    /// Requests that were sent to each.
    pub requests: usize,
    /// Configurations.
    pub configurations: usize,
    /// Requests of the corpus that were varied.
    pub bases: usize,
    /// Answers by status, or how the connection ended.
    pub answers: BTreeMap<String, usize>,
    /// Decision records by reason; `policy` is an allow.
    pub reasons: BTreeMap<String, usize>,
    /// Requests that came as HTTP/2.
    pub http2: usize,
    /// Requests that reached the workload.
    pub passed: usize,
    /// What differs: the request and both answers.
    pub differences: Vec<String>,
}

impl Summary {
    /// As text.
    pub fn text(&self) -> String {
        let Self { requests, configurations, bases, passed, .. } = self;
        let mut text = format!(
            "{requests} requests to each host: {configurations} configurations, {bases} requests varied, {} as HTTP/2, \
             {passed} passed, {} records\n",
            self.http2,
            self.reasons.values().sum::<usize>(),
        );
        for (title, counts) in [("answers", &self.answers), ("reasons", &self.reasons)] {
            let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
            let _infallible = writeln!(text, "{title}: {}", counts.join(", "));
        }
        let _infallible = writeln!(text, "differences: {}", self.differences.len());
        for difference in &self.differences {
            let _infallible = writeln!(text, "\n{difference}");
        }
        text
    }

    fn count(&mut self, batch: &Batch) {
        self.requests += batch.answers.len();
        for answer in &batch.answers {
            let status = answer.get("status").filter(|status| !status.is_null()).map(Value::to_string);
            let name = status
                .unwrap_or_else(|| answer.pointer("/broken/0").map_or_else(String::new, Value::to_string));
            *self.answers.entry(name).or_default() += 1;
            self.passed += usize::from(!answer["upstream"].is_null());
        }
        for record in &batch.records {
            let reason = record.get("reason").and_then(Value::as_str).unwrap_or("none");
            *self.reasons.entry(reason.to_owned()).or_default() += 1;
        }
    }
}

/// Plays `requests` to an Envoy with each module. `progress` is told after each batch how many were sent.
///
/// # Errors
/// An Envoy cannot be started, or ends.
pub fn run(options: &Options, mut progress: impl FnMut(usize)) -> Result<Summary> {
    let files = configurations::all(&root())?;
    let mut stock = Stock::new(&files, Ammunition::new()?)?;
    let mut sides = start(&files, &stock, options)?;
    let mut summary = Summary { configurations: files.len(), bases: stock.bases(), ..Summary::default() };
    let mut random = Prng::new(options.seed);
    let mut sent = 0;
    while sent < options.requests && summary.differences.len() < ENOUGH {
        if sent > 0 && sent.is_multiple_of(RENEWED_AFTER) {
            stock = stock.renewed(&files)?;
            sides.iter_mut().for_each(Player::forget_clients);
        }
        let plays: Vec<Play> =
            (0..BATCH.min(options.requests - sent)).map(|_| stock.play(&mut random)).collect();
        let mark = format!("/batch-{sent}");
        let [one, other] = both(&mut sides, &plays, &stock, &mark)?;
        summary.count(&one);
        summary.http2 += plays.iter().filter(|play| play.http2).count();
        if one != other {
            summary.differences.extend(singled_out(&mut sides, &plays, &stock, &mark, &one, &other)?);
        }
        sent += plays.len();
        progress(sent);
    }
    compare_ends(&mut sides, &mut summary)?;
    Ok(summary)
}

fn start(files: &[GoldenFile], stock: &Stock, options: &Options) -> Result<[Player; 2]> {
    let material = stock.material();
    let open = |host: Host| Player::start(host, files, material, &options.folder.join(host.name()));
    Ok([open(Host::Wasm)?, open(Host::Native)?])
}

/// The same batch to both, at the same time.
fn both(sides: &mut [Player; 2], plays: &[Play], stock: &Stock, mark: &str) -> Result<[Batch; 2]> {
    let [one, other] = sides;
    let leaves = &stock.leaves;
    let ended = |_| Error::new("a side's thread ended early");
    thread::scope(|scope| {
        let other = scope.spawn(|| other.play(plays, leaves, mark));
        let one = one.play(plays, leaves, mark)?;
        Ok([one, other.join().map_err(ended)??])
    })
}

/// Which requests of a batch differ: by what was seen, or else by the records of each alone.
fn singled_out(
    sides: &mut [Player; 2],
    plays: &[Play],
    stock: &Stock,
    mark: &str,
    one: &Batch,
    other: &Batch,
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (number, play) in plays.iter().enumerate() {
        let at_first = one.answers.get(number) != other.answers.get(number);
        let again = both(sides, std::slice::from_ref(play), stock, &format!("{mark}-{number}"))?;
        let [a, b] = &again;
        if a == b && !at_first {
            continue;
        }
        let mut text = format!(
            "request {number} after {mark} to {}, HTTP/2 {}, certificate {:?}, wasm and native:\n",
            play.file, play.http2, play.leaf
        );
        text.push_str(&cut(&String::from_utf8_lossy(&play.bytes)));
        let none = Value::Null;
        let first = [one, other].map(|batch| batch.answers.get(number).unwrap_or(&none));
        let alone = [a, b].map(|batch| batch.answers.first().unwrap_or(&none));
        for (when, [wasm, native]) in [("at first", first), ("alone", alone)] {
            for line in same::differences(wasm, native) {
                let _infallible = writeln!(text, "{when}: {}", cut(&line));
            }
        }
        if a.records != b.records {
            let _infallible = writeln!(text, "records: {:?}\nand {:?}", a.records, b.records);
        }
        found.push(text);
    }
    if found.is_empty() {
        let records = one.records.iter().zip(&other.records).find(|(one, other)| one != other);
        found.push(format!(
            "records after {mark} differ, and those of each request alone do not: {} and {}, first {records:?}",
            one.records.len(),
            other.records.len()
        ));
    }
    Ok(found)
}

/// Not more of a text than a person reads.
fn cut(text: &str) -> String {
    const LONGEST: usize = 4000;
    text.chars().take(LONGEST).collect()
}

/// The whole run: both alive, the same counts, and the same details in the access logs.
fn compare_ends(sides: &mut [Player; 2], summary: &mut Summary) -> Result<()> {
    thread::sleep(FLUSH);
    let mut ends = Vec::new();
    for side in sides {
        let proxy = side.proxy();
        let mut access = same::access(&proxy.access_log);
        let envoy = &mut proxy.envoy;
        if !envoy.is_running() {
            return Err(envoy.failure("is not running any more"));
        }
        let counters = same::counters(&envoy.stats()?);
        // Requests that were not answered end in their own time.
        access.sort();
        let log = std::fs::read(envoy.log_path()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        for trace in ["wasm_fail_stream", "internal fault", "panicked"] {
            if log.contains(trace) || access.iter().any(|line| line.contains(trace)) {
                summary.differences.push(format!("the log of {} has {trace:?}", envoy.name()));
            }
        }
        ends.push((counters, access));
    }
    if let [(counters, access), (other_counters, other_access)] = ends.as_slice() {
        if counters != other_counters {
            summary.differences.push(format!("counters: {counters:?}\nand {other_counters:?}"));
        }
        if access != other_access {
            let first = access.iter().zip(other_access).find(|(one, other)| one != other);
            summary.differences.push(format!(
                "access logs: {} and {} lines, the first that differ, sorted: {first:?}",
                access.len(),
                other_access.len()
            ));
        }
    }
    Ok(())
}
