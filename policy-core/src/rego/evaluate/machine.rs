//! The evaluation of one request: registers, scopes, and steps one after the other.

use super::halt::{Ended, Flow, Halt, Res};
use super::scope::{Memo, Scope};
use super::trace::Tracer;
use crate::rego::builtins::{Failure, Meter};
use crate::rego::plan::ir::{Hop, Operand, Pattern, Plan, Reg, Root, Step, StepKind, Steps, Walk};
use crate::rego::syntax::Loc;
use crate::rego::value::{Object, Set, Value};
use crate::time::UnixTime;

/// What is done when a body holds.
pub(super) type Sink<'s, 'e, T> = &'s mut dyn FnMut(&mut Machine<'e, T>) -> Res<Flow>;

/// How far steps got.
pub(super) enum Progress<'e> {
    /// One of them does not hold.
    Failed,
    /// All of them hold.
    Held,
    /// All before this one hold, and this one may in several ways; what comes after it is still to be done.
    Ways(&'e Step, &'e [Step]),
}

/// Rules, bodies and iterations that may lie inside of one another while a policy is evaluated. The longest chain of
/// rules is checked when the policy loads; this holds for what only an evaluation knows: functions in place of others,
/// and what rules on the chain do before they come to the next. Each takes up to 6 KiB of stack in a debug
/// build, and less than a third of it in a release build, where there are 2 MiB at least.
pub(in crate::rego) const DEPTH: u32 = 700;

/// Bytes that one value takes in a collection.
const VALUE_BYTES: usize = size_of::<Value<'static>>();

/// An evaluation.
pub(in crate::rego) struct Machine<'e, T> {
    pub(super) plan: &'e Plan,
    pub(super) meter: Meter,
    pub(super) now: UnixTime,
    pub(super) seed: u64,
    /// Where the frame of the rule that is evaluated starts.
    pub(super) frame: usize,
    pub(super) registers: Vec<Value<'e>>,
    pub(super) scopes: Vec<Scope<'e>>,
    pub(super) scope: usize,
    pub(super) depth: u32,
    /// Whether failures of built-in functions are errors of the decision.
    pub(super) is_strict: bool,
    /// The first failure of a built-in function, for an evaluation that counts them.
    pub(super) failed: Option<(Loc, String)>,
    pub(super) prints: super::print::Prints,
    /// What functions gave in the outermost scope.
    pub(super) remembered: super::remembered::Remembered<'e>,
    pub(super) tracer: T,
}

impl<'e, T: Tracer> Machine<'e, T> {
    // The budget.

    pub(super) fn step(&mut self, at: Loc) -> Res<()> {
        self.meter.steps(1).map_err(|failure| Halt::limit(&failure, at))
    }

    /// Takes memory for so many values.
    pub(super) fn make(&mut self, values: usize, at: Loc) -> Res<()> {
        self.meter.makes(values.saturating_mul(VALUE_BYTES)).map_err(|failure| Halt::limit(&failure, at))
    }

    /// Does something one level further down.
    pub(super) fn deeper<R>(&mut self, at: Loc, inside: impl FnOnce(&mut Self) -> Res<R>) -> Res<R> {
        if self.depth >= DEPTH {
            return Err(too_deep(at));
        }
        self.depth = self.depth.saturating_add(1);
        let result = inside(self);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    // Scopes.

    pub(super) fn scope(&self) -> Option<&Scope<'e>> {
        self.scopes.get(self.scope)
    }

    /// Whether `with` has put anything in the place of the data document.
    pub(super) fn has_other_data(&self) -> bool {
        self.scope > 0 && self.scope().is_some_and(|scope| !scope.targets.is_empty())
    }

    pub(super) fn memo(&self, group: u32) -> Memo<'e> {
        let known = usize::try_from(group).ok().and_then(|at| self.scope()?.memo.get(at));
        known.cloned().unwrap_or_default()
    }

    pub(super) fn remember(&mut self, group: u32, memo: Memo<'e>) {
        if let Some(scope) = self.scopes.get_mut(self.scope)
            && let Ok(at) = usize::try_from(group)
            && let Some(place) = scope.memo.get_mut(at)
        {
            *place = memo;
        }
    }

    // Registers.

    pub(super) fn register(&self, register: Reg) -> &Value<'e> {
        const NOTHING: &Value<'static> = &Value::Null;
        let at = usize::try_from(register).unwrap_or(usize::MAX).saturating_add(self.frame);
        self.registers.get(at).unwrap_or(NOTHING)
    }

    fn write(&mut self, register: Reg, value: Value<'e>) {
        let at = usize::try_from(register).unwrap_or(usize::MAX).saturating_add(self.frame);
        if let Some(place) = self.registers.get_mut(at) {
            *place = value;
        }
    }

    /// Evaluates something in a frame of its own.
    pub(super) fn in_frame<R>(&mut self, registers: u32, inside: impl FnOnce(&mut Self) -> Res<R>) -> Res<R> {
        let outer = self.frame;
        self.frame = self.registers.len();
        let end = self.frame.saturating_add(usize::try_from(registers).unwrap_or(0));
        self.registers.resize(end, Value::Null);
        let result = inside(self);
        self.registers.truncate(self.frame);
        self.frame = outer;
        result
    }

    // Operands and patterns.

    /// The value of an operand.
    pub(super) fn operand(&mut self, operand: &'e Operand, at: Loc) -> Res<Value<'e>> {
        Ok(match operand {
            Operand::Const(value) => value.lend(),
            Operand::Reg(register) => self.register(*register).clone(),
            Operand::Array(items) => {
                self.make(items.len(), at)?;
                Value::array(items.iter().map(|item| self.operand(item, at)).collect::<Res<_>>()?)
            }
            Operand::Set(items) => {
                self.make(items.len(), at)?;
                Value::Set(items.iter().map(|item| self.operand(item, at)).collect::<Res<Set<'e>>>()?)
            }
            Operand::Object(entries) => {
                self.make(entries.len().saturating_mul(2), at)?;
                let entry = |(key, value): &'e (Operand, Operand)| {
                    Ok((self.operand(key, at)?, self.operand(value, at)?))
                };
                Value::Object(entries.iter().map(entry).collect::<Res<Object<'e>>>()?)
            }
        })
    }

    /// Whether the value is equal to the operand's.
    fn equals(&mut self, value: &Value<'e>, operand: &'e Operand, at: Loc) -> Res<bool> {
        Ok(match operand {
            Operand::Const(constant) => value == constant,
            Operand::Reg(register) => value == self.register(*register),
            Operand::Array(_) | Operand::Set(_) | Operand::Object(_) => {
                *value == self.operand(operand, at)?
            }
        })
    }

    /// Whether the value looks as the pattern says; binds registers.
    pub(super) fn matches(&mut self, value: Value<'e>, pattern: &'e Pattern, at: Loc) -> Res<bool> {
        Ok(match pattern {
            Pattern::Any => true,
            Pattern::Holds => !matches!(value, Value::Bool(false)),
            Pattern::Bind(register) => {
                self.write(*register, value);
                true
            }
            Pattern::Equal(operand) => self.equals(&value, operand, at)?,
            Pattern::Array(patterns) => {
                let Value::Array(items) = value else { return Ok(false) };
                if items.len() != patterns.len() {
                    return Ok(false);
                }
                for (index, pattern) in patterns.iter().enumerate() {
                    let Some(item) = items.at(index) else { return Ok(false) };
                    if !self.matches(item, pattern, at)? {
                        return Ok(false);
                    }
                }
                true
            }
            Pattern::Object(patterns) => {
                let Value::Object(object) = value else { return Ok(false) };
                if object.len() != patterns.len() {
                    return Ok(false);
                }
                for (key, pattern) in patterns {
                    let key = self.operand(key, at)?;
                    let Some(item) = object.child(&key) else { return Ok(false) };
                    if !self.matches(item, pattern, at)? {
                        return Ok(false);
                    }
                }
                true
            }
        })
    }

    // Steps.

    /// Carries out the steps, and the sink for every way in which they hold.
    pub(super) fn run(&mut self, steps: &'e [Step], sink: Sink<'_, 'e, T>) -> Res<Flow> {
        match steps.first() {
            None => sink(self),
            Some(first) if self.depth >= DEPTH => Err(too_deep(first.at)),
            Some(_) => {
                // Not by `deeper`, whose frames would lie between all others.
                self.depth = self.depth.saturating_add(1);
                let flow = self.run_steps(steps, sink);
                self.depth = self.depth.saturating_sub(1);
                flow
            }
        }
    }

    fn run_steps(&mut self, steps: &'e [Step], sink: Sink<'_, 'e, T>) -> Res<Flow> {
        match self.advance(steps)? {
            Progress::Failed => Ok(Flow::More),
            Progress::Held => sink(self),
            Progress::Ways(step, after) => self.ways(step, after, sink),
        }
    }

    /// Carries out steps as long as there is only one way to do so.
    pub(super) fn advance(&mut self, steps: &'e [Step]) -> Res<Progress<'e>> {
        let mut rest = steps;
        while let Some((step, after)) = rest.split_first() {
            let at = step.at;
            self.step(at)?;
            self.tracer.reaches(at);
            let holds = match &step.kind {
                StepKind::Holds(operand) => match operand {
                    Operand::Reg(register) => !matches!(self.register(*register), Value::Bool(false)),
                    operand @ (Operand::Const(_)
                    | Operand::Array(_)
                    | Operand::Object(_)
                    | Operand::Set(_)) => !matches!(self.operand(operand, at)?, Value::Bool(false)),
                },
                StepKind::Match(operand, pattern) => {
                    let value = self.operand(operand, at)?;
                    self.matches(value, pattern, at)?
                }
                StepKind::Walk(walk) => {
                    let is_single = walk.path.iter().all(|hop| matches!(hop, Hop::Key(_)));
                    if !is_single || walk.search.is_some() || matches!(walk.root, Root::Tree(_)) {
                        return Ok(Progress::Ways(step, after));
                    }
                    match (self.slot_is(walk), &walk.end) {
                        (Some(is_equal), _) => is_equal,
                        (None, end) => match self.reach(&walk.root, &walk.path, at)? {
                            Some(value) => self.matches(value, end, at)?,
                            None => false,
                        },
                    }
                }
                StepKind::Call(call) => match self.call(call, at)? {
                    Some(value) => self.matches(value, &call.result, at)?,
                    None => false,
                },
                StepKind::Not(inner, hazard) => !self.any(inner, *hazard)?,
                StepKind::Every { domain, key, value, steps } => {
                    let domain = self.operand(domain, at)?;
                    self.every(&domain, (key, value), steps, at)?
                }
                StepKind::Comprehend(comprehension) => {
                    if let Some(against) = &comprehension.against
                        && !self.may_be(against, &comprehension.kind, at)?
                    {
                        return Ok(Progress::Failed);
                    }
                    let value = self.comprehend(comprehension, at)?;
                    self.matches(value, &comprehension.result, at)?
                }
                StepKind::Print(operands) => {
                    self.print(operands, at)?;
                    true
                }
                StepKind::Relate { .. } | StepKind::With(..) => return Ok(Progress::Ways(step, after)),
            };
            if !holds {
                return Ok(Progress::Failed);
            }
            rest = after;
        }
        Ok(Progress::Held)
    }

    /// A step that may hold in several ways, and what comes after it for each.
    pub(super) fn ways(&mut self, step: &'e Step, after: &'e [Step], sink: Sink<'_, 'e, T>) -> Res<Flow> {
        let at = step.at;
        match &step.kind {
            StepKind::Walk(walk) if walk.search.is_some() && !self.has_other_data() => {
                self.searched(walk, after, at, sink)
            }
            StepKind::Walk(walk) => self.walk(walk, after, at, sink),
            StepKind::Relate { operand, pattern } => {
                let value = self.operand(operand, at)?;
                self.relate(value, pattern, after, at, sink)
            }
            StepKind::With(replacements, inner) => self.with(replacements, inner, after, at, sink),
            StepKind::Holds(_)
            | StepKind::Match(..)
            | StepKind::Call(_)
            | StepKind::Not(..)
            | StepKind::Every { .. }
            | StepKind::Comprehend(_)
            | StepKind::Print(_) => Ok(Flow::More),
        }
    }

    /// Whether a part of the input is equal to a constant, compared where it is; `None` for any other step.
    fn slot_is(&self, walk: &Walk) -> Option<bool> {
        let (Root::Slot(slot), [], Pattern::Equal(Operand::Const(constant))) =
            (&walk.root, walk.path.as_slice(), &walk.end)
        else {
            return None;
        };
        let slot = usize::try_from(*slot).ok().and_then(|at| self.scope()?.slots.get(at))?;
        Some(slot.as_ref().is_some_and(|value| value == constant))
    }

    /// Whether the steps hold in any way. Where other ways could end in an error they are looked for too, as OPA does.
    fn any(&mut self, steps: &'e Steps, hazard: crate::rego::plan::ir::Hazard) -> Res<bool> {
        let (step, after) = match self.advance(steps)? {
            Progress::Failed => return Ok(false),
            Progress::Held => return Ok(true),
            Progress::Ways(step, after) => (step, after),
        };
        let mut found = false;
        let flow = if self.is_harmless(hazard) { Flow::Enough } else { Flow::More };
        self.ways(step, after, &mut |_| {
            found = true;
            Ok(flow)
        })?;
        Ok(found)
    }

    /// Whether it cannot end in an error, the way this evaluation counts errors.
    pub(super) fn is_harmless(&self, hazard: crate::rego::plan::ir::Hazard) -> bool {
        use crate::rego::plan::ir::Hazard;
        match hazard {
            Hazard::None => true,
            Hazard::Strict => !self.is_strict,
            Hazard::Conflict => false,
        }
    }

    /// Notes that a built-in function failed, or ends the evaluation if a limit was reached.
    pub(super) fn fail(&mut self, failure: Failure, at: Loc) -> Res<()> {
        match failure {
            Failure::Limit(which) => Err(Halt::new(Ended::Limit(which), at)),
            Failure::Operand(message) => {
                self.failed.get_or_insert((at, message));
                Ok(())
            }
        }
    }
}

fn too_deep(at: Loc) -> Box<Halt> {
    Halt::new(Ended::Limit("rules lie too deep in one another"), at)
}
