//! Calls: of built-in functions, of the policy's, and of what `with` put in their place.

use smallvec::SmallVec;

use super::halt::Res;
use super::machine::Machine;
use super::scope::{Mock, Mocked};
use super::trace::Tracer;
use crate::rego::builtins::{self, Run};
use crate::rego::plan::ir::{Call, Target};
use crate::rego::plan::patterns::Matcher;
use crate::rego::syntax::Loc;
use crate::rego::value::Value;

impl<'e, T: Tracer> Machine<'e, T> {
    /// The result of a call; `None` is undefined.
    pub(super) fn call(&mut self, call: &'e Call, at: Loc) -> Res<Option<Value<'e>>> {
        let mut args: SmallVec<[Value<'e>; 4]> = SmallVec::new();
        for arg in &call.args {
            args.push(self.operand(arg, at)?);
        }
        if self.scope > 0
            && let Some(mock) = self.mock(&call.target)
        {
            return match mock {
                Mock::Value(value) => Ok(Some(value)),
                Mock::Builtin(name, run) => {
                    self.without_mocks(|machine| machine.builtin(name, run, &args, at))
                }
                Mock::Function(group) => self.without_mocks(|machine| machine.function(group, &args, at)),
            };
        }
        match &call.target {
            Target::Builtin(name, run) => self.builtin(name, *run, &args, at),
            Target::Pattern(name, run, matcher) => match args.last() {
                Some(Value::String(text)) => self.pattern(matcher, text, at),
                _ => self.builtin(name, *run, &args, at),
            },
            Target::Group(group) => self.function(*group, &args, at),
        }
    }

    /// Whether the text matches a pattern that was compiled when the policy loaded.
    fn pattern(&mut self, matcher: &'e Matcher, text: &str, at: Loc) -> Res<Option<Value<'e>>> {
        let result = match matcher {
            Matcher::Regex(regex) => self.meter.steps(regex.cost(text.len())).map(|()| regex.is_match(text)),
            Matcher::Glob(glob) => glob.is_match_metered(&mut self.meter, text),
        };
        match result {
            Ok(matches) => Ok(Some(Value::Bool(matches))),
            Err(failure) => {
                self.fail(failure, at)?;
                Ok(None)
            }
        }
    }

    fn builtin(
        &mut self,
        name: &'static str,
        run: Run,
        args: &[Value<'e>],
        at: Loc,
    ) -> Res<Option<Value<'e>>> {
        let _ = name;
        let mut context = builtins::Call {
            meter: &mut self.meter,
            now: self.now,
            seed: self.seed,
            patterns: &self.plan.patterns,
        };
        match run(&mut context, args) {
            Ok(value) => Ok(value),
            Err(failure) => {
                self.fail(failure, at)?;
                Ok(None)
            }
        }
    }

    fn mock(&self, target: &Target) -> Option<Mock<'e>> {
        let is_meant = |mocked: &Mocked| match (mocked, target) {
            (Mocked::Builtin(mocked), Target::Builtin(name, _) | Target::Pattern(name, ..)) => {
                **mocked == **name
            }
            (Mocked::Function(mocked), Target::Group(group)) => mocked == group,
            (Mocked::Builtin(_), Target::Group(_))
            | (Mocked::Function(_), Target::Builtin(..) | Target::Pattern(..)) => false,
        };
        let mocks = &self.scope()?.mocks;
        mocks.iter().rev().find(|(mocked, _)| is_meant(mocked)).map(|(_, mock)| mock.clone())
    }

    /// What is called in the place of a function calls the true ones.
    fn without_mocks<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        let scope = self.scope;
        let mocks = self.scopes.get_mut(scope).map(|scope| std::mem::take(&mut scope.mocks));
        let result = inside(self);
        if let (Some(place), Some(mocks)) = (self.scopes.get_mut(scope), mocks) {
            place.mocks = mocks;
        }
        result
    }
}
