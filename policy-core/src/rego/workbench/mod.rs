//! What people do with policies at a desk: check, ask, test, explain, and look at the plan.
//!
//! It is the engine that decides requests: the same parser, compiler, plan and evaluator. Only here an evaluation is
//! listened to, and only if that is asked for.
//!
//! ```
//! use policy_core::rego::workbench::{Ask, Workbench};
//! use policy_core::rego::{Module, ObjectBuilder, RegoVersion, Value};
//! let module = Module { name: "a.rego".into(), source: "package a\nallow if input.x == 1".into() };
//! let input = Value::from_json(br#"{"x": 2}"#, policy_core::rego::JsonLimits::REQUEST).unwrap();
//! let data = Value::Object(ObjectBuilder::new().build());
//! let bench = Workbench::open(vec![module], RegoVersion::V1, data).unwrap();
//! let ask = Ask { input: Some(&input), explain: true, ..Ask::default() };
//! let answer = bench.ask("data.a.allow", &ask).unwrap();
//! assert!(answer.results.is_ok_and(|results| results.is_empty()));
//! assert!(answer.explanation.unwrap().to_string().contains("at a.rego:2: input.x == 1"));
//! ```

mod ask;
mod compiled;
mod cover;
mod eval;
mod plan_text;
mod spans;
mod suite;
#[cfg(test)]
mod tests;
mod visit;

use std::fmt;

pub use super::explain::{Attempt, AttemptOutcome, Condition, Explanation};
pub use ask::{Answer, Ask, ExpressionValue, Solution};
pub use cover::{Coverage, FileCoverage, Kind, Range};
pub use eval::Failure;
pub use plan_text::PlanText;
pub use suite::{SubResult, Suite, TestCase, TestOutcome, TestRun};

use super::bundle::CompiledPolicy;
use super::compile::{self, Options, Program};
use super::error::{Fault, RegoError, RegoErrorKind};
use super::limits::Limits;
use super::plan::{Entries, Plan};
use super::policy::{Module, too_many_modules, too_many_rules};
use super::syntax::{self, Loc, RegoVersion};
use super::value::Value;
use spans::Spans;

/// A place in a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The module's name; empty for a query.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = if self.file.is_empty() { "query" } else { &self.file };
        write!(f, "{file}:{}", self.line)
    }
}

/// A policy with its data, open to questions.
pub struct Workbench {
    /// In the order of their names, as OPA takes them.
    modules: Vec<Module>,
    trees: Vec<syntax::Module>,
    /// Instead of the trees, if it was not opened from texts.
    compiled: Option<CompiledPolicy>,
    version: RegoVersion,
    data: Value<'static>,
}

impl fmt::Debug for Workbench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Workbench({} modules)", self.modules.len())
    }
}

impl Workbench {
    /// Reads modules. Test rules that share a name are told apart as `opa test` does: `test_a`, `test_a#01`.
    ///
    /// # Errors
    /// What the parser refuses. What the compiler refuses is said by [`Self::check`] and by every question.
    pub fn open(
        mut modules: Vec<Module>,
        version: RegoVersion,
        data: Value<'static>,
    ) -> Result<Self, Vec<RegoError>> {
        modules.sort_by(|a, b| a.name.cmp(&b.name));
        if !data.is_object() {
            let message = "the data document is not an object";
            return Err(vec![RegoError::whole("data", RegoErrorKind::Data, message, "")]);
        }
        let mut trees = Vec::new();
        let mut faults = Vec::new();
        for (file, module) in (0..).zip(&modules) {
            match syntax::parse_module(file, &module.source, version, &Limits::DEFAULT) {
                Ok(tree) => trees.push(tree),
                Err(found) => faults.extend(found),
            }
        }
        let bench = Self { modules, trees, compiled: None, version, data };
        if faults.is_empty() { Ok(bench) } else { Err(bench.errors(faults)) }
    }

    /// Whether the policy can be loaded, for every rule in it.
    ///
    /// # Errors
    /// All that OPA refuses, at its places and with its codes, and what this engine does not take.
    pub fn check(&self) -> Result<(), Vec<RegoError>> {
        if self.trees.is_empty() && self.compiled.is_none() {
            return Ok(());
        }
        let limits = Limits::DEFAULT;
        let too_many = (self.modules.len() > limits.modules).then(|| too_many_modules(&limits));
        if let Some(fault) = too_many.or_else(|| too_many_rules(&self.trees, &limits)) {
            return Err(self.errors(vec![fault]));
        }
        self.plan_of(self.trees.clone(), &Entries::All, false)
            .map(|_| ())
            .map_err(|faults| self.errors(faults))
    }

    /// The text of a line of a module, for showing a place in it.
    #[must_use]
    pub fn line(&self, file: &str, line: u32) -> Option<&str> {
        let module = self.modules.iter().find(|module| module.name == file)?;
        module.source.lines().nth(usize::try_from(line.checked_sub(1)?).ok()?)
    }

    fn program(&self, trees: Vec<syntax::Module>) -> Result<Program, Vec<Fault>> {
        compile::compile(trees, &self.data, &Options::default())
    }

    fn plan_of(
        &self,
        trees: Vec<syntax::Module>,
        entries: &Entries<'_>,
        is_strict: bool,
    ) -> Result<Plan, Vec<Fault>> {
        if let Some(compiled) = &self.compiled {
            return Plan::new(compiled.modules(), self.data.clone(), entries, is_strict);
        }
        let program = self.program(trees)?;
        Plan::new(&program.modules, self.data.clone(), entries, is_strict)
    }

    /// With the names of files; an error that is said twice is said once.
    fn errors(&self, faults: Vec<Fault>) -> Vec<RegoError> {
        let files: Vec<String> =
            self.modules.iter().map(|module| module.name.clone()).chain([String::new()]).collect();
        let mut errors: Vec<RegoError> = Vec::new();
        for fault in faults {
            let error = fault.in_files(&files);
            if !errors.contains(&error) {
                errors.push(error);
            }
        }
        errors
    }

    fn place(&self, at: Loc) -> Place {
        let module = usize::try_from(at.file).ok().and_then(|index| self.modules.get(index));
        let file = module.map(|module| module.name.clone()).unwrap_or_default();
        Place { file, line: at.line, column: at.column }
    }

    /// The texts of every file.
    fn spans(&self) -> Vec<Spans<'_>> {
        let files = self.modules.iter().zip(&self.trees);
        files.map(|(module, tree)| Spans::of_module(&module.source, tree)).collect()
    }
}
