//! `with`: what may be replaced by what.

use std::collections::BTreeSet;

use regorus::unstable::{Expr, LiteralStmt, Ref};

use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::program::{Global, Path, Program, constant_path};
use crate::old_rego::visit::{Meaning, Place, Visitor, walk};

/// Refuses a `with` whose target is not `input`, `data` or a part of them.
///
/// Replacing functions serves tests; regorus takes the replacement of one function by another differently from OPA
/// where the functions call each other.
pub(super) fn check(program: &Program, errors: &mut Vec<RegoError>) {
    walk(program, &mut Check { errors });
}

/// The paths below `data` that some `with` of the policy replaces.
pub(super) fn replaced_data(program: &Program) -> BTreeSet<Path> {
    let mut targets = Targets(BTreeSet::new());
    walk(program, &mut targets);
    targets.0
}

struct Check<'e> {
    errors: &'e mut Vec<RegoError>,
}

impl Visitor for Check<'_> {
    fn statement(&mut self, place: &Place<'_>, statement: &LiteralStmt) {
        let mut seen: Vec<Global> = Vec::new();
        for modifier in &statement.with_mods {
            let refused = |message: &str, hint: &str| {
                RegoError::at(&modifier.span, RegoErrorKind::Refused, message, hint)
            };
            let Some(target) = target(place, &modifier.refr) else {
                self.errors.push(refused(
                    "`with` replaces something other than a part of `input` or `data`",
                    "pass what changes as an argument of a function, or as a part of `input`",
                ));
                continue;
            };
            if let Global::Data(path) = &target
                && place.program.rules_touching(path).next().is_some()
            {
                self.errors.push(refused(
                    "`with` replaces a rule or a package",
                    "pass what changes as an argument of a function, or as a part of `input`",
                ));
            }
            if seen.iter().any(|other| overlap(other, &target)) {
                self.errors.push(refused(
                    "two `with` of one statement replace overlapping parts",
                    "build the whole value first and use one `with`",
                ));
            }
            seen.push(target);
        }
    }
}

struct Targets(BTreeSet<Path>);

impl Visitor for Targets {
    fn statement(&mut self, place: &Place<'_>, statement: &LiteralStmt) {
        for modifier in &statement.with_mods {
            if let Some(Global::Data(path)) = target(place, &modifier.refr) {
                self.0.insert(path);
            }
        }
    }
}

/// The part of `input` or `data` that a `with` replaces.
pub(in crate::old_rego) fn target(place: &Place<'_>, refr: &Ref<Expr>) -> Option<Global> {
    let path = constant_path(refr)?;
    let (root, steps) = path.split_first()?;
    let append = |mut start: Path| {
        start.extend(steps.iter().cloned());
        start
    };
    match place.meaning(root) {
        Meaning::Global(Global::Input(start)) => Some(Global::Input(append(start))),
        Meaning::Global(Global::Data(start)) if root == "data" => Some(Global::Data(append(start))),
        Meaning::Global(Global::Data(_)) | Meaning::Local => None,
    }
}

fn overlap(one: &Global, other: &Global) -> bool {
    match (one, other) {
        (Global::Input(a), Global::Input(b)) | (Global::Data(a), Global::Data(b)) => {
            a.starts_with(b) || b.starts_with(a)
        }
        (Global::Input(_), Global::Data(_)) | (Global::Data(_), Global::Input(_)) => false,
    }
}
