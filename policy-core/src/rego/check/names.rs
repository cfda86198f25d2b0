//! How names and references are written in messages, and the names of functions.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::vars::is_generated;
use crate::rego::syntax::{Name, Term, TermKind};

/// The dotted name of a function: `count`, `net.cidr_contains`, `data.t.f`. `None` if a part is not a plain name.
pub(in crate::rego) fn operator_name(operator: &Term) -> Option<Cow<'_, str>> {
    match &operator.kind {
        TermKind::Var(name) => Some(Cow::Borrowed(name)),
        TermKind::Ref(path) => {
            let (head, rest) = path.split_first()?;
            let TermKind::Var(name) = &head.kind else { return None };
            if rest.is_empty() {
                return Some(Cow::Borrowed(name));
            }
            let mut text = String::from(&**name);
            for part in rest {
                let TermKind::String(part) = &part.kind else { return None };
                push_part(&mut text, part);
            }
            Some(Cow::Owned(text))
        }
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Array(_)
        | TermKind::Object(_)
        | TermKind::Set(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => None,
    }
}

/// Whether a call's operator is this built-in function of one name: `eq`, `equal`.
pub(super) fn is_operator(operator: &Term, wanted: &str) -> bool {
    match &operator.kind {
        TermKind::Var(name) => &**name == wanted,
        TermKind::Ref(path) => match path.as_slice() {
            [Term { kind: TermKind::Var(name), .. }] => &**name == wanted,
            _ => false,
        },
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Array(_)
        | TermKind::Object(_)
        | TermKind::Set(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => false,
    }
}

/// A variable as its author wrote it: `_` has a made-up name.
pub(in crate::rego) fn var_text(name: &str) -> &str {
    if name.starts_with('$') || is_generated(name) { "_" } else { name }
}

/// A reference as it is written: `data.t.p["a-b"][x]`.
pub(in crate::rego) fn ref_text(reference: &[Term]) -> String {
    let mut text = String::new();
    for (index, part) in reference.iter().enumerate() {
        match &part.kind {
            TermKind::Var(name) if index == 0 => text.push_str(var_text(name)),
            TermKind::Var(name) => bracket(&mut text, var_text(name)),
            TermKind::String(name) => push_part(&mut text, name),
            TermKind::Number(digits) => bracket(&mut text, digits),
            TermKind::Bool(value) => bracket(&mut text, if *value { "true" } else { "false" }),
            TermKind::Null => bracket(&mut text, "null"),
            TermKind::Ref(inner) => bracket(&mut text, &ref_text(inner)),
            TermKind::Array(_)
            | TermKind::Object(_)
            | TermKind::Set(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Call(_)
            | TermKind::Template(_) => bracket(&mut text, "..."),
        }
    }
    text
}

/// A package as it is written.
pub(in crate::rego) fn path_text(path: &[Name]) -> String {
    let mut text = String::new();
    for (index, part) in path.iter().enumerate() {
        if index == 0 {
            text.push_str(part);
        } else {
            push_part(&mut text, part);
        }
    }
    text
}

/// Adds a constant part of a path: `.part`, or `["a part"]`.
pub(super) fn push_part(text: &mut String, part: &str) {
    if is_plain(part) {
        text.push('.');
        text.push_str(part);
    } else {
        bracket(text, &format!("{part:?}"));
    }
}

fn bracket(text: &mut String, inner: &str) {
    // Writing to a string cannot fail.
    let _ = write!(text, "[{inner}]");
}

fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
