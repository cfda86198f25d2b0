//! `print`: it gives no value, and it prints what is undefined too.
//!
//! `print(input.x)` is `internal.print([{v | v = input.x}])`.

use super::build::{captured, dotted, is_generated, term};
use super::fresh::Fresh;
use super::walk::{Below, Node, walk};
use std::collections::HashMap;

use crate::rego::builtins::signature;
use crate::rego::check::{
    Arities, Scope, VarSet, body_outputs, operator_name, reserved, term_vars, var_text,
};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Loc, Module, Name, Rule, Term, TermKind};

/// Functions that give no value must not be used as if they did.
pub(super) fn check_void_calls(modules: &[Module]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for rule in modules.iter().flat_map(|module| &module.rules) {
        walk(Node::Rule(rule), &mut |node| {
            if let Node::Term(Term { at, kind: TermKind::Call(call) }) = node
                && is_void(call)
            {
                faults.push(Fault::new(*at, RegoErrorKind::Type, format!("{call} used as value")));
            }
            Below::Enter
        });
    }
    faults
}

fn is_void(call: &Call) -> bool {
    operator_name(&call.operator)
        .and_then(|name| signature::find(&name))
        .is_some_and(signature::Signature::is_void)
}

/// Rewrites the calls of `print`.
pub(super) fn rewrite(
    modules: &mut [Module],
    arities: &Arities,
    fresh: &mut Fresh,
    original: &HashMap<Name, Name>,
) -> Vec<Fault> {
    let mut prints = Prints { arities, fresh, original, faults: Vec::new() };
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            prints.rule(rule);
            next = rule.otherwise.as_deref_mut();
        }
    }
    prints.faults
}

struct Prints<'a> {
    arities: &'a Arities,
    fresh: &'a mut Fresh,
    original: &'a HashMap<Name, Name>,
    faults: Vec<Fault>,
}

impl Prints<'_> {
    fn rule(&mut self, rule: &mut Rule) {
        if !has_print(rule) {
            return;
        }
        let mut known = reserved();
        rule.head.args.iter().flatten().for_each(|arg| known.extend(term_vars(arg, Scope::All)));
        let head = &mut rule.head;
        let terms = head.args.iter_mut().flatten().chain(&mut head.key).chain(&mut head.value);
        terms.for_each(|term| self.closures(term, &known));
        self.body(&mut rule.body, &known);
        if self.faults.is_empty() {
            self.rest(rule, &known);
        }
    }

    /// What comprehensions give, and what `every` goes over: OPA comes to the bodies in there last, and knows nothing
    /// then but the arguments.
    fn rest(&mut self, rule: &mut Rule, known: &VarSet) {
        let head = &mut rule.head;
        let terms = head.args.iter_mut().flatten().chain(&mut head.key).chain(&mut head.value);
        terms.for_each(|term| self.rest_of_term(term, known));
        self.rest_of_body(&mut rule.body, known);
    }

    fn rest_of_body(&mut self, body: &mut Body, known: &VarSet) {
        for expr in body {
            match &mut expr.kind {
                ExprKind::Term(term) => self.rest_of_term(term, known),
                ExprKind::Call(call) => call.args.iter_mut().for_each(|arg| self.rest_of_term(arg, known)),
                ExprKind::Some(_) => {}
                ExprKind::Every(every) => {
                    self.closures(&mut every.domain, known);
                    self.rest_of_term(&mut every.domain, known);
                    self.rest_of_body(&mut every.body, known);
                }
            }
            expr.with.iter_mut().for_each(|with| self.rest_of_term(&mut with.value, known));
        }
    }

    fn rest_of_term(&mut self, term: &mut Term, known: &VarSet) {
        match &mut term.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Template(_) => {}
            TermKind::Ref(items) | TermKind::Array(items) | TermKind::Set(items) => {
                items.iter_mut().for_each(|item| self.rest_of_term(item, known));
            }
            TermKind::Object(pairs) => {
                for (key, value) in pairs {
                    self.rest_of_term(key, known);
                    self.rest_of_term(value, known);
                }
            }
            TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) => {
                self.closures(element, known);
                self.rest_of_term(element, known);
                self.rest_of_body(body, known);
            }
            TermKind::ObjectCompr(key, value, body) => {
                for term in [key, value] {
                    self.closures(term, known);
                    self.rest_of_term(term, known);
                }
                self.rest_of_body(body, known);
            }
            TermKind::Call(call) => call.args.iter_mut().for_each(|arg| self.rest_of_term(arg, known)),
        }
    }

    /// Rewrites a body in which `known` is bound: first in its closures, then its own statements.
    fn body(&mut self, body: &mut Body, known: &VarSet) {
        let faults = self.faults.len();
        let mut bound = known.clone();
        for expr in body.iter_mut() {
            self.closures_of(expr, &mut bound.clone());
            self.bind(expr, &mut bound);
        }
        if self.faults.len() > faults {
            return;
        }
        let mut bound = known.clone();
        for expr in body.iter_mut() {
            if let ExprKind::Call(call) = &mut expr.kind
                && operator_name(&call.operator).as_deref() == Some("print")
            {
                let Some(call) = self.print(std::mem::take(&mut call.args), expr.at, &bound) else { return };
                let kind = ExprKind::Call(call);
                *expr = Expr { at: expr.at, is_negated: false, kind, with: Vec::new(), is_generated: false };
            }
            self.bind(expr, &mut bound);
            generated_vars(expr, &mut bound);
        }
    }

    /// What is bound after an expression.
    fn bind(&self, expr: &Expr, bound: &mut VarSet) {
        bound.extend(body_outputs(std::iter::once(expr), self.arities, bound));
    }

    fn print(&mut self, args: Vec<Term>, at: Loc, bound: &VarSet) -> Option<Call> {
        let faults = self.faults.len();
        for arg in &args {
            for name in term_vars(arg, Scope::Safety).difference(bound) {
                let name = self.original.get(name).unwrap_or(name);
                let message = format!("var {} is undeclared", var_text(name));
                self.faults.push(Fault::new(arg.at, RegoErrorKind::Compile, message));
            }
        }
        if self.faults.len() > faults {
            return None;
        }
        let items = args.into_iter().map(|arg| captured(self.fresh.name(), arg, Vec::new())).collect();
        Some(Call { operator: dotted(at, "internal.print"), args: vec![term(at, TermKind::Array(items))] })
    }

    fn closures_of(&mut self, expr: &mut Expr, bound: &mut VarSet) {
        match &mut expr.kind {
            ExprKind::Term(term) => self.closures(term, bound),
            ExprKind::Call(call) => call.args.iter_mut().for_each(|arg| self.closures(arg, bound)),
            ExprKind::Some(some) => some.symbols.iter_mut().for_each(|symbol| self.closures(symbol, bound)),
            ExprKind::Every(every) => {
                every.key.iter().for_each(|key| bound.extend(term_vars(key, Scope::All)));
                bound.extend(term_vars(&every.value, Scope::All));
                self.body(&mut every.body, bound);
            }
        }
        for with in &mut expr.with {
            self.closures(&mut with.value, bound);
        }
    }

    fn closures(&mut self, term: &mut Term, bound: &VarSet) {
        match &mut term.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Template(_) => {}
            TermKind::Ref(items) | TermKind::Array(items) | TermKind::Set(items) => {
                items.iter_mut().for_each(|item| self.closures(item, bound));
            }
            TermKind::Object(pairs) => {
                for (key, value) in pairs {
                    self.closures(key, bound);
                    self.closures(value, bound);
                }
            }
            TermKind::ArrayCompr(_, body)
            | TermKind::SetCompr(_, body)
            | TermKind::ObjectCompr(_, _, body) => {
                self.body(body, bound);
            }
            TermKind::Call(call) => call.args.iter_mut().for_each(|arg| self.closures(arg, bound)),
        }
    }
}

fn has_print(rule: &Rule) -> bool {
    let mut found = false;
    let mut visit = |node: Node<'_>| {
        if let Node::Expr(Expr { kind: ExprKind::Call(call), .. }) = node {
            found |= operator_name(&call.operator).as_deref() == Some("print");
        }
        if found { Below::Skip } else { Below::Enter }
    };
    walk(Node::Rule(rule), &mut visit);
    found
}

/// The variables that the compiler made are bound wherever they stand.
fn generated_vars(expr: &Expr, bound: &mut VarSet) {
    walk(Node::Expr(expr), &mut |node| {
        if let Node::Term(Term { kind: TermKind::Var(name), .. }) = node
            && is_generated(name)
        {
            bound.insert(Name::clone(name));
        }
        Below::Enter
    });
}
