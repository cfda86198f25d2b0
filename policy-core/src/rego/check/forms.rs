//! Forms that regorus reads otherwise than OPA, or takes where OPA does not.

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Ref, Rule, RuleHead};

use crate::rego::error::{RegoError, RegoErrorKind};
use crate::rego::program::Program;
use crate::rego::visit::{Place, Visitor, walk};

/// Refuses them.
pub(super) fn check(program: &Program, errors: &mut Vec<RegoError>) {
    let mut check = Check { errors };
    for definition in program.rules.values().flat_map(|rule| &rule.definitions) {
        if let Rule::Spec { head: RuleHead::Func { args, .. }, .. } = definition.rule.as_ref() {
            args.iter().for_each(|arg| check.no_object_pattern(arg));
        }
    }
    walk(program, &mut check);
}

struct Check<'e> {
    errors: &'e mut Vec<RegoError>,
}

impl Check<'_> {
    fn push(&mut self, expr: &Ref<Expr>, kind: RegoErrorKind, message: &str, hint: &str) {
        self.errors.push(RegoError::at(expr.span(), kind, message, hint));
    }

    /// regorus matches an object pattern with an object that has more keys; OPA does not.
    fn no_object_pattern(&mut self, pattern: &Ref<Expr>) {
        match pattern.as_ref() {
            Expr::Object { .. } => self.push(
                pattern,
                RegoErrorKind::Refused,
                "an object as a pattern would also match objects with more keys",
                "compare whole objects with `==`, or read the entries by name: `x := object.a`",
            ),
            Expr::Array { items, .. } => items.iter().for_each(|item| self.no_object_pattern(item)),
            _ => {}
        }
    }
}

impl Visitor for Check<'_> {
    fn statement(&mut self, _place: &Place<'_>, statement: &LiteralStmt) {
        match &statement.literal {
            Literal::SomeIn { key, value, collection, .. } => {
                for pattern in key.iter().chain([value]) {
                    self.no_object_pattern(pattern);
                }
                if is_scalar(collection) {
                    self.push(
                        collection,
                        RegoErrorKind::Type,
                        "`some ... in` needs a collection",
                        "use an array, a set or an object",
                    );
                }
            }
            Literal::Every { domain, .. } => {
                if is_scalar(domain) {
                    self.push(
                        domain,
                        RegoErrorKind::Type,
                        "`every ... in` needs a collection",
                        "use an array, a set or an object",
                    );
                }
            }
            Literal::NotExpr { expr, .. } => {
                if let Expr::AssignExpr { op: AssignOp::ColEq, .. } = expr.as_ref() {
                    self.push(
                        expr,
                        RegoErrorKind::Compile,
                        "nothing can be assigned inside of a negation",
                        "assign before it, and compare with `==`",
                    );
                }
            }
            Literal::Expr { expr, .. } => match expr.as_ref() {
                Expr::AssignExpr { op: AssignOp::ColEq, lhs, .. } => self.no_object_pattern(lhs),
                Expr::AssignExpr { op: AssignOp::Eq, lhs, rhs, .. } => {
                    self.no_object_pattern(lhs);
                    self.no_object_pattern(rhs);
                }
                Expr::Call { fcn, params, .. } if fcn.span().text() == "walk" => {
                    params.iter().skip(1).for_each(|answer| self.no_object_pattern(answer));
                }
                _ => {}
            },
            Literal::SomeVars { .. } => {}
        }
    }

    fn expression(&mut self, _place: &Place<'_>, expr: &Ref<Expr>) {
        match expr.as_ref() {
            Expr::UnaryExpr { expr: inner, .. } if !matches!(inner.as_ref(), Expr::Number { .. }) => self
                .push(
                    expr,
                    RegoErrorKind::Refused,
                    "unary minus is only supported before a number",
                    "write `0 - x`",
                ),
            _ => {}
        }
    }
}

fn is_scalar(expr: &Ref<Expr>) -> bool {
    matches!(
        expr.as_ref(),
        Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. }
            | Expr::BoolExpr { .. }
            | Expr::ArithExpr { .. }
    )
}
