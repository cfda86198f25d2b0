//! Forms that regorus reads otherwise than OPA, or takes where OPA does not.

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Ref, Rule, RuleHead};

use crate::old_rego::builtins;
use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::program::{Global, Program, Reference, RuleKind, RuleView, head_path};
use crate::old_rego::visit::{Meaning, Place, Visitor, children, pattern_names, repeated_name, walk};

/// Refuses them.
pub(super) fn check(program: &Program, errors: &mut Vec<RegoError>) {
    let mut check = Check { errors };
    for (rule, definition) in
        program.rules.values().flat_map(|rule| rule.definitions.iter().map(move |d| (rule, d)))
    {
        check.rule(rule, &definition.rule);
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

    fn rule(&mut self, view: &RuleView, rule: &Ref<Rule>) {
        let mut refuse = |kind, message: &str, hint: &str| {
            self.errors.push(RegoError::at(rule.span(), kind, message, hint));
        };
        match rule.as_ref() {
            Rule::Default { value, args, .. } => {
                if !is_constant(value) {
                    refuse(
                        RegoErrorKind::Parse,
                        "illegal default rule: the value is not constant",
                        "use a constant, and compute the value in a rule with a body",
                    );
                }
                self.arguments(args);
            }
            Rule::Spec { head: RuleHead::Func { args, .. }, .. } => self.arguments(args),
            Rule::Spec { head: RuleHead::Set { refr, key, .. }, .. } => {
                if key.is_none() || head_path(refr).1 {
                    refuse(
                        RegoErrorKind::Refused,
                        "a set with a computed name, or a set written without `contains`",
                        "write `name contains x if { ... }`",
                    );
                }
            }
            Rule::Spec { head: RuleHead::Compr { refr, .. }, bodies, .. } => {
                let reference = Reference::of(refr);
                let computed = reference.steps.iter().position(|step| step.name().is_none());
                if computed.is_some_and(|index| index.saturating_add(1) < reference.steps.len()) {
                    refuse(
                        RegoErrorKind::Refused,
                        "a computed key may only be the last part of a rule's name",
                        "make the value an object: `p[k] := {\"a\": v} if { ... }`",
                    );
                }
                if view.kind == RuleKind::Object && bodies.iter().any(|body| body.is_else) {
                    refuse(
                        RegoErrorKind::Parse,
                        "`else` cannot be used on a rule with a computed key",
                        "write a second rule with the opposite condition",
                    );
                }
            }
        }
    }

    fn arguments(&mut self, args: &[Ref<Expr>]) {
        for arg in args {
            self.no_object_pattern(arg);
        }
        self.no_repetition(args);
        let names = pattern_names(args);
        if let (Some(first), true) = (args.first(), names.contains("input") || names.contains("data")) {
            self.push(
                first,
                RegoErrorKind::Compile,
                "arguments must not shadow input or data",
                "use another name",
            );
        }
    }

    fn no_repetition(&mut self, patterns: &[Ref<Expr>]) {
        if let (Some(first), Some(name)) = (patterns.first(), repeated_name(patterns)) {
            let message = format!("the variable {name} stands twice in one pattern");
            self.push(first, RegoErrorKind::Refused, &message, "use two names, and compare them with `==`");
        }
    }

    /// The object that several rules make up, or a package: regorus leaves out the parts that have no value yet.
    fn no_package(&mut self, place: &Place<'_>, expr: &Ref<Expr>) {
        let parts = Reference::of(expr);
        let Some(root) = parts.root() else { return };
        let Meaning::Global(Global::Data(mut path)) = place.meaning(root) else { return };
        path.extend(parts.constant_steps().0);
        let program = place.program;
        let is_rule =
            (0..=path.len()).any(|n| path.get(..n).is_some_and(|path| program.rules.contains_key(path)));
        if !is_rule && program.rules_under(&path).next().is_some() {
            self.push(
                expr,
                RegoErrorKind::Refused,
                "this refers to a package, or to an object that several rules make up",
                "refer to the rules themselves",
            );
        }
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
                let patterns: Vec<Ref<Expr>> = key.iter().chain([value]).cloned().collect();
                self.no_repetition(&patterns);
                patterns.iter().for_each(|pattern| self.no_object_pattern(pattern));
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
                if let Expr::AssignExpr { .. } = expr.as_ref() {
                    self.push(
                        expr,
                        RegoErrorKind::Refused,
                        "`=` and `:=` could bind a variable inside of a negation",
                        "bind it before, and compare with `==`",
                    );
                }
            }
            Literal::Expr { expr, .. } => match expr.as_ref() {
                Expr::AssignExpr { op: AssignOp::ColEq, lhs, .. } => {
                    self.no_object_pattern(lhs);
                    self.no_repetition(std::slice::from_ref(lhs));
                }
                Expr::AssignExpr { op: AssignOp::Eq, lhs, rhs, .. } => {
                    self.no_object_pattern(lhs);
                    self.no_object_pattern(rhs);
                    self.no_repetition(std::slice::from_ref(lhs));
                    self.no_repetition(std::slice::from_ref(rhs));
                }
                Expr::Call { fcn, params, .. } if fcn.span().text() == "walk" => {
                    params.iter().skip(1).for_each(|answer| self.no_object_pattern(answer));
                }
                _ => {}
            },
            Literal::SomeVars { .. } => {}
        }
    }

    fn expression(&mut self, place: &Place<'_>, expr: &Ref<Expr>) {
        match expr.as_ref() {
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => self.no_package(place, expr),
            Expr::Number { value, .. } if !builtins::is_bearable(value) => self.push(
                expr,
                RegoErrorKind::Limit,
                "the number has more than 32 digits",
                "use a smaller one, or a string",
            ),
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

/// Whether a default value is made of literals and comprehensions only, as OPA demands.
fn is_constant(expr: &Ref<Expr>) -> bool {
    match expr.as_ref() {
        Expr::Array { .. } | Expr::Set { .. } | Expr::Object { .. } => {
            children(expr).into_iter().all(is_constant)
        }
        Expr::UnaryExpr { expr: inner, .. } => is_constant(inner),
        _ => matches!(
            expr.as_ref(),
            Expr::String { .. }
                | Expr::RawString { .. }
                | Expr::Number { .. }
                | Expr::Bool { .. }
                | Expr::Null { .. }
                | Expr::ArrayCompr { .. }
                | Expr::SetCompr { .. }
                | Expr::ObjectCompr { .. }
        ),
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
