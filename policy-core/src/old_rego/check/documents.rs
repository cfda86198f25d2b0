//! The data document and the rules: a path must not be both.
//!
//! OPA refuses to load such data; regorus would take the data's value, so data could allow what the rules deny.

use crate::old_rego::decision::reference;
use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::program::Program;

/// Refuses data that lies on a rule's path or across it.
pub(super) fn check(program: &Program, errors: &mut Vec<RegoError>) {
    for (path, rule) in &program.rules {
        let mut value = Some(&program.data);
        let mut covered = path.len();
        for (index, step) in path.iter().enumerate() {
            value = match value {
                Some(serde_json::Value::Object(entries)) => entries.get(step),
                Some(_) => {
                    covered = index;
                    break;
                }
                None => None,
            };
        }
        if value.is_none() {
            continue;
        }
        let Some(definition) = rule.definitions.first() else { continue };
        errors.push(RegoError::at(
            definition.rule.span(),
            RegoErrorKind::Data,
            format!(
                "the data document has a value at {}, on the path of the rule {}",
                reference(path.get(..covered).unwrap_or(path)),
                reference(path)
            ),
            "remove it from the data document, or rename one of them",
        ));
    }
}
