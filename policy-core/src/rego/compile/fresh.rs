//! Names for variables that the compiler adds.

use std::collections::HashSet;

use super::build::is_generated;
use super::walk::{Below, Node, walk};
use crate::rego::syntax::{Module, Name, Term, TermKind};

/// Gives out `__local0__`, `__local1__`, ...: each once in a whole program, and none that a policy uses.
///
/// The numbers are those that OPA gives, because they decide: where two keys of an object turn out equal, the one
/// with the greater name wins.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    taken: HashSet<Name>,
    next: usize,
}

impl Fresh {
    /// Knows all names in the modules.
    pub(super) fn new(modules: &[Module]) -> Self {
        let mut taken = HashSet::new();
        for rule in modules.iter().flat_map(|module| &module.rules) {
            walk(Node::Rule(rule), &mut |node| {
                if let Node::Term(Term { kind: TermKind::Var(name), .. }) = node
                    && is_generated(name)
                {
                    taken.insert(name.clone());
                }
                Below::Enter
            });
        }
        Self { taken, next: 0 }
    }

    /// The next name.
    pub(super) fn name(&mut self) -> Name {
        loop {
            let name = Name::from(format!("__local{}__", self.next));
            self.next = self.next.wrapping_add(1);
            if !self.taken.contains(&name) {
                return name;
            }
        }
    }
}
