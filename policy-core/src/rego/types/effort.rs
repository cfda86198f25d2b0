//! The work that checking types may take.

use std::cell::Cell;

/// Steps that the check of all rules of a policy may take: each looks at two types, a term or a part of a reference.
///
/// Ten thousand rules take two or three million. What takes more are comprehensions in comprehensions in comprehensions, and
/// types that double with every rule: the policy is refused rather than loaded for minutes.
const MAX_STEPS: u64 = 20_000_000;

/// Counts down; shared, because every comparison of types counts.
#[derive(Debug)]
pub(super) struct Effort {
    left: Cell<u64>,
}

impl Effort {
    pub(super) fn new() -> Self {
        Self { left: Cell::new(MAX_STEPS) }
    }

    /// Takes a step; `false` when there are none left, and whatever is answered from then on does not matter.
    pub(super) fn step(&self) -> bool {
        self.take(1)
    }

    /// Takes so many steps at once.
    pub(super) fn take(&self, steps: u64) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(steps));
        left > 0
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.left.get() == 0
    }
}
