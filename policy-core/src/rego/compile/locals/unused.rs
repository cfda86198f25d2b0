//! What `some` and `every` declare must be used.

use std::collections::HashMap;

use super::super::build::{is_generated, shown};
use super::super::resolve::declared_by;
use super::{Occurrence, Rewriter};
use crate::rego::check::{Scope, VarSet, body_vars};
use crate::rego::syntax::{Body, ExprKind, Loc, Name};

/// Where the variables of a body are declared.
pub(super) struct Declarations {
    first: HashMap<Name, Loc>,
}

impl Declarations {
    /// The first statement that declares each variable.
    pub(super) fn of(body: &Body) -> Self {
        let mut first = HashMap::new();
        for expr in body.iter().filter(|expr| matches!(expr.kind, ExprKind::Some(_) | ExprKind::Every(_))) {
            for name in declared_by(expr) {
                first.entry(name).or_insert(expr.at);
            }
        }
        Self { first }
    }
}

impl Rewriter<'_> {
    /// Finds variables of the innermost scope that are declared and not used, in order of their new names.
    pub(super) fn check_unused(&mut self, body: &Body, used: &VarSet, declarations: &Declarations, at: Loc) {
        if !self.faults.is_empty() {
            return;
        }
        let mut declared: Vec<(Name, Name)> = self
            .scopes
            .inner()
            .iter()
            .filter(|(_, local)| local.occurrence == Occurrence::Declared)
            .map(|(written, local)| (local.name.clone(), written.clone()))
            .collect();
        if declared.is_empty() {
            return;
        }
        let mut in_use = body_vars(body, Scope::All);
        for name in used {
            let renamed = self.scopes.find(name).map_or(name, |local| &local.name);
            in_use.insert(renamed.clone());
        }
        declared.retain(|(name, written)| {
            !in_use.contains(name) && !used.contains(name) && !is_generated(written)
        });
        declared.sort_unstable();
        for (_, written) in declared {
            let place = declarations.first.get(&written).copied().unwrap_or(at);
            self.fault(place, format!("declared var {} unused", shown(&written)));
        }
    }
}
