//! Explanations as text and as JSON.

use std::fmt::{self, Display, Formatter};

use serde_json::{Value as Json, json};

use super::{Attempt, AttemptOutcome, Condition, Explanation};
use crate::rego::workbench::Place;

impl Display for Explanation {
    /// A tree: one line an attempt, and what it tried itself one level further in.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.attempts.is_empty() {
            writeln!(f, "no rule was tried")?;
        }
        level(f, &self.attempts, 0)?;
        if self.dropped > 0 {
            writeln!(f, "... and {} attempts more", self.dropped)?;
        }
        Ok(())
    }
}

/// One level of the tree; an attempt that is repeated is shown once.
fn level(f: &mut Formatter<'_>, attempts: &[Attempt], depth: usize) -> fmt::Result {
    let mut rest = attempts;
    while let Some((attempt, others)) = rest.split_first() {
        let same = others.iter().take_while(|other| *other == attempt).count();
        rest = others.get(same..).unwrap_or_default();
        write!(f, "{:indent$}", "", indent = depth.saturating_mul(2))?;
        let Attempt { at, head, outcome, inner, .. } = attempt;
        match outcome {
            AttemptOutcome::Held => write!(f, "held    {head}  ({at})")?,
            AttemptOutcome::Failed(Condition { at: place, text }) => {
                write!(f, "failed  {head}  ({at})  at {place}: {}", one_line(text))?;
            }
            AttemptOutcome::Mismatched => {
                write!(f, "failed  {head}  ({at})  at its head: it is for something else")?
            }
        }
        match same {
            0 => writeln!(f)?,
            _ => writeln!(f, "  (x{})", same.saturating_add(1))?,
        }
        level(f, inner, depth.saturating_add(1))?;
    }
    Ok(())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Explanation {
    /// The same as JSON: `{"attempts": [{"rule", "location", "held", "failed_at"?, "attempts"?}]}`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({ "attempts": list(&self.attempts), "dropped": self.dropped })
    }
}

fn list(attempts: &[Attempt]) -> Vec<Json> {
    attempts.iter().map(attempt_json).collect()
}

fn attempt_json(attempt: &Attempt) -> Json {
    let Attempt { at, head, outcome, inner, .. } = attempt;
    let mut json = json!({
        "rule": head,
        "location": place_json(at),
        "held": matches!(outcome, AttemptOutcome::Held),
    });
    if let Some(object) = json.as_object_mut() {
        if let AttemptOutcome::Failed(Condition { at, text }) = outcome {
            let failed = json!({ "location": place_json(at), "condition": one_line(text) });
            object.insert("failed_at".to_owned(), failed);
        }
        if !inner.is_empty() {
            object.insert("attempts".to_owned(), list(inner).into());
        }
    }
    json
}

fn place_json(place: &Place) -> Json {
    json!({ "file": place.file, "row": place.line, "col": place.column })
}
