//! One rule with what follows its `else`: the arguments, then for each body what stands in the head.

use std::collections::HashMap;

use super::super::build::is_scalar;
use super::super::order::{sort_object, sort_set};
use super::super::resolve::declared_vars;
use super::super::walk::{Below, Node, walk_body};
use super::scope::{Local, Scopes};
use super::{Occurrence, Rewriter};
use crate::rego::builtins::signature;
use crate::rego::check::{Scope, VarSet, body_vars, term_vars};
use crate::rego::error::Fault;
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Head, Name, Rule, TemplatePart, Term, TermKind};

impl Rewriter<'_> {
    /// Renames the variables of a rule and of those after its `else`.
    pub(super) fn chain(&mut self, rule: &mut Rule, faults: &mut Vec<Fault>) {
        self.scopes = Scopes::default();
        rule.head.args.iter_mut().flatten().for_each(|arg| self.argument(arg));
        faults.append(&mut self.faults);
        let arguments = self.scopes.clone();
        let mut next = Some(rule);
        while let Some(rule) = next {
            self.rule(rule, &arguments);
            faults.append(&mut self.faults);
            next = rule.otherwise.as_deref_mut();
        }
    }

    fn rule(&mut self, rule: &mut Rule, arguments: &Scopes) {
        if !may_have_vars(&rule.head) {
            self.scopes = arguments.clone();
            self.hide_functions(&rule.body);
            self.body(&mut rule.body, &VarSet::new());
            return;
        }
        let head = &mut rule.head;
        let terms = head.args.iter_mut().flatten().chain(&mut head.key).chain(&mut head.value);
        terms.for_each(|term| self.nested(term));
        // Those faults stand beside the body's, they do not hide what it lacks.
        let before = std::mem::take(&mut self.faults);
        let used = head_vars(&rule.head);
        self.scopes = arguments.clone();
        self.hide_functions(&rule.body);
        self.body(&mut rule.body, &used);
        let head = &mut rule.head;
        let parts = head.reference.iter_mut().skip(1);
        let locals = self.scopes.inner();
        parts
            .chain(head.args.iter_mut().flatten())
            .chain(&mut head.key)
            .chain(&mut head.value)
            .for_each(|term| rename(term, locals));
        self.faults.splice(0..0, before);
    }

    /// A variable that a body binds without declaring it, and that has the name of a built-in function, hides the
    /// function; unless a `with` somewhere in the body means the function by it.
    fn hide_functions(&mut self, body: &Body) {
        let is_function = |name: &Name| signature::find(name).is_some() && self.scopes.find(name).is_none();
        let mut names = body_vars(body, Scope::Safety);
        names.retain(is_function);
        if names.is_empty() {
            return;
        }
        let mut other = declared_vars(body);
        walk_body(body, &mut |node| {
            if let Node::With(with) = node {
                other.extend(term_vars(&with.target, Scope::All));
                other.extend(term_vars(&with.value, Scope::All));
            }
            Below::Enter
        });
        for name in names.difference(&other) {
            self.add(name, Occurrence::Seen);
        }
    }

    /// A variable in an argument is a new one, the same at each place.
    fn argument(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Var(name) => {
                *name = match self.scopes.find(name) {
                    Some(local) => local.name.clone(),
                    None => {
                        let written = name.clone();
                        self.add(&written, Occurrence::Argument)
                    }
                };
            }
            TermKind::Ref(items) | TermKind::Array(items) => {
                items.iter_mut().for_each(|item| self.argument(item))
            }
            // Keys are not patterns.
            TermKind::Object(pairs) => pairs.iter_mut().for_each(|(_, value)| self.argument(value)),
            TermKind::Call(_) => self.fault(term.at, "rule arguments cannot contain calls"),
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Set(_)
            | TermKind::ArrayCompr(..)
            | TermKind::SetCompr(..)
            | TermKind::ObjectCompr(..)
            | TermKind::Template(_) => {}
        }
    }

    /// Comprehensions in the head are rewritten before the body, each in scopes of its own.
    fn nested(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_) => {}
            TermKind::Ref(items) | TermKind::Array(items) => {
                items.iter_mut().for_each(|item| self.nested(item))
            }
            TermKind::Set(items) => {
                items.iter_mut().for_each(|item| self.nested(item));
                sort_set(items);
            }
            TermKind::Object(pairs) => {
                for (key, value) in pairs.iter_mut() {
                    self.nested(key);
                    self.nested(value);
                }
                sort_object(pairs);
            }
            TermKind::Call(call) => {
                self.nested(&mut call.operator);
                call.args.iter_mut().for_each(|arg| self.nested(arg));
            }
            TermKind::ArrayCompr(..) | TermKind::SetCompr(..) | TermKind::ObjectCompr(..) => {
                self.scopes = Scopes::default();
                self.comprehension(term);
            }
            TermKind::Template(parts) => {
                self.scopes = Scopes::default();
                for part in parts {
                    if let TemplatePart::Expr(expr) = part {
                        self.scopes.enter();
                        self.expr(expr);
                        self.scopes.leave();
                    }
                }
            }
        }
    }
}

/// Whether anything in a head could have a variable.
fn may_have_vars(head: &Head) -> bool {
    let parts = head.reference.iter().skip(1);
    !parts.chain(head.args.iter().flatten()).chain(&head.key).chain(&head.value).all(is_scalar)
}

/// The variables that a head takes from the body.
fn head_vars(head: &Head) -> VarSet {
    let parts = head.reference.iter().skip(1);
    parts.chain(&head.key).chain(&head.value).flat_map(|term| term_vars(term, Scope::All)).collect()
}

/// Gives the variables of a head the names that the body gave them.
fn rename(term: &mut Term, locals: &HashMap<Name, Local>) {
    match &mut term.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {}
        TermKind::Var(name) => {
            if let Some(local) = locals.get(name) {
                *name = local.name.clone();
            }
        }
        TermKind::Ref(items) | TermKind::Array(items) => {
            items.iter_mut().for_each(|item| rename(item, locals))
        }
        TermKind::Set(items) => {
            items.iter_mut().for_each(|item| rename(item, locals));
            sort_set(items);
        }
        TermKind::Object(pairs) => {
            for (key, value) in pairs.iter_mut() {
                rename(key, locals);
                rename(value, locals);
            }
            sort_object(pairs);
        }
        TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) => {
            rename(element, locals);
            rename_body(body, locals);
        }
        TermKind::ObjectCompr(key, value, body) => {
            rename(key, locals);
            rename(value, locals);
            rename_body(body, locals);
        }
        TermKind::Call(call) => rename_call(call, locals),
        TermKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expr(expr) = part {
                    rename_expr(expr, locals);
                }
            }
        }
    }
}

fn rename_body(body: &mut Body, locals: &HashMap<Name, Local>) {
    body.iter_mut().for_each(|expr| rename_expr(expr, locals));
}

fn rename_expr(expr: &mut Expr, locals: &HashMap<Name, Local>) {
    match &mut expr.kind {
        ExprKind::Term(term) => rename(term, locals),
        ExprKind::Call(call) => rename_call(call, locals),
        ExprKind::Some(some) => some.symbols.iter_mut().for_each(|symbol| rename(symbol, locals)),
        ExprKind::Every(every) => {
            every.key.iter_mut().for_each(|key| rename(key, locals));
            rename(&mut every.value, locals);
            rename(&mut every.domain, locals);
            rename_body(&mut every.body, locals);
        }
    }
    for with in &mut expr.with {
        rename(&mut with.target, locals);
        rename(&mut with.value, locals);
    }
}

fn rename_call(call: &mut Call, locals: &HashMap<Name, Local>) {
    rename(&mut call.operator, locals);
    call.args.iter_mut().for_each(|arg| rename(arg, locals));
}
