//! From what was parsed to what can be planned: OPA's compiler, stage by stage.
//!
//! Every stage rewrites or checks all modules. The first stage that finds a fault is the last.

mod build;
mod calls;
mod comprehensions;
mod defined;
#[cfg(test)]
mod dump;
mod dynamics;
mod equals;
mod fresh;
mod heads;
mod imports;
mod locals;
mod metadata;
mod negation;
mod order;
mod places;
mod print;
mod replacements;
mod resolve;
mod shape;
mod templates;
mod walk;
mod work;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use self::fresh::Fresh;
use self::work::Work;
use super::check::{self, Arities};
use super::error::{Fault, RegoErrorKind};
use super::syntax::{Loc, Module};
use super::types;
use super::value::Value;

/// Faults that are reported of one policy.
const FAULTS: usize = 10;

/// What a compilation may use.
#[derive(Clone, Copy, Debug)]
pub(in crate::rego) struct Options {
    /// Nodes of the syntax tree that stages may visit or copy beyond a fixed number of times each. Nested `every` and
    /// comprehensions are renamed once more for each level, and what `with` replaces is copied to every expression
    /// that is taken out of its own: without a bound both could be made to grow without end.
    pub(in crate::rego) work: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { work: 20_000_000 }
    }
}

/// A policy in the form in which it is planned.
#[derive(Clone, Debug)]
pub(in crate::rego) struct Program {
    /// The modules as the stages left them: no imports, heads with the package in front, every variable with a name
    /// of its own, bodies in an order in which they can be evaluated.
    pub(in crate::rego) modules: Vec<Module>,
}

/// Compiles the modules of a policy, which come in the order of their files' names.
///
/// # Errors
/// What the first stage that found anything found: at most ten faults, in OPA's order.
pub(in crate::rego) fn compile(
    modules: Vec<Module>,
    data: &Value<'static>,
    options: &Options,
) -> Result<Program, Vec<Fault>> {
    let mut modules = modules;
    let mut work = Work::new(options.work);
    let mut original = HashMap::new();
    modules.iter_mut().flat_map(|module| &mut module.rules).for_each(shape::rule);

    let mut uses = resolve::LastUses::new();
    settle(resolve::resolve(&mut modules, &mut uses))?;
    let mut fresh = Fresh::new(&modules);
    heads::rewrite_references(&mut modules, &mut fresh);
    settle(imports::check_keyword_overrides(&modules))?;
    settle(imports::check_duplicates(&modules))?;
    let negations: Vec<bool> = modules.iter().map(negation::is_wanted).collect();
    modules.iter_mut().for_each(|module| module.imports.clear());
    heads::qualify(&mut modules);
    let arities = Arities::new(&modules);

    settle(locals::rewrite(&mut modules, &mut fresh, &mut original, &mut work))?;
    for (module, _) in modules.iter_mut().zip(negations).filter(|(_, is_wanted)| *is_wanted) {
        negation::rewrite(module);
    }
    settle(templates::rewrite(&mut modules, &arities, &mut fresh, &original))?;
    settle(print::check_void_calls(&modules))?;
    settle(print::rewrite(&mut modules, &arities, &mut fresh, &original))?;
    settle(calls::rewrite(&mut modules, &mut fresh, &mut work))?;
    settle(metadata::check(&modules))?;
    comprehensions::rewrite(&mut modules, &mut fresh);
    heads::rewrite_values(&mut modules, &mut fresh);
    settle(replacements::rewrite(&mut modules, &mut fresh))?;

    settle(check::rule_conflicts(&modules, data))?;
    settle(check::undefined_functions(&modules))?;
    settle(check::safety_of_heads(&modules, &original))?;
    settle(check::safety_of_bodies(&mut modules, &original))?;
    equals::rewrite(&mut modules);
    settle(dynamics::rewrite(&mut modules, &mut fresh, &mut work))?;
    settle(check::recursion(&modules))?;
    settle(types::check(&modules, &original))?;
    settle(check::banned_builtins(&modules))?;
    places::move_to_last_uses(&mut modules, &uses);
    Ok(Program { modules })
}

/// Ends the compilation if a stage found faults.
fn settle(mut faults: Vec<Fault>) -> Result<(), Vec<Fault>> {
    if faults.is_empty() {
        return Ok(());
    }
    if faults.len() >= FAULTS {
        faults.truncate(FAULTS);
        faults.push(Fault::new(Loc::POLICY, RegoErrorKind::Compile, "error limit reached"));
    }
    Err(faults)
}
