//! Globs and regular expressions with constant patterns, as expressions of which many make one automaton.

use crate::rego::value::Value;

/// The expression that matches the whole of what `glob.match` matches; `None` if there is no such.
pub(super) fn glob(_pattern: &Value<'_>, _delimiters: &Value<'_>) -> Option<String> {
    None
}

/// The expression that matches the whole of every text in which `regex.match` finds something.
pub(super) fn regex(_pattern: &Value<'_>) -> Option<String> {
    None
}
