//! Sets: `and`, `or`, the difference, `intersection`, `union`.

use super::operands::{Answer, set, takes};
use super::{Call, Failure, Meter, Run};
use crate::rego::builtins::aggregates::sorting;
use crate::rego::value::{Set, Value};

pub(in crate::rego) const TABLE: &[(&str, Run)] =
    &[("and", and), ("or", or), ("set_diff", set_diff), ("intersection", intersection), ("union", union)];

fn and<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let common = common(call.meter, set(args, 1)?, set(args, 2)?)?;
    Ok(Some(Value::Set(common)))
}

fn or<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    together(call.meter, &[set(args, 1)?, set(args, 2)?])
}

fn set_diff<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    difference(call.meter, set(args, 1)?, set(args, 2)?)
}

/// What all sets of a set have; nothing if there are none.
fn intersection<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let sets = sets(args)?;
    let mut sets = sets.into_iter();
    let Some(first) = sets.next() else { return Ok(Some(Value::Set(Set::Lent(&[])))) };
    let mut all = first.clone();
    for set in sets {
        all = common(call.meter, &all, set)?;
    }
    Ok(Some(Value::Set(all)))
}

/// What any set of a set has.
fn union<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    together(call.meter, &sets(args)?)
}

fn sets<'a, 'v>(args: &'a [Value<'v>]) -> Result<Vec<&'a Set<'v>>, Failure> {
    let sets = set(args, 1)?;
    let member = |value: &'a Value<'v>| match value {
        Value::Set(set) => Ok(set),
        other => Err(Failure::operand(1, "set", other)),
    };
    sets.iter().map(member).collect()
}

/// The members of the first that the second lacks.
pub(super) fn difference<'v>(meter: &mut Meter, a: &Set<'v>, b: &Set<'v>) -> Answer<'v> {
    takes(meter, a.len())?;
    Ok(Some(Value::Set(a.iter().filter(|member| !b.contains(member)).cloned().collect())))
}

/// The members of the first that the second has too.
fn common<'v>(meter: &mut Meter, a: &Set<'v>, b: &Set<'v>) -> Result<Set<'v>, Failure> {
    // As OPA does: the smaller one is walked, and its members are the result's.
    let (small, large) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    takes(meter, small.len())?;
    Ok(small.iter().filter(|member| large.contains(member)).cloned().collect())
}

fn together<'v>(meter: &mut Meter, sets: &[&Set<'v>]) -> Answer<'v> {
    let size = sets.iter().map(|set| set.len()).fold(0, usize::saturating_add);
    takes(meter, size)?;
    meter.steps(sorting(size))?;
    Ok(Some(Value::Set(sets.iter().flat_map(|set| set.iter()).cloned().collect())))
}
