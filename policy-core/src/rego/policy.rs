//! A policy, compiled once and evaluated for every request.

use std::collections::BTreeSet;
use std::fmt;

use regorus::Value as Inner;
use regorus::utils::limits::ExecutionTimerConfig;
use thiserror::Error;

use super::builtins;
use super::check;
use super::decision::{DecisionPath, reference};
use super::error::{RegoError, RegoErrorKind};
use super::limits::{Limits, STEPS_PER_TICK};
use super::meter::{self, Allowance};
use super::parse::{self, position};
use super::program::{Path, Program, RuleKind};
use super::reads::Reads;
use super::rewrite;
use super::value::Value;
use crate::time::UnixTime;

/// The package of the rule that we add where the decision is not one rule's value.
const ENTRY_PACKAGE: &str = "__doorward_decision";

/// One file of Rego.
#[derive(Clone, PartialEq, Eq)]
pub struct Module {
    /// What errors call it, such as a file name.
    pub name: String,
    /// Its text.
    pub source: String,
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Module({}, {} bytes)", self.name, self.source.len())
    }
}

/// Which Rego a module without `import rego.v1` is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegoVersion {
    /// Before OPA 1.0: rules without `if` and `contains`.
    V0,
    /// OPA 1.0 and later.
    V1,
}

/// How much work one evaluation may do.
///
/// Counted in steps of the interpreter, not in time, so that the same request is decided the same way on every
/// machine: about one step for each expression, statement and iteration, and one for every 64 bytes that a built-in
/// handles. A step takes 30 to 100 ns natively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    steps: u64,
}

impl Budget {
    /// Enough for a policy of several thousand rules, and some 30 ms at most.
    pub const DEFAULT: Self = Self { steps: 500_000 };

    /// A budget of so many steps; the interpreter looks at it every 16.
    #[must_use]
    pub const fn steps(steps: u64) -> Self {
        Self { steps }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What one evaluation gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The value of the decision.
    pub outcome: Outcome,
    /// What the policy printed, as far as it is kept: for the debug log, because it may hold parts of the request.
    pub prints: Vec<String>,
    /// How many lines more it printed.
    pub prints_dropped: u64,
}

/// The value of a decision. Three cases that must not be taken for one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The rule has this value.
    Defined(Value),
    /// No definition of the rule held and there is no default.
    Undefined,
    /// The evaluation did not come to an end.
    Error(EvalError),
}

/// Why an evaluation came to no end, and where. Echoes nothing of the request.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{reason} (at {file}:{line}:{column})")]
pub struct EvalError {
    /// What happened.
    pub reason: EvalErrorReason,
    /// The module; empty if not known.
    pub file: String,
    /// The line, from 1; 0 if not known.
    pub line: u32,
    /// The column, from 1; 0 if not known.
    pub column: u32,
}

/// What ended an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EvalErrorReason {
    /// More steps than the budget has.
    #[error("the evaluation is over its budget")]
    Budget,
    /// A rule or function with two different values.
    #[error("a rule or function has several values")]
    Conflict,
    /// An operation on values that it is not made for.
    #[error("an operation failed")]
    Operation,
}

impl EvalError {
    /// A stable name for logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.reason {
            EvalErrorReason::Budget => "rego_budget",
            EvalErrorReason::Conflict => "rego_conflict",
            EvalErrorReason::Operation => "rego_operation",
        }
    }
}

/// A policy with its data, checked and ready.
///
/// Immutable: an evaluation works on a copy that shares everything, and leaves nothing behind but compiled patterns,
/// of which there is a bounded number.
pub struct Policy {
    engine: regorus::Engine,
    entry: String,
    /// Objects that the decision holds even if no rule in them has a value, by their paths inside of it.
    objects: Vec<Path>,
    reads: Reads,
    limits: Limits,
}

impl Policy {
    /// Compiles modules with their data, to be asked for one decision.
    ///
    /// Refuses what OPA refuses and, with [`RegoErrorKind::Refused`], what this engine would not decide as OPA does.
    /// Does not check: the types of what rules produce, beyond numbers of arguments.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of files and lines.
    pub fn compile(
        modules: &[Module],
        version: RegoVersion,
        data: &serde_json::Value,
        decision: &DecisionPath,
        limits: &Limits,
    ) -> Result<Self, Vec<RegoError>> {
        let whole = |kind, message: &str, hint: &str| vec![RegoError::whole("policy", kind, message, hint)];
        if !meter::install() {
            return Err(whole(
                RegoErrorKind::Limit,
                "another part of this program keeps the time for regorus, so nothing would bound an evaluation",
                "",
            ));
        }
        if modules.is_empty() {
            return Err(whole(RegoErrorKind::Compile, "there is no module", "give at least one"));
        }
        if modules.len() > limits.modules {
            return Err(whole(RegoErrorKind::Limit, "there are too many modules", "merge some of them"));
        }
        if let Some(module) = modules.iter().find(|module| module.source.contains(rewrite::RESERVED)) {
            let message = format!("names with `{}` are reserved", rewrite::RESERVED);
            return Err(vec![RegoError::whole(&module.name, RegoErrorKind::Refused, message, "use other names")]);
        }
        let data_value = read_data(data, limits).map_err(|error| vec![error])?;
        let trees = parse::parse(modules, version, limits)?;
        let program = Program::new(&trees, data.clone())?;
        let errors = check::check(&program, limits);
        if !errors.is_empty() {
            return Err(errors);
        }
        let entry = Entry::of(&program, decision).map_err(|error| vec![error])?;
        let mut engine = parse::engine(version, limits);
        let internal = |file: &str, message: &str| vec![parse::explain(file, RegoErrorKind::Compile, message)];
        for (index, (module, tree)) in modules.iter().zip(&trees).enumerate() {
            let source = rewrite::source(&program, index, tree)
                .ok_or_else(|| internal(&module.name, "error: a statement could not be found in the text"))?;
            engine
                .add_policy(module.name.clone(), source)
                .map_err(|error| internal(&module.name, &error.to_string()))?;
        }
        if let Some(source) = entry.module() {
            engine
                .add_policy(ENTRY_PACKAGE.to_owned(), source)
                .map_err(|error| internal(ENTRY_PACKAGE, &error.to_string()))?;
        }
        engine.add_data(data_value.into_inner()).map_err(|error| internal("data", &error.to_string()))?;
        builtins::register(&mut engine, check::used_builtins(&program).into_iter().chain(builtins::find(builtins::ITEMS)))
            .map_err(|name| internal("policy", &format!("error: the built-in `{name}` cannot be registered")))?;
        let mut policy = Self {
            engine,
            entry: entry.rule(),
            objects: entry.objects(),
            reads: Reads::of(&program),
            limits: *limits,
        };
        policy.prepare().map_err(|message| internal("policy", &message))?;
        Ok(policy)
    }

    /// Evaluates the decision for one input, at one instant, within a budget.
    #[must_use]
    pub fn evaluate(&self, input: Value, now: UnixTime, budget: Budget) -> Evaluation {
        let mut engine = self.engine.clone();
        engine.set_input(input.into_inner());
        self.run(&mut engine, now, budget)
    }

    /// What the policy can read of `input`.
    #[must_use]
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// Makes regorus do its own compilation now, so that an evaluation finds everything in place.
    fn prepare(&mut self) -> Result<(), String> {
        self.engine.compile_with_entrypoint(&self.entry.as_str().into()).map(|_| ()).map_err(|error| error.to_string())
    }

    fn run(&self, engine: &mut regorus::Engine, now: UnixTime, budget: Budget) -> Evaluation {
        let limit = meter::begin(&Allowance {
            steps: budget.steps,
            now,
            prints: self.limits.prints,
            print_bytes: self.limits.print_bytes,
        });
        let check_interval = std::num::NonZeroU32::new(STEPS_PER_TICK).unwrap_or(std::num::NonZeroU32::MIN);
        engine.set_execution_timer_config(ExecutionTimerConfig { limit, check_interval });
        let result = engine.eval_rule(self.entry.clone());
        let (prints, prints_dropped, exhausted) = meter::end();
        let outcome = match result {
            _ if exhausted => Outcome::Error(EvalError::unplaced(EvalErrorReason::Budget)),
            Ok(value) => {
                let value = with_objects(value, &self.objects);
                Value::defined(value).map_or(Outcome::Undefined, Outcome::Defined)
            }
            Err(error) => Outcome::Error(EvalError::of(&error.to_string())),
        };
        Evaluation { outcome, prints, prints_dropped }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({})", self.entry)
    }
}

impl EvalError {
    fn unplaced(reason: EvalErrorReason) -> Self {
        Self { reason, file: String::new(), line: 0, column: 0 }
    }

    /// Takes the kind and the place from regorus' message, and nothing else: the rest may hold values.
    fn of(message: &str) -> Self {
        let conflict = message.contains("multiple outputs")
            || message.contains("rule value conflict")
            || message.contains("value for key");
        let mut error =
            Self::unplaced(if conflict { EvalErrorReason::Conflict } else { EvalErrorReason::Operation });
        if let Some(at) = position(message) {
            at.file.clone_into(&mut error.file);
            error.line = at.line;
            error.column = at.column;
        }
        error
    }
}

fn read_data(data: &serde_json::Value, limits: &Limits) -> Result<Value, RegoError> {
    let refused = |message: String| RegoError::whole("data", RegoErrorKind::Data, message, "");
    if !data.is_object() {
        return Err(refused(String::from("the data document is not an object")));
    }
    let mut nodes = limits.data_nodes;
    Value::from_json_within(data, &mut nodes).map_err(|error| refused(error.to_string()))
}

/// Puts empty objects where rules with longer names would be, as OPA does: regorus leaves them out.
fn with_objects(value: Inner, objects: &[Path]) -> Inner {
    let mut value = value;
    for path in objects {
        if value == Inner::Undefined {
            value = Inner::new_object();
        }
        let mut at = &mut value;
        for step in path {
            let Ok(entries) = at.as_object_mut() else { break };
            let key = Inner::from(step.as_str());
            if entries.get(&key).is_none() {
                entries.insert(key.clone(), Inner::new_object());
            }
            let Some(next) = entries.get_mut(&key) else { break };
            at = next;
        }
    }
    value
}

/// How the decision is reached.
enum Entry {
    /// It is the value of one rule.
    Rule(String),
    /// It lies inside of a rule's value: a rule of ours refers to it.
    Inside(String),
    /// It is the object that several rules make up: a rule of ours refers to it. With the objects in it.
    Object(String, Vec<Path>),
}

impl Entry {
    fn of(program: &Program, decision: &DecisionPath) -> Result<Self, RegoError> {
        let path = decision.segments();
        let refused =
            |message: String, hint: String| Err(RegoError::whole("policy", RegoErrorKind::Decision, message, hint));
        if let Some(rule) = program.rules.get(path) {
            if let RuleKind::Function { .. } = rule.kind {
                return refused(
                    format!("the decision {decision} is a function"),
                    String::from("name a rule that calls it"),
                );
            }
            return Ok(Self::Rule(reference(path)));
        }
        // Rules below the path, which is not a whole package; or the path leads into one rule's value.
        let below = program.rules_under(path).any(|(_, rule)| !matches!(rule.kind, RuleKind::Function { .. }));
        let package = program.modules.iter().any(|module| module.package.starts_with(path));
        let above = (0..path.len()).rev().find_map(|n| program.rules.get(path.get(..n)?));
        let inside = above.is_some_and(|rule| !matches!(rule.kind, RuleKind::Function { .. }));
        if inside {
            return Ok(Self::Inside(reference(path)));
        }
        if below && !package {
            return Ok(Self::Object(reference(path), objects_in(program, path)));
        }
        let rules: Vec<String> = program
            .rules
            .iter()
            .filter(|(_, rule)| !matches!(rule.kind, RuleKind::Function { .. }))
            .map(|(path, _)| path.join("/"))
            .collect();
        let message = if package {
            format!("the decision {decision} is a package, not a rule")
        } else {
            format!("there is no rule {decision}")
        };
        refused(message, listing(&rules))
    }

    fn module(&self) -> Option<String> {
        match self {
            Self::Rule(_) => None,
            Self::Inside(reference) | Self::Object(reference, _) => {
                Some(format!("package {ENTRY_PACKAGE}\nresult := {reference}\n"))
            }
        }
    }

    fn rule(&self) -> String {
        match self {
            Self::Rule(rule) => rule.clone(),
            Self::Inside(_) | Self::Object(..) => format!("data.{ENTRY_PACKAGE}.result"),
        }
    }

    fn objects(&self) -> Vec<Path> {
        match self {
            Self::Rule(_) | Self::Inside(_) => Vec::new(),
            Self::Object(_, objects) => objects.clone(),
        }
    }
}

/// The objects on the way from a path to the rules below it, each by its path from there; the outermost is empty.
fn objects_in(program: &Program, path: &[String]) -> Vec<Path> {
    let mut objects = BTreeSet::new();
    for (rule, view) in program.rules_under(path) {
        if matches!(view.kind, RuleKind::Function { .. }) {
            continue;
        }
        let inside = rule.get(path.len()..).unwrap_or_default();
        for length in 0..inside.len() {
            objects.insert(inside.get(..length).unwrap_or_default().to_vec());
        }
    }
    objects.into_iter().collect()
}

/// What decisions there are, for the one who mistyped one.
fn listing(rules: &[String]) -> String {
    const SHOWN: usize = 20;
    if rules.is_empty() {
        return String::from("the policy has no rules");
    }
    let more = rules.len().saturating_sub(SHOWN);
    let names = rules.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("the rules are: {names} and {more} more") } else { format!("the rules are: {names}") }
}
