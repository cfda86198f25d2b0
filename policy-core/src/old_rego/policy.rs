//! A policy, compiled once and evaluated for every request.

use std::fmt;

use regorus::utils::limits::ExecutionTimerConfig;

use super::builtins;
use super::check;
use super::decision::DecisionPath;
use super::entry::{self, Entry, with_objects};
use super::error::{RegoError, RegoErrorKind};
use super::limits::{Limits, STEPS_PER_TICK};
use super::meter::{self, Allowance};
use super::outcome::{Budget, EvalError, EvalErrorReason, Evaluation, Outcome};
use super::parse;
use super::program::{Path, Program};
use super::reads::Reads;
use super::rewrite;
use super::value::Value;
use crate::time::UnixTime;

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
            return Err(vec![RegoError::whole(
                &module.name,
                RegoErrorKind::Refused,
                message,
                "use other names",
            )]);
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
        let internal =
            |file: &str, message: &str| vec![parse::explain(file, RegoErrorKind::Compile, message)];
        for (index, (module, tree)) in modules.iter().zip(&trees).enumerate() {
            let source = rewrite::source(&program, index, tree)
                .ok_or_else(|| internal(&module.name, "error: a statement could not be found in the text"))?;
            engine
                .add_policy(module.name.clone(), source)
                .map_err(|error| internal(&module.name, &error.to_string()))?;
        }
        if let Some(source) = entry.module() {
            engine
                .add_policy(entry::PACKAGE.to_owned(), source)
                .map_err(|error| internal(entry::PACKAGE, &error.to_string()))?;
        }
        engine.add_data(data_value.into_inner()).map_err(|error| internal("data", &error.to_string()))?;
        builtins::register(
            &mut engine,
            check::used_builtins(&program).into_iter().chain(builtins::find(builtins::ITEMS)),
        )
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
        self.engine
            .compile_with_entrypoint(&self.entry.as_str().into())
            .map(|_| ())
            .map_err(|error| error.to_string())
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

fn read_data(data: &serde_json::Value, limits: &Limits) -> Result<Value, RegoError> {
    let refused = |message: String| RegoError::whole("data", RegoErrorKind::Data, message, "");
    if !data.is_object() {
        return Err(refused(String::from("the data document is not an object")));
    }
    let mut nodes = limits.data_nodes;
    Value::from_json_within(data, &mut nodes).map_err(|error| refused(error.to_string()))
}
