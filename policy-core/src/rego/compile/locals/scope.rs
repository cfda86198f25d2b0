//! The variables of the body being rewritten, and of those around it.

use std::collections::HashMap;

use crate::rego::syntax::Name;

/// How a variable came into a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occurrence {
    /// An argument of the function.
    Argument,
    /// Used before anything declared it: it belongs to a scope further out, or to unification.
    Seen,
    /// By `:=`.
    Assigned,
    /// By `some` or `every`.
    Declared,
}

impl Occurrence {
    /// OPA's words for a variable that cannot be declared because of this.
    pub(super) fn conflict(self, name: &str) -> String {
        match self {
            Self::Argument => format!("arg {name} redeclared"),
            Self::Seen => format!("var {name} referenced above"),
            Self::Assigned => format!("var {name} assigned above"),
            Self::Declared => format!("var {name} declared above"),
        }
    }
}

/// What one scope knows of a variable.
#[derive(Clone, Debug)]
pub(super) struct Local {
    /// Its name in the compiled program.
    pub(super) name: Name,
    pub(super) occurrence: Occurrence,
}

/// The scopes around a place, the innermost last. There is always one.
#[derive(Clone, Debug, Default)]
pub(super) struct Scopes {
    outer: Vec<HashMap<Name, Local>>,
    inner: HashMap<Name, Local>,
}

impl Scopes {
    /// Goes into a new scope.
    pub(super) fn enter(&mut self) {
        self.outer.push(std::mem::take(&mut self.inner));
    }

    /// Leaves the innermost scope.
    pub(super) fn leave(&mut self) {
        self.inner = self.outer.pop().unwrap_or_default();
    }

    /// Adds a variable to the innermost scope.
    pub(super) fn insert(&mut self, written: Name, name: Name, occurrence: Occurrence) {
        self.inner.insert(written, Local { name, occurrence });
    }

    /// How the innermost scope knows a variable.
    pub(super) fn occurrence(&self, written: &str) -> Option<Occurrence> {
        self.inner.get(written).map(|local| local.occurrence)
    }

    /// What the nearest scope that knows a variable says of it.
    pub(super) fn find(&self, written: &str) -> Option<&Local> {
        std::iter::once(&self.inner).chain(self.outer.iter().rev()).find_map(|scope| scope.get(written))
    }

    /// The variables of the innermost scope.
    pub(super) fn inner(&self) -> &HashMap<Name, Local> {
        &self.inner
    }
}
