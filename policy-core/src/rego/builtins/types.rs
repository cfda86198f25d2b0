//! `is_*` and `type_name`.

use super::operands::{Answer, any};
use super::{Call, Run};
use crate::rego::value::Value;

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[
    ("is_null", is_null),
    ("is_boolean", is_boolean),
    ("is_number", is_number),
    ("is_string", is_string),
    ("is_array", is_array),
    ("is_object", is_object),
    ("is_set", is_set),
    ("type_name", type_name),
];

fn is_null<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    is(args, "null")
}

fn is_boolean<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    is(args, "boolean")
}

fn is_number<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    is(args, "number")
}

fn is_string<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    is(args, "string")
}

fn is_array<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    is(args, "array")
}

fn is_object<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    is(args, "object")
}

fn is_set<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    is(args, "set")
}

fn is<'v>(args: &[Value<'v>], name: &str) -> Answer<'v> {
    Ok(Some(Value::Bool(any(args, 1)?.type_name() == name)))
}

fn type_name<'v>(_: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    Ok(Some(Value::text(any(args, 1)?.type_name())))
}
