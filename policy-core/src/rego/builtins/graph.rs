//! `graph.reachable` and `graph.reachable_paths`: a graph is an object of the neighbours of each node.

use std::collections::BTreeSet;

use super::operands::{Answer, any, object, takes};
use super::{Call, Failure, Meter, Run};
use crate::rego::value::{Object, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] =
    &[("graph.reachable", reachable), ("graph.reachable_paths", reachable_paths)];

/// The nodes of the graph that can be reached, the first ones included.
fn reachable<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (graph, initial) = operands(args)?;
    let mut queue: Vec<&Value<'v>> = initial.iter().collect();
    takes(call.meter, queue.len())?;
    let mut reached = BTreeSet::new();
    while let Some(node) = queue.pop() {
        call.meter.steps(1)?;
        let Some(edges) = graph.get(node) else { continue };
        if !reached.insert(node) {
            continue;
        }
        let neighbours = vertices(edges);
        takes(call.meter, neighbours.len().saturating_add(2))?;
        queue.extend(neighbours.iter().filter(|neighbour| !reached.contains(neighbour)));
    }
    Ok(Some(Value::Set(reached.into_iter().cloned().collect())))
}

/// The ways from the first nodes to where they end: at a node without neighbours, before one that is not in the graph,
/// or before one they have been at.
fn reachable_paths<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (graph, initial) = operands(args)?;
    let mut search = Search { meter: call.meter, graph, paths: Vec::new() };
    for node in initial {
        search.from(node)?;
    }
    Ok(Some(Value::Set(search.paths.into_iter().collect())))
}

struct Search<'a, 'v> {
    meter: &'a mut Meter,
    graph: &'a Object<'v>,
    paths: Vec<Value<'v>>,
}

impl<'a, 'v> Search<'a, 'v> {
    fn from(&mut self, first: &'a Value<'v>) -> Result<(), Failure> {
        let Some(edges) = self.graph.get(first) else { return Ok(()) };
        let neighbours = vertices(edges);
        if neighbours.is_empty() {
            return self.ends(&[first]);
        }
        let mut path: Vec<&'a Value<'v>> = vec![first];
        // Neighbours that are left to go to, for each node of the path.
        let mut open = vec![neighbours.iter()];
        while let Some(left) = open.last_mut() {
            self.meter.steps(1)?;
            let Some(next) = left.next() else {
                open.pop();
                path.pop();
                continue;
            };
            // Searching the path: it is as long as the graph has nodes, at most.
            self.meter.steps(u64::try_from(path.len()).unwrap_or(u64::MAX) / 8)?;
            // As in OPA the neighbours of the first node are not looked for in the path.
            let is_cycle = path.len() > 1 && path.contains(&next);
            let Some(edges) = self.graph.get(next).filter(|_| !is_cycle) else {
                self.ends(&path)?;
                continue;
            };
            let neighbours = vertices(edges);
            path.push(next);
            if neighbours.is_empty() {
                self.ends(&path)?;
                path.pop();
            } else {
                takes(self.meter, 2)?;
                open.push(neighbours.iter());
            }
        }
        Ok(())
    }

    fn ends(&mut self, path: &[&Value<'v>]) -> Result<(), Failure> {
        takes(self.meter, path.len().saturating_add(2))?;
        self.paths.push(Value::array(path.iter().map(|node| (*node).clone()).collect()));
        Ok(())
    }
}

fn operands<'a, 'v>(args: &'a [Value<'v>]) -> Result<(&'a Object<'v>, &'a [Value<'v>]), Failure> {
    let graph = object(args, 1)?;
    match any(args, 2)? {
        initial @ (Value::Array(_) | Value::Set(_)) => Ok((graph, vertices(initial))),
        other => Err(Failure::operand(2, "{array, set}", other)),
    }
}

/// The items of an array or a set; nothing else has any.
fn vertices<'a, 'v>(value: &'a Value<'v>) -> &'a [Value<'v>] {
    match value {
        Value::Array(items) => items.items(),
        Value::Set(items) => items.items(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => &[],
    }
}
