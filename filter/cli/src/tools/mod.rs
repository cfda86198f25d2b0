//! What users of `opa` know: `test`, `eval`, `check` of policies; and what this engine adds: `explain`, `plan`, `compile`.

pub mod check;
pub mod compile;
pub mod compiled;
pub mod eval;
pub mod explain;
pub mod files;
pub mod json;
pub mod open;
pub mod plan;
pub mod table;
pub mod test;
pub mod time;

use std::io::{self, Write};

use policy_core::rego::{Module, RegoError};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As asked.
    Well,
    /// It could not do its work, or an answer was not the one that was asked for.
    Failed,
    /// What it looked at is not good: tests failed, a query ended in an error.
    Bad,
}

impl Ended {
    /// The exit code: OPA's 0, 1 and 2.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Failed => 1,
            Self::Bad => 2,
        }
    }
}

/// Where a command writes.
pub struct Terminal<'a> {
    /// For what was asked.
    pub out: &'a mut dyn Write,
    /// For what went wrong.
    pub err: &'a mut dyn Write,
}

impl std::fmt::Debug for Terminal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Terminal")
    }
}

impl Terminal<'_> {
    /// Says what is wrong with a policy: each fault with its line and a mark under its column.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    pub fn faults(&mut self, modules: &[Module], faults: &[RegoError]) -> io::Result<Ended> {
        for fault in faults {
            writeln!(self.err, "{fault}")?;
            write!(self.err, "{}", marked(modules, fault))?;
        }
        Ok(Ended::Failed)
    }

    /// Says one thing that went wrong.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    pub fn fail(&mut self, what: &dyn std::fmt::Display) -> io::Result<Ended> {
        writeln!(self.err, "{what}")?;
        Ok(Ended::Failed)
    }
}

/// The line of a fault and a caret under its column; nothing where the fault has no line.
#[must_use]
pub fn marked(modules: &[Module], fault: &RegoError) -> String {
    let line = usize::try_from(fault.line).ok().and_then(|line| line.checked_sub(1));
    let module = modules.iter().find(|module| module.name == fault.file);
    let Some(text) = line.and_then(|line| module?.source.lines().nth(line)) else { return String::new() };
    let before = usize::try_from(fault.column).unwrap_or(0).saturating_sub(1);
    // Tabs stay tabs, so that the mark is where the eye is.
    let indent: String =
        text.chars().take(before).map(|character| if character == '\t' { '\t' } else { ' ' }).collect();
    format!("  | {text}\n  | {indent}^\n")
}
