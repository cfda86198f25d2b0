//! Template strings become calls: `$"a {x.y}"` is `internal.template_string(["a ", {v | v = x.y}])`, so that what is
//! undefined is written as `<undefined>`.

use super::build::{captured, dotted, is_scalar, string, take, term};
use super::defined::Defined;
use super::fresh::Fresh;
use crate::rego::builtins::signature;
use crate::rego::check::{
    Arities, Scope, VarSet, body_outputs, operator_name, reserved, term_vars, var_text,
};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Module, Name, Rule, TemplatePart, Term, TermKind};
use std::collections::HashMap;

/// Rewrites the template strings of all modules.
pub(super) fn rewrite(
    modules: &mut [Module],
    arities: &Arities,
    fresh: &mut Fresh,
    original: &HashMap<Name, Name>,
) -> Vec<Fault> {
    let defined = Defined::new(modules);
    let mut templates = Templates { arities, defined, fresh, original, faults: Vec::new() };
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            templates.rule(rule);
            next = rule.otherwise.as_deref_mut();
        }
    }
    templates.faults
}

struct Templates<'a> {
    arities: &'a Arities,
    defined: Defined,
    fresh: &'a mut Fresh,
    original: &'a HashMap<Name, Name>,
    faults: Vec<Fault>,
}

impl Templates<'_> {
    fn rule(&mut self, rule: &mut Rule) {
        let mut known = reserved();
        rule.head.args.iter().flatten().for_each(|arg| known.extend(term_vars(arg, Scope::All)));
        let known = self.body(&mut rule.body, &known);
        let head = &mut rule.head;
        let terms = head.args.iter_mut().flatten().chain(&mut head.key).chain(&mut head.value);
        terms.for_each(|term| self.term(term, &known));
    }

    /// Rewrites a body in which `known` is bound; gives what is bound after it.
    fn body(&mut self, body: &mut Body, known: &VarSet) -> VarSet {
        let mut bound = body_outputs(body.iter(), self.arities, known);
        bound.extend(known.iter().cloned());
        body.iter_mut().for_each(|expr| self.expr(expr, &bound));
        bound
    }

    fn expr(&mut self, expr: &mut Expr, known: &VarSet) {
        match &mut expr.kind {
            ExprKind::Term(term) => self.term(term, known),
            ExprKind::Call(call) => self.call(call, known),
            ExprKind::Some(some) => some.symbols.iter_mut().for_each(|symbol| self.term(symbol, known)),
            ExprKind::Every(every) => {
                self.template(&mut every.domain, known);
                let mut inside = known.clone();
                every.key.iter().for_each(|key| inside.extend(term_vars(key, Scope::All)));
                inside.extend(term_vars(&every.value, Scope::All));
                self.body(&mut every.body, &inside);
                self.term(&mut every.domain, known);
            }
        }
        for with in &mut expr.with {
            self.term(&mut with.target, known);
            self.term(&mut with.value, known);
        }
    }

    fn call(&mut self, call: &mut Call, known: &VarSet) {
        self.term(&mut call.operator, known);
        call.args.iter_mut().for_each(|arg| self.term(arg, known));
    }

    fn term(&mut self, term: &mut Term, known: &VarSet) {
        self.template(term, known);
        match &mut term.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            // What is left of it was refused.
            | TermKind::Template(_) => {}
            TermKind::Ref(items) | TermKind::Array(items) | TermKind::Set(items) => {
                items.iter_mut().for_each(|item| self.term(item, known));
            }
            TermKind::Object(pairs) => {
                for (key, value) in pairs {
                    self.term(key, known);
                    self.term(value, known);
                }
            }
            TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) => {
                let inside = self.body(body, known);
                self.template(element, &inside);
                self.term(element, known);
            }
            TermKind::ObjectCompr(key, value, body) => {
                let inside = self.body(body, known);
                self.template(key, &inside);
                self.template(value, &inside);
                self.term(key, known);
                self.term(value, known);
            }
            TermKind::Call(call) => self.call(call, known),
        }
    }

    /// Rewrites a term that is a template string.
    fn template(&mut self, term: &mut Term, known: &VarSet) {
        let TermKind::Template(parts) = &mut term.kind else { return };
        let faults = self.faults.len();
        let at = term.at;
        let mut items = Vec::with_capacity(parts.len().max(1));
        for part in parts {
            match part {
                TemplatePart::Text(text) => items.push(string(at, text.clone())),
                TemplatePart::Expr(expr) => items.extend(self.part(expr, known)),
            }
        }
        if items.is_empty() {
            items.push(string(at, Name::from("")));
        }
        if self.faults.len() == faults {
            let operator = dotted(at, "internal.template_string");
            let args = vec![Term { at, kind: TermKind::Array(items) }];
            term.kind = TermKind::Call(Box::new(Call { operator, args }));
        }
    }

    fn part(&mut self, expr: &mut Expr, known: &VarSet) -> Option<Term> {
        let value = match &mut expr.kind {
            ExprKind::Term(term) => take(term),
            ExprKind::Call(call) => {
                let name = operator_name(&call.operator);
                if let Some(signature) =
                    name.and_then(|name| signature::find(&name)).filter(|found| found.relation)
                {
                    let message = format!(
                        "illegal call to relation built-in '{}' that may cause multiple outputs",
                        signature.name
                    );
                    self.fault(expr, message);
                    return None;
                }
                let call = Call { operator: take(&mut call.operator), args: std::mem::take(&mut call.args) };
                term(expr.at, TermKind::Call(Box::new(call)))
            }
            ExprKind::Some(_) | ExprKind::Every(_) => {
                self.fault(expr, String::from("unexpected template-string expression"));
                return None;
            }
        };
        // What is always defined needs no comprehension. A variable that nothing binds is found later.
        if is_scalar(&value) || matches!(value.kind, TermKind::Var(_)) || self.defined.has(&value) {
            return Some(term(value.at, TermKind::Set(vec![value])));
        }
        for name in term_vars(&value, Scope::Safety).difference(known) {
            let name = self.original.get(name).unwrap_or(name);
            let message = format!("var {} is undeclared", var_text(name));
            self.faults.push(Fault::new(value.at, RegoErrorKind::Compile, message));
        }
        Some(captured(self.fresh.name(), value, std::mem::take(&mut expr.with)))
    }

    fn fault(&mut self, expr: &Expr, message: String) {
        self.faults.push(Fault::new(expr.at, RegoErrorKind::Compile, message));
    }
}
