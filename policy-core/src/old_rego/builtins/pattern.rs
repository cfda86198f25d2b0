//! Compiled patterns, kept for the life of the policy within a bound.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use regex::Regex;

use super::Stop;
use crate::old_rego::limits::{PATTERN_BYTES, PATTERN_CACHE, PATTERN_PROGRAM_BYTES};
use crate::old_rego::meter;

/// The patterns that a policy has compiled: most come from its text, so they are compiled once.
pub(in crate::old_rego) struct Patterns(Mutex<HashMap<String, Option<Arc<Regex>>>>);

impl Patterns {
    pub(super) fn new() -> Self {
        Self(Mutex::new(HashMap::new()))
    }

    /// The expression that a pattern translates to, compiled; `None` if the pattern is invalid.
    ///
    /// `key` tells patterns apart (with what else the translation depends on); `translate` gives the expression.
    pub(super) fn compiled(
        &self,
        key: String,
        translate: impl FnOnce() -> Result<Option<String>, Stop>,
    ) -> Result<Option<Arc<Regex>>, Stop> {
        if key.len() > PATTERN_BYTES {
            return Err(Stop::Unsure);
        }
        if let Ok(known) = self.0.lock()
            && let Some(regex) = known.get(&key)
        {
            return Ok(regex.clone());
        }
        meter::charge(key.len().saturating_mul(256))?;
        let compiled = match translate()? {
            Some(expression) => Some(Arc::new(compile(&expression)?)),
            None => None,
        };
        if let Ok(mut known) = self.0.lock() {
            if known.len() >= PATTERN_CACHE {
                known.clear();
            }
            known.insert(key, compiled.clone());
        }
        Ok(compiled)
    }
}

/// Compiles an expression that our translation made, so an error means a size or a construct it should have refused.
fn compile(expression: &str) -> Result<Regex, Stop> {
    regex::RegexBuilder::new(expression).size_limit(PATTERN_PROGRAM_BYTES).build().map_err(|_| Stop::Unsure)
}
