//! What is checked before a policy may decide: one file a check, each refusal with its place and what to write instead.
//!
//! [`depth`] looks at the text before it is parsed. The others look at the syntax tree of all modules together.

mod calls;
mod conflicts;
mod declarations;
mod definedness;
pub(super) mod depth;
mod documents;
mod forms;
mod negation;
mod ordering;
mod recursion;
mod scope;
pub(super) mod with;

use super::error::RegoError;
use super::limits::Limits;
use super::program::Program;

/// Runs all checks on the syntax tree. Returns every error, in the order of the files and lines.
pub(super) fn check(program: &Program, limits: &Limits) -> Vec<RegoError> {
    let mut errors = Vec::new();
    conflicts::check(program, limits, &mut errors);
    documents::check(program, &mut errors);
    forms::check(program, &mut errors);
    calls::check(program, &mut errors);
    ordering::check(program, &mut errors);
    with::check(program, &mut errors);
    scope::check(program, &mut errors);
    // The next one relies on what the others have established.
    if errors.is_empty() {
        negation::check(program, &mut errors);
        recursion::check(program, &mut errors);
    }
    errors.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.kind, &a.message).cmp(&(&b.file, b.line, b.column, b.kind, &b.message))
    });
    errors.dedup();
    errors
}

pub(super) use calls::used as used_builtins;
