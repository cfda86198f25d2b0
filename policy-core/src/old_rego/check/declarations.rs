//! Declarations: that no name is declared twice, none is used before it is declared, and none in vain.

use std::collections::BTreeSet;

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Query, Ref, Span};

use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::program::is_wildcard;
use crate::old_rego::visit::{children, declared, pattern_names};

type Names = BTreeSet<String>;

/// Checks the declarations of one body. Bodies inside of it are checked on their own.
pub(super) fn check(body: &Query, errors: &mut Vec<RegoError>) {
    let mut seen = Names::new();
    let mut used = Names::new();
    let mut refuse = |span: &Span, message: String, hint: &str| {
        errors.push(RegoError::at(span, RegoErrorKind::Compile, message, hint));
    };
    for statement in &body.stmts {
        let some_vars = matches!(statement.literal, Literal::SomeVars { .. });
        let names = declarations(statement, &mut used);
        for modifier in &statement.with_mods {
            all_names(&modifier.r#as, &mut used);
        }
        for (name, span) in names {
            if is_wildcard(&name) {
                continue;
            }
            if !some_vars && used.contains(&name) && !seen.contains(&name) {
                refuse(&span, format!("var {name} referenced above"), "declare it before its first use");
            } else if !seen.insert(name.clone()) {
                refuse(&span, format!("var {name} declared above"), "use another name");
            }
            if matches!(name.as_str(), "input" | "data") {
                refuse(&span, format!("variables must not shadow {name}"), "use another name");
            }
        }
    }
    for statement in &body.stmts {
        let Literal::SomeVars { vars, .. } = &statement.literal else { continue };
        for var in vars.iter().filter(|var| !used.contains(var.text())) {
            refuse(var, format!("declared var {} unused", var.text()), "remove it");
        }
    }
}

/// Checks that the body of an `every` uses the variables of it.
pub(super) fn check_every<'a>(
    variables: impl Iterator<Item = &'a Span>,
    body: &Query,
    errors: &mut Vec<RegoError>,
) {
    let mut used = Names::new();
    names_in_body(body, &mut used);
    for var in variables.filter(|var| !is_wildcard(var.text()) && !used.contains(var.text())) {
        let message = format!("declared var {} unused", var.text());
        errors.push(RegoError::at(var, RegoErrorKind::Compile, message, "use `_` in its place"));
    }
}

/// Checks that a body does not declare the arguments of its function, or the variables of its `every`, again.
pub(super) fn check_outer(body: &Query, outer: &Names, span: &Span, errors: &mut Vec<RegoError>) {
    let again = declared(body).into_iter().find(|name| !is_wildcard(name) && outer.contains(name));
    if let Some(name) = again {
        let message = format!("var {name} declared above");
        errors.push(RegoError::at(span, RegoErrorKind::Compile, message, "use another name inside"));
    }
}

/// What a statement declares; adds what it mentions besides to `used`.
fn declarations(statement: &LiteralStmt, used: &mut Names) -> Vec<(String, Span)> {
    let named = |pattern: &Ref<Expr>| {
        let names = pattern_names(std::slice::from_ref(pattern));
        let span = pattern.span().clone();
        names.into_iter().map(move |name| (name, span.clone())).collect::<Vec<_>>()
    };
    match &statement.literal {
        Literal::SomeVars { vars, .. } => {
            return vars.iter().map(|span| (span.text().to_owned(), span.clone())).collect();
        }
        Literal::SomeIn { key, value, collection, .. } => {
            all_names(collection, used);
            return key.iter().chain([value]).flat_map(named).collect();
        }
        Literal::Expr { expr, .. } => match expr.as_ref() {
            Expr::AssignExpr { op: AssignOp::ColEq, lhs, rhs, .. } => {
                all_names(rhs, used);
                return named(lhs);
            }
            _ => all_names(expr, used),
        },
        Literal::NotExpr { expr, .. } => all_names(expr, used),
        Literal::Every { domain, query, .. } => {
            all_names(domain, used);
            names_in_body(query, used);
        }
    }
    Vec::new()
}

/// Every variable that an expression mentions, comprehensions included.
fn all_names(expr: &Ref<Expr>, names: &mut Names) {
    match expr.as_ref() {
        Expr::Var { span, .. } => {
            names.insert(span.text().to_owned());
        }
        Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
            all_names(term, names);
            names_in_body(query, names);
        }
        Expr::ObjectCompr { key, value, query, .. } => {
            all_names(key, names);
            all_names(value, names);
            names_in_body(query, names);
        }
        _ => {
            for child in children(expr) {
                all_names(child, names);
            }
        }
    }
}

fn names_in_body(body: &Query, names: &mut Names) {
    for statement in &body.stmts {
        match &statement.literal {
            Literal::SomeVars { .. } => {}
            Literal::SomeIn { key, value, collection, .. } => {
                for expr in key.iter().chain([value, collection]) {
                    all_names(expr, names);
                }
            }
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => all_names(expr, names),
            Literal::Every { domain, query, .. } => {
                all_names(domain, names);
                names_in_body(query, names);
            }
        }
        for modifier in &statement.with_mods {
            all_names(&modifier.r#as, names);
        }
    }
}
