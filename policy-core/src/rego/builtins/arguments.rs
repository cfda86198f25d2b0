//! Reading the arguments of a built-in function, with OPA's words for those that do not fit.

use super::Failure;
use crate::rego::value::{Array, Value};

/// The argument at a place, from 1. The number of arguments was checked when the policy loaded.
pub(in crate::rego) fn value<'a, 'v>(
    arguments: &'a [Value<'v>],
    position: usize,
) -> Result<&'a Value<'v>, Failure> {
    let missing = || Failure::Operand(format!("operand {position} is missing"));
    arguments.get(position.saturating_sub(1)).ok_or_else(missing)
}

/// A string.
pub(in crate::rego) fn text<'a>(arguments: &'a [Value<'_>], position: usize) -> Result<&'a str, Failure> {
    let value = value(arguments, position)?;
    value.as_str().ok_or_else(|| Failure::operand(position, "string", value))
}

/// A whole number.
pub(in crate::rego) fn integer(arguments: &[Value<'_>], position: usize) -> Result<i64, Failure> {
    let value = value(arguments, position)?;
    if !value.is_number() {
        return Err(Failure::operand(position, "number", value));
    }
    let fraction = || format!("operand {position} must be integer number but got floating-point number");
    value.as_i64().ok_or_else(|| Failure::Operand(fraction()))
}

/// The items of an array, if it is one.
pub(in crate::rego) fn items<'a, 'v>(value: &'a Value<'v>) -> Option<&'a Array<'v>> {
    if let Value::Array(items) = value { Some(items) } else { None }
}

/// A failure of the rule that a function has for its arguments, other than their types.
pub(in crate::rego) fn refuse<T>(rule: &str) -> Result<T, Failure> {
    Err(Failure::Operand(String::from(rule)))
}

/// Text from bytes. OPA's strings hold any bytes; ours do not, so the evaluation ends where they would.
pub(in crate::rego) fn from_bytes(bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::Limit("the decoded bytes are not UTF-8"))
}
