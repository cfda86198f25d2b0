//! The statements that declare variables: `:=`, `some` and `every`.

use super::super::build::{EQ, is_wildcard, operator, root_document, term, var, var_name};
use super::{Occurrence, Rewriter};
use crate::rego::check::{Scope, VarSet, equality_outputs, term_vars};
use crate::rego::syntax::{Call, Expr, ExprKind, Loc, SomeDecl, Term, TermKind};

impl Rewriter<'_> {
    /// `left := right` becomes `left = right` with new names on the left.
    pub(super) fn assign(&mut self, expr: &mut Expr) {
        if expr.is_negated {
            self.fault(expr.at, "cannot assign vars inside negated expression");
            return;
        }
        let ExprKind::Call(call) = &mut expr.kind else { return };
        let [left, right] = call.args.as_mut_slice() else { return };
        let faults = self.faults.len();
        // The right side first: there the names still mean what they meant above.
        self.term(right);
        expr.with.iter_mut().for_each(|with| self.term(&mut with.value));
        self.assign_to(left);
        if self.faults.len() == faults {
            call.operator = operator(call.operator.at, EQ);
        }
    }

    /// Declares the variables of a pattern.
    fn assign_to(&mut self, pattern: &mut Term) {
        let at = pattern.at;
        if let TermKind::Array(items) = &mut pattern.kind {
            return items.iter_mut().for_each(|item| self.assign_to(item));
        }
        if let TermKind::Object(pairs) = &mut pattern.kind {
            return pairs.iter_mut().for_each(|(_, value)| self.assign_to(value));
        }
        let Some(written) = var_name(pattern).or_else(|| root_document(pattern)).cloned() else {
            return self.fault(at, format!("cannot assign to {}", kind_name(&pattern.kind)));
        };
        if let Some(name) = self.declare(&written, Occurrence::Assigned, at) {
            pattern.kind = TermKind::Var(name);
        }
    }

    /// `some x, y` declares; `some k, v in xs` declares what `v = xs[k]` binds.
    pub(super) fn some(&mut self, mut expr: Expr) -> Option<Expr> {
        let ExprKind::Some(SomeDecl { at, symbols }) = &mut expr.kind else { return Some(expr) };
        let at = *at;
        for symbol in symbols {
            if let TermKind::Call(call) = &mut symbol.kind {
                let call = self.membership(std::mem::take(&mut call.args), call.operator.at, at)?;
                expr.kind = ExprKind::Call(call);
                self.expr(&mut expr);
                return Some(expr);
            }
            let Some(name) = var_name(symbol).or_else(|| root_document(symbol)) else {
                self.fault(at, format!("cannot declare {}", kind_name(&symbol.kind)));
                return None;
            };
            self.declare(name, Occurrence::Declared, at)?;
        }
        None
    }

    /// `value = collection[key]`; nothing if a variable cannot be declared, which is a fault.
    fn membership(&mut self, args: Vec<Term>, operator_at: Loc, at: Loc) -> Option<Call> {
        let mut args = args.into_iter();
        let (key, value, collection) = match (args.next(), args.next(), args.next()) {
            (Some(key), Some(value), Some(collection)) => (key, value, collection),
            (Some(value), Some(collection), None) => {
                (var(collection.at, self.fresh.name()), value, collection)
            }
            _ => {
                self.fault(at, "some must have a collection");
                return None;
            }
        };
        let known = term_vars(&collection, Scope::All);
        let place = collection.at;
        let mut item = if let TermKind::Ref(parts) = collection.kind { parts } else { vec![collection] };
        item.push(key);
        let item = term(place, TermKind::Ref(item));
        for name in equality_outputs(&value, &item, &known) {
            self.declare(&name, Occurrence::Declared, at)?;
        }
        Some(Call { operator: operator(operator_at, EQ), args: vec![value, item] })
    }

    /// `every k, v in xs { .. }`: the collection belongs to the scope around it, the rest is a scope of its own.
    pub(super) fn every(&mut self, mut expr: Expr) -> Option<Expr> {
        let ExprKind::Every(every) = &mut expr.kind else { return Some(expr) };
        self.term(&mut every.domain);
        self.scopes.enter();
        let at = every.at;
        let has_key = match &mut every.key {
            Some(key) => self.declare_symbol(key, at),
            missing => {
                *missing = Some(var(at, self.fresh.name()));
                true
            }
        };
        let is_declared = has_key && self.declare_symbol(&mut every.value, at);
        if is_declared {
            self.body(&mut every.body, &VarSet::new());
            // Once more over all of it, as OPA does: it gives the variables inside new numbers.
            self.expr(&mut expr);
        }
        self.scopes.leave();
        is_declared.then_some(expr)
    }

    fn declare_symbol(&mut self, symbol: &mut Term, at: Loc) -> bool {
        let TermKind::Var(name) = &mut symbol.kind else { return true };
        if is_wildcard(name) {
            return true;
        }
        let declared = self.declare(name, Occurrence::Declared, at);
        let is_declared = declared.is_some();
        if let Some(declared) = declared {
            *name = declared;
        }
        is_declared
    }
}

/// What OPA calls the kind of a term.
fn kind_name(kind: &TermKind) -> &'static str {
    match kind {
        TermKind::Null => "null",
        TermKind::Bool(_) => "boolean",
        TermKind::Number(_) => "number",
        TermKind::String(_) => "string",
        TermKind::Var(_) => "var",
        TermKind::Ref(_) => "ref",
        TermKind::Array(_) => "array",
        TermKind::Object(_) => "object",
        TermKind::Set(_) => "set",
        TermKind::ArrayCompr(..) => "arraycomprehension",
        TermKind::SetCompr(..) => "setcomprehension",
        TermKind::ObjectCompr(..) => "objectcomprehension",
        TermKind::Call(_) => "call",
        TermKind::Template(_) => "templatestring",
    }
}
