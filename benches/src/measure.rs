//! The measurement that native code and wasm have in common: batches of iterations, each timed as a whole.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::allocations;
use crate::cases::{Case, Group, Suite, Work};
use crate::engines::Engines;
use crate::ready::Ready;

/// How long and how often.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// Before the first batch, in milliseconds: caches fill, and a wasm engine compiles what is hot once more, better.
    pub warm_up_ms: u64,
    /// One batch, in milliseconds.
    pub batch_ms: u64,
    /// Batches.
    pub batches: usize,
}

impl Plan {
    /// For figures that are kept.
    pub const FULL: Self = Self { warm_up_ms: 150, batch_ms: 5, batches: 20 };
    /// To see that everything runs.
    pub const QUICK: Self = Self { warm_up_ms: 10, batch_ms: 1, batches: 5 };
}

/// What is written to the measuring program's input.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// How long and how often.
    pub plan: Plan,
    /// Only cases whose `group/case` holds this text.
    pub filter: String,
    /// The cases.
    pub suite: Suite,
}

/// What was measured of one case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Measured {
    /// `group/case`.
    pub name: String,
    /// Nanoseconds of one iteration, one figure a batch.
    pub nanos: Vec<f64>,
    /// Allocations of one iteration.
    pub allocations: u64,
    /// Bytes that they asked for.
    pub allocated_bytes: u64,
}

/// Measures every case of an order, the cases of a group batch by batch in turn: what disturbs the machine for a while
/// disturbs them all.
///
/// # Errors
/// A case cannot be run, or does not decide as expected.
pub fn measure(order: &Order) -> Result<Vec<Measured>, String> {
    let mut engines = Engines::default();
    let mut figures = Vec::new();
    let groups = || order.suite.groups.iter().map(|group| wanted(order, group));
    // A first pass over everything: what the cases share is hot before the first of them is measured.
    for (name, case) in groups().flatten() {
        let mut ready =
            Ready::new(&order.suite, case, &mut engines).map_err(|error| format!("{name}: {error}"))?;
        warm_up(&mut ready, order.plan);
    }
    for group in groups() {
        let mut running = Vec::new();
        for (name, case) in group {
            let ready =
                Ready::new(&order.suite, case, &mut engines).map_err(|error| format!("{name}: {error}"))?;
            running.push(Running::start(name, ready, order.plan));
        }
        for _ in 0..order.plan.batches {
            running.iter_mut().for_each(Running::batch);
        }
        figures.extend(running.into_iter().map(Running::end));
    }
    Ok(figures)
}

/// The cases of a group that are asked for and can be run here.
fn wanted<'a>(order: &'a Order, group: &'a Group) -> Vec<(String, &'a Case)> {
    let cases = group.cases.iter().filter(|case| match &case.work {
        Work::Ask(ask) => ask.engine.is_here(),
        Work::Decide(_) | Work::Flow(_) | Work::Certificate { .. } | Work::Load { .. } => true,
    });
    let named = cases.map(|case| (group.full_name(case), case));
    named.filter(|(name, _)| name.contains(&order.filter)).collect()
}

/// A case while it is measured.
struct Running<'a> {
    name: String,
    ready: Ready<'a>,
    iterations: u64,
    nanos: Vec<f64>,
}

impl<'a> Running<'a> {
    fn start(name: String, mut ready: Ready<'a>, plan: Plan) -> Self {
        let iterations = warm_up(&mut ready, plan);
        Self { name, ready, iterations, nanos: Vec::with_capacity(plan.batches) }
    }

    fn batch(&mut self) {
        // One more: what another case has put into the processor's caches is not measured.
        self.ready.run();
        let start = Instant::now();
        for _ in 0..self.iterations {
            self.ready.run();
        }
        self.nanos.push(start.elapsed().as_nanos() as f64 / self.iterations as f64);
    }

    fn end(mut self) -> Measured {
        let (calls_before, bytes_before) = allocations::so_far();
        for _ in 0..self.iterations {
            self.ready.run();
        }
        let (calls, bytes) = allocations::so_far();
        Measured {
            name: self.name,
            nanos: self.nanos,
            allocations: calls.wrapping_sub(calls_before) / self.iterations,
            allocated_bytes: bytes.wrapping_sub(bytes_before) / self.iterations,
        }
    }
}

/// Runs for the time of the warm-up, and says how many iterations its last half would have done in a batch.
fn warm_up(ready: &mut Ready<'_>, plan: Plan) -> u64 {
    let half = Duration::from_millis(plan.warm_up_ms) / 2;
    let mut done = 0;
    let mut start = Instant::now();
    for _ in 0..2 {
        (done, start) = (0_u64, Instant::now());
        while start.elapsed() < half || done == 0 {
            ready.run();
            done += 1;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let batch = Duration::from_millis(plan.batch_ms).as_secs_f64();
    ((done as f64 * batch / seconds) as u64).max(1)
}
