//! A policy, compiled once and evaluated for every request.

use std::fmt;

use super::bundle::{CompiledError, CompiledPolicy};
use super::compile::{self, Options, Program};
use super::decision::DecisionPath;
use super::error::{Fault, RegoError, RegoErrorKind};
use super::evaluate::{Scratch, Session, Settings, Silent};
use super::limits::Limits;
use super::outcome::{Budget, EvalError, Evaluation, Moment, Outcome};
use super::plan::{Entries, Plan, indexed};
use super::syntax::{self, Name, RegoVersion};
use super::value::{JsonLimits, Value};

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

/// What a failure of a built-in function means, such as `to_number("x")`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BuiltinErrors {
    /// The expression is undefined: OPA's default.
    #[default]
    Undefined,
    /// The decision is an error: OPA's `--strict-builtin-errors`.
    Strict,
}

/// A policy with its data, checked and planned. Immutable: evaluations share it.
pub struct Policy {
    plan: Plan,
    decision: Vec<Value<'static>>,
    files: Vec<String>,
    limits: Limits,
    is_strict: bool,
}

/// Memory that evaluations use one after the other, so that a boolean decision needs none of its own.
#[derive(Debug, Default)]
pub struct Workspace(Scratch);

impl Policy {
    /// Compiles modules with their data, to be asked for one decision.
    ///
    /// # Errors
    /// What OPA refuses, with its codes; with [`RegoErrorKind::Refused`] what this engine would not decide as OPA
    /// does; with [`RegoErrorKind::Limit`] what is too large.
    pub fn compile(
        modules: &[Module],
        version: RegoVersion,
        data: &Value<'static>,
        decision: &DecisionPath,
        limits: &Limits,
        builtin_errors: BuiltinErrors,
    ) -> Result<Self, Vec<RegoError>> {
        let path = path_of(decision);
        let files: Vec<String> = modules.iter().map(|module| module.name.clone()).collect();
        let is_strict = builtin_errors == BuiltinErrors::Strict;
        let plan = plan(modules, version, data, &Entries::Decision(&path), limits, is_strict)
            .map_err(|faults| in_files(faults, &files))?;
        Ok(Self { plan, decision: path, files, limits: *limits, is_strict })
    }

    /// The same for several decisions: the modules are compiled once, the data is shared, each decision has its plan.
    ///
    /// # Errors
    /// As [`Policy::compile`]: of the modules and the data for all, and for each decision its own.
    pub fn compile_each(
        modules: &[Module],
        version: RegoVersion,
        data: &Value<'static>,
        decisions: &[DecisionPath],
        limits: &Limits,
        builtin_errors: BuiltinErrors,
    ) -> Result<Vec<Result<Self, Vec<RegoError>>>, Vec<RegoError>> {
        let files: Vec<String> = modules.iter().map(|module| module.name.clone()).collect();
        let is_strict = builtin_errors == BuiltinErrors::Strict;
        let program = program(modules, version, data, limits).map_err(|faults| in_files(faults, &files))?;
        let data = indexed(data.clone());
        let each = |decision: &DecisionPath| {
            let decision = path_of(decision);
            let plan = Plan::over(&program.modules, data.clone(), &Entries::Decision(&decision), is_strict)
                .map_err(|faults| in_files(faults, &files))?;
            Ok(Self { plan, decision, files: files.clone(), limits: *limits, is_strict })
        };
        Ok(decisions.iter().map(each).collect())
    }

    /// Loads what [`CompiledPolicy::to_bytes`] wrote: without the parser and the compiler, only the plan is made.
    ///
    /// # Errors
    /// If it is anything else, or damaged, or of another version of this engine.
    pub fn from_compiled(
        bytes: &[u8],
        limits: &Limits,
        builtin_errors: BuiltinErrors,
    ) -> Result<Self, CompiledError> {
        CompiledPolicy::from_bytes(bytes, limits)?.plan(limits, builtin_errors)
    }

    /// The parts of the input that the policy can read: paths of keys, none below another; an empty one is the whole.
    #[must_use]
    pub fn reads(&self) -> &[Vec<Name>] {
        &self.plan.slots
    }

    /// Whether the policy may read the node at a path of the input, something below it, or something around it.
    #[must_use]
    pub fn may_read(&self, path: &[&str]) -> bool {
        self.plan.slots.iter().any(|slot| slot.iter().zip(path).all(|(a, b)| **a == **b))
    }

    /// Evaluates the decision.
    ///
    /// `read` gives the part of the input at each of the paths of [`Self::reads`], in their order; `None` is absent.
    pub fn evaluate<'e>(
        &'e self,
        read: &mut dyn FnMut(usize, &'e [Name]) -> Option<Value<'e>>,
        moment: Moment,
        budget: Budget,
        workspace: &mut Workspace,
    ) -> Evaluation<'e> {
        let mut slots = workspace.0.slots();
        slots.extend(self.plan.slots.iter().enumerate().map(|(index, path)| read(index, path)));
        let settings = Settings {
            steps: budget.steps,
            bytes: budget.bytes,
            now: moment.now,
            seed: moment.seed,
            is_strict: self.is_strict,
            prints: self.limits.prints,
            print_bytes: self.limits.print_bytes,
        };
        let session = Session { plan: &self.plan, settings };
        let finished = session.run(&self.decision, slots, Silent, &mut workspace.0);
        let outcome = match finished.value {
            Ok(Some(value)) => Outcome::Defined(value),
            Ok(None) => Outcome::Undefined,
            Err(halt) => Outcome::Error(EvalError::of(*halt, &self.files)),
        };
        let prints = finished.prints.lines.into_iter().map(|(_, line)| line).collect();
        Evaluation { outcome, prints, prints_dropped: finished.prints.dropped }
    }

    /// Evaluates the decision for a whole input document.
    pub fn evaluate_input<'e>(
        &'e self,
        input: Option<&'e Value<'e>>,
        moment: Moment,
        budget: Budget,
    ) -> Evaluation<'e> {
        let mut read = |_: usize, path: &'e [Name]| {
            path.iter().try_fold(input?.lend(), |value, name| value.child(&Value::text(name)))
        };
        self.evaluate(&mut read, moment, budget, &mut Workspace::default())
    }
}

impl CompiledPolicy {
    /// Compiles modules with their data, to be written down.
    ///
    /// # Errors
    /// As [`Policy::compile`].
    pub fn compile(
        modules: &[Module],
        version: RegoVersion,
        data: &Value<'static>,
        decision: &DecisionPath,
        limits: &Limits,
    ) -> Result<Self, Vec<RegoError>> {
        let files: Vec<String> = modules.iter().map(|module| module.name.clone()).collect();
        let program = program(modules, version, data, limits).map_err(|faults| in_files(faults, &files))?;
        let compiled = Self::new(program.modules, data.clone(), decision.clone(), files);
        // What cannot be planned is refused when it is compiled, not when it is loaded.
        let path = path_of(decision);
        match Plan::new(compiled.modules(), data.clone(), &Entries::Decision(&path), false) {
            Ok(_) => Ok(compiled),
            Err(faults) => Err(in_files(faults, compiled.files())),
        }
    }

    /// The policy, to be evaluated.
    ///
    /// # Errors
    /// [`CompiledError::Refused`] if the program cannot be planned.
    pub fn plan(self, limits: &Limits, builtin_errors: BuiltinErrors) -> Result<Policy, CompiledError> {
        let is_strict = builtin_errors == BuiltinErrors::Strict;
        let path = path_of(self.decision());
        let plan = Plan::new(self.modules(), self.data().clone(), &Entries::Decision(&path), is_strict)
            .map_err(|faults| self.refused(faults))?;
        Ok(Policy { plan, decision: path, files: self.into_files(), limits: *limits, is_strict })
    }
}

fn path_of(decision: &DecisionPath) -> Vec<Value<'static>> {
    decision.segments().iter().map(|segment| Value::string(segment)).collect()
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({} modules, {} rules)", self.files.len(), self.plan.groups.len())
    }
}

fn in_files(faults: Vec<Fault>, files: &[String]) -> Vec<RegoError> {
    faults.into_iter().map(|fault| fault.in_files(files)).collect()
}

/// All the way from texts to a plan.
fn plan(
    modules: &[Module],
    version: RegoVersion,
    data: &Value<'static>,
    entries: &Entries<'_>,
    limits: &Limits,
    is_strict: bool,
) -> Result<Plan, Vec<Fault>> {
    let program = program(modules, version, data, limits)?;
    Plan::new(&program.modules, data.clone(), entries, is_strict)
}

/// From texts to a checked program.
fn program(
    modules: &[Module],
    version: RegoVersion,
    data: &Value<'static>,
    limits: &Limits,
) -> Result<Program, Vec<Fault>> {
    let whole = |kind, message: &str| Err(vec![Fault::new(syntax::Loc::POLICY, kind, message)]);
    if modules.is_empty() {
        return whole(RegoErrorKind::Compile, "there is no module");
    }
    if modules.len() > limits.modules {
        return Err(vec![too_many_modules(limits)]);
    }
    if !data.is_object() {
        return whole(RegoErrorKind::Data, "the data document is not an object");
    }
    let mut trees = Vec::new();
    let mut faults = Vec::new();
    // OPA takes the files in the order of their names.
    let mut files: Vec<(u32, &Module)> = (0..).zip(modules).collect();
    files.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    for (file, module) in files {
        match syntax::parse_module(file, &module.source, version, limits) {
            Ok(tree) => trees.push(tree),
            Err(found) => faults.extend(found),
        }
    }
    faults.extend(too_many_rules(&trees, limits));
    if !faults.is_empty() {
        return Err(faults);
    }
    compile::compile(trees, data, &Options::default())
}

pub(super) fn too_many_modules(limits: &Limits) -> Fault {
    let message = format!("more than {} modules", limits.modules);
    Fault::new(syntax::Loc::POLICY, RegoErrorKind::Limit, message).hint("put several into one")
}

/// The definition that is one too many, over all modules.
pub(super) fn too_many_rules(trees: &[syntax::Module], limits: &Limits) -> Option<Fault> {
    let chain = |rule| std::iter::successors(Some(rule), |rule: &&syntax::Rule| rule.otherwise.as_deref());
    let rule = trees.iter().flat_map(|tree| &tree.rules).flat_map(chain).nth(limits.rules)?;
    let message = format!("more than {} definitions of rules in all modules", limits.rules);
    Some(Fault::new(rule.at, RegoErrorKind::Limit, message).hint("put what differs between them into data"))
}

/// The limits for documents of the operator and of a request.
impl Limits {
    /// For the data document.
    #[must_use]
    pub fn data(&self) -> JsonLimits {
        JsonLimits { nodes: self.data_nodes, ..JsonLimits::REQUEST }
    }
}
