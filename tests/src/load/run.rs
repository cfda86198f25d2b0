//! The updates, one after the other, each until it is seen to serve or to be refused.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use super::stage::{Policy, Stage, Way};
use super::traffic::{Caller, Counts};
use crate::golden::same;
use crate::{Context, Error, Result, faulty};

/// How long Envoy may take for one update.
const UPDATE_LIMIT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);
/// Between two updates: the new policy serves for a while.
const REST: Duration = Duration::from_millis(30);
/// How long the listener stays away: the lab's Envoys drain for 1 s.
const GONE: Duration = Duration::from_millis(1500);
/// The listener goes and comes back each so many updates.
const REMOVED_EACH: usize = 10;

/// What to run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How updates come.
    pub way: Way,
    /// Updates that are taken.
    pub updates: usize,
    /// Updates that are refused, spread among the others.
    pub broken: usize,
    /// Where Envoy's files go.
    pub folder: PathBuf,
}

/// What came of it.
#[derive(Debug)]
pub struct Summary {
    /// What was run.
    pub options: Options,
    /// Answers, all of them right.
    pub counts: Counts,
    /// Times that the listener was taken away and came back.
    pub removed: usize,
    /// Envoy's memory when a tenth of the updates had been taken, in KiB.
    pub warm_kib: u64,
    /// And at the end.
    pub end_kib: u64,
    /// Envoy's exit status after SIGTERM.
    pub exit: Option<i32>,
    /// How long it took.
    pub took: Duration,
}

impl Summary {
    /// As text.
    pub fn text(&self) -> String {
        let Counts { by_a, by_b, refused, unknown, faults, interrupted } = self.counts;
        let Options { way, updates, broken, .. } = &self.options;
        let mut text = String::new();
        let way = match way {
            Way::Filter => "by the filter's file (ECDS)",
            Way::Listeners => "by the listeners' file (LDS)",
        };
        let _infallible = writeln!(
            text,
            "{updates} updates {way}, {broken} refused ones, listener removed and added {} times, in {} s\n\
             {} answers, none wrong: {by_a} let in by one policy, {by_b} by the other, {refused} refused, {unknown} without \
             identity, {faults} faults; {interrupted} connections interrupted\n\
             memory: {} MiB after a tenth of the updates, {} MiB at the end; exit status {:?}",
            self.removed,
            self.took.as_secs(),
            self.counts.answers(),
            self.warm_kib / 1024,
            self.end_kib / 1024,
            self.exit,
        );
        text
    }
}

/// Runs the updates under load.
///
/// # Errors
/// A wrong answer, an update that is not taken or not refused, an Envoy that ends or does not end.
pub fn run(options: &Options) -> Result<Summary> {
    let started = Instant::now();
    let stage = Stage::open(options.way, &faulty::module()?, &options.folder)?;
    let stop = AtomicBool::new(false);
    let (counts, updated) = thread::scope(|scope| {
        let callers: Vec<_> = callers(&stage, options.way)
            .into_iter()
            .map(|caller| scope.spawn(|| run_caller(caller, &stop)))
            .collect();
        let updated = update(&stage, options, &callers);
        stop.store(true, Ordering::Relaxed);
        (collected(callers), updated)
    });
    let (counts, Updated { removed, warm_kib }) = (counts?, updated?);
    let end_kib = stage.envoy.resident_kib()?;
    check_end(&stage, options, counts)?;
    let exit = stage.envoy.terminate()?.code();
    Ok(Summary {
        options: options.clone(),
        counts,
        removed,
        warm_kib,
        end_kib,
        exit,
        took: started.elapsed(),
    })
}

fn callers(stage: &Stage, way: Way) -> Vec<Caller> {
    let caller = |known, faults| Caller {
        address: stage.address,
        tls: Arc::clone(if known { &stage.known } else { &stage.unknown }),
        known,
        faults,
        may_be_interrupted: way == Way::Listeners,
    };
    vec![caller(true, false), caller(true, false), caller(true, true), caller(false, false)]
}

fn run_caller(caller: Caller, stop: &AtomicBool) -> Result<Counts, String> {
    caller.run(stop)
}

type Running<'scope> = ScopedJoinHandle<'scope, Result<Counts, String>>;

fn collected(callers: Vec<Running<'_>>) -> Result<Counts> {
    let mut sum = Counts::default();
    for caller in callers {
        let counts = caller.join().map_err(|_| Error::new("a client's thread ended early"))?;
        sum += counts.map_err(|wrong| Error::new(format!("a wrong answer: {wrong}")))?;
    }
    Ok(sum)
}

struct Updated {
    removed: usize,
    warm_kib: u64,
}

fn update(stage: &Stage, options: &Options, callers: &[Running<'_>]) -> Result<Updated> {
    let mut updated = Updated { removed: 0, warm_kib: 0 };
    let mut now = Policy::A;
    let mut broken = 0;
    for number in 0..options.updates {
        if callers.iter().any(ScopedJoinHandle::is_finished) {
            return Err(Error::new("a client has ended"));
        }
        if options.way == Way::Listeners && number % REMOVED_EACH == REMOVED_EACH - 1 {
            stage.remove_listener()?;
            wait("the listener gone", || Ok(std::net::TcpStream::connect(stage.address).is_err()))?;
            // Longer than Envoy keeps the connections that there are.
            thread::sleep(GONE);
            updated.removed += 1;
        }
        now = if now == Policy::A { Policy::B } else { Policy::A };
        stage.tell(now)?;
        wait("an update taken", || Ok(stage.policy()? == Some(now)))?;
        thread::sleep(REST);
        // Evenly among the others.
        if (number + 1) * options.broken / options.updates > broken {
            let before = stage.refused()?;
            stage.tell(Policy::Broken(broken))?;
            wait("an update refused", || Ok(stage.refused()? > before))?;
            thread::sleep(REST);
            if stage.policy()? != Some(now) {
                return Err(Error::new("a refused update changed what serves"));
            }
            broken += 1;
        }
        if number == options.updates / 10 {
            updated.warm_kib = stage.envoy.resident_kib()?;
        }
    }
    Ok(updated)
}

fn wait(what: &str, mut done: impl FnMut() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !done()? {
        if start.elapsed() > UPDATE_LIMIT {
            return Err(Error::new(format!("no {what} in {} s", UPDATE_LIMIT.as_secs())));
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// What the log and the counters say of it all.
fn check_end(stage: &Stage, options: &Options, counts: Counts) -> Result<()> {
    let log = std::fs::read(stage.envoy.log_path()).context(|| "read Envoy's log")?;
    let log = String::from_utf8_lossy(&log);
    let count = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    let reasons = count("doorward: configuration refused: test.rego:");
    if reasons < options.broken {
        return Err(Error::new(format!(
            "{reasons} reasons in the log for {} refused updates",
            options.broken
        )));
    }
    if stage.refused()? < u64::try_from(options.broken).unwrap_or(u64::MAX) {
        return Err(Error::new("not every refused update was counted"));
    }
    let faults = u64::try_from(count("doorward: internal fault at filter/native/src/fault.rs:")).unwrap_or(0);
    if faults != counts.faults || log.contains(faulty::MESSAGE) {
        return Err(Error::new(format!("{faults} faults in the log, {} were answered", counts.faults)));
    }
    if options.way == Way::Filter {
        // A listener that goes takes its counters along; so does a configuration with those that have a label. The
        // probes of the updates are allowed, too, and counted.
        let counters = same::counters(&stage.envoy.stats()?);
        let allowed = counters.get("doorward_allowed").and_then(|count| count.parse::<u64>().ok());
        let received = stage.upstream.received();
        if allowed != Some(received) || received < counts.by_a + counts.by_b {
            return Err(Error::new(format!(
                "{received} requests reached the workload, and the counters say {counters:?}"
            )));
        }
    }
    Ok(())
}
