//! Conditions that OPA's index looks at before it tries a definition.
//!
//! A definition that can end the evaluation with an error must not be tried where OPA does not try it, or there is an
//! error where OPA has a value. So the conditions that OPA's index knows come first for those.

use super::ir::{Condition, Hop, Operand, Root, Subject};
use super::looks::Part;
use super::lower::Setting;
use super::order::Asked;
use crate::rego::syntax::Name;
use crate::rego::value::Value;

/// The conditions of one branch of a definition.
pub(super) fn of(setting: &Setting<'_>, asked: &Asked) -> Vec<Condition> {
    let condition = |wanted: &super::order::Wanted| {
        Some(Condition {
            subject: subject(setting, &wanted.part)?,
            tests: wanted.tests.clone(),
            delimiters: wanted.delimiters.clone(),
        })
    };
    asked.conditions.iter().filter_map(condition).collect()
}

fn subject(setting: &Setting<'_>, part: &Part) -> Option<Subject> {
    let (root, path) = match part {
        Part::Arg(index) => return Some(Subject::Arg(*index)),
        Part::Data(keys) => {
            let value = keys.iter().try_fold(setting.data.clone(), |value, key| value.stored(key));
            (Root::Data(keys.clone(), value), Vec::new())
        }
        Part::Input(keys) => {
            let covers = |path: &Vec<Name>| {
                path.len() <= keys.len()
                    && path.iter().zip(keys).all(|(name, key)| key.as_str() == Some(&**name))
            };
            let slot = setting.slots.iter().position(covers)?;
            let used = setting.slots.get(slot)?.len();
            let hop = |key: &Value<'static>| Hop::Key(Operand::Const(key.clone()));
            (Root::Slot(u32::try_from(slot).ok()?), keys.iter().skip(used).map(hop).collect())
        }
    };
    Some(Subject::Part(root, path))
}
