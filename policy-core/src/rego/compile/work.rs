//! A bound on what stages do more than once.

use super::walk::{Below, Node, walk};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Loc, With};

/// Work that is left.
#[derive(Debug)]
pub(super) struct Work {
    left: usize,
    /// The rule that it is done for.
    rule: Loc,
}

impl Work {
    /// So many nodes of the syntax tree.
    pub(super) fn new(nodes: usize) -> Self {
        Self { left: nodes, rule: Loc::POLICY }
    }

    /// What follows is done for this rule.
    pub(super) fn begin(&mut self, rule: Loc) {
        if self.left > 0 {
            self.rule = rule;
        }
    }

    /// Whether one more node may be visited.
    pub(super) fn visit(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    /// A copy of replacements; without them if there is no work left, which is a fault.
    pub(super) fn copy(&mut self, with: &[With]) -> Vec<With> {
        for with in with {
            walk(Node::With(with), &mut |_| if self.visit() { Below::Enter } else { Below::Skip });
        }
        if self.left > 0 { with.to_vec() } else { Vec::new() }
    }

    /// What is wrong if the work was not enough.
    pub(super) fn fault(&self) -> Option<Fault> {
        let message = "the policy is too large for the compiler once it is written out";
        let fault = Fault::new(self.rule, RegoErrorKind::Limit, message);
        (self.left == 0)
            .then(|| fault.hint("use fewer nested `every` and comprehensions, and smaller values in `with`"))
    }
}
