//! Every variable that a policy declares gets a name of its own: `:=`, `some`, `every` and arguments of functions.
//! What remains are equalities, and variables of which each means one thing in the whole program.

mod body;
mod rule;
mod scope;
mod statement;
mod terms;
mod unused;

use std::collections::HashMap;

use self::scope::{Occurrence, Scopes};
use super::fresh::Fresh;
use super::work::Work;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Loc, Module, Name};

/// Renames the variables of all modules; `original` learns how each was written.
pub(super) fn rewrite(
    modules: &mut [Module],
    fresh: &mut Fresh,
    original: &mut HashMap<Name, Name>,
    work: &mut Work,
) -> Vec<Fault> {
    let mut rewriter = Rewriter { fresh, original, work, scopes: Scopes::default(), faults: Vec::new() };
    let mut faults = Vec::new();
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        rewriter.work.begin(rule.at);
        rewriter.chain(rule, &mut faults);
    }
    match rewriter.work.fault() {
        Some(fault) => vec![fault],
        None => faults,
    }
}

/// What is known while rules are rewritten.
struct Rewriter<'a> {
    fresh: &'a mut Fresh,
    original: &'a mut HashMap<Name, Name>,
    work: &'a mut Work,
    scopes: Scopes,
    faults: Vec<Fault>,
}

impl Rewriter<'_> {
    /// Declares a variable in the innermost scope, or says why it cannot be declared there.
    fn declare(&mut self, written: &Name, occurrence: Occurrence, at: Loc) -> Option<Name> {
        if let Some(earlier) = self.scopes.occurrence(written) {
            self.fault(at, earlier.conflict(super::build::shown(written)));
            return None;
        }
        Some(self.add(written, occurrence))
    }

    /// Gives a variable its new name.
    fn add(&mut self, written: &Name, occurrence: Occurrence) -> Name {
        let name = self.fresh.name();
        self.original.insert(name.clone(), written.clone());
        self.scopes.insert(written.clone(), name.clone(), occurrence);
        name
    }

    fn fault(&mut self, at: Loc, message: impl Into<String>) {
        self.faults.push(Fault::new(at, RegoErrorKind::Compile, message));
    }
}
