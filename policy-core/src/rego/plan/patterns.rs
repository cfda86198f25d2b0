//! Globs and regular expressions with constant patterns, as expressions of which many make one automaton.

use super::ir::Operand;
use crate::rego::builtins::Failure;
use crate::rego::builtins::glob::{DELIMITERS, Glob, delimiters};
use crate::rego::builtins::patterns::{Regex, check_glob, check_regex, compile_glob, compile_regex};
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

/// Why a call with a constant pattern cannot be taken: OPA takes the pattern, and this engine would not.
pub(super) fn refusal(name: &str, args: &[Operand]) -> Option<String> {
    let pattern = match name {
        "regex.replace" => args.get(1),
        "glob.match"
        | "regex.find_all_string_submatch_n"
        | "regex.find_n"
        | "regex.is_valid"
        | "regex.match"
        | "regex.split" => args.first(),
        _ => None,
    };
    let Some(Operand::Const(pattern)) = pattern else { return None };
    let pattern = pattern.as_str()?;
    if name != "glob.match" {
        return check_regex(pattern).err();
    }
    let Some(Operand::Const(separators)) = args.get(1) else { return None };
    let mut room = ['.'; DELIMITERS];
    match delimiters(separators, &mut room) {
        Ok(separators) => check_glob(pattern, separators).err(),
        Err(Failure::Limit(why)) => Some(why.to_owned()),
        Err(Failure::Operand(_)) => None,
    }
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
