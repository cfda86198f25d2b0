//! `strings.render_template`: of Go's `text/template`, text and fields (`{{ .a.b }}`), which is what policies use. Every
//! other action ends the evaluation.

use super::operands::{Answer, error, object, string};
use super::{Call, Failure, Meter, Run};
use crate::rego::value::{Object, Value, is_printable};

pub(in crate::rego) const TABLE: &[(&str, Run)] = &[("strings.render_template", render)];

const UNSUPPORTED: Failure = Failure::Limit("a template may only have fields, such as {{ .name }}");

fn render<'v>(call: &mut Call<'_>, args: &[Value<'v>]) -> Answer<'v> {
    let (template, variables) = (string(args, 1)?, object(args, 2)?);
    call.meter.reads(template.len())?;
    check_object(variables)?;
    let mut out = String::new();
    let mut rest = template;
    let mut trims = false;
    while let Some((text, action)) = rest.split_once("{{") {
        let (action, after) = action.split_once("}}").ok_or(UNSUPPORTED)?;
        let (trims_before, action) =
            action.strip_prefix("- ").map_or((false, action), |action| (true, action));
        let (trims_after, action) =
            action.strip_suffix(" -").map_or((false, action), |action| (true, action));
        write_text(call.meter, &mut out, text, trims, trims_before)?;
        write_field(call.meter, &mut out, action.trim_matches(BLANK), variables)?;
        (rest, trims) = (after, trims_after);
    }
    write_text(call.meter, &mut out, rest, trims, false)?;
    // What Go writes for nothing, wherever it comes from.
    super::operands::text(call.meter, out.replace("<no value>", "<undefined>"))
}

const BLANK: &[char] = &[' ', '\t', '\r', '\n'];

fn write_text(
    meter: &mut Meter,
    out: &mut String,
    text: &str,
    start: bool,
    end: bool,
) -> Result<(), Failure> {
    let text = if start { text.trim_start_matches(BLANK) } else { text };
    let text = if end { text.trim_end_matches(BLANK) } else { text };
    meter.makes(text.len())?;
    out.push_str(text);
    Ok(())
}

/// `.` or `.a.b`.
fn write_field(
    meter: &mut Meter,
    out: &mut String,
    field: &str,
    variables: &Object<'_>,
) -> Result<(), Failure> {
    let whole = Value::Object(variables.lend());
    let path = field.strip_prefix('.').ok_or(UNSUPPORTED)?;
    let mut value = Some(&whole);
    if !path.is_empty() {
        for name in path.split('.') {
            let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
            if !starts || !name.chars().all(|part| part.is_ascii_alphanumeric() || part == '_') {
                return Err(UNSUPPORTED);
            }
            value = match value {
                None => None,
                Some(Value::Object(object)) => object.get_str(name),
                Some(_) => return Err(error("template: a field of what is no object")),
            };
        }
    }
    let Some(value) = value.filter(|value| !value.is_null()) else {
        out.push_str("<no value>");
        return Ok(());
    };
    meter.makes(value.size_in_bytes())?;
    write_value(out, value);
    Ok(())
}

/// As Go's `fmt` prints what JSON becomes in Go.
fn write_value(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Null => out.push_str("<nil>"),
        Value::Bool(_) | Value::Number(_) => value.write_rego(out),
        Value::String(text) => out.push_str(text),
        Value::Array(items) => row(out, items),
        Value::Set(items) => row(out, items),
        Value::Object(object) => {
            out.push_str("map[");
            for (index, (key, value)) in object.entries().iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                write_value(out, key);
                out.push(':');
                write_value(out, value);
            }
            out.push(']');
        }
    }
}

fn row(out: &mut String, items: &[Value<'_>]) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        write_value(out, item);
    }
    out.push(']');
}

/// OPA writes the variables as Rego and reads them as JSON: sets, keys that are not text, and characters that Rego
/// escapes in ways JSON does not have are errors.
fn check(value: &Value<'_>) -> Result<(), Failure> {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        Value::String(text) => check_text(text),
        Value::Array(items) => items.iter().try_for_each(check),
        Value::Object(object) => check_object(object),
        Value::Set(_) => Err(not_json()),
    }
}

fn check_object(object: &Object<'_>) -> Result<(), Failure> {
    object.entries().iter().try_for_each(|(key, value)| {
        check_text(key.as_str().ok_or_else(not_json)?)?;
        check(value)
    })
}

fn check_text(text: &str) -> Result<(), Failure> {
    let is_json = |character: char| match character {
        '\u{8}' | '\u{c}' | '\n' | '\r' | '\t' => true,
        '\u{0}'..=' ' | '\u{7f}' => character == ' ',
        '\u{10000}'.. => is_printable(character),
        _ => true,
    };
    if text.chars().all(is_json) { Ok(()) } else { Err(not_json()) }
}

fn not_json() -> Failure {
    error("the template's variables are not JSON")
}
