//! One evaluation from its input to its value.

use super::halt::{Ended, Halt};
use super::machine::Machine;
use super::print::Prints;
use super::scope::{Memo, Scope};
use super::trace::Tracer;
use crate::rego::builtins::Meter;
use crate::rego::plan::Plan;
use crate::rego::syntax::Loc;
use crate::rego::value::Value;
use crate::time::UnixTime;

/// What an evaluation may use, and what it is told.
#[derive(Clone, Copy, Debug)]
pub(in crate::rego) struct Settings {
    pub(in crate::rego) steps: u64,
    pub(in crate::rego) bytes: u64,
    pub(in crate::rego) now: UnixTime,
    pub(in crate::rego) seed: u64,
    /// Whether failures of built-in functions are errors of the decision; by default they are undefined.
    pub(in crate::rego) is_strict: bool,
    pub(in crate::rego) prints: usize,
    pub(in crate::rego) print_bytes: usize,
}

/// Memory that evaluations use one after the other, so that most need none of their own.
#[derive(Debug, Default)]
pub(in crate::rego) struct Scratch {
    registers: Vec<Value<'static>>,
    memo: Vec<Memo<'static>>,
    slots: Vec<Option<Value<'static>>>,
    scopes: Vec<Scope<'static>>,
}

/// An evaluation that has come to an end.
pub(in crate::rego) struct Finished<'e, T> {
    pub(in crate::rego) value: Result<Option<Value<'e>>, Box<Halt>>,
    pub(in crate::rego) prints: Prints,
    pub(in crate::rego) tracer: T,
    /// The first failure of a built-in function; an error of a strict evaluation.
    pub(in crate::rego) failed: Option<(Loc, String)>,
}

/// An evaluation that is about to start.
pub(in crate::rego) struct Session<'e> {
    pub(in crate::rego) plan: &'e Plan,
    pub(in crate::rego) settings: Settings,
}

/// The same allocation for values that live otherwise. Nothing is left in it.
fn again<A, B>(mut used: Vec<A>) -> Vec<B> {
    used.clear();
    used.into_iter().filter_map(|_| None).collect()
}

impl Scratch {
    /// A place for the parts of an input.
    pub(in crate::rego) fn slots<'e>(&mut self) -> Vec<Option<Value<'e>>> {
        again(std::mem::take(&mut self.slots))
    }
}

impl<'e> Session<'e> {
    /// Evaluates the document at a path below `data`.
    pub(in crate::rego) fn run<T: Tracer>(
        self,
        path: &[Value<'e>],
        slots: Vec<Option<Value<'e>>>,
        tracer: T,
        scratch: &mut Scratch,
    ) -> Finished<'e, T> {
        let Settings { steps, bytes, now, seed, is_strict, prints, print_bytes } = self.settings;
        let mut memo: Vec<Memo<'e>> = again(std::mem::take(&mut scratch.memo));
        memo.resize(self.plan.groups.len(), Memo::Unknown);
        let mut scopes: Vec<Scope<'e>> = again(std::mem::take(&mut scratch.scopes));
        scopes.push(Scope { slots, memo, ..Scope::default() });
        let mut machine = Machine {
            plan: self.plan,
            meter: Meter::new(steps, bytes),
            now,
            seed,
            frame: 0,
            registers: again(std::mem::take(&mut scratch.registers)),
            scopes,
            scope: 0,
            depth: 0,
            is_strict,
            failed: None,
            prints: Prints { most: prints, most_bytes: print_bytes, ..Prints::default() },
            remembered: super::remembered::Remembered::default(),
            tracer,
        };
        let value = machine.document(path, Loc::default());
        let value = match (&machine.failed, value) {
            (Some((at, _)), Ok(_)) if is_strict => Err(Halt::new(Ended::Builtin, *at)),
            (_, value) => value,
        };
        let Machine { registers, mut scopes, failed, prints, tracer, .. } = machine;
        scratch.registers = again(registers);
        if let Some(base) = scopes.pop() {
            scratch.memo = again(base.memo);
            scratch.slots = again(base.slots);
        }
        scratch.scopes = again(scopes);
        Finished { value, prints, tracer, failed }
    }
}
