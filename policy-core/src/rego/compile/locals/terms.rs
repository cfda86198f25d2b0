//! Variables inside terms: renamed where a scope knows them, remembered as used where none does.

use super::super::build::{head_name, operator_parts, ref_parts, root_document};
use super::super::order::{sort_object, sort_set};
use super::{Occurrence, Rewriter};
use crate::rego::check::{Scope, VarSet, ref_text, term_vars};
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Name, TemplatePart, Term, TermKind, With};

impl Rewriter<'_> {
    /// Renames the variables of an expression that declares none itself.
    pub(super) fn expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Term(term) => self.term(term),
            ExprKind::Call(call) => self.call_parts(call),
            ExprKind::Some(some) => some.symbols.iter_mut().for_each(|symbol| self.term(symbol)),
            ExprKind::Every(every) => {
                every.key.iter_mut().for_each(|key| self.term(key));
                self.term(&mut every.value);
                self.term(&mut every.domain);
                every.body.iter_mut().for_each(|expr| self.expr(expr));
            }
        }
        expr.with.iter_mut().for_each(|with| self.with(with));
    }

    /// `with input as ..` means the document, also where a variable hides it.
    fn with(&mut self, with: &mut With) {
        let is_input = ref_parts(&with.target).and_then(head_name).is_some_and(|name| &**name == "input");
        if let TermKind::Ref(parts) = &mut with.target.kind
            && is_input
        {
            parts.iter_mut().skip(1).for_each(|part| self.term(part));
            if parts.len() > 1 && self.scopes.find("input").is_none() {
                self.seen("input".into());
            }
        } else {
            self.term(&mut with.target);
        }
        self.term(&mut with.value);
    }

    /// Renames the variables of a term.
    pub(super) fn term(&mut self, term: &mut Term) {
        if !self.work.visit() {
            return;
        }
        if let Some(root) = root_document(term) {
            let hiding = self.scopes.find(root).filter(|local| local.occurrence != Occurrence::Seen);
            if let Some(local) = hiding {
                term.kind = TermKind::Var(local.name.clone());
            }
            return;
        }
        match &mut term.kind {
            TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {}
            TermKind::Var(name) => match self.scopes.find(name) {
                Some(local) => *name = local.name.clone(),
                None => self.seen(name.clone()),
            },
            TermKind::Ref(parts) | TermKind::Array(parts) => {
                parts.iter_mut().for_each(|part| self.term(part))
            }
            TermKind::Set(items) => {
                items.iter_mut().for_each(|item| self.term(item));
                sort_set(items);
            }
            TermKind::Object(pairs) => {
                for (key, value) in pairs.iter_mut() {
                    self.term(key);
                    self.term(value);
                }
                sort_object(pairs);
            }
            TermKind::ArrayCompr(..) | TermKind::SetCompr(..) | TermKind::ObjectCompr(..) => {
                self.comprehension(term);
            }
            TermKind::Call(call) => {
                let operator = operator_parts(&call.operator);
                let is_hidden = |name: &Name| self.scopes.find(name).is_some_and(|local| local.name != *name);
                let hidden =
                    term_vars(&call.operator, Scope::All).iter().filter(|name| is_hidden(name)).count();
                if hidden > 0 {
                    let message = format!("called function {} shadowed", ref_text(operator));
                    (0..hidden).for_each(|_| self.fault(term.at, message.clone()));
                }
                self.call_parts(call);
            }
            TermKind::Template(parts) => {
                for part in parts {
                    if let TemplatePart::Expr(expr) = part {
                        self.expr(expr);
                    }
                }
            }
        }
    }

    fn call_parts(&mut self, call: &mut Call) {
        self.term(&mut call.operator);
        call.args.iter_mut().for_each(|arg| self.term(arg));
    }

    fn seen(&mut self, name: Name) {
        if self.scopes.occurrence(&name).is_none() {
            self.scopes.insert(name.clone(), name, Occurrence::Seen);
        }
    }

    /// A comprehension is a scope of its own; what it gives is inside.
    pub(super) fn comprehension(&mut self, term: &mut Term) {
        if let TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) = &mut term.kind {
            self.closure(&mut [element], body);
        } else if let TermKind::ObjectCompr(key, value, body) = &mut term.kind {
            self.closure(&mut [key, value], body);
        }
    }

    fn closure(&mut self, results: &mut [&mut Box<Term>], body: &mut Body) {
        let used: VarSet = results.iter().flat_map(|result| term_vars(result, Scope::All)).collect();
        self.scopes.enter();
        self.body(body, &used);
        for result in results {
            self.term(result);
        }
        self.scopes.leave();
    }
}
