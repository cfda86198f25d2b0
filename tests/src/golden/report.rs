//! What came of a run: a table of topics, and every case that differs.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Counts and differences of one run.
#[derive(Default)]
pub struct Report {
    topics: BTreeMap<String, Topic>,
    failures: Vec<(String, Vec<String>)>,
}

#[derive(Default)]
struct Topic {
    allowed: usize,
    denied: usize,
    excepted: usize,
    failed: usize,
}

/// How a case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It agrees, and is an allow.
    Allowed,
    /// It agrees, and is a refusal.
    Denied,
    /// It is listed as an exception, and is one.
    Excepted,
}

impl Report {
    /// Counts a case; any difference makes it a failure.
    pub fn add(&mut self, topic: &str, case: &str, outcome: Outcome, differences: Vec<String>) {
        let counts = self.topics.entry(topic.to_owned()).or_default();
        if !differences.is_empty() {
            counts.failed += 1;
            self.failures.push((case.to_owned(), differences));
            return;
        }
        match outcome {
            Outcome::Allowed => counts.allowed += 1,
            Outcome::Denied => counts.denied += 1,
            Outcome::Excepted => counts.excepted += 1,
        }
    }

    /// Counts something that is wrong beside the cases.
    pub fn fail(&mut self, what: &str, difference: String) {
        self.failures.push((what.to_owned(), vec![difference]));
    }

    /// Cases that agree.
    pub fn agreeing(&self) -> usize {
        self.topics.values().map(|topic| topic.allowed + topic.denied).sum()
    }

    /// Refusals and allows among them.
    pub fn denied_and_allowed(&self) -> (usize, usize) {
        let sum = |count: fn(&Topic) -> usize| self.topics.values().map(count).sum();
        (sum(|topic| topic.denied), sum(|topic| topic.allowed))
    }

    /// Whether nothing differs.
    pub fn is_good(&self) -> bool {
        self.failures.is_empty()
    }

    /// The table and the differences, as text.
    pub fn text(&self, subject: &str) -> String {
        let mut out = String::new();
        let mut total = Topic::default();
        line(&mut out, &["topic", "allowed", "denied", "excepted", "failed"].map(str::to_owned));
        for (name, topic) in &self.topics {
            let Topic { allowed, denied, excepted, failed } = topic;
            total.allowed += allowed;
            total.denied += denied;
            total.excepted += excepted;
            total.failed += failed;
            row(&mut out, name, topic);
        }
        row(&mut out, "all", &total);
        for (case, differences) in &self.failures {
            let _infallible = writeln!(out, "\n{subject}: {case}");
            for difference in differences {
                let _infallible = writeln!(out, "    {difference}");
            }
        }
        out
    }
}

fn row(out: &mut String, name: &str, topic: &Topic) {
    let Topic { allowed, denied, excepted, failed } = topic;
    line(
        out,
        &[name.to_owned(), allowed.to_string(), denied.to_string(), excepted.to_string(), failed.to_string()],
    );
}

fn line(out: &mut String, cells: &[String; 5]) {
    let [name, allowed, denied, excepted, failed] = cells;
    let _infallible = writeln!(out, "{name:<20}{allowed:>9}{denied:>9}{excepted:>10}{failed:>8}");
}
