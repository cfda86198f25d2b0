//! The rounds: in each, every variant is asked in turn a little, forwards and then backwards, again and again, so that
//! what disturbs the machine, and what drifts, disturbs all alike.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use doorward_tests::envoy::{Envoy, Launch, Program};
use doorward_tests::lab::{Cast, Lab};
use doorward_tests::{Context, Error, Result};

use super::bootstrap::bootstrap;
use super::cases::{Asked, Kind, Modules, Variant, token};
use super::cpu;
use super::load::{CONNECTIONS, Load};

/// How thorough.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Rounds that count.
    pub rounds: usize,
    /// How often a round goes through all variants.
    pub turns: u64,
    /// Requests of a variant in each turn.
    pub requests: u64,
    /// Requests of each variant before the first round: V8 has then compiled what is hot with its optimising compiler,
    /// and the token is remembered.
    pub warm_up: u64,
}

impl Plan {
    /// For figures.
    pub const FULL: Self = Self { rounds: 30, turns: 20, requests: 200, warm_up: 8000 };
    /// To see that it runs.
    pub const QUICK: Self = Self { rounds: 2, turns: 2, requests: 40, warm_up: 100 };

    /// Connections at a time.
    pub const CONNECTIONS: usize = CONNECTIONS;
}

/// Microseconds of CPU time a request, one figure for each round.
pub type Round = f64;

/// A variant and its rounds.
#[derive(Clone, Debug)]
pub struct Series {
    /// What was asked.
    pub variant: Variant,
    /// Its rounds, in the order of time.
    pub rounds: Vec<Round>,
}

/// A variant while it is measured.
struct Running {
    variant: Variant,
    load: Load,
    asked: u64,
    rounds: Vec<Round>,
}

/// What a round has cost so far.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    nanos: u64,
    requests: u64,
}

impl Spent {
    fn add(&mut self, one: &mut Running, pid: u32, requests: u64) -> Result<()> {
        let before = cpu::nanos(pid)?;
        self.requests += one.load.run(requests).context(|| one.variant.kind.title().to_owned())?;
        self.nanos += cpu::nanos(pid)?.saturating_sub(before);
        Ok(())
    }
}

/// Starts an Envoy for each filter and asks them.
///
/// # Errors
/// An Envoy does not start, or a request was not answered as it should be: then there is no figure.
pub fn measure(
    root: &Path,
    folder: &Path,
    program: &Program,
    modules: &Modules,
    variants: &[Variant],
    plan: Plan,
) -> Result<Vec<Series>> {
    fs::create_dir_all(folder).context(|| format!("make {}", folder.display()))?;
    let lab = Lab::create(&Cast::read(&root.join("envoy/lab.yaml"))?, folder)?;
    let token = token(&lab)?;
    let mut envoys = BTreeMap::new();
    for kind in Kind::ALL {
        let text = bootstrap(kind, variants, modules, &lab)?.to_string();
        let file = folder.join(format!("{}.json", kind.name()));
        fs::write(&file, text).context(|| format!("write {}", file.display()))?;
        envoys.insert(kind.name(), Envoy::start(program, &Launch::new(kind.name(), &file, root, folder))?);
    }
    let envoy = |kind: Kind| envoys.get(kind.name()).context(|| format!("no Envoy for {}", kind.name()));

    let mut running = Vec::new();
    for variant in variants {
        let listener = envoy(variant.kind)?.listener(variant.case.name)?;
        let token = (variant.case.asked == Asked::Token).then_some(token.as_str());
        let mut load = Load::new(listener, &lab, token)?;
        let name = || format!("{}, {}", variant.kind.title(), variant.case.name);
        let asked = load.run(plan.warm_up).context(name)?;
        if variant.kind.is_doorward() {
            load.check_refused(token).context(name)?;
        }
        running.push(Running { variant: *variant, load, asked, rounds: Vec::new() });
    }
    for round in 0..plan.rounds {
        eprintln!("round {} of {}", round + 1, plan.rounds);
        let mut spent = vec![Spent::default(); running.len()];
        for turn in 0..plan.turns {
            let mut turns: Vec<_> = running.iter_mut().zip(&mut spent).collect();
            if turn % 2 == 1 {
                turns.reverse();
            }
            for (one, spent) in turns {
                spent.add(one, envoy(one.variant.kind)?.pid(), plan.requests)?;
            }
        }
        for (one, spent) in running.iter_mut().zip(spent) {
            one.asked += spent.requests;
            one.rounds.push(spent.nanos as f64 / 1000.0 / spent.requests as f64);
        }
    }
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_doorward()) {
        let asked: u64 = running.iter().filter(|one| one.variant.kind == kind).map(|one| one.asked).sum();
        check_decided(envoy(kind)?, asked)?;
    }
    Ok(running.into_iter().map(|one| Series { variant: one.variant, rounds: one.rounds }).collect())
}

/// Doorward decided about every request, no more and no fewer.
fn check_decided(envoy: &Envoy, asked: u64) -> Result<()> {
    let stats = envoy.stats()?;
    // Envoy writes its prefixes before a module's metric, not before that of a wasm filter.
    let allowed =
        stats.sum("doorward_allowed").or_else(|| stats.sum("envoy_dynamicmodulescustom_doorward_allowed"));
    if allowed == Some(asked as f64) {
        return Ok(());
    }
    Err(Error::new(format!("Envoy {}: {asked} requests were asked, {allowed:?} were allowed", envoy.name())))
}
