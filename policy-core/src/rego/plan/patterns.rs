//! Globs and regular expressions with constant patterns, as expressions of which many make one automaton.

use super::ir::Operand;
use crate::rego::builtins::glob::{DELIMITERS, Glob, delimiters};
use crate::rego::builtins::patterns::{Regex, compile_glob, compile_regex};
use crate::rego::value::Value;

/// The expression that matches the whole of what `glob.match` matches; `None` if there is no such.
pub(super) fn glob(pattern: &Value<'_>, separators: &Value<'_>) -> Option<String> {
    glob_of(pattern, separators)?.to_regex()
}

/// The expression that matches the whole of every text in which `regex.match` finds something.
pub(super) fn regex(pattern: &Value<'_>) -> Option<String> {
    let regex = compile_regex(pattern.as_str()?).ok()?;
    Some(format!("(?s:.)*(?:{})(?s:.)*", regex.expression()))
}

fn glob_of(pattern: &Value<'_>, separators: &Value<'_>) -> Option<Glob> {
    let mut room = ['.'; DELIMITERS];
    let separators = delimiters(separators, &mut room).ok()?;
    compile_glob(pattern.as_str()?, separators).ok()
}

/// A pattern that was compiled when the policy loaded.
#[derive(Debug)]
pub(in crate::rego) enum Matcher {
    Regex(Regex),
    Glob(Glob),
}

/// The compiled pattern of a call whose other arguments are constant.
pub(super) fn matcher(name: &str, args: &[Operand]) -> Option<Matcher> {
    match (name, args) {
        ("regex.match", [Operand::Const(pattern), _]) => {
            compile_regex(pattern.as_str()?).ok().map(Matcher::Regex)
        }
        ("glob.match", [Operand::Const(pattern), Operand::Const(separators), _]) => {
            glob_of(pattern, separators).map(Matcher::Glob)
        }
        _ => None,
    }
}
