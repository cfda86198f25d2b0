//! Compiled patterns, kept for the life of a policy within bounds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use regex::{CaptureLocations, RegexBuilder};

use super::glob::Glob;
use super::regex::{SyntaxError, translate};
use super::{Failure, Meter};

/// Bytes of one pattern.
const PATTERN_BYTES: usize = 4096;

/// Bytes of one compiled expression, as the `regex` crate counts them.
const PROGRAM_BYTES: usize = 512 * 1024;

/// Bytes that an expression may use for its states while it searches.
const SEARCH_BYTES: usize = 512 * 1024;

/// Compiled patterns of each kind that are kept; beyond it the cache starts anew.
const KEPT: usize = 256;

/// Steps to compile a byte of a pattern.
const COMPILE_STEPS: u64 = 4;

/// A compiled regular expression with Go's meaning.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Regex {
    regex: regex::Regex,
    /// The names of the groups, from group 1.
    names: Box<[Option<String>]>,
    expression: Box<str>,
}

impl Regex {
    /// Whether the expression matches somewhere in the text. Does not allocate once its scratch memory is there.
    pub(in crate::rego) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The expression in the syntax of the `regex` crate: to build one automaton of several.
    pub(in crate::rego) fn expression(&self) -> &str {
        &self.expression
    }

    /// What a search in so many bytes of text may cost, in steps: the text times the size of the expression.
    pub(in crate::rego) fn cost(&self, bytes: usize) -> u64 {
        let size = self.expression.len().saturating_add(63).div_euclid(64);
        u64::try_from(bytes.saturating_mul(size)).unwrap_or(u64::MAX).div_euclid(64)
    }

    pub(super) fn groups(&self) -> CaptureLocations {
        self.regex.capture_locations()
    }

    /// The first match from a place on; what is before it still counts for `^` and `\b`.
    pub(super) fn find_at(
        &self,
        groups: &mut CaptureLocations,
        text: &str,
        at: usize,
    ) -> Option<(usize, usize)> {
        if at > text.len() {
            return None;
        }
        let found = self.regex.captures_read_at(groups, text, at)?;
        Some((found.start(), found.end()))
    }

    /// The first group of a name that satisfies a condition: names need not be unique.
    pub(super) fn group_named(&self, name: &str, holds: impl Fn(usize) -> bool) -> Option<usize> {
        let named = |known: &Option<String>| known.as_deref() == Some(name);
        let groups = (1usize..).zip(self.names.iter());
        groups.filter(|(_, known)| named(known)).map(|(group, _)| group).find(|group| holds(*group))
    }
}

/// Compiles a regular expression of Go's.
///
/// # Errors
/// [`Failure::Operand`] if Go refuses it too, [`Failure::Limit`] if it is too large for this engine.
pub(in crate::rego) fn compile_regex(pattern: &str) -> Result<Regex, Failure> {
    if pattern.len() > PATTERN_BYTES {
        return Err(Failure::Limit("the regular expression is too long"));
    }
    let translation = translate(pattern).map_err(|error| match error {
        SyntaxError::Invalid(why) => Failure::Operand(format!("error parsing regexp: {why}")),
        SyntaxError::TooLarge(why) => Failure::Limit(why),
    })?;
    // The translation is well formed, so an error is one of size.
    let regex = RegexBuilder::new(&translation.expression)
        .size_limit(PROGRAM_BYTES)
        .dfa_size_limit(SEARCH_BYTES)
        .build()
        .map_err(|_| Failure::Limit("the regular expression is too large"))?;
    let expression = translation.expression.into_boxed_str();
    Ok(Regex { regex, names: translation.names.into_boxed_slice(), expression })
}

/// Whether a pattern from the text of a policy can be used: an error for one that OPA takes and this engine does not.
pub(in crate::rego) fn check_regex(pattern: &str) -> Result<(), String> {
    match compile_regex(pattern) {
        Ok(_) | Err(Failure::Operand(_)) => Ok(()),
        Err(Failure::Limit(why)) => Err(why.to_owned()),
    }
}

/// Compiles a glob. No delimiters means that `*` matches everything; OPA's empty array is `["."]` before it comes here.
///
/// # Errors
/// [`Failure::Operand`] if it is no pattern, [`Failure::Limit`] if it is too large for this engine.
pub(in crate::rego) fn compile_glob(pattern: &str, delimiters: &[char]) -> Result<Glob, Failure> {
    if pattern.len() > PATTERN_BYTES {
        return Err(Failure::Limit("the glob is too long"));
    }
    Glob::new(pattern, delimiters)
}

/// Whether a glob from the text of a policy can be used: an error for one that OPA takes and this engine does not.
pub(in crate::rego) fn check_glob(pattern: &str, delimiters: &[char]) -> Result<(), String> {
    match compile_glob(pattern, delimiters) {
        Ok(_) | Err(Failure::Operand(_)) => Ok(()),
        Err(Failure::Limit(why)) => Err(why.to_owned()),
    }
}

type Kept<T> = Mutex<HashMap<Box<str>, Result<Arc<T>, Failure>>>;

/// Compiled patterns: regular expressions and globs. Bounded; shared by all evaluations of a policy.
#[derive(Default)]
pub(in crate::rego) struct Patterns {
    regexes: Kept<Regex>,
    /// By delimiters, a NUL and the pattern.
    globs: Kept<Glob>,
}

impl std::fmt::Debug for Patterns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patterns")
    }
}

impl Patterns {
    /// A regular expression, compiled now or before; charged if it has to be compiled.
    ///
    /// # Errors
    /// As [`compile_regex`].
    pub(super) fn regex(&self, meter: &mut Meter, pattern: &str) -> Result<Arc<Regex>, Failure> {
        kept(&self.regexes, meter, pattern, || compile_regex(pattern))
    }

    /// A glob, compiled now or before.
    ///
    /// # Errors
    /// As [`compile_glob`].
    pub(in crate::rego) fn glob(
        &self,
        meter: &mut Meter,
        pattern: &str,
        delimiters: &[char],
    ) -> Result<Arc<Glob>, Failure> {
        let mut key: String = delimiters.iter().collect();
        key.push('\0');
        key.push_str(pattern);
        kept(&self.globs, meter, &key, || compile_glob(pattern, delimiters))
    }
}

/// What is kept under a key, or is made and then kept; failures too, so that a bad pattern costs only once.
fn kept<T>(
    cache: &Kept<T>,
    meter: &mut Meter,
    key: &str,
    compile: impl FnOnce() -> Result<T, Failure>,
) -> Result<Arc<T>, Failure> {
    meter.reads(key.len())?;
    if let Ok(known) = cache.lock()
        && let Some(found) = known.get(key)
    {
        return found.clone();
    }
    meter.steps(u64::try_from(key.len()).unwrap_or(u64::MAX).saturating_mul(COMPILE_STEPS))?;
    let compiled = compile().map(Arc::new);
    if key.len() <= PATTERN_BYTES.saturating_mul(2)
        && let Ok(mut known) = cache.lock()
    {
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(Box::from(key), compiled.clone());
    }
    compiled
}
