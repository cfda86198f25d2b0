//! Asking both engines, on all cores.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::corpus::{self, File, Question};
use super::judge::{Verdict, judge_strict};
use super::ours::Ours;
use super::source::Source;
use crate::opa::Answer;
use crate::{Context, Error, Result};

/// The stack of a thread that evaluates: that of a usual main thread.
const STACK: usize = 8 * 1024 * 1024;

/// What one policy may take with all its questions; some thousand times what it does.
const PATIENCE: Duration = Duration::from_secs(30);

/// One comparison.
#[derive(Clone, Debug)]
pub struct Compared {
    /// What it is called: the case, or the seed and the number of the policy.
    pub id: String,
    /// The policy that ours was given.
    pub ours_source: Source,
    /// The policy that OPA was given; `None` if it was not asked now.
    pub opa_source: Option<Source>,
    /// The document.
    pub ask: String,
    /// The input in JSON; empty is none.
    pub input: String,
    /// OPA's answer.
    pub opa: Answer,
    /// Our answer.
    pub ours: Answer,
    /// How they compare.
    pub verdict: Verdict,
}

/// Our answers to several inputs. `strict`: an error of a built-in ends the evaluation, as in OPA's library.
#[must_use]
pub fn ask_ours(source: &Source, ask: &str, inputs: &[&str], strict: bool) -> Vec<Answer> {
    match Ours::load(source, ask, strict) {
        Ok(ours) => inputs.iter().map(|input| ours.evaluate(input)).collect(),
        Err(reasons) => inputs.iter().map(|_| Answer::Refused(reasons.clone())).collect(),
    }
}

/// How a strict answer of ours compares.
pub(super) fn verdict(source: &Source, ask: &str, input: &str, opa: &Answer, ours: &Answer) -> Verdict {
    let by_default =
        || ask_ours(source, ask, &[input], false).into_iter().next().unwrap_or(Answer::Undefined);
    judge_strict(opa, ours, by_default)
}

/// Compares our answers with those that the corpus wants.
///
/// # Errors
/// What is wanted is no answer: the file was never blessed.
pub fn corpus(files: &[File]) -> Result<Vec<Compared>> {
    let questions: Vec<Question<'_>> = files.iter().flat_map(File::questions).collect();
    let name = |index: usize| questions.get(index).map_or_else(String::new, |question| question.id.clone());
    let compared = on_all_cores(questions.len(), name, |index| {
        let question = questions.get(index).context(|| "a question")?;
        compare_wanted(question)
    })?;
    Ok(compared.into_iter().flatten().collect())
}

fn compare_wanted(question: &Question<'_>) -> Result<Vec<Compared>> {
    let inputs: Vec<&str> = question.asks.iter().map(|(input, _)| *input).collect();
    let answers = ask_ours(&question.ours, question.ask, &inputs, true);
    let mut compared = Vec::new();
    for ((input, want), ours) in question.asks.iter().zip(answers) {
        let opa = corpus::read_want(want).context(|| question.id.clone())?;
        compared.push(Compared {
            id: question.id.clone(),
            ours_source: question.ours.clone(),
            opa_source: question.opa.clone(),
            ask: question.ask.to_owned(),
            input: (*input).to_owned(),
            verdict: verdict(&question.ours, question.ask, input, &opa, &ours),
            opa,
            ours,
        });
    }
    Ok(compared)
}

/// Compares both engines now, on one policy: every document for every input, but a policy that OPA refuses only once.
///
/// # Errors
/// OPA's library failed.
pub fn live(id: &str, source: &Source, asks: &[String], inputs: &[String]) -> Result<Vec<Compared>> {
    let opa = source.opa()?;
    let texts: Vec<&str> = inputs.iter().map(String::as_str).collect();
    let mut compared = Vec::new();
    for ask in asks {
        let answers = ask_ours(source, ask, &texts, true);
        for (input, ours) in inputs.iter().zip(answers) {
            let opa = opa.evaluate(ask, input).context(|| id.to_owned())?;
            compared.push(Compared {
                id: id.to_owned(),
                ours_source: source.clone(),
                opa_source: Some(source.clone()),
                ask: ask.clone(),
                input: input.clone(),
                verdict: verdict(source, ask, input, &opa, &ours),
                opa,
                ours,
            });
            if matches!(compared.last(), Some(Compared { opa: Answer::Refused(_), .. })) {
                return Ok(compared);
            }
        }
    }
    Ok(compared)
}

/// Does `work` for every number below `count`, on all cores; the results are in order. A piece of work that does not end
/// within [`PATIENCE`] ends the process: a thread cannot be stopped. `name` says what it was.
///
/// # Errors
/// The first error of `work`, or a thread that panicked.
pub fn on_all_cores<T: Send>(
    count: usize,
    name: impl Fn(usize) -> String,
    work: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Result<T>)>> = Mutex::new(Vec::new());
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let at_work: Vec<Mutex<Option<(usize, Instant)>>> = (0..cores).map(|_| Mutex::new(None)).collect();
    let is_whole = thread::scope(|scope| -> Result<bool> {
        let mut workers = Vec::new();
        for mine in &at_work {
            let (next, results, work) = (&next, &results, &work);
            let note = move |what| {
                if let Ok(mut mine) = mine.lock() {
                    *mine = what;
                }
            };
            let worker = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        return;
                    }
                    note(Some((index, Instant::now())));
                    let result = work(index);
                    note(None);
                    if let Ok(mut results) = results.lock() {
                        results.push((index, result));
                    }
                }
            });
            workers.push(worker.context(|| "start a thread")?);
        }
        let mut clock = Clock::new();
        while workers.iter().any(|worker| !worker.is_finished()) {
            thread::sleep(Duration::from_millis(20));
            clock.tell(next.load(Ordering::Relaxed).min(count), count);
            let current = at_work.iter().filter_map(|mine| mine.lock().ok().and_then(|mine| *mine));
            let mut late = current.filter(|(_, started)| started.elapsed() > PATIENCE);
            if let Some((index, _)) = late.next() {
                eprintln!("no answer after {} s: {}", PATIENCE.as_secs(), name(index));
                std::process::exit(3);
            }
        }
        Ok(workers.into_iter().all(|worker| worker.join().is_ok()))
    })?;
    if !is_whole {
        return Err(Error::new("a thread panicked"));
    }
    let mut results = results.into_inner().map_err(|_| Error::new("a thread panicked"))?;
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Tells on standard error how far a long run is, every few seconds.
struct Clock {
    started: Instant,
    told: Instant,
}

impl Clock {
    fn new() -> Self {
        Self { started: Instant::now(), told: Instant::now() }
    }

    fn tell(&mut self, done: usize, count: usize) {
        if self.told.elapsed() >= Duration::from_secs(5) {
            self.told = Instant::now();
            eprintln!("{done} of {count} policies after {} s", self.started.elapsed().as_secs());
        }
    }
}
