//! `<`, `<=`, `>` and `>=` between collections.
//!
//! OPA orders objects before sets and objects by their keys first; regorus does neither. Where one side is certainly a
//! number, a string, a boolean or null, the order is the same.

use std::collections::BTreeMap;

use regorus::unstable::{ArithOp, AssignOp, BoolOp, Expr, Literal, Query, Ref, Rule, RuleBody, RuleHead};

use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::program::{Global, Path, Program, Reference, RuleKind, constant_path};
use crate::old_rego::visit::{Meaning, Place, Visitor, walk};

/// Refuses comparisons of order in which both sides may be collections.
pub(super) fn check(program: &Program, errors: &mut Vec<RegoError>) {
    walk(program, &mut Check { scalars: Vec::new(), errors });
}

struct Check<'e> {
    /// Whether the variables that the bodies around assign are scalars, outermost body first.
    scalars: Vec<BTreeMap<String, bool>>,
    errors: &'e mut Vec<RegoError>,
}

impl Visitor for Check<'_> {
    fn enter_body(&mut self, place: &Place<'_>, body: &Query) {
        self.scalars.push(BTreeMap::new());
        for statement in &body.stmts {
            let Literal::Expr { expr, .. } = &statement.literal else { continue };
            if let Expr::AssignExpr { op: AssignOp::ColEq, lhs, rhs, .. } = expr.as_ref()
                && let Expr::Var { span, .. } = lhs.as_ref()
            {
                let scalar = statement.with_mods.is_empty() && self.is_scalar(place, rhs);
                if let Some(here) = self.scalars.last_mut() {
                    here.insert(span.text().to_owned(), scalar);
                }
            }
        }
    }

    fn leave_body(&mut self) {
        self.scalars.pop();
    }

    fn expression(&mut self, place: &Place<'_>, expr: &Ref<Expr>) {
        let Expr::BoolExpr { op: BoolOp::Lt | BoolOp::Le | BoolOp::Gt | BoolOp::Ge, lhs, rhs, span, .. } =
            expr.as_ref()
        else {
            return;
        };
        if !self.is_scalar(place, lhs) && !self.is_scalar(place, rhs) {
            self.errors.push(RegoError::at(
                span,
                RegoErrorKind::Refused,
                "both sides of this comparison may be collections, whose order differs from OPA's",
                "make one side a number, as in `x + 0 < y`, or a string, as in `lower(x) < y`",
            ));
        }
    }
}

impl Check<'_> {
    fn is_scalar(&self, place: &Place<'_>, expr: &Ref<Expr>) -> bool {
        match expr.as_ref() {
            Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. }
            | Expr::UnaryExpr { .. }
            | Expr::BoolExpr { .. }
            | Expr::Membership { .. } => true,
            // A difference may be one of sets.
            Expr::ArithExpr { op: ArithOp::Sub, lhs, rhs, .. } => {
                self.is_scalar(place, lhs) || self.is_scalar(place, rhs)
            }
            Expr::ArithExpr { .. } => true,
            Expr::Call { fcn, .. } => constant_path(fcn).is_some_and(|path| {
                place.program.function(place.module, &path).is_none() && gives_scalar(&path.join("."))
            }),
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                let parts = Reference::of(expr);
                let (Some(root), (steps, true)) = (parts.root(), parts.constant_steps()) else {
                    return false;
                };
                match place.meaning(root) {
                    Meaning::Local => {
                        let assigned = self.scalars.iter().rev().find_map(|body| body.get(root));
                        steps.is_empty() && assigned.copied().unwrap_or(false)
                    }
                    Meaning::Global(Global::Input(_)) => false,
                    Meaning::Global(Global::Data(mut path)) => {
                        path.extend(steps);
                        is_scalar_document(place.program, &path)
                    }
                }
            }
            Expr::Array { .. }
            | Expr::Set { .. }
            | Expr::Object { .. }
            | Expr::ArrayCompr { .. }
            | Expr::SetCompr { .. }
            | Expr::ObjectCompr { .. }
            | Expr::BinExpr { .. }
            | Expr::AssignExpr { .. } => false,
        }
    }
}

/// Whether a path is a scalar of the data document, or a rule all of whose values are written as scalars.
fn is_scalar_document(program: &Program, path: &Path) -> bool {
    if let Some(value) = program.data_at(path) {
        // A `with` may put something else in its place.
        return !(value.is_array() || value.is_object()) && super::with::replaced_data(program).is_empty();
    }
    program.rules.get(path).is_some_and(|rule| {
        rule.kind == RuleKind::Complete
            && rule.definitions.iter().all(|definition| match definition.rule.as_ref() {
                Rule::Default { value, .. } => is_scalar_literal(value),
                Rule::Spec { head: RuleHead::Compr { assign, .. }, bodies, .. } => {
                    assign.as_ref().is_none_or(|assign| is_scalar_literal(&assign.value))
                        && bodies.iter().all(has_scalar_value)
                }
                Rule::Spec { .. } => false,
            })
    })
}

fn has_scalar_value(body: &RuleBody) -> bool {
    body.assign.as_ref().is_none_or(|assign| is_scalar_literal(&assign.value))
}

fn is_scalar_literal(expr: &Ref<Expr>) -> bool {
    matches!(
        expr.as_ref(),
        Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. }
            | Expr::UnaryExpr { .. }
    )
}

/// Built-ins whose value is never a collection.
fn gives_scalar(name: &str) -> bool {
    matches!(
        name,
        "abs"
            | "ceil"
            | "floor"
            | "round"
            | "count"
            | "sum"
            | "to_number"
            | "time.now_ns"
            | "time.parse_rfc3339_ns"
            | "time.parse_duration_ns"
            | "time.weekday"
            | "lower"
            | "upper"
            | "concat"
            | "format_int"
            | "indexof"
            | "replace"
            | "sprintf"
            | "strings.count"
            | "strings.reverse"
            | "substring"
            | "trim"
            | "trim_left"
            | "trim_prefix"
            | "trim_right"
            | "trim_space"
            | "trim_suffix"
            | "type_name"
            | "semver.compare"
            | "bits.and"
            | "bits.or"
            | "bits.xor"
            | "bits.negate"
            | "base64.decode"
            | "base64.encode"
            | "base64url.decode"
            | "base64url.encode"
            | "base64url.encode_no_pad"
            | "hex.decode"
            | "hex.encode"
            | "urlquery.decode"
            | "urlquery.encode"
            | "json.marshal"
    )
}
