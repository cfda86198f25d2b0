//! The text of a value as OPA prints it.

use regorus::Value as Inner;

use super::{Answer, Function, Patterns, arg};
use crate::old_rego::meter;

/// Writes a value as OPA's `print` and `sprintf("%v")` do: a string at the top without quotes, JSON-like below.
/// `out` says false when it has enough.
pub(super) fn write(value: &Inner, out: &mut dyn FnMut(&str) -> bool) -> bool {
    match value {
        Inner::String(text) => out(text),
        _ => nested(value, out),
    }
}

fn nested(value: &Inner, out: &mut dyn FnMut(&str) -> bool) -> bool {
    match value {
        Inner::Undefined => out("<undefined>"),
        Inner::Null => out("null"),
        Inner::Bool(value) => out(if *value { "true" } else { "false" }),
        Inner::Number(_) => out(&value.to_json_str().unwrap_or_default()),
        Inner::String(text) => out(&serde_json::Value::from(text.as_ref()).to_string()),
        Inner::Array(items) => list("[", "]", items.iter(), out),
        Inner::Set(items) if items.is_empty() => out("set()"),
        Inner::Set(items) => list("{", "}", items.iter_sorted(), out),
        Inner::Object(entries) => {
            let mut open = out("{");
            for (index, (key, value)) in entries.iter_sorted().enumerate() {
                open =
                    open && (index == 0 || out(", ")) && nested(key, out) && out(": ") && nested(value, out);
                if !open {
                    return false;
                }
            }
            open && out("}")
        }
    }
}

fn list<'a>(
    open: &str,
    close: &str,
    items: impl Iterator<Item = &'a Inner>,
    out: &mut dyn FnMut(&str) -> bool,
) -> bool {
    let mut more = out(open);
    for (index, item) in items.enumerate() {
        more = more && (index == 0 || out(", ")) && nested(item, out);
        if !more {
            return false;
        }
    }
    more && out(close)
}

/// `print`, after its rewriting: one array with a set for each argument, empty if the argument is undefined.
pub(super) const PRINT: Function = print;

fn print(_: &Patterns, args: &[Inner]) -> Answer {
    if let Inner::Array(items) = arg(args, 0) {
        meter::print(|line| {
            for (index, item) in items.iter().enumerate() {
                let value = item.as_set().ok().and_then(|set| set.first()).unwrap_or(&Inner::Undefined);
                if index > 0 && !line.push(" ") {
                    return;
                }
                if !write(value, &mut |text| line.push(text)) {
                    return;
                }
            }
        });
    }
    Ok(Inner::Bool(true))
}

/// The collection that `some ... in` looks at; undefined if it is none.
pub(super) const ITEMS: Function = items;

fn items(_: &Patterns, args: &[Inner]) -> Answer {
    Ok(match arg(args, 0) {
        collection @ (Inner::Array(_) | Inner::Set(_) | Inner::Object(_)) => collection.clone(),
        Inner::Null | Inner::Bool(_) | Inner::Number(_) | Inner::String(_) | Inner::Undefined => {
            Inner::Undefined
        }
    })
}
