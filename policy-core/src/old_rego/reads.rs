//! Which parts of `input` a policy can read, from its text: what it cannot read need not be built.
//!
//! Sound rather than exact: where the text does not tell (an index that is computed, `walk`, the whole of `input` as
//! an argument), everything from there on counts as read.

use std::collections::BTreeSet;

use regorus::unstable::{Expr, LiteralStmt, Ref};

use super::program::{Global, Path, Program, Reference};
use super::visit::{Meaning, Place, Visitor, walk};

/// The parts of `input` that a policy can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reads(BTreeSet<Path>);

impl Reads {
    pub(super) fn of(program: &Program) -> Self {
        let mut collector = Collector(BTreeSet::new());
        walk(program, &mut collector);
        for module in &program.modules {
            for path in module.imports.values() {
                if let Some((root, rest)) = path.split_first()
                    && root == "input"
                {
                    collector.0.insert(rest.to_vec());
                }
            }
        }
        Self(collector.0)
    }

    /// Whether the policy may read the node at a path of `input`, something below it, or something that contains it.
    #[must_use]
    pub fn wants(&self, path: &[&str]) -> bool {
        self.0.iter().any(|read| read.iter().zip(path).all(|(a, b)| a == b))
    }

    /// The keys of the node at a path that the policy may read, for whoever has many to choose from; `None` where it
    /// may read any.
    #[must_use]
    pub fn keys_below(&self, path: &[&str]) -> Option<Vec<&str>> {
        let near = self.0.iter().filter(|read| read.iter().zip(path).all(|(a, b)| a == b));
        near.map(|read| read.get(path.len()).map(String::as_str)).collect()
    }

    /// The paths that are read, each without what lies below it.
    pub fn paths(&self) -> impl Iterator<Item = &[String]> {
        let covered =
            |path: &Path| (0..path.len()).any(|n| path.get(..n).is_some_and(|above| self.0.contains(above)));
        self.0.iter().filter(move |path| !covered(path)).map(Vec::as_slice)
    }
}

struct Collector(BTreeSet<Path>);

impl Visitor for Collector {
    fn expression(&mut self, place: &Place<'_>, expr: &Ref<Expr>) {
        let reference = Reference::of(expr);
        let Some(root) = reference.root() else { return };
        if let Meaning::Global(Global::Input(mut path)) = place.meaning(root) {
            path.extend(reference.constant_steps().0);
            self.0.insert(path);
        }
    }

    /// `with input.a.b as x` builds its own `input`, of which the rest is the request's: nothing more is read for it
    /// than what the rules read.
    fn statement(&mut self, _place: &Place<'_>, _statement: &LiteralStmt) {}
}
