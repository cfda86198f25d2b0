//! Loads damaged policies, asks those that load, and counts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use policy_core::UnixTime;
use policy_core::rego::{
    Budget, BuiltinErrors, CompiledError, CompiledPolicy, DecisionPath, JsonLimits, Limits, Module, Moment,
    Outcome, Policy, RegoVersion, Value,
};

use super::{forms, texts};
use crate::Result;
use crate::conformance::corpus;
use crate::conformance::judge::{Verdict, judge};
use crate::conformance::ours::Ours;
use crate::conformance::source::{Source, Version};
use crate::hostile::prng::Prng;
use crate::opa::Answer;

/// One policy that is damaged.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Its modules and data.
    pub source: Source,
    /// The document that is asked for.
    pub ask: String,
    /// An input; empty is none.
    pub input: String,
}

/// What to do.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Where the sequence starts.
    pub seed: u64,
    /// Damaged texts.
    pub texts: usize,
    /// Damaged compiled forms: half of them with a checksum that is right again.
    pub forms: usize,
    /// One in so many of the texts that load is compared with OPA; 0: none is.
    pub compare_one_in: usize,
    /// What loading or evaluating one may take.
    pub at_most: Duration,
}

/// How it came out.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Texts and forms, by what became of them.
    pub counts: BTreeMap<String, usize>,
    /// What must not be: a panic, a hang, a damaged form that loads, another answer than OPA's.
    pub failures: Vec<String>,
    /// The longest that loading and asking one took.
    pub slowest: Duration,
}

impl Report {
    fn count(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    /// The summary in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::from("| What became of it | Times |\n|---|---:|\n");
        for (what, times) in &self.counts {
            let _ = writeln!(text, "| {what} | {times} |");
        }
        text
    }
}

/// The policies of the corpus, and published ones.
///
/// # Errors
/// The corpus cannot be read.
pub fn seeds() -> Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for file in corpus::load(&corpus::folder())? {
        for question in file.questions() {
            let input = question.asks.first().map_or("", |(input, _)| *input);
            seeds.push(Seed { source: question.ours, ask: question.ask.to_owned(), input: input.to_owned() });
        }
    }
    let published = [
        (include_str!("../../golden/published/workload_authz.rego"), "authz/workload/allow", Version::V1),
        (include_str!("../../golden/published/contextual_authz.rego"), "authz/contextual/allow", Version::V1),
        (include_str!("../../golden/published/http_authz_v0.rego"), "http/authz/allow", Version::V0),
    ];
    for (text, ask, version) in published {
        let source = Source { modules: vec![text.to_owned()], version, data: String::from("{}") };
        for input in ["", r#"{"attributes": {"request": {"http": {"method": "GET", "path": "/health"}}}}"#] {
            // Each as often as some forty of the corpus.
            let seed = Seed { source: source.clone(), ask: ask.to_owned(), input: input.to_owned() };
            seeds.extend(std::iter::repeat_n(seed, 20));
        }
    }
    Ok(seeds)
}

/// Carries out a plan.
///
/// # Errors
/// The corpus cannot be read.
pub fn run(plan: Plan) -> Result<Report> {
    let seeds = seeds()?;
    let mut report = Report::default();
    for number in 0..plan.texts {
        text(&seeds, plan, number, &mut report);
    }
    let compiled: Vec<(Vec<u8>, &Seed)> =
        seeds.iter().filter_map(|seed| Some((compiled(seed)?, seed))).collect();
    for number in 0..plan.forms {
        form(&compiled, plan, number, &mut report);
    }
    Ok(report)
}

fn random(plan: Plan, number: usize) -> Prng {
    Prng::new(plan.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number as u64))
}

fn text(seeds: &[Seed], plan: Plan, number: usize, report: &mut Report) {
    let mut random = random(plan, number);
    let seed = &seeds[random.below(seeds.len())];
    let other = &seeds[random.below(seeds.len())].source.modules[0];
    let mut source = seed.source.clone();
    let at = random.below(source.modules.len());
    source.modules[at] = texts::damaged(&source.modules[at], other, &mut random);
    let start = Instant::now();
    let compare = plan.compare_one_in > 0 && random.one_in(plan.compare_one_in);
    let ours = match Ours::load(&source, &seed.ask, compare) {
        Err(reasons) => {
            let code = reasons.first().map_or("", |reason| reason.code.as_str()).to_owned();
            if code == "panic" {
                report.failures.push(format!(
                    "text {number}: a panic while loading:\n{}",
                    source.modules.join("\n---\n")
                ));
            }
            report.count(format!("text: refused, {code}"));
            took(report, plan, start, &format!("text {number}"), &source);
            return;
        }
        Ok(policy) => policy.evaluate(&seed.input),
    };
    took(report, plan, start, &format!("text {number}"), &source);
    match &ours {
        Answer::Error(error) if error.message == "panic" => {
            report.failures.push(format!("text {number}: a panic:\n{}", source.modules.join("\n---\n")));
        }
        Answer::Error(_) => report.count("text: loads, an error of the decision"),
        Answer::Undefined => report.count("text: loads, undefined"),
        Answer::Value(_) => report.count("text: loads, a value"),
        Answer::Refused(_) => report.count("text: refused"),
    }
    let is_same_version = source.version == Version::V1;
    if compare
        && is_same_version
        && let Ok(opa) = source.ask_opa(&seed.ask, &seed.input)
    {
        let verdict = judge(&opa, &ours);
        report.count(format!("text: loads, compared with OPA: {verdict}"));
        if matches!(verdict, Verdict::Different(_)) {
            report.failures.push(format!(
                "text {number}: OPA {opa}, ours {ours}; asked for {} with {}:\n{}",
                seed.ask,
                seed.input,
                source.modules.join("\n---\n")
            ));
        }
    }
}

fn took(report: &mut Report, plan: Plan, start: Instant, which: &str, source: &Source) {
    let took = start.elapsed();
    report.slowest = report.slowest.max(took);
    if took > plan.at_most {
        report.failures.push(format!("{which} took {took:?}:\n{}", source.modules.join("\n---\n")));
    }
}

fn compiled(seed: &Seed) -> Option<Vec<u8>> {
    let name = |(name, text): (String, &str)| Module { name, source: text.to_owned() };
    let modules: Vec<Module> = seed.source.named().into_iter().map(name).collect();
    let version = match seed.source.version {
        Version::V0 => RegoVersion::V0,
        Version::V1 => RegoVersion::V1,
    };
    let data = Value::from_json(seed.source.data.as_bytes(), Limits::DEFAULT.data()).ok()?;
    let ask = DecisionPath::parse(&seed.ask).ok()?;
    CompiledPolicy::compile(&modules, version, &data, &ask, &Limits::DEFAULT).ok()?.to_bytes().ok()
}

fn form(compiled: &[(Vec<u8>, &Seed)], plan: Plan, number: usize, report: &mut Report) {
    let mut random = random(plan, number.wrapping_add(1 << 40));
    let (bytes, seed) = &compiled[random.below(compiled.len())];
    let (other, _) = &compiled[random.below(compiled.len())];
    let damaged = forms::damaged(bytes, other, &mut random);
    let is_resealed = number % 2 == 1;
    let damaged = if is_resealed { forms::resealed(&damaged) } else { damaged };
    let kind = if is_resealed { "form with a repaired checksum" } else { "form" };
    let start = Instant::now();
    let ended = catch_unwind(AssertUnwindSafe(|| load_and_ask(&damaged, &seed.input)));
    match ended {
        Err(_) => report
            .failures
            .push(format!("{kind} {number}: a panic, of {}", seed.source.modules.join("\n---\n"))),
        Ok(Err(error)) => report.count(format!("{kind}: {}", error.code())),
        Ok(Ok(answer)) => {
            if !is_resealed && damaged != *bytes {
                report.failures.push(format!("{kind} {number} loads"));
            }
            report.count(format!("{kind}: loads, {answer}"));
        }
    }
    took(report, plan, start, &format!("{kind} {number}"), &seed.source);
}

fn load_and_ask(bytes: &[u8], input: &str) -> std::result::Result<&'static str, CompiledError> {
    let policy = Policy::from_compiled(bytes, &Limits::DEFAULT, BuiltinErrors::Undefined)?;
    let input = Value::from_json(input.as_bytes(), JsonLimits::REQUEST).ok();
    let moment = Moment { now: UnixTime::from_secs(1_767_225_600), seed: 1 };
    Ok(match policy.evaluate_input(input.as_ref(), moment, Budget::DEFAULT).outcome {
        Outcome::Defined(_) => "a value",
        Outcome::Undefined => "undefined",
        Outcome::Error(_) => "an error of the decision",
    })
}
