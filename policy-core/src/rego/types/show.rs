//! Types and references in words.

use std::collections::HashMap;
use std::fmt;

use super::constant::Constant;
use super::kind::Type;
use crate::rego::syntax::{Name, Term, TermKind};

/// Parts that are listed of a type or a reference; an error should fit on a screen.
const MAX_LISTED: usize = 20;

/// Levels of a type that are written out.
const MAX_LEVELS: usize = 6;

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(self, f, MAX_LEVELS)
    }
}

fn show(kind: &Type, f: &mut fmt::Formatter<'_>, levels: usize) -> fmt::Result {
    let Some(inside) = levels.checked_sub(1) else {
        return f.write_str("..");
    };
    match kind {
        Type::Unknown => f.write_str("???"),
        Type::Null => f.write_str("null"),
        Type::Boolean => f.write_str("boolean"),
        Type::Number => f.write_str("number"),
        Type::String => f.write_str("string"),
        Type::Any => f.write_str("any"),
        Type::Array(array) => {
            f.write_str("array")?;
            if !array.fixed.is_empty() {
                list(&array.fixed, f, "<", ">", |item, f| show(item, f, inside))?;
            }
            if array.others.is_known() {
                f.write_str("[")?;
                show(&array.others, f, inside)?;
                f.write_str("]")?;
            }
            Ok(())
        }
        Type::Object(object) => {
            f.write_str("object")?;
            if !object.fixed.is_empty() {
                list(&object.fixed, f, "<", ">", |(key, value), f| {
                    write!(f, "{key}: ")?;
                    show(value, f, inside)
                })?;
            }
            if let Some((keys, values)) = &object.others {
                f.write_str("[")?;
                show(keys, f, inside)?;
                f.write_str(": ")?;
                show(values, f, inside)?;
                f.write_str("]")?;
            }
            Ok(())
        }
        Type::Set(set) => {
            f.write_str("set[")?;
            show(&set.of, f, inside)?;
            f.write_str("]")
        }
        Type::Union(union) => {
            f.write_str("any")?;
            list(&union.of, f, "<", ">", |part, f| show(part, f, inside))
        }
        Type::Function(function) => {
            list(&function.args, f, "(", ")", |arg, f| show(arg, f, inside))?;
            f.write_str(" => ")?;
            show(&function.result, f, inside)
        }
    }
}

fn list<T>(
    items: &[T],
    f: &mut fmt::Formatter<'_>,
    open: &str,
    close: &str,
    each: impl Fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    f.write_str(open)?;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        if index >= MAX_LISTED {
            f.write_str("..")?;
            break;
        }
        each(item, f)?;
    }
    f.write_str(close)
}

/// Types in parentheses: `(number, string)`.
pub(super) struct Listed<'t>(pub(super) &'t [Type]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(self.0, f, "(", ")", |kind, f| show(kind, f, MAX_LEVELS))
    }
}

impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) | Self::String(text) => f.write_str(text),
            Self::Array(items) => list(items, f, "[", "]", |item, f| write!(f, "{item}")),
            Self::Object(entries) => {
                list(entries, f, "{", "}", |(key, value), f| write!(f, "{key}: {value}"))
            }
        }
    }
}

/// How their authors wrote the variables that the compiler renamed.
pub(super) type Names = HashMap<Name, Name>;

/// A reference as it would be written: `data.t.p[x]["a b"]`.
pub(super) struct Shown<'t>(pub(super) &'t [Term], pub(super) &'t Names);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().take(MAX_LISTED).enumerate() {
            let plain = if let TermKind::String(text) = &part.kind { Some(text) } else { None };
            match plain.filter(|text| is_plain(text)) {
                Some(text) if index > 0 => write!(f, ".{text}")?,
                Some(_) | None if index == 0 => write!(f, "{}", Word(part, self.1))?,
                Some(_) | None => write!(f, "[{}]", Word(part, self.1))?,
            }
        }
        if self.0.len() > MAX_LISTED {
            f.write_str("..")?;
        }
        Ok(())
    }
}

/// A term in a few words.
pub(super) struct Word<'t>(pub(super) &'t Term, pub(super) &'t Names);

impl fmt::Display for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            TermKind::Null => f.write_str("null"),
            TermKind::Bool(value) => write!(f, "{value}"),
            TermKind::Number(text) => f.write_str(text),
            TermKind::String(text) => write!(f, "{text:?}"),
            TermKind::Var(name) => f.write_str(word(name, self.1)),
            TermKind::Ref(parts) => match parts.as_slice() {
                [] => Ok(()),
                [head] => write!(f, "{}", Word(head, self.1)),
                [head, ..] => write!(f, "{}[..]", Word(head, self.1)),
            },
            TermKind::Array(_) => f.write_str("[..]"),
            TermKind::Object(_) | TermKind::Set(_) => f.write_str("{..}"),
            TermKind::ArrayCompr(..) => f.write_str("[..|..]"),
            TermKind::SetCompr(..) | TermKind::ObjectCompr(..) => f.write_str("{..|..}"),
            TermKind::Call(_) => f.write_str("(..)"),
            TermKind::Template(_) => f.write_str("$\"..\""),
        }
    }
}

/// A variable as its author wrote it.
fn word<'n>(name: &'n Name, names: &'n Names) -> &'n str {
    match names.get(name) {
        Some(original) if original.starts_with('$') => "_",
        Some(original) => original,
        None if name.starts_with('$') => "_",
        // Made by the compiler for an expression: there is no short way to say which.
        None if name.starts_with("__local") => "(..)",
        None => name,
    }
}

fn is_plain(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_')
}
