//! What a policy prints.

use super::halt::Res;
use super::machine::Machine;
use super::trace::Tracer;
use crate::rego::plan::ir::Operand;
use crate::rego::syntax::Loc;
use crate::rego::value::Value;

/// Lines, as many as are kept.
#[derive(Debug, Default)]
pub(in crate::rego) struct Prints {
    pub(in crate::rego) lines: Vec<(Loc, String)>,
    pub(in crate::rego) dropped: u64,
    pub(in crate::rego) most: usize,
    pub(in crate::rego) most_bytes: usize,
}

impl Prints {
    fn add(&mut self, at: Loc, mut line: String) {
        if self.lines.len() >= self.most {
            self.dropped = self.dropped.saturating_add(1);
            return;
        }
        let mut end = line.len().min(self.most_bytes);
        while !line.is_char_boundary(end) {
            end = end.saturating_sub(1);
        }
        line.truncate(end);
        self.lines.push((at, line));
    }
}

impl<'e, T: Tracer> Machine<'e, T> {
    /// One line for each combination of the operands' values; an operand without a value prints as `<undefined>`.
    pub(super) fn print(&mut self, operands: &'e [Operand], at: Loc) -> Res<()> {
        let mut lines = vec![String::new()];
        for (index, operand) in operands.iter().enumerate() {
            let Value::Set(values) = self.operand(operand, at)? else { continue };
            let mut longer = Vec::new();
            for line in &lines {
                let mut add = |text: &str| {
                    let space = if index == 0 { "" } else { " " };
                    longer.push(format!("{line}{space}{text}"));
                };
                if values.is_empty() {
                    add("<undefined>");
                }
                for value in values.items() {
                    match value.as_str() {
                        Some(text) => add(text),
                        None => add(&value.to_rego()),
                    }
                }
            }
            let bytes = longer.iter().map(String::len).sum::<usize>();
            self.make(bytes / 16, at)?;
            lines = longer;
        }
        for line in lines {
            self.prints.add(at, line);
        }
        Ok(())
    }
}
