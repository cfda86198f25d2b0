//! Results of functions that are called again and again with the same arguments. OPA remembers all of them; here it
//! begins when an evaluation has called many functions, so that most never pay for it. Without it, functions that call
//! each other twice at every level would take the budget of a request that OPA decides.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::rego::plan::ir::GroupId;
use crate::rego::value::Value;

/// Calls of functions before the first that is remembered.
const FROM: u32 = 64;

/// Results that are kept; the rest is worked out again.
const MOST: usize = 4096;

/// Items of a collection and bytes of a text that an argument may have: comparing it must not cost more than a call.
const ITEMS: usize = 16;
const TEXT: usize = 256;

/// A function with its arguments.
struct Called<'e> {
    group: GroupId,
    args: Box<[Value<'e>]>,
}

impl Ord for Called<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_group = self.group.cmp(&other.group).then(self.args.len().cmp(&other.args.len()));
        let pairs = || self.args.iter().zip(&other.args);
        by_group.then_with(|| {
            pairs().map(|(a, b)| a.cmp_to(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        })
    }
}

impl PartialOrd for Called<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Called<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Called<'_> {}

/// What functions gave in the outermost scope of an evaluation.
#[derive(Default)]
pub(super) struct Remembered<'e> {
    calls: u32,
    known: BTreeMap<Called<'e>, Option<Value<'e>>>,
}

/// What is known of a call.
pub(super) enum Recall<'e> {
    /// It is not worth remembering.
    Never,
    /// Not yet.
    Unknown,
    Known(Option<Value<'e>>),
}

impl<'e> Remembered<'e> {
    /// What is known of a call that is about to be made.
    pub(super) fn recall(&mut self, group: GroupId, args: &[Value<'e>]) -> Recall<'e> {
        if self.calls < FROM {
            self.calls = self.calls.saturating_add(1);
            return Recall::Never;
        }
        if !args.iter().all(is_small) {
            return Recall::Never;
        }
        let called = Called { group, args: args.into() };
        self.known.get(&called).map_or(Recall::Unknown, |known| Recall::Known(known.clone()))
    }

    /// Keeps a result, if there is room.
    pub(super) fn keep(&mut self, group: GroupId, args: &[Value<'e>], result: Option<Value<'e>>) {
        if self.known.len() < MOST {
            self.known.insert(Called { group, args: args.into() }, result);
        }
    }
}

fn is_small(value: &Value<'_>) -> bool {
    let is_leaf = |value: &Value<'_>| match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => number.text().len() <= TEXT,
        Value::String(text) => text.len() <= TEXT,
        Value::Array(_) | Value::Object(_) | Value::Set(_) => false,
    };
    match value {
        Value::Object(object) => {
            object.len() <= ITEMS
                && object.entries().iter().all(|(key, value)| is_leaf(key) && is_leaf(value))
        }
        Value::Array(_) | Value::Set(_) => {
            value.items().is_some_and(|items| items.len() <= ITEMS && items.iter().all(is_leaf))
        }
        value @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => is_leaf(value),
    }
}
