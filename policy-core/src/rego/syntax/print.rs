//! The syntax tree as text, in the form that OPA gives it: operators are calls by name, other than `=`.
//!
//! What this writes can be read again and is then written the same. With `{:#}` every `_` is written by the name that the
//! parser gave it: such text tells terms apart, but cannot be read again.

use std::fmt::{self, Display, Formatter, Write as _};

use super::ast::{
    Call, Every, Expr, ExprKind, Head, Import, Module, Package, Rule, SomeDecl, TemplatePart, Term, TermKind,
    With,
};
use super::token::is_v1_keyword;

impl Display for Module {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.package)?;
        if !self.imports.is_empty() {
            writeln!(f)?;
        }
        for import in &self.imports {
            writeln!(f, "{import}")?;
        }
        for rule in &self.rules {
            writeln!(f)?;
            rule.write(f, self.is_v1)?;
        }
        Ok(())
    }
}

impl Display for Package {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("package ")?;
        write_path(f, self.path.iter().map(|part| &**part))
    }
}

impl Display for Import {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("import ")?;
        write_path(f, self.path.iter().map(|part| &**part))?;
        self.alias.as_ref().map_or(Ok(()), |alias| write!(f, " as {alias}"))
    }
}

/// As in v1.
impl Display for Rule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write(f, true)
    }
}

impl Rule {
    fn write(&self, f: &mut Formatter<'_>, is_v1: bool) -> fmt::Result {
        let open = if is_v1 { " if { " } else { " { " };
        if self.is_default {
            f.write_str("default ")?;
        }
        self.head.write(f, is_v1)?;
        if !self.is_default {
            f.write_str(open)?;
            write_list(f, &self.body, "; ")?;
            f.write_str(" }")?;
        }
        let mut otherwise = self.otherwise.as_ref();
        while let Some(rule) = otherwise {
            f.write_str(" else ")?;
            if let Some(value) = &rule.head.value {
                f.write_str("= ")?;
                value.fmt(f)?;
            }
            f.write_str(open)?;
            write_list(f, &rule.body, "; ")?;
            f.write_str(" }")?;
            otherwise = rule.otherwise.as_ref();
        }
        Ok(())
    }
}

/// As in v1.
impl Display for Head {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write(f, true)
    }
}

impl Head {
    fn write(&self, f: &mut Formatter<'_>, is_v1: bool) -> fmt::Result {
        write_ref(f, &self.reference)?;
        if let Some(args) = self.args.as_ref().filter(|args| !args.is_empty()) {
            f.write_char('(')?;
            write_list(f, args, ", ")?;
            f.write_char(')')?;
        }
        match &self.key {
            Some(key) if is_v1 || self.reference.len() > 1 => {
                f.write_str(" contains ")?;
                key.fmt(f)?;
            }
            Some(key) => {
                f.write_char('[')?;
                key.fmt(f)?;
                f.write_char(']')?;
            }
            None => {}
        }
        if let Some(value) = &self.value {
            f.write_str(if self.is_assigned { " := " } else { " = " })?;
            value.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.is_negated {
            f.write_str("not ")?;
        }
        match &self.kind {
            ExprKind::Term(term) => term.fmt(f)?,
            ExprKind::Call(call) => match (call.name(), call.args.as_slice()) {
                (Some("eq"), [left, right]) => {
                    left.fmt(f)?;
                    f.write_str(" = ")?;
                    right.fmt(f)?;
                }
                _ => call.fmt(f)?,
            },
            ExprKind::Some(some) => some.fmt(f)?,
            ExprKind::Every(every) => every.fmt(f)?,
        }
        for with in &self.with {
            f.write_char(' ')?;
            with.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for With {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("with ")?;
        self.target.fmt(f)?;
        f.write_str(" as ")?;
        self.value.fmt(f)
    }
}

impl Display for SomeDecl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("some ")?;
        let call = match self.symbols.as_slice() {
            [Term { kind: TermKind::Call(call), .. }] => call,
            symbols => return write_list(f, symbols, ", "),
        };
        let Some((domain, symbols)) = call.args.split_last() else { return Ok(()) };
        write_list(f, symbols, ", ")?;
        f.write_str(" in ")?;
        domain.fmt(f)
    }
}

impl Display for Every {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("every ")?;
        if let Some(key) = &self.key {
            key.fmt(f)?;
            f.write_str(", ")?;
        }
        self.value.fmt(f)?;
        f.write_str(" in ")?;
        self.domain.fmt(f)?;
        f.write_str(" { ")?;
        write_list(f, &self.body, "; ")?;
        f.write_str(" }")
    }
}

impl Call {
    /// The name, if it has one part.
    fn name(&self) -> Option<&str> {
        let operator = if let TermKind::Ref(parts) = &self.operator.kind
            && let [part] = parts.as_slice()
        {
            part
        } else {
            &self.operator
        };
        if let TermKind::Var(name) = &operator.kind { Some(name) } else { None }
    }

    /// The sign of the operator that it may have been written with.
    fn sign(&self) -> Option<&'static str> {
        if self.args.len() != 2 {
            return None;
        }
        Some(match self.name()? {
            "eq" => "=",
            "assign" => ":=",
            "equal" => "==",
            "neq" => "!=",
            "lt" => "<",
            "lte" => "<=",
            "gt" => ">",
            "gte" => ">=",
            "plus" => "+",
            "minus" => "-",
            "mul" => "*",
            "div" => "/",
            "rem" => "%",
            "or" => "|",
            "and" => "&",
            _ => return None,
        })
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.operator.fmt(f)?;
        f.write_char('(')?;
        write_list(f, &self.args, ", ")?;
        f.write_char(')')
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TermKind::Null => f.write_str("null"),
            TermKind::Bool(value) => f.write_str(if *value { "true" } else { "false" }),
            TermKind::Number(digits) => f.write_str(digits),
            TermKind::String(text) => write_string(f, text),
            TermKind::Var(name) if name.starts_with('$') && !f.alternate() => f.write_char('_'),
            TermKind::Var(name) => f.write_str(name),
            TermKind::Ref(parts) => write_ref(f, parts),
            TermKind::Array(items) => write_enclosed(f, '[', items, ']'),
            TermKind::Set(items) if items.is_empty() => f.write_str("set()"),
            TermKind::Set(items) => write_enclosed(f, '{', items, '}'),
            TermKind::Object(pairs) => {
                f.write_char('{')?;
                for (index, (key, value)) in pairs.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    key.fmt(f)?;
                    f.write_str(": ")?;
                    value.fmt(f)?;
                }
                f.write_char('}')
            }
            TermKind::ArrayCompr(head, body) => {
                f.write_char('[')?;
                write_comprehension(f, head, body)?;
                f.write_char(']')
            }
            TermKind::SetCompr(head, body) => {
                f.write_char('{')?;
                write_comprehension(f, head, body)?;
                f.write_char('}')
            }
            TermKind::ObjectCompr(key, value, body) => {
                f.write_char('{')?;
                write_comprehension_term(f, key)?;
                f.write_str(": ")?;
                write_comprehension(f, value, body)?;
                f.write_char('}')
            }
            TermKind::Call(call) => call.fmt(f),
            TermKind::Template(parts) => {
                f.write_str("$\"")?;
                parts.iter().try_for_each(|part| write_template_part(f, part))?;
                f.write_char('"')
            }
        }
    }
}

fn write_list<T: Display>(f: &mut Formatter<'_>, items: &[T], separator: &str) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { separator })?;
        item.fmt(f)?;
    }
    Ok(())
}

fn write_enclosed(f: &mut Formatter<'_>, open: char, items: &[Term], close: char) -> fmt::Result {
    f.write_char(open)?;
    write_list(f, items, ", ")?;
    f.write_char(close)
}

fn write_comprehension(f: &mut Formatter<'_>, head: &Term, body: &[Expr]) -> fmt::Result {
    write_comprehension_term(f, head)?;
    f.write_str(" | ")?;
    write_list(f, body, "; ")
}

/// Calls of operators are written with their signs, in parentheses.
fn write_comprehension_term(f: &mut Formatter<'_>, term: &Term) -> fmt::Result {
    let TermKind::Call(call) = &term.kind else { return term.fmt(f) };
    let (Some(sign), [left, right]) = (call.sign(), call.args.as_slice()) else { return term.fmt(f) };
    f.write_char('(')?;
    write_comprehension_term(f, left)?;
    write!(f, " {sign} ")?;
    write_comprehension_term(f, right)?;
    f.write_char(')')
}

/// A reference: `.name` where that can be read again, `[..]` otherwise.
fn write_ref(f: &mut Formatter<'_>, parts: &[Term]) -> fmt::Result {
    let Some((head, rest)) = parts.split_first() else { return Ok(()) };
    head.fmt(f)?;
    for part in rest {
        if let TermKind::String(name) = &part.kind {
            write_part(f, name)?;
        } else {
            f.write_char('[')?;
            part.fmt(f)?;
            f.write_char(']')?;
        }
    }
    Ok(())
}

fn write_path<'a>(f: &mut Formatter<'_>, mut path: impl Iterator<Item = &'a str>) -> fmt::Result {
    f.write_str(path.next().unwrap_or_default())?;
    path.try_for_each(|part| write_part(f, part))
}

fn write_part(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    if is_name(name) {
        return write!(f, ".{name}");
    }
    f.write_char('[')?;
    write_string(f, name)?;
    f.write_char(']')
}

/// Whether a text can be written as a name after a point.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|rest| rest.is_ascii_alphanumeric() || rest == '_')
        && !is_v1_keyword(text)
}

fn write_string(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    write_escaped(f, text)?;
    f.write_char('"')
}

fn write_escaped(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|character| match character {
        '"' => f.write_str("\\\""),
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\u{8}' => f.write_str("\\b"),
        '\u{c}' => f.write_str("\\f"),
        // A character that cannot be in a text, or not be seen in one.
        control if control.is_control() || control == '\u{feff}' => {
            write!(f, "\\u{:04x}", u32::from(control))
        }
        other => f.write_char(other),
    })
}

fn write_template_part(f: &mut Formatter<'_>, part: &TemplatePart) -> fmt::Result {
    match part {
        TemplatePart::Text(text) => {
            for (index, piece) in text.split('{').enumerate() {
                f.write_str(if index == 0 { "" } else { "\\{" })?;
                write_escaped(f, piece)?;
            }
            Ok(())
        }
        TemplatePart::Expr(expr) => {
            f.write_char('{')?;
            expr.fmt(f)?;
            f.write_char('}')
        }
    }
}
