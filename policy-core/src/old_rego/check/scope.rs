//! Variables: that something binds each, as OPA demands ("safety").
//!
//! A variable is bound by `:=`, `=` with something known on the other side, `some ... in`, a function's argument, or by
//! standing as an index of something known. A negation, a comparison and a call bind nothing.

use std::collections::BTreeSet;

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Query, Ref, Rule, RuleHead, Span};

use super::declarations;
use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::limits::BODY_STATEMENTS;
use crate::old_rego::program::{Definition, Program, Reference, Step, is_wildcard};
use crate::old_rego::visit::{children, declared, pattern_names};

type Names = BTreeSet<String>;

/// Refuses variables that nothing binds, and what [`declarations`] refuses.
pub(super) fn check(program: &Program, errors: &mut Vec<RegoError>) {
    for rule in program.rules.values() {
        for definition in &rule.definitions {
            Check { program, module: definition.module, declared: Vec::new(), every: Vec::new(), errors }
                .definition(definition);
        }
    }
}

struct Check<'a> {
    program: &'a Program,
    module: usize,
    /// What the bodies around declare, outermost first.
    declared: Vec<Names>,
    /// The variables of the `every` around.
    every: Vec<Names>,
    errors: &'a mut Vec<RegoError>,
}

impl Check<'_> {
    fn is_local(&self, name: &str) -> bool {
        self.declared.iter().any(|names| names.contains(name))
            || self.program.global(self.module, name).is_none()
    }

    fn error(&mut self, span: &Span, kind: RegoErrorKind, message: String, hint: &str) {
        self.errors.push(RegoError::at(span, kind, message, hint));
    }

    fn definition(&mut self, definition: &Definition) {
        let (head, bodies) = match definition.rule.as_ref() {
            Rule::Default { value, args, .. } => {
                self.declared.push(pattern_names(args));
                self.uses(value, &Names::new());
                self.declared.pop();
                return;
            }
            Rule::Spec { head, bodies, .. } => (head, bodies),
        };
        let args: &[Ref<Expr>] = match head {
            RuleHead::Func { args, .. } => args,
            RuleHead::Compr { .. } | RuleHead::Set { .. } => &[],
        };
        let bound = pattern_names(args);
        self.declared.push(bound.clone());
        if bodies.is_empty() {
            self.head(head, &bound);
        }
        for (index, body) in bodies.iter().enumerate() {
            self.declared.push(declared(&body.query));
            if let Some(first) = args.first() {
                declarations::check_outer(&body.query, &pattern_names(args), first.span(), self.errors);
            }
            let bound = self.body(&body.query, &bound);
            if index == 0 || body.assign.is_none() {
                self.head(head, &bound);
            }
            if let Some(assign) = &body.assign {
                self.uses(&assign.value, &bound);
            }
            self.declared.pop();
        }
        self.declared.pop();
    }

    fn head(&mut self, head: &RuleHead, bound: &Names) {
        let (refr, value) = match head {
            RuleHead::Compr { refr, assign, .. } | RuleHead::Func { refr, assign, .. } => {
                (refr, assign.as_ref().map(|assign| &assign.value))
            }
            RuleHead::Set { refr, key, .. } => (refr, key.as_ref()),
        };
        for step in &Reference::of(refr).steps {
            if let Step::Index(index) = step {
                self.uses(index, bound);
            }
        }
        if let Some(value) = value {
            self.uses(value, bound);
        }
    }

    /// Checks a body, whose declarations are pushed already. Returns the names that are bound in it.
    fn body(&mut self, body: &Query, outer: &Names) -> Names {
        declarations::check(body, self.errors);
        if body.stmts.len() > BODY_STATEMENTS {
            let message = format!("a body has more than {BODY_STATEMENTS} statements");
            self.error(&body.span, RegoErrorKind::Limit, message, "split it into several rules");
            return outer.clone();
        }
        // What this body declares anew hides what is bound outside.
        let here = self.declared.last().cloned().unwrap_or_default();
        let mut bound: Names = outer.difference(&here).cloned().collect();
        loop {
            let before = bound.len();
            for statement in &body.stmts {
                self.bind(statement, &mut bound);
            }
            if bound.len() == before {
                break;
            }
        }
        for statement in &body.stmts {
            self.statement(statement, &bound);
        }
        bound
    }

    /// Adds what a statement binds, given what is bound already.
    fn bind(&self, statement: &LiteralStmt, bound: &mut Names) {
        match &statement.literal {
            Literal::SomeVars { .. } | Literal::NotExpr { .. } => {}
            Literal::Every { domain, .. } => self.bind_indices(domain, bound),
            Literal::SomeIn { key, value, collection, .. } => {
                self.bind_indices(collection, bound);
                if self.is_known(collection, bound) {
                    for pattern in key.iter().chain([value]) {
                        self.bind_pattern(pattern, bound);
                    }
                }
            }
            Literal::Expr { expr, .. } => match expr.as_ref() {
                Expr::AssignExpr { op, lhs, rhs, .. } => {
                    self.bind_indices(expr, bound);
                    self.unify(lhs, rhs, matches!(op, AssignOp::Eq), bound);
                }
                Expr::Call { fcn, params, .. } if fcn.span().text() == "walk" && params.len() == 2 => {
                    if let [document, answer] = params.as_slice() {
                        self.bind_indices(document, bound);
                        if self.is_known(document, bound) {
                            self.bind_pattern(answer, bound);
                        }
                    }
                }
                // What is printed is captured, not evaluated in the body.
                Expr::Call { fcn, .. } if fcn.span().text() == "print" => {}
                _ => self.bind_indices(expr, bound),
            },
        }
    }

    fn unify(&self, lhs: &Ref<Expr>, rhs: &Ref<Expr>, both_ways: bool, bound: &mut Names) {
        match (lhs.as_ref(), rhs.as_ref()) {
            (Expr::Array { items: left, .. }, Expr::Array { items: right, .. })
                if left.len() == right.len() =>
            {
                for (left, right) in left.iter().zip(right) {
                    self.unify(left, right, both_ways, bound);
                }
            }
            _ => {
                if self.is_known(rhs, bound) && may_match(lhs, rhs) {
                    self.bind_pattern(lhs, bound);
                }
                if both_ways && self.is_known(lhs, bound) && may_match(rhs, lhs) {
                    self.bind_pattern(rhs, bound);
                }
            }
        }
    }

    /// Binds the variables of a pattern. The keys of an object must be known, so they bind nothing.
    fn bind_pattern(&self, pattern: &Ref<Expr>, bound: &mut Names) {
        bound.extend(
            pattern_names(std::slice::from_ref(pattern)).into_iter().filter(|name| self.is_local(name)),
        );
    }

    /// Binds variables that stand as an index of something known, anywhere in an expression.
    ///
    /// A call inside of it is evaluated before it, so what the call uses must be bound without it.
    fn bind_indices(&self, expr: &Ref<Expr>, bound: &mut Names) {
        for child in children(expr) {
            if is_operation(child) {
                self.bind_indices(child, bound);
                if !self.is_known(child, bound) {
                    return;
                }
            }
        }
        for child in children(expr) {
            self.bind_indices(child, bound);
        }
        if !matches!(expr.as_ref(), Expr::RefBrack { .. } | Expr::RefDot { .. }) {
            return;
        }
        let reference = Reference::of(expr);
        if !self.is_known(reference.base, bound) {
            return;
        }
        for step in &reference.steps {
            if let Step::Index(index) = step {
                self.bind_pattern(index, bound);
            }
        }
    }

    /// Whether every variable of an expression is bound, comprehensions aside.
    fn is_known(&self, expr: &Ref<Expr>, bound: &Names) -> bool {
        match expr.as_ref() {
            Expr::Var { span, .. } => {
                let name = span.text();
                !is_wildcard(name) && (!self.is_local(name) || bound.contains(name))
            }
            Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                // A wildcard as an index needs nobody to bind it.
                let reference = Reference::of(expr);
                self.is_known(reference.base, bound)
                    && reference.steps.iter().all(|step| match step {
                        Step::Field(_) => true,
                        Step::Index(index) => is_wildcard(index.span().text()) || self.is_known(index, bound),
                    })
            }
            _ => children(expr).into_iter().all(|child| self.is_known(child, bound)),
        }
    }

    /// Checks that a statement uses only what is bound.
    fn statement(&mut self, statement: &LiteralStmt, bound: &Names) {
        match &statement.literal {
            Literal::SomeVars { .. } => {}
            Literal::SomeIn { key, value, collection, .. } => {
                for pattern in key.iter().chain([value]) {
                    self.pattern(pattern, bound);
                }
                self.uses(collection, bound);
            }
            Literal::Expr { expr, .. } => match expr.as_ref() {
                Expr::AssignExpr { op, lhs, rhs, .. } => {
                    if matches!(op, AssignOp::Eq) {
                        self.not_of_every(lhs);
                        self.not_of_every(rhs);
                    }
                    self.pattern(lhs, bound);
                    match op {
                        AssignOp::Eq => self.pattern(rhs, bound),
                        AssignOp::ColEq => self.uses(rhs, bound),
                    }
                }
                Expr::Call { fcn, params, .. } if fcn.span().text() == "walk" && params.len() == 2 => {
                    if let [document, answer] = params.as_slice() {
                        self.uses(document, bound);
                        self.pattern(answer, bound);
                    }
                }
                _ => self.uses(expr, bound),
            },
            Literal::NotExpr { expr, .. } => {
                self.uses(expr, bound);
                self.no_wildcards(expr);
            }
            Literal::Every { key, value, domain, query, .. } => {
                self.uses(domain, bound);
                let names: Names = key.iter().chain([value]).map(|span| span.text().to_owned()).collect();
                declarations::check_every(key.iter().chain([value]), query, self.errors);
                declarations::check_outer(query, &names, value, self.errors);
                self.every.push(names.clone());
                self.declared.push(names.clone());
                self.declared.push(declared(query));
                self.body(query, &bound.union(&names).cloned().collect());
                self.declared.pop();
                self.declared.pop();
                self.every.pop();
            }
        }
        for modifier in &statement.with_mods {
            self.uses(&modifier.r#as, bound);
        }
    }

    /// regorus would bind a variable of `every` anew where `=` compares it.
    fn not_of_every(&mut self, side: &Ref<Expr>) {
        let names = pattern_names(std::slice::from_ref(side));
        if let Some(name) = names.into_iter().find(|name| self.every.iter().any(|every| every.contains(name)))
        {
            self.error(
                side.span(),
                RegoErrorKind::Refused,
                format!("`=` with `{name}`, a variable of `every`, would bind it anew"),
                "compare with `==`",
            );
        }
    }

    /// As [`uses`](Self::uses), but a wildcard may stand in the place of an item.
    fn pattern(&mut self, pattern: &Ref<Expr>, bound: &Names) {
        match pattern.as_ref() {
            Expr::Var { span, .. } if is_wildcard(span.text()) => {}
            Expr::Array { items, .. } => {
                for item in items {
                    self.pattern(item, bound);
                }
            }
            Expr::Object { fields, .. } => {
                for (_, key, value) in fields {
                    self.uses(key, bound);
                    self.pattern(value, bound);
                }
            }
            _ => self.uses(pattern, bound),
        }
    }

    fn uses(&mut self, expr: &Ref<Expr>, bound: &Names) {
        match expr.as_ref() {
            Expr::Var { span, .. } => {
                let name = span.text();
                if is_wildcard(name) || (self.is_local(name) && !bound.contains(name)) {
                    self.error(
                        span,
                        RegoErrorKind::UnsafeVar,
                        format!("var {name} is unsafe"),
                        "bind it before with `:=` or `some ... in`; if it is meant to be a rule, define or import it",
                    );
                }
            }
            Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                let reference = Reference::of(expr);
                self.uses(reference.base, bound);
                for step in &reference.steps {
                    if let Step::Index(index) = step {
                        self.pattern(index, bound);
                    }
                }
            }
            Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
                self.closure(query, bound, &[term]);
            }
            Expr::ObjectCompr { key, value, query, .. } => self.closure(query, bound, &[key, value]),
            _ => {
                for child in children(expr) {
                    self.uses(child, bound);
                }
            }
        }
    }

    fn closure(&mut self, query: &Query, bound: &Names, terms: &[&Ref<Expr>]) {
        self.declared.push(declared(query));
        let inner = self.body(query, bound);
        for term in terms {
            self.uses(term, &inner);
        }
        self.declared.pop();
    }

    /// A wildcard in a negation is a variable that nothing binds.
    fn no_wildcards(&mut self, expr: &Ref<Expr>) {
        for child in children(expr) {
            if let Expr::Var { span, .. } = child.as_ref()
                && is_wildcard(span.text())
            {
                self.error(
                    span,
                    RegoErrorKind::UnsafeVar,
                    String::from("var _ is unsafe in a negation"),
                    "use a helper rule that looks for an item, and negate that rule",
                );
            }
            self.no_wildcards(child);
        }
    }
}

/// Whether an expression is evaluated on its own before what it is part of.
fn is_operation(expr: &Ref<Expr>) -> bool {
    matches!(
        expr.as_ref(),
        Expr::Call { .. }
            | Expr::ArithExpr { .. }
            | Expr::BinExpr { .. }
            | Expr::BoolExpr { .. }
            | Expr::Membership { .. }
    )
}

/// False for an array as a pattern for something that is written as no array.
fn may_match(pattern: &Ref<Expr>, value: &Ref<Expr>) -> bool {
    let is_array = matches!(pattern.as_ref(), Expr::Array { .. });
    let is_other = matches!(
        value.as_ref(),
        Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. }
            | Expr::Array { .. }
            | Expr::Set { .. }
            | Expr::Object { .. }
            | Expr::SetCompr { .. }
            | Expr::ObjectCompr { .. }
    );
    !(is_array && is_other)
}
