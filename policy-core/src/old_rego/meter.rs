//! The step counter that bounds an evaluation, and what an evaluation may ask of the outside.
//!
//! regorus ends an evaluation when its time is over, and takes the time from a source that is set once in a process.
//! Ours does not read a clock: it counts how often it is asked. The interpreter asks every
//! [`STEPS_PER_TICK`] units of work, so the same policy and input stop at the same step on every machine. Built-ins,
//! which the interpreter cannot interrupt, pay for their work beforehand through [`charge`].
//!
//! The state belongs to the thread: an evaluation stays on the thread on which it began, and one thread runs one
//! evaluation at a time.

use std::cell::{Cell, RefCell};
use std::sync::OnceLock;
use std::time::Duration;

use regorus::utils::limits::{TimeSource, set_time_source};

use super::limits::{BYTES_PER_STEP, STEPS_PER_TICK};
use crate::time::UnixTime;

thread_local! {
    static METER: Meter = const { Meter::new() };
}

struct Meter {
    ticks: Cell<u64>,
    limit: Cell<u64>,
    now: Cell<UnixTime>,
    prints: RefCell<Prints>,
}

/// The lines that `print` wrote, as far as they are kept.
pub(super) struct Prints {
    pub(super) lines: Vec<String>,
    pub(super) dropped: u64,
    max_lines: usize,
    max_bytes: usize,
}

/// What one evaluation may use.
pub(super) struct Allowance {
    pub(super) steps: u64,
    pub(super) now: UnixTime,
    pub(super) prints: usize,
    pub(super) print_bytes: usize,
}

/// The budget is spent; the evaluation ends with an error.
#[derive(Debug)]
pub(super) struct Exhausted;

impl Meter {
    const fn new() -> Self {
        Self {
            ticks: Cell::new(0),
            limit: Cell::new(0),
            now: Cell::new(UnixTime::from_nanos(0)),
            prints: RefCell::new(Prints { lines: Vec::new(), dropped: 0, max_lines: 0, max_bytes: 0 }),
        }
    }
}

/// Starts the count of one evaluation. Returns the limit in the unit of the counter.
pub(super) fn begin(allowance: &Allowance) -> Duration {
    let limit = allowance.steps.div_ceil(u64::from(STEPS_PER_TICK)).max(1);
    METER.with(|meter| {
        meter.ticks.set(0);
        meter.limit.set(limit);
        meter.now.set(allowance.now);
        if let Ok(mut prints) = meter.prints.try_borrow_mut() {
            *prints = Prints {
                lines: Vec::new(),
                dropped: 0,
                max_lines: allowance.prints,
                max_bytes: allowance.print_bytes,
            };
        }
    });
    Duration::from_nanos(limit)
}

/// Ends the evaluation: what it printed, and whether it went beyond its budget.
pub(super) fn end() -> (Vec<String>, u64, bool) {
    METER.with(|meter| {
        let exhausted = meter.ticks.get() > meter.limit.get();
        let (lines, dropped) = match meter.prints.try_borrow_mut() {
            Ok(mut prints) => (std::mem::take(&mut prints.lines), prints.dropped),
            Err(_) => (Vec::new(), 0),
        };
        (lines, dropped, exhausted)
    })
}

/// Takes the price of reading or writing `bytes` off the budget.
pub(super) fn charge(bytes: usize) -> Result<(), Exhausted> {
    let steps = u64::try_from(bytes.div_euclid(BYTES_PER_STEP)).unwrap_or(u64::MAX);
    METER.with(|meter| {
        let ticks = meter.ticks.get().saturating_add(steps.div_euclid(u64::from(STEPS_PER_TICK)));
        meter.ticks.set(ticks);
        if ticks > meter.limit.get() { Err(Exhausted) } else { Ok(()) }
    })
}

/// The instant of the request that is being decided.
pub(super) fn now() -> UnixTime {
    METER.with(|meter| meter.now.get())
}

/// Keeps one line that a policy printed; `write` appends the text and stops when told that it is long enough.
pub(super) fn print(write: impl FnOnce(&mut Line)) {
    METER.with(|meter| {
        if let Ok(mut prints) = meter.prints.try_borrow_mut() {
            if prints.lines.len() >= prints.max_lines {
                prints.dropped = prints.dropped.saturating_add(1);
                return;
            }
            let mut line = Line { text: String::new(), room: prints.max_bytes };
            write(&mut line);
            prints.lines.push(line.text);
        }
    });
}

/// One line of output with a bound on its length.
pub(super) struct Line {
    text: String,
    room: usize,
}

impl Line {
    /// Appends a text, cut at a character where the room ends. False once the line is full.
    pub(super) fn push(&mut self, text: &str) -> bool {
        for c in text.chars() {
            let Some(room) = self.room.checked_sub(c.len_utf8()) else {
                self.room = 0;
                return false;
            };
            self.room = room;
            self.text.push(c);
        }
        true
    }
}

struct StepCounter;

impl TimeSource for StepCounter {
    fn now(&self) -> Option<Duration> {
        METER.with(|meter| {
            let ticks = meter.ticks.get().saturating_add(1);
            meter.ticks.set(ticks);
            Some(Duration::from_nanos(ticks))
        })
    }
}

/// Makes the step counter the time source of regorus; false if something else in this process was faster, in which
/// case no policy may be loaded, because nothing would bound it.
pub(super) fn install() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    *INSTALLED.get_or_init(|| set_time_source(&StepCounter).is_ok())
}
