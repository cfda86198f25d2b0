//! Calls: that the function exists, takes as many arguments, and is offered.

use std::collections::{BTreeMap, BTreeSet};

use regorus::unstable::{Expr, Literal, LiteralStmt, Ref, Span};

use crate::old_rego::builtins::{self, Builtin, Offer, PRINT};
use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::program::{Program, constant_path};
use crate::old_rego::visit::{Place, Visitor, walk};

/// The built-in that is a relation: it has many answers, one at a time.
const WALK: &str = "walk";

/// Checks every call of the policy.
pub(super) fn check(program: &Program, errors: &mut Vec<RegoError>) {
    walk(program, &mut Check { statements: BTreeSet::new(), errors });
}

/// The built-ins that a policy calls.
pub(in crate::old_rego) fn used(program: &Program) -> Vec<&'static Builtin> {
    let mut used = Used(BTreeMap::new());
    walk(program, &mut used);
    used.0.into_values().collect()
}

struct Used(BTreeMap<&'static str, &'static Builtin>);

impl Visitor for Used {
    fn expression(&mut self, place: &Place<'_>, expr: &Ref<Expr>) {
        if let Expr::Call { fcn, .. } = expr.as_ref()
            && let Some(path) = constant_path(fcn)
            && place.program.function(place.module, &path).is_none()
            && let Some(builtin) = builtins::find(&path.join("."))
        {
            self.0.insert(builtin.name, builtin);
        }
    }
}

struct Check<'e> {
    /// Calls that are a whole statement: `walk` and `print` may stand there only.
    statements: BTreeSet<Ref<Expr>>,
    errors: &'e mut Vec<RegoError>,
}

impl Visitor for Check<'_> {
    fn statement(&mut self, _place: &Place<'_>, statement: &LiteralStmt) {
        let Literal::Expr { expr, .. } = &statement.literal else { return };
        if let Expr::Call { .. } = expr.as_ref() {
            self.statements.insert(expr.clone());
        }
    }

    fn expression(&mut self, place: &Place<'_>, expr: &Ref<Expr>) {
        let Expr::Call { fcn, params, span, .. } = expr.as_ref() else { return };
        let Some(path) = constant_path(fcn) else {
            self.errors.push(RegoError::at(span, RegoErrorKind::Parse, "this is no name of a function", ""));
            return;
        };
        let name = path.join(".");
        if path.len() == 1 && place.is_local(&name) && builtins::find(&name).is_none() {
            self.errors.push(unknown(span, &name));
            return;
        }
        if let Some((_, arity)) = place.program.function(place.module, &path) {
            self.arity(span, &name, arity, params.len());
            return;
        }
        let Some(builtin) = builtins::find(&name) else {
            self.errors.push(unknown(span, &name));
            return;
        };
        if path.first().is_some_and(|root| place.is_taken(root)) {
            self.errors.push(RegoError::at(
                span,
                RegoErrorKind::Refused,
                format!(
                    "`{name}` is a built-in, and `{}` a name of the policy",
                    path.first().unwrap_or(&name)
                ),
                "rename the rule, the import or the variable",
            ));
            return;
        }
        self.builtin(expr, span, builtin, params);
    }
}

impl Check<'_> {
    fn builtin(&mut self, expr: &Ref<Expr>, span: &Span, builtin: &Builtin, params: &[Ref<Expr>]) {
        let name = builtin.name;
        if let Offer::Withheld { reason, instead } = builtin.offer {
            self.errors.push(RegoError::at(
                span,
                RegoErrorKind::Refused,
                format!("the built-in `{name}` is not offered: {reason}"),
                instead,
            ));
            return;
        }
        if matches!(name, WALK | PRINT) && !self.statements.contains(expr) {
            self.errors.push(RegoError::at(
                span,
                RegoErrorKind::Refused,
                format!("`{name}` may only be a statement of its own"),
                if name == WALK { "write `walk(x, [path, value])`" } else { "" },
            ));
            return;
        }
        match name {
            PRINT => {}
            // With the answer as second argument.
            WALK => self.arity(span, name, 2, params.len()),
            _ => self.arity(span, name, usize::from(builtin.arity), params.len()),
        }
        self.pattern(name, params);
    }

    /// A pattern in the text of the policy is checked now rather than at the first request.
    fn pattern(&mut self, name: &str, params: &[Ref<Expr>]) {
        let Some(first) = params.first() else { return };
        let (Expr::String { value, .. } | Expr::RawString { value, .. }) = first.as_ref() else { return };
        let Ok(text) = value.as_string() else { return };
        if !builtins::is_supported_pattern(name, text) {
            self.errors.push(RegoError::at(
                first.span(),
                RegoErrorKind::Refused,
                format!("`{name}` does not support this pattern, or might read it differently from OPA"),
                builtins::pattern_hint(name),
            ));
        }
    }

    fn arity(&mut self, span: &Span, name: &str, wants: usize, has: usize) {
        if wants != has {
            self.errors.push(RegoError::at(
                span,
                RegoErrorKind::Type,
                format!("`{name}` takes {wants} argument{}, not {has}", if wants == 1 { "" } else { "s" }),
                if has == wants.saturating_add(1) { "take the result with `x := ...`" } else { "" },
            ));
        }
    }
}

fn unknown(span: &Span, name: &str) -> RegoError {
    RegoError::at(
        span,
        RegoErrorKind::Type,
        format!("undefined function `{name}`"),
        "define it, import its package, or use a built-in that exists",
    )
}
