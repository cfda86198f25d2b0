//! From the text of modules to their syntax trees, and from regorus' errors to ours.

use std::num::{NonZeroU32, NonZeroUsize};

use regorus::PolicyLengthConfig;
use regorus::unstable::{Module as Tree, Ref};

use super::builtins;
use super::check::depth;
use super::error::{RegoError, RegoErrorKind};
use super::limits::Limits;
use super::policy::{Module, RegoVersion};

/// An engine of regorus, set up as every evaluation needs it.
pub(super) fn engine(version: RegoVersion, limits: &Limits) -> regorus::Engine {
    let mut engine = regorus::Engine::new();
    engine.set_rego_v0(version == RegoVersion::V0);
    // Strict: an error of an operator, or a conflict inside of a function, ends the evaluation. Otherwise regorus drops
    // an error of one definition of a function when another definition has a result. The built-ins turn their own
    // errors into undefined, as OPA does.
    engine.set_strict_builtin_errors(true);
    let columns = u32::try_from(limits.columns).ok().and_then(|n| NonZeroU32::new(n.saturating_add(1)));
    let bytes = NonZeroUsize::new(limits.source_bytes.saturating_mul(2));
    let lines = NonZeroUsize::new(limits.lines.saturating_add(1));
    if let (Some(max_col), Some(max_file_bytes), Some(max_lines)) = (columns, bytes, lines) {
        // The sizes are checked before; these leave room for what `rewrite` adds.
        let max_col = max_col.saturating_mul(NonZeroU32::MIN.saturating_add(7));
        engine.set_policy_length_config(PolicyLengthConfig { max_col, max_file_bytes, max_lines });
    }
    engine
}

/// Parses modules, after the checks of their text.
pub(super) fn parse(
    modules: &[Module],
    version: RegoVersion,
    limits: &Limits,
) -> Result<Vec<Ref<Tree>>, Vec<RegoError>> {
    let mut errors = Vec::new();
    let mut engine = engine(version, limits);
    for module in modules {
        if let Err(error) = depth::check(&module.name, &module.source, limits) {
            errors.push(error);
            continue;
        }
        if let Err(error) = engine.add_policy(module.name.clone(), module.source.clone()) {
            errors.push(explain(&module.name, RegoErrorKind::Parse, &error.to_string()));
        }
    }
    if errors.is_empty() { Ok(engine.get_modules().clone()) } else { Err(errors) }
}

/// Where an error of regorus says that it is: file, line and column.
pub(super) struct At<'a> {
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) column: u32,
}

/// Reads the last `--> file:line:column` of a message, the place inside of a built-in aside.
pub(super) fn position(message: &str) -> Option<At<'_>> {
    let places = message.lines().rev().filter_map(|line| line.trim().strip_prefix("--> "));
    let parse = |line: &'_ str| -> Option<(u32, u32)> {
        let mut parts = line.rsplitn(3, ':');
        let column = parts.next()?.parse().ok()?;
        Some((parts.next()?.parse().ok()?, column))
    };
    for line in places {
        let file = line.rsplitn(3, ':').nth(2)?;
        if file != builtins::PLACE {
            let (line, column) = parse(line)?;
            return Some(At { file, line, column });
        }
    }
    None
}

/// regorus' error, with its place and without the excerpt of the source.
pub(super) fn explain(file: &str, kind: RegoErrorKind, message: &str) -> RegoError {
    let text = message
        .lines()
        .rev()
        .find_map(|line| line.trim().strip_prefix("error: "))
        .or_else(|| message.lines().next())
        .unwrap_or_default();
    let mut error = RegoError::whole(file, kind, text, "");
    if let Some(at) = position(message) {
        at.file.clone_into(&mut error.file);
        error.line = at.line;
        error.column = at.column;
    }
    error
}
