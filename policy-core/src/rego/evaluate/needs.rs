//! What OPA's index asks before a definition is tried.

use super::halt::{Halt, Res};
use super::machine::Machine;
use super::trace::Tracer;
use super::walk::element;
use crate::rego::plan::ir::{PlannedRule, Subject, Test};
use crate::rego::plan::pieces;
use crate::rego::syntax::Loc;
use crate::rego::value::Value;

impl<'e, T: Tracer> Machine<'e, T> {
    /// Whether what must be so before a definition is tried is so.
    pub(super) fn meets(&mut self, rule: &'e PlannedRule, args: &[Value<'e>], at: Loc) -> Res<bool> {
        for condition in &rule.needs {
            let value = match &condition.subject {
                Subject::Arg(index) => args.get(*index).cloned(),
                Subject::Part(root, path) => self.reach(root, path, at)?,
            };
            let Some(value) = value else { return Ok(false) };
            if !self.is_any(&value, &condition.tests, &condition.delimiters, at)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_any(&mut self, value: &Value<'e>, tests: &[Test], delimiters: &[String], at: Loc) -> Res<bool> {
        for test in tests {
            if self.is_met(value, test, at)? {
                return Ok(true);
            }
        }
        let Some(text) = value.as_str() else { return Ok(false) };
        for delimiters in delimiters {
            self.meter.reads(text.len()).map_err(|failure| Halt::limit(&failure, at))?;
            let pieces = pieces::split(text, delimiters);
            if tests.iter().any(|test| is_met_by_pieces(&pieces, test)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_met(&mut self, value: &Value<'e>, test: &Test, at: Loc) -> Res<bool> {
        match test {
            Test::There => Ok(true),
            Test::Is(wanted) => {
                if value == wanted {
                    return Ok(true);
                }
                // `xs[_] == 1` is a condition on `xs`.
                let mut index = 0_usize;
                while let Some((_, inner)) = element(value, index) {
                    index = index.saturating_add(1);
                    self.step(at)?;
                    if inner == *wanted {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Test::Items(wanted) => {
                let Value::Array(items) = value else { return Ok(false) };
                if items.len() != wanted.len() {
                    return Ok(false);
                }
                for (index, wanted) in wanted.iter().enumerate() {
                    self.step(at)?;
                    if wanted
                        .as_ref()
                        .is_some_and(|wanted| items.at(index).is_none_or(|item| item != *wanted))
                    {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }
}

fn is_met_by_pieces(pieces: &[&str], test: &Test) -> bool {
    match test {
        Test::There => true,
        Test::Is(wanted) => wanted.as_str().is_some_and(|wanted| pieces.contains(&wanted)),
        Test::Items(items) => {
            items.len() == pieces.len()
                && items
                    .iter()
                    .zip(pieces)
                    .all(|(item, piece)| item.as_ref().is_none_or(|item| item.as_str() == Some(piece)))
        }
    }
}
