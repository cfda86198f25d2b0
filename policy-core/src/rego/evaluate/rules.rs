//! The value of a rule that has one, and of a function.

use smallvec::SmallVec;

use super::halt::{Ended, Flow, Halt, Res};
use super::machine::{Machine, Progress};
use super::remembered::Recall;
use super::scope::Memo;
use super::trace::Tracer;
use crate::rego::plan::ir::{Group, GroupKind, Operand, PlannedRule, Step, StepKind};
use crate::rego::syntax::Loc;
use crate::rego::value::Value;

/// Which of a group's rules can hold, in their order.
pub(super) enum Candidates {
    All,
    Some(SmallVec<[u32; 8]>),
}

impl Candidates {
    /// The candidates among the rules.
    pub(super) fn of<'e>(&self, group: &'e Group, at: usize) -> Option<&'e PlannedRule> {
        match self {
            Self::All => group.rules.get(at),
            Self::Some(list) => group.rules.get(usize::try_from(*list.get(at)?).ok()?),
        }
    }

    /// The candidates with their numbers.
    fn numbered<'e>(&self, group: &'e Group, at: usize) -> Option<(u32, &'e PlannedRule)> {
        let number = match self {
            Self::All => u32::try_from(at).ok()?,
            Self::Some(list) => *list.get(at)?,
        };
        Some((number, self.of(group, at)?))
    }
}

impl<'e, T: Tracer> Machine<'e, T> {
    pub(super) fn group_at(&self, group: u32) -> Option<&'e Group> {
        self.plan.groups.get(usize::try_from(group).ok()?)
    }

    /// The value of a complete rule, once for each scope.
    pub(super) fn complete(&mut self, group: u32, at: Loc) -> Res<Option<Value<'e>>> {
        match self.memo(group) {
            Memo::Known(value) => return Ok(Some(value)),
            Memo::Undefined => return Ok(None),
            Memo::Unknown => {}
        }
        let Some(known) = self.group_at(group) else { return Ok(None) };
        let value = match &known.constant {
            Some(value) if self.scope == 0 => value.as_ref().map(Value::lend),
            _ => self.deeper(at, |machine| machine.defined(known, &[], at))?,
        };
        self.remember(group, value.clone().map_or(Memo::Undefined, Memo::Known));
        Ok(value)
    }

    /// The value of a function for arguments.
    pub(super) fn function(&mut self, group: u32, args: &[Value<'e>], at: Loc) -> Res<Option<Value<'e>>> {
        let Some(known) = self.group_at(group) else { return Ok(None) };
        let recall = if self.scope == 0 { self.remembered.recall(group, args) } else { Recall::Never };
        if let Recall::Known(value) = recall {
            self.step(at)?;
            return Ok(value);
        }
        let value = self.deeper(at, |machine| machine.defined(known, args, at))?;
        if matches!(recall, Recall::Unknown) {
            self.make(args.len().saturating_add(4), at)?;
            self.remembered.keep(group, args, value.clone());
        }
        Ok(value)
    }

    /// Tries the definitions in order. All that hold must agree; where all have the same value the first is enough.
    fn defined(&mut self, group: &'e Group, args: &[Value<'e>], at: Loc) -> Res<Option<Value<'e>>> {
        let (candidates, is_uniform) = if group.has_needs {
            self.needed(group, args, at)?
        } else {
            let candidates = self.candidates(group, args, at)?;
            let is_uniform = group.is_uniform || is_uniform(group, &candidates);
            (candidates, is_uniform)
        };
        let mut value = None;
        let mut index = 0_usize;
        while let Some(rule) = candidates.of(group, index) {
            index = index.saturating_add(1);
            let mut link = Some(rule);
            while let Some(rule) = link {
                if self.meets(rule, args, at)?
                    && self.definition(group, rule, args, is_uniform, &mut value)?
                {
                    break;
                }
                link = rule.otherwise.as_deref();
            }
            if is_uniform && value.is_some() {
                return Ok(value);
            }
        }
        if value.is_none()
            && let Some(rule) = &group.default
        {
            self.definition(group, rule, args, is_uniform, &mut value)?;
        }
        Ok(value)
    }

    /// The definitions that OPA tries and that can hold, in its order, and whether all that it tries have one and the same
    /// constant value.
    fn needed(&mut self, group: &'e Group, args: &[Value<'e>], at: Loc) -> Res<(Candidates, bool)> {
        // What our index leaves out can still have another value.
        let is_uniform = group.is_uniform || self.agrees(group, args, at)?;
        let candidates = self.candidates(group, args, at)?;
        let mut needed: SmallVec<[(u32, u32); 8]> = SmallVec::new();
        let mut index = 0_usize;
        while let Some((number, rule)) = candidates.numbered(group, index) {
            index = index.saturating_add(1);
            let mut least: Option<u32> = None;
            let mut link = Some(rule);
            while let Some(rule) = link {
                link = rule.otherwise.as_deref();
                if self.meets(rule, args, at)? {
                    least = Some(least.map_or(rule.rank, |least| least.min(rule.rank)));
                }
            }
            needed.extend(least.map(|rank| (rank, number)));
        }
        needed.sort_unstable();
        Ok((Candidates::Some(needed.into_iter().map(|(_, number)| number).collect()), is_uniform))
    }

    /// Whether all branches that OPA tries have one and the same constant value.
    fn agrees(&mut self, group: &'e Group, args: &[Value<'e>], at: Loc) -> Res<bool> {
        let mut first: Option<&Value<'static>> = None;
        for rule in &group.rules {
            let mut link = Some(rule);
            while let Some(rule) = link {
                link = rule.otherwise.as_deref();
                if !self.meets(rule, args, at)? {
                    continue;
                }
                let Operand::Const(value) = &rule.value else { return Ok(false) };
                if *first.get_or_insert(value) != value {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Whether the definition held; its value is then in `value`.
    fn definition(
        &mut self,
        group: &'e Group,
        rule: &'e PlannedRule,
        args: &[Value<'e>],
        is_enough: bool,
        value: &mut Option<Value<'e>>,
    ) -> Res<bool> {
        self.tracer.considers(rule.at);
        // A default, most of the time.
        if let (
            Operand::Const(constant),
            [Step { at, kind: StepKind::Holds(Operand::Const(Value::Bool(true))) }],
            true,
        ) = (&rule.value, rule.body.as_slice(), rule.args.is_empty())
        {
            self.tracer.reaches(*at);
            self.tracer.holds(rule.at);
            self.tracer.leaves(rule.at);
            agree(group, rule, value, constant.lend())?;
            return Ok(true);
        }
        let held = self.in_frame(rule.registers, |machine| {
            for (arg, pattern) in args.iter().zip(&rule.args) {
                if !machine.matches(arg.clone(), pattern, rule.at)? {
                    return Ok(false);
                }
            }
            let (step, after) = match machine.advance(&rule.body)? {
                Progress::Failed => return Ok(false),
                Progress::Held => {
                    machine.tracer.holds(rule.at);
                    let new = machine.operand(&rule.value, rule.at)?;
                    agree(group, rule, value, new)?;
                    return Ok(true);
                }
                Progress::Ways(step, after) => (step, after),
            };
            let mut held = false;
            machine.ways(step, after, &mut |machine| {
                let new = machine.operand(&rule.value, rule.at)?;
                held = true;
                machine.tracer.holds(rule.at);
                agree(group, rule, value, new)?;
                Ok(if is_enough { Flow::Enough } else { Flow::More })
            })?;
            Ok(held)
        })?;
        self.tracer.leaves(rule.at);
        Ok(held)
    }

    /// The rules that can hold, by the index.
    pub(super) fn candidates(&mut self, group: &'e Group, args: &[Value<'e>], at: Loc) -> Res<Candidates> {
        match &group.index {
            Some(index) => self.indexed(index, args, at),
            None => Ok(Candidates::All),
        }
    }
}

/// Whether all candidates have one and the same constant value, their `else` branches too.
fn is_uniform(group: &Group, candidates: &Candidates) -> bool {
    let Candidates::Some(list) = candidates else { return false };
    let mut first: Option<&Value<'static>> = None;
    for number in list {
        let mut link = usize::try_from(*number).ok().and_then(|at| group.rules.get(at));
        while let Some(rule) = link {
            link = rule.otherwise.as_deref();
            let Operand::Const(value) = &rule.value else { return false };
            if *first.get_or_insert(value) != value {
                return false;
            }
        }
    }
    true
}

/// Takes a value for the document's, if it is the first or the same as the first.
fn agree<'e>(group: &Group, rule: &PlannedRule, value: &mut Option<Value<'e>>, new: Value<'e>) -> Res<()> {
    match value {
        Some(known) if *known != new => {
            let is_function = matches!(group.kind, GroupKind::Function(_));
            let why = if is_function { Ended::FunctionConflict } else { Ended::RuleConflict };
            Err(Halt::new(why, rule.at))
        }
        Some(_) => Ok(()),
        None => {
            *value = Some(new);
            Ok(())
        }
    }
}
