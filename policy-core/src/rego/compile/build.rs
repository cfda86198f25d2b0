//! Making terms and expressions.

use crate::rego::syntax::{Body, Call, Expr, ExprKind, Loc, Name, Ref, Term, TermKind, With};

/// `=`.
pub(super) const EQ: &str = "eq";
/// `:=`.
pub(super) const ASSIGN: &str = "assign";
/// `==`.
pub(super) const EQUAL: &str = "equal";

/// A term at a place.
pub(super) fn term(at: Loc, kind: TermKind) -> Term {
    Term { at, kind }
}

/// A variable.
pub(super) fn var(at: Loc, name: Name) -> Term {
    term(at, TermKind::Var(name))
}

/// A string.
pub(super) fn string(at: Loc, text: Name) -> Term {
    term(at, TermKind::String(text))
}

/// The reference of a function without a path (`eq`), as it stands in a call.
pub(super) fn operator(at: Loc, name: &str) -> Term {
    term(at, TermKind::Ref(vec![var(at, Name::from(name))]))
}

/// The reference of a function with a path, from its dotted name.
pub(super) fn dotted(at: Loc, name: &str) -> Term {
    let mut parts = name.split('.').map(Name::from);
    let head = parts.next().map(|part| var(at, part));
    term(at, TermKind::Ref(head.into_iter().chain(parts.map(|part| string(at, part))).collect()))
}

/// An expression that a stage of the compiler adds.
pub(super) fn expr(at: Loc, kind: ExprKind) -> Expr {
    Expr { at, is_negated: false, kind, with: Vec::new(), is_generated: true }
}

/// `left = right`.
pub(super) fn equality(at: Loc, left: Term, right: Term) -> Expr {
    expr(at, ExprKind::Call(Call { operator: operator(at, EQ), args: vec![left, right] }))
}

/// `true`, for a body of which nothing is left.
pub(super) fn always(at: Loc) -> Expr {
    let kind = ExprKind::Term(term(at, TermKind::Bool(true)));
    Expr { is_generated: false, ..expr(at, kind) }
}

/// `{name | name = value}`: the value, or nothing if it is undefined.
pub(super) fn captured(name: Name, value: Term, with: Vec<With>) -> Term {
    let at = value.at;
    let element = var(at, name.clone());
    let capture = Expr { with, is_generated: false, ..equality(at, var(at, name), value) };
    term(at, TermKind::SetCompr(Box::new(element), vec![capture]))
}

/// Takes a term out of its place; what is left is `null`.
pub(super) fn take(place: &mut Term) -> Term {
    std::mem::replace(place, term(place.at, TermKind::Null))
}

/// The parts of a term that is a reference.
pub(super) fn ref_parts(term: &Term) -> Option<&[Term]> {
    if let TermKind::Ref(parts) = &term.kind { Some(parts) } else { None }
}

/// The name of a term that is a variable.
pub(super) fn var_name(term: &Term) -> Option<&Name> {
    if let TermKind::Var(name) = &term.kind { Some(name) } else { None }
}

/// The reference that a call calls.
pub(super) fn operator_parts(operator: &Term) -> &[Term] {
    ref_parts(operator).unwrap_or(std::slice::from_ref(operator))
}

/// The name of a reference's first part, if that is a variable.
pub(super) fn head_name(reference: &[Term]) -> Option<&Name> {
    reference.first().and_then(var_name)
}

/// Whether a call calls the function with this dotted name.
pub(super) fn calls(call: &Call, name: &str) -> bool {
    is_dotted(operator_parts(&call.operator), name)
}

/// Whether a reference is this dotted name.
fn is_dotted(reference: &[Term], name: &str) -> bool {
    let mut wanted = name.split('.');
    let Some((head, rest)) = reference.split_first() else { return false };
    let is_string = |part: &Term, wanted: Option<&str>| match &part.kind {
        TermKind::String(text) => wanted == Some(text),
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::Var(_)
        | TermKind::Ref(_)
        | TermKind::Array(_)
        | TermKind::Object(_)
        | TermKind::Set(_)
        | TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => false,
    };
    let is_head = var_name(head).is_some_and(|head| wanted.next() == Some(head));
    is_head && rest.iter().all(|part| is_string(part, wanted.next())) && wanted.next().is_none()
}

/// The two sides of `left := right`.
pub(super) fn assignment(expr: &Expr) -> Option<(&Term, &Term)> {
    match &expr.kind {
        ExprKind::Call(call) if calls(call, ASSIGN) => match call.args.as_slice() {
            [left, right] => Some((left, right)),
            _ => None,
        },
        ExprKind::Call(_) | ExprKind::Term(_) | ExprKind::Some(_) | ExprKind::Every(_) => None,
    }
}

/// Whether the reference is `input` or `data` and nothing more.
pub(super) fn root_document(term: &Term) -> Option<&Name> {
    let [head] = ref_parts(term)? else { return None };
    var_name(head).filter(|name| is_root(name))
}

/// Whether a name is `input` or `data`.
pub(super) fn is_root(name: &str) -> bool {
    matches!(name, "input" | "data")
}

/// Whether a name was made by the compiler.
pub(super) fn is_generated(name: &str) -> bool {
    name.starts_with("__local")
}

/// Whether a name stands for `_`.
pub(super) fn is_wildcard(name: &str) -> bool {
    name.starts_with('$')
}

/// A variable as its author wrote it.
pub(super) fn shown(name: &str) -> &str {
    if is_wildcard(name) { "_" } else { name }
}

/// Whether a term is a scalar: null, a boolean, a number or a string.
pub(super) fn is_scalar(term: &Term) -> bool {
    matches!(term.kind, TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_))
}

/// Where a body begins.
pub(super) fn place(body: &Body, otherwise: Loc) -> Loc {
    body.first().map_or(otherwise, |expr| expr.at)
}

/// Marks everything in a reference as standing at one place.
pub(super) fn reference(at: Loc, path: &[Name]) -> Ref {
    let mut parts = path.iter().cloned();
    let head = parts.next().map(|part| var(at, part));
    head.into_iter().chain(parts.map(|part| string(at, part))).collect()
}
