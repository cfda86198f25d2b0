//! The measurement that native code and wasm have in common: batches of iterations, each timed as a whole.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::allocations;
use crate::cases::Suite;
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

/// Measures every case of an order.
///
/// # Errors
/// A case cannot be run, or does not decide as expected.
pub fn measure(order: &Order) -> Result<Vec<Measured>, String> {
    let wanted = || order.suite.cases().filter(|(name, _)| name.contains(&order.filter));
    let ready = |name: &str, case| Ready::new(&order.suite, case).map_err(|error| format!("{name}: {error}"));
    // A first pass over everything: what the cases share is hot before the first of them is measured.
    for (name, case) in wanted() {
        warm_up(&mut ready(&name, case)?, order.plan);
    }
    let figures =
        wanted().map(|(name, case)| ready(&name, case).map(|ready| measure_one(name, ready, order.plan)));
    figures.collect()
}

fn measure_one(name: String, mut ready: Ready<'_>, plan: Plan) -> Measured {
    let iterations = warm_up(&mut ready, plan);
    let mut nanos = Vec::with_capacity(plan.batches);
    for _ in 0..plan.batches {
        let start = Instant::now();
        for _ in 0..iterations {
            ready.run();
        }
        nanos.push(start.elapsed().as_nanos() as f64 / iterations as f64);
    }
    let (calls_before, bytes_before) = allocations::so_far();
    for _ in 0..iterations {
        ready.run();
    }
    let (calls, bytes) = allocations::so_far();
    Measured {
        name,
        nanos,
        allocations: calls.wrapping_sub(calls_before) / iterations,
        allocated_bytes: bytes.wrapping_sub(bytes_before) / iterations,
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
