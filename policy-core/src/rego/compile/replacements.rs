//! `with`: what may be replaced, and by what. A value that must be evaluated is evaluated before.

use std::collections::HashMap;

use super::build::{head_name, ref_parts, take};
use super::defined::key;
use super::fresh::Fresh;
use super::heads::move_out;
use super::order::{sort_object, sort_set};
use super::walk::requires_eval;
use crate::rego::builtins::signature::{self, Signature};
use crate::rego::check::{Key, RuleTree, operator_name};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Module, Term, TermKind, With};

/// Checks the replacements of all modules and evaluates their values first.
pub(super) fn rewrite(modules: &mut [Module], fresh: &mut Fresh) -> Vec<Fault> {
    let documents = Documents::new(modules);
    let mut replacements = Replacements { documents, fresh, faults: Vec::new() };
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            let head = &mut rule.head;
            let parts = head.reference.iter_mut().skip(1).chain(head.args.iter_mut().flatten());
            parts.chain(&mut head.key).chain(&mut head.value).for_each(|term| replacements.term(term));
            replacements.body(&mut rule.body);
            next = rule.otherwise.as_deref_mut();
        }
    }
    replacements.faults
}

/// What rules define at a path.
#[derive(Clone, Copy)]
struct Defined {
    /// The path is a rule's, not only the beginning of one.
    is_rule: bool,
    /// One of the rules has arguments.
    is_function: bool,
}

/// The documents that rules define, by their constant paths below `data`.
struct Documents {
    at: HashMap<Vec<Key>, Defined>,
}

impl Documents {
    fn new(modules: &[Module]) -> Self {
        let tree = RuleTree::new(modules);
        let defined = |node| {
            let rules = tree.rules_at(node);
            let has_args = |args: &Vec<Term>| !args.is_empty();
            let is_function =
                rules.iter().any(|rule| tree.rule(*rule).head.args.as_ref().is_some_and(has_args));
            Defined { is_rule: !rules.is_empty(), is_function }
        };
        Self { at: tree.paths().into_iter().map(|(path, node)| (path, defined(node))).collect() }
    }

    /// What a reference below `data` names exactly.
    fn find(&self, reference: &[Term]) -> Option<Defined> {
        let keys: Option<Vec<Key>> = below_data(reference)?.iter().map(key).collect();
        self.at.get(&keys?).copied()
    }

    /// What a replacement's target names, looking as far as there are documents; `Err` if a rule lies on the way.
    fn target(&self, reference: &[Term]) -> Result<Option<Defined>, ()> {
        let Some((last, way)) = below_data(reference).and_then(<[Term]>::split_last) else { return Ok(None) };
        let mut path = Vec::new();
        for step in way {
            let Some(key) = key(step) else { break };
            path.push(key);
            match self.at.get(&path) {
                Some(Defined { is_rule: true, .. }) => return Err(()),
                Some(_) => {}
                None => {
                    path.pop();
                    break;
                }
            }
        }
        Ok(key(last).and_then(|key| {
            path.push(key);
            self.at.get(&path).copied()
        }))
    }
}

fn below_data(reference: &[Term]) -> Option<&[Term]> {
    head_name(reference).filter(|name| &***name == "data")?;
    reference.get(1..)
}

struct Replacements<'a> {
    documents: Documents,
    fresh: &'a mut Fresh,
    faults: Vec<Fault>,
}

impl Replacements<'_> {
    fn body(&mut self, body: &mut Body) {
        let mut result = Body::with_capacity(body.len());
        for mut expr in std::mem::take(body) {
            for with in &mut expr.with {
                match self.must_evaluate(with) {
                    Ok(true) => move_out(&mut with.value, &mut result, self.fresh),
                    Ok(false) => {}
                    Err(fault) => return self.faults.push(*fault),
                }
            }
            result.push(expr);
        }
        *body = result;
        body.iter_mut().for_each(|expr| self.expr(expr));
    }

    fn expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Term(term) => self.term(term),
            ExprKind::Call(call) => self.call(call),
            ExprKind::Some(_) => {}
            ExprKind::Every(every) => {
                self.term(&mut every.domain);
                self.body(&mut every.body);
            }
        }
        for with in &mut expr.with {
            self.term(&mut with.target);
            self.term(&mut with.value);
        }
    }

    fn call(&mut self, call: &mut Call) {
        self.term(&mut call.operator);
        call.args.iter_mut().for_each(|arg| self.term(arg));
    }

    fn term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Template(_) => {}
            TermKind::Ref(items) | TermKind::Array(items) => {
                items.iter_mut().for_each(|item| self.term(item))
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
            TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) => {
                self.term(element);
                self.body(body);
            }
            TermKind::ObjectCompr(key, value, body) => {
                self.term(key);
                self.term(value);
                self.body(body);
            }
            TermKind::Call(call) => self.call(call),
        }
    }

    /// Whether a replacement's value must be evaluated before; a function stands for itself.
    fn must_evaluate(&self, with: &mut With) -> Result<bool, Box<Fault>> {
        let fault = |kind, message: &str| Err(Box::new(Fault::new(with.target.at, kind, message)));
        if matches!(with.value.kind, TermKind::Var(_)) && builtin(&with.value).is_some() {
            as_reference(&mut with.value);
        }
        match root(&with.target) {
            Some("data") => {
                let TermKind::Ref(target) = &with.target.kind else { return Ok(false) };
                let Ok(target) = self.documents.target(target) else {
                    let message = "with keyword cannot partially replace virtual document(s)";
                    return fault(RegoErrorKind::Compile, message);
                };
                if target.is_some_and(|target| target.is_function) && self.may_stand_for_function(&with.value)
                {
                    return Ok(false);
                }
                if self.named(&with.value).is_some_and(|value| value.is_function) {
                    return Ok(false);
                }
            }
            Some("input") => {}
            _ => {
                let Some(target) = builtin(&with.target) else {
                    let message = "with keyword target must reference existing input, data, or a function";
                    return fault(RegoErrorKind::Type, message);
                };
                if let Some(message) = irreplaceable(target) {
                    return fault(RegoErrorKind::Compile, &message);
                }
                as_reference(&mut with.target);
                if self.may_stand_for_function(&with.value) {
                    return Ok(false);
                }
            }
        }
        Ok(requires_eval(&with.value))
    }

    fn named(&self, value: &Term) -> Option<Defined> {
        ref_parts(value).and_then(|parts| self.documents.find(parts))
    }

    fn may_stand_for_function(&self, value: &Term) -> bool {
        self.named(value).is_some() || builtin(value).is_some()
    }
}

/// `input` or `data` or another variable that a reference starts with.
fn root(term: &Term) -> Option<&str> {
    ref_parts(term).and_then(head_name).map(|name| &**name)
}

fn builtin(term: &Term) -> Option<&'static Signature> {
    operator_name(term).and_then(|name| signature::find(&name))
}

fn as_reference(place: &mut Term) {
    if matches!(place.kind, TermKind::Var(_)) {
        let head = take(place);
        place.kind = TermKind::Ref(vec![head]);
    }
}

/// Why a built-in function cannot be replaced.
fn irreplaceable(function: &Signature) -> Option<String> {
    let name = function.name;
    let reason = match name {
        "eq" | "rego.metadata.chain" | "rego.metadata.rule" => format!("replacement of \"{name}\" invalid"),
        _ if name.starts_with("internal.") => format!("replacement of internal function \"{name}\" invalid"),
        _ if function.relation => String::from("target must not be a relation"),
        _ if function.is_void() => String::from("target must not be a void function"),
        _ => return None,
    };
    Some(format!("with keyword replacing built-in function: {reason}"))
}
