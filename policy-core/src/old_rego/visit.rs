//! One walk over a policy's syntax tree that every check shares: it knows which names are local where.

use std::collections::BTreeSet;

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Query, Ref, Rule, RuleHead};

use super::program::{Definition, Global, Program, Reference, Step, is_wildcard};

/// What a check wants to see. Bodies nest: a comprehension's or an `every`'s body lies inside a statement.
pub(super) trait Visitor {
    /// A body begins; its own declarations are already in scope.
    fn enter_body(&mut self, _place: &Place<'_>, _body: &Query) {}
    /// The last body that began ends.
    fn leave_body(&mut self) {}
    /// A statement of a body.
    fn statement(&mut self, _place: &Place<'_>, _statement: &LiteralStmt) {}
    /// An expression in any position. A reference comes once, whole; the function's name in a call does not come.
    fn expression(&mut self, _place: &Place<'_>, _expr: &Ref<Expr>) {}
}

/// Where in the policy the walk is.
pub(super) struct Place<'a> {
    pub(super) program: &'a Program,
    pub(super) module: usize,
    scopes: Vec<BTreeSet<String>>,
}

/// What a name means at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Local,
    Global(Global),
}

impl Place<'_> {
    /// What a name means here. A name that is neither declared nor global is a local variable.
    pub(super) fn meaning(&self, name: &str) -> Meaning {
        if self.scopes.iter().any(|scope| scope.contains(name)) {
            return Meaning::Local;
        }
        self.program.global(self.module, name).map_or(Meaning::Local, Meaning::Global)
    }

    /// Whether a name is declared here as a variable, or is one that the module knows.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.contains(name))
            || self.program.global(self.module, name).is_some()
    }

    /// Whether a name is a local variable here.
    pub(super) fn is_local(&self, name: &str) -> bool {
        self.meaning(name) == Meaning::Local
    }
}

/// Walks over all rules of a policy.
pub(super) fn walk(program: &Program, visitor: &mut dyn Visitor) {
    for rule in program.rules.values() {
        for definition in &rule.definitions {
            walk_definition(program, definition, visitor);
        }
    }
}

/// Walks over one definition of a rule.
pub(super) fn walk_definition(program: &Program, definition: &Definition, visitor: &mut dyn Visitor) {
    let place = Place { program, module: definition.module, scopes: Vec::new() };
    Walk { place, visitor }.rule(&definition.rule);
}

struct Walk<'a, 'v> {
    place: Place<'a>,
    visitor: &'v mut dyn Visitor,
}

impl Walk<'_, '_> {
    fn rule(&mut self, rule: &Rule) {
        let (head, bodies) = match rule {
            Rule::Default { args, value, .. } => {
                self.scoped(pattern_names(args), |walk| {
                    walk.patterns(args);
                    walk.expr(value);
                });
                return;
            }
            Rule::Spec { head, bodies, .. } => (head, bodies),
        };
        let args: &[Ref<Expr>] = match head {
            RuleHead::Func { args, .. } => args,
            RuleHead::Compr { .. } | RuleHead::Set { .. } => &[],
        };
        self.scoped(pattern_names(args), |walk| {
            walk.patterns(args);
            if bodies.is_empty() {
                walk.head(head);
            }
            for (index, body) in bodies.iter().enumerate() {
                walk.scoped(declared(&body.query), |walk| {
                    if index == 0 || body.assign.is_none() {
                        walk.head(head);
                    }
                    if let Some(assign) = &body.assign {
                        walk.expr(&assign.value);
                    }
                    walk.body(&body.query);
                });
            }
        });
    }

    /// The key and the value of a head: they are evaluated inside the body.
    fn head(&mut self, head: &RuleHead) {
        match head {
            RuleHead::Compr { refr, assign, .. } | RuleHead::Func { refr, assign, .. } => {
                self.indices(refr);
                if let Some(assign) = assign {
                    self.expr(&assign.value);
                }
            }
            RuleHead::Set { refr, key, .. } => {
                self.indices(refr);
                if let Some(key) = key {
                    self.expr(key);
                }
            }
        }
    }

    fn scoped(&mut self, names: BTreeSet<String>, inside: impl FnOnce(&mut Self)) {
        self.place.scopes.push(names);
        inside(self);
        self.place.scopes.pop();
    }

    fn body(&mut self, body: &Query) {
        self.visitor.enter_body(&self.place, body);
        for statement in &body.stmts {
            self.visitor.statement(&self.place, statement);
            self.statement(statement);
        }
        self.visitor.leave_body();
    }

    fn statement(&mut self, statement: &LiteralStmt) {
        match &statement.literal {
            Literal::SomeVars { .. } => {}
            Literal::SomeIn { key, value, collection, .. } => {
                for expr in key.iter().chain([value, collection]) {
                    self.expr(expr);
                }
            }
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => self.expr(expr),
            Literal::Every { key, value, domain, query, .. } => {
                self.expr(domain);
                let names = key.iter().chain([value]).map(|span| span.text().to_owned()).collect();
                self.scoped(names, |walk| walk.scoped(declared(query), |walk| walk.body(query)));
            }
        }
        for modifier in &statement.with_mods {
            self.expr(&modifier.r#as);
        }
    }

    fn patterns(&mut self, args: &[Ref<Expr>]) {
        for arg in args {
            self.expr(arg);
        }
    }

    fn expr(&mut self, expr: &Ref<Expr>) {
        self.visitor.expression(&self.place, expr);
        match expr.as_ref() {
            Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                let base = self.indices(expr);
                if !matches!(base.as_ref(), Expr::Var { .. }) {
                    self.expr(base);
                }
            }
            Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
                self.scoped(declared(query), |walk| {
                    walk.expr(term);
                    walk.body(query);
                });
            }
            Expr::ObjectCompr { key, value, query, .. } => {
                self.scoped(declared(query), |walk| {
                    walk.expr(key);
                    walk.expr(value);
                    walk.body(query);
                });
            }
            _ => {
                for child in children(expr) {
                    self.expr(child);
                }
            }
        }
    }

    /// Walks over the indices of a reference and returns its base.
    fn indices<'e>(&mut self, refr: &'e Ref<Expr>) -> &'e Ref<Expr> {
        let reference = Reference::of(refr);
        for step in &reference.steps {
            if let Step::Index(index) = step {
                self.expr(index);
            }
        }
        reference.base
    }
}

/// The parts of an expression that are evaluated in the same body; none for a comprehension.
pub(super) fn children(expr: &Ref<Expr>) -> Vec<&Ref<Expr>> {
    match expr.as_ref() {
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. }
        | Expr::Var { .. }
        | Expr::ArrayCompr { .. }
        | Expr::SetCompr { .. }
        | Expr::ObjectCompr { .. } => Vec::new(),
        Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().collect(),
        Expr::Object { fields, .. } => fields.iter().flat_map(|(_, key, value)| [key, value]).collect(),
        Expr::Call { params, .. } => params.iter().collect(),
        Expr::UnaryExpr { expr, .. } => vec![expr],
        Expr::RefDot { .. } | Expr::RefBrack { .. } => {
            let reference = Reference::of(expr);
            let indices = reference.steps.iter().filter_map(|step| match step {
                Step::Index(index) => Some(*index),
                Step::Field(_) => None,
            });
            std::iter::once(reference.base).chain(indices).collect()
        }
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => vec![lhs, rhs],
        Expr::Membership { key, value, collection, .. } => key.iter().chain([value, collection]).collect(),
    }
}

/// The names that a body declares with `some` and `:=`.
pub(super) fn declared(body: &Query) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for statement in &body.stmts {
        match &statement.literal {
            Literal::SomeVars { vars, .. } => names.extend(vars.iter().map(|span| span.text().to_owned())),
            Literal::SomeIn { key, value, .. } => {
                for pattern in key.iter().chain([value]) {
                    collect_names(pattern, &mut names);
                }
            }
            Literal::Expr { expr, .. } => {
                if let Expr::AssignExpr { op: AssignOp::ColEq, lhs, .. } = expr.as_ref() {
                    collect_names(lhs, &mut names);
                }
            }
            Literal::NotExpr { .. } | Literal::Every { .. } => {}
        }
    }
    names
}

/// The variables that patterns bind.
pub(super) fn pattern_names(patterns: &[Ref<Expr>]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for pattern in patterns {
        collect_names(pattern, &mut names);
    }
    names
}

/// A variable that a pattern has twice: it would have to be the same in both places.
pub(super) fn repeated_name(patterns: &[Ref<Expr>]) -> Option<String> {
    fn find(pattern: &Ref<Expr>, seen: &mut BTreeSet<String>) -> Option<String> {
        match pattern.as_ref() {
            Expr::Var { span, .. } => {
                let name = span.text();
                (!is_wildcard(name) && !seen.insert(name.to_owned())).then(|| name.to_owned())
            }
            Expr::Array { items, .. } => items.iter().find_map(|item| find(item, seen)),
            Expr::Object { fields, .. } => fields.iter().find_map(|(_, _, value)| find(value, seen)),
            _ => None,
        }
    }
    let mut seen = BTreeSet::new();
    patterns.iter().find_map(|pattern| find(pattern, &mut seen))
}

/// The variables of a pattern: a variable, or those in the items of arrays and the values of objects.
fn collect_names(pattern: &Ref<Expr>, names: &mut BTreeSet<String>) {
    match pattern.as_ref() {
        Expr::Var { span, .. } => {
            names.insert(span.text().to_owned());
        }
        Expr::Array { items, .. } => items.iter().for_each(|item| collect_names(item, names)),
        Expr::Object { fields, .. } => fields.iter().for_each(|(_, _, value)| collect_names(value, names)),
        _ => {}
    }
}
