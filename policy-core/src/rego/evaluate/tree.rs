//! Documents that packages make up, and data that `with` put in the place of the document's.

use super::halt::{Flow, Res};
use super::machine::{Machine, Sink};
use super::trace::Tracer;
use super::walk::{Way, element};
use crate::rego::plan::ir::{Hop, Tree};
use crate::rego::syntax::Loc;
use crate::rego::value::{Object, ObjectBuilder, Value};

impl<'e, T: Tracer> Machine<'e, T> {
    /// Whether `with` replaced the document at a path, or one around it.
    pub(super) fn is_target(&self, path: &[Value<'e>]) -> bool {
        self.scope().is_some_and(|scope| {
            scope
                .targets
                .iter()
                .any(|target| target.len() <= path.len() && target.iter().zip(path).all(|(a, b)| a == b))
        })
    }

    /// Whether `with` replaced anything at a path, around it or below it.
    pub(super) fn is_replaced(&self, path: &[Value<'static>]) -> bool {
        self.has_other_data()
            && self.scope().is_some_and(|scope| {
                scope.targets.iter().any(|target| target.iter().zip(path).all(|(a, b)| a == b))
            })
    }

    /// The data at a path, under `with`: what was put there, merged with the document's where it only lies below.
    pub(super) fn other_data(&mut self, path: &[Value<'e>], at: Loc) -> Res<Option<Value<'e>>> {
        let other = self.scope().and_then(|scope| scope.data.clone());
        let other = other.and_then(|root| path.iter().try_fold(root, |value, key| value.child(key)));
        if self.is_target(path) {
            return Ok(other);
        }
        let plan = self.plan;
        let base = path.iter().try_fold(plan.data.lend(), |value, key| value.stored(key));
        match (other, base) {
            (Some(other), Some(base)) => self.merged(&other, &base, at).map(Some),
            (other, base) => Ok(other.or(base)),
        }
    }

    /// Two documents in one: where both are objects their entries, elsewhere the first.
    fn merged(&mut self, first: &Value<'e>, second: &Value<'e>, at: Loc) -> Res<Value<'e>> {
        let (Value::Object(a), Value::Object(b)) = (first, second) else { return Ok(first.clone()) };
        self.make(a.len().saturating_add(b.len()), at)?;
        let mut all = ObjectBuilder::new();
        for (key, value) in a.entries() {
            let value = match b.get(key) {
                Some(other) => self.merged(value, other, at)?,
                None => value.clone(),
            };
            all.insert(key.clone(), value);
        }
        for (key, value) in b.entries() {
            if a.get(key).is_none() {
                all.insert(key.clone(), value.clone());
            }
        }
        Ok(Value::Object(all.build()))
    }

    fn tree_at(&self, path: &[Value<'e>]) -> Option<&'e Tree> {
        let plan = self.plan;
        path.iter().try_fold(&plan.tree, |tree, key| tree.child(key))
    }

    /// From a place in the tree along the hops.
    pub(super) fn walk_tree(
        &mut self,
        path: &mut Vec<Value<'e>>,
        way: Way<'e>,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        if self.is_target(path) {
            let value = self.other_data(path, way.at)?;
            return value.map_or(Ok(Flow::More), |value| self.walk_value(value, way, sink));
        }
        let tree = self.tree_at(path);
        if let Some(group) = tree.and_then(|tree| tree.group) {
            let value = self.group(group, way.hops, way.at)?;
            return value.map_or(Ok(Flow::More), |value| self.walk_value(value, way, sink));
        }
        let Some(tree) = tree else {
            let value = self.other_data(path, way.at)?;
            return value.map_or(Ok(Flow::More), |value| self.walk_value(value, way, sink));
        };
        let Some((hop, hops)) = way.hops.split_first() else {
            let value = self.extent(path, way.at)?;
            return value.map_or(Ok(Flow::More), |value| self.walk_value(value, way, sink));
        };
        let inner = Way { hops, ..way };
        let pattern = match hop {
            Hop::Key(key) => {
                let key = self.operand(key, way.at)?;
                path.push(key);
                let flow = self.walk_tree(path, inner, sink);
                path.pop();
                return flow;
            }
            Hop::Each(pattern) => pattern,
        };
        // First the keys of the data, then those of the rules: a key in both is met twice, as in OPA.
        let data = self.other_data(path, way.at)?;
        let mut index = 0_usize;
        while let Some((key, _)) = data.as_ref().and_then(|data| element(data, index)) {
            index = index.saturating_add(1);
            if self.walk_key(path, key, pattern, inner, sink)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        for (key, _) in &tree.children {
            if self.walk_key(path, key.lend(), pattern, inner, sink)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }

    fn walk_key(
        &mut self,
        path: &mut Vec<Value<'e>>,
        key: Value<'e>,
        pattern: &'e crate::rego::plan::ir::Pattern,
        way: Way<'e>,
        sink: Sink<'_, 'e, T>,
    ) -> Res<Flow> {
        self.step(way.at)?;
        if !self.matches(key.clone(), pattern, way.at)? {
            return Ok(Flow::More);
        }
        path.push(key);
        let flow = self.walk_tree(path, way, sink);
        path.pop();
        flow
    }

    /// The document at a path below `data`, through whatever defines it.
    pub(super) fn document(&mut self, path: &[Value<'e>], at: Loc) -> Res<Option<Value<'e>>> {
        for (index, _) in path.iter().enumerate() {
            let (above, below) = path.split_at(index.saturating_add(1));
            let Some(tree) = self.tree_at(above) else { break };
            if let Some(group) = tree.group {
                let value = self.group(group, &[], at)?;
                return Ok(
                    value.and_then(|value| below.iter().try_fold(value, |value, key| value.child(key)))
                );
            }
        }
        self.extent(path, at)
    }

    /// The whole document at a place in the tree: the data there, and what the rules below define.
    pub(super) fn extent(&mut self, path: &[Value<'e>], at: Loc) -> Res<Option<Value<'e>>> {
        let base = self.other_data(path, at)?;
        if self.is_target(path) {
            return Ok(base);
        }
        let Some(tree) = self.tree_at(path) else { return Ok(base) };
        let mut path = path.to_vec();
        let rules = Value::Object(self.leaves(tree, &mut path, at)?);
        match base {
            Some(base) => self.merged(&base, &rules, at).map(Some),
            None => Ok(Some(rules)),
        }
    }

    fn leaves(&mut self, tree: &'e Tree, path: &mut Vec<Value<'e>>, at: Loc) -> Res<Object<'e>> {
        let mut all = ObjectBuilder::new();
        for (key, child) in &tree.children {
            path.push(key.lend());
            let value = match child.group {
                Some(group) => self.group(group, &[], at),
                None => self
                    .deeper(at, |machine| machine.leaves(child, path, at))
                    .map(|inner| Some(Value::Object(inner))),
            };
            path.pop();
            if let Some(value) = value? {
                self.make(2, at)?;
                all.insert(key.lend(), value);
            }
        }
        Ok(all.build())
    }
}
