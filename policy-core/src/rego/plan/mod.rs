//! From a checked program to a plan that knows what to read and which rules can match.

mod constants;
mod entry;
mod groups;
pub(in crate::rego) mod guards;
mod hazards;
pub(in crate::rego) mod index;
pub(in crate::rego) mod ir;
mod looks;
mod lower;
mod needs;
mod order;
pub(in crate::rego) mod patterns;
pub(in crate::rego) mod pieces;
pub(in crate::rego) mod search;
mod settled;
pub(in crate::rego) mod table;
pub(in crate::rego) mod terms;

pub(in crate::rego) use ir::Plan;

use groups::{Families, Reach};

use super::builtins::Patterns;
use super::error::Fault;
use super::syntax::Module;
use super::value::{Object, Value};

/// Which rules a plan is made for.
pub(in crate::rego) enum Entries<'a> {
    /// Those that the document at a path needs; the others are left out.
    Of(&'a [Value<'static>]),
    /// The same for a decision, of which there has to be a rule.
    Decision(&'a [Value<'static>]),
    /// All.
    All,
}

impl Plan {
    /// Plans a compiled program. For a strict plan a failure of a built-in function is an error of the decision.
    ///
    /// # Errors
    /// What this engine cannot do as OPA does, and limits.
    pub(in crate::rego) fn new(
        modules: &[Module],
        data: Value<'static>,
        entries: &Entries<'_>,
        is_strict: bool,
    ) -> Result<Self, Vec<Fault>> {
        Self::over(modules, indexed(data), entries, is_strict)
    }

    /// The same over data that is [`indexed`] already: several plans can share it.
    pub(in crate::rego) fn over(
        modules: &[Module],
        data: Value<'static>,
        entries: &Entries<'_>,
        is_strict: bool,
    ) -> Result<Self, Vec<Fault>> {
        let mut families = Families::of(modules);
        order::sort(&mut families);
        let wanted = match entries {
            Entries::All => families.below(&[]),
            Entries::Of(path) => families.below(path),
            Entries::Decision(path) => {
                entry::check(&families, modules, path).map_err(|fault| vec![fault])?;
                families.below(path)
            }
        };
        let reach = Reach::from(&families, wanted);
        let order = reach.order(&families).map_err(|fault| vec![fault])?;
        let slots = reach.slots();
        let setting = lower::Setting { families: &families, slots: &slots, data: &data };
        let mut groups = lower::lower(&setting, &reach)?;
        hazards::judge(&mut groups, &families.tree, &order, is_strict);
        let Families { tree, .. } = families;
        let mut plan = Self { groups, slots, tree, data, patterns: Patterns::default() };
        // Whoever looks at how rules are evaluated wants to see them evaluated.
        if !matches!(entries, Entries::All) {
            constants::fold(&mut plan, &order, is_strict);
        }
        search::build(&mut plan, is_strict);
        index::build(&mut plan, is_strict);
        Ok(plan)
    }
}

/// The data document with a table for each of its large objects.
pub(in crate::rego) fn indexed(value: Value<'static>) -> Value<'static> {
    match value {
        Value::Object(object) => {
            let entry =
                |(key, value): &(Value<'static>, Value<'static>)| (key.clone(), indexed(value.clone()));
            Value::Object(object.entries().iter().map(entry).collect::<Object<'static>>().with_index())
        }
        Value::Array(items) => Value::array(items.items().iter().map(|item| indexed(item.clone())).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Set(_) => value,
    }
}
