//! Reading terms of the compiled program.

use crate::rego::syntax::{Body, Call, Expr, ExprKind, Rule, Term, TermKind};
use crate::rego::value::{Number, Object, Set, Text, Value};

/// The value of a term that has no variable, reference, call or comprehension in it.
pub(in crate::rego) fn constant(term: &Term) -> Option<Value<'static>> {
    Some(match &term.kind {
        TermKind::Null => Value::Null,
        TermKind::Bool(value) => Value::Bool(*value),
        TermKind::Number(digits) => Value::Number(Number::parse(digits)?),
        TermKind::String(text) => Value::String(Text::Shared(text.clone())),
        TermKind::Array(items) => Value::array(items.iter().map(constant).collect::<Option<_>>()?),
        TermKind::Set(items) => Value::Set(items.iter().map(constant).collect::<Option<Set<'static>>>()?),
        TermKind::Object(entries) => {
            let entry = |(key, value): &(Term, Term)| Some((constant(key)?, constant(value)?));
            Value::Object(entries.iter().map(entry).collect::<Option<Object<'static>>>()?)
        }
        TermKind::Var(_)
        | TermKind::Ref(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => return None,
    })
}

/// The text of a term that is a string.
pub(in crate::rego) fn text(term: &Term) -> Option<&str> {
    if let TermKind::String(text) = &term.kind { Some(text) } else { None }
}

/// The variable's name.
pub(in crate::rego) fn variable(term: &Term) -> Option<&str> {
    if let TermKind::Var(name) = &term.kind { Some(name) } else { None }
}

/// The parts of a reference: of a variable, itself.
pub(in crate::rego) fn parts(term: &Term) -> &[Term] {
    if let TermKind::Ref(parts) = &term.kind { parts } else { std::slice::from_ref(term) }
}

/// The reference's parts below `data`, if it is one.
pub(in crate::rego) fn below_data(term: &Term) -> Option<&[Term]> {
    let (head, rest) = parts(term).split_first()?;
    (variable(head) == Some("data")).then_some(rest)
}

/// The reference's parts below `input`, if it is one.
pub(in crate::rego) fn below_input(term: &Term) -> Option<&[Term]> {
    let (head, rest) = parts(term).split_first()?;
    (variable(head) == Some("input")).then_some(rest)
}

/// The name of a built-in function: `plus`, `net.cidr_contains`.
pub(in crate::rego) fn builtin_name(operator: &Term) -> Option<String> {
    let (head, rest) = parts(operator).split_first()?;
    let mut name = variable(head).filter(|name| *name != "data")?.to_owned();
    for part in rest {
        name.push('.');
        name.push_str(text(part)?);
    }
    Some(name)
}

/// Calls `visit` on every term of a rule, outermost first; not on what follows in the `else` chain.
pub(in crate::rego) fn each_term_of_rule<'a>(rule: &'a Rule, visit: &mut dyn FnMut(&'a Term)) {
    let head = &rule.head;
    // The reference starts with `data`, which is no use of the document.
    for term in
        head.reference.iter().skip(1).chain(head.args.iter().flatten()).chain(&head.key).chain(&head.value)
    {
        each_term(term, visit);
    }
    each_term_of_body(&rule.body, visit);
}

/// Calls `visit` on every term of a body, outermost first.
pub(in crate::rego) fn each_term_of_body<'a>(body: &'a Body, visit: &mut dyn FnMut(&'a Term)) {
    for expr in body {
        each_term_of_expr(expr, visit);
    }
}

fn each_term_of_expr<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Term)) {
    match &expr.kind {
        ExprKind::Term(term) => each_term(term, visit),
        ExprKind::Call(call) => each_term_of_call(call, visit),
        ExprKind::Some(some) => some.symbols.iter().for_each(|term| each_term(term, visit)),
        ExprKind::Every(every) => {
            for term in every.key.iter().chain([&every.value, &every.domain]) {
                each_term(term, visit);
            }
            each_term_of_body(&every.body, visit);
        }
    }
    for with in &expr.with {
        each_term(&with.target, visit);
        each_term(&with.value, visit);
    }
}

fn each_term_of_call<'a>(call: &'a Call, visit: &mut dyn FnMut(&'a Term)) {
    each_term(&call.operator, visit);
    for arg in &call.args {
        each_term(arg, visit);
    }
}

fn each_term<'a>(term: &'a Term, visit: &mut dyn FnMut(&'a Term)) {
    visit(term);
    match &term.kind {
        TermKind::Ref(items) => {
            // The head of `data.a` and `input.a` is no reference to the whole document.
            let skip = usize::from(items.first().is_some_and(|head| variable(head).is_some()));
            items.iter().skip(skip).for_each(|item| each_term(item, visit));
        }
        TermKind::Array(items) | TermKind::Set(items) => {
            items.iter().for_each(|item| each_term(item, visit));
        }
        TermKind::Object(entries) => {
            for (key, value) in entries {
                each_term(key, visit);
                each_term(value, visit);
            }
        }
        TermKind::ArrayCompr(term, body) | TermKind::SetCompr(term, body) => {
            each_term(term, visit);
            each_term_of_body(body, visit);
        }
        TermKind::ObjectCompr(key, value, body) => {
            each_term(key, visit);
            each_term(value, visit);
            each_term_of_body(body, visit);
        }
        TermKind::Call(call) => each_term_of_call(call, visit),
        TermKind::Template(_)
        | TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_) => {}
    }
}
