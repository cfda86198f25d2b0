//! Bodies: expressions, the comprehensions in them, and `with`.

use std::rc::Rc;

use super::kind::Type;
use super::problem::Problem;
use super::relate;
use super::scope::Checker;
use super::tree::{Key, Node};
use crate::rego::syntax::{Body, Call, Expr, ExprKind, Term, TermKind, With};

/// Steps that an expression costs beside those of its terms: it opens levels, and is looked through for comprehensions.
const EXPRESSION: u64 = 16;

impl Checker<'_> {
    /// Checks a body in a level of its own, which stays open: it knows the body's variables.
    pub(super) fn check_body(&mut self, body: &Body) -> Vec<Problem> {
        self.enter();
        let mut problems = Vec::new();
        for expr in body {
            if !self.effort.take(EXPRESSION) {
                break;
            }
            let depth = self.depth();
            self.replace(&expr.with);
            let mut specific = self.check_closures(expr);
            self.check_references(expr, &mut specific);
            let own = self.check_expr(expr).err();
            let is_told = !specific.is_empty();
            problems.append(&mut specific);
            problems.extend(own.filter(|problem| !(is_told && problem.is_consequence)));
            self.leave(depth);
        }
        problems
    }

    /// The errors of the last comprehension of an expression that has any.
    fn check_closures(&mut self, expr: &Expr) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.closures_in_expr(expr, &mut problems);
        problems
    }

    fn closures_in_body(&mut self, body: &Body, problems: &mut Vec<Problem>) {
        body.iter().for_each(|expr| self.closures_in_expr(expr, problems));
    }

    fn closures_in_expr(&mut self, expr: &Expr, problems: &mut Vec<Problem>) {
        match &expr.kind {
            ExprKind::Term(term) => self.closures_in(term, problems),
            ExprKind::Call(call) => call.args.iter().for_each(|arg| self.closures_in(arg, problems)),
            ExprKind::Some(declared) => {
                declared.symbols.iter().for_each(|term| self.closures_in(term, problems))
            }
            ExprKind::Every(every) => {
                let terms = every.key.iter().chain([&every.value, &every.domain]);
                terms.for_each(|term| self.closures_in(term, problems));
                self.closures_in_body(&every.body, problems);
            }
        }
        for with in &expr.with {
            self.closures_in(&with.target, problems);
            self.closures_in(&with.value, problems);
        }
    }

    /// A comprehension is checked from where it stands, and those inside of it once more: OPA does so.
    fn closures_in(&mut self, term: &Term, problems: &mut Vec<Problem>) {
        if !self.effort.step() {
            return;
        }
        match &term.kind {
            TermKind::Array(items) | TermKind::Set(items) | TermKind::Ref(items) => {
                items.iter().for_each(|item| self.closures_in(item, problems));
            }
            TermKind::Object(entries) => entries.iter().for_each(|(key, value)| {
                self.closures_in(key, problems);
                self.closures_in(value, problems);
            }),
            TermKind::ArrayCompr(item, body) | TermKind::SetCompr(item, body) => {
                if self.closure_is_clean(body, problems) {
                    self.closures_in(item, problems);
                    self.closures_in_body(body, problems);
                }
            }
            TermKind::ObjectCompr(key, value, body) => {
                if self.closure_is_clean(body, problems) {
                    self.closures_in(key, problems);
                    self.closures_in(value, problems);
                    self.closures_in_body(body, problems);
                }
            }
            TermKind::Call(call) => call.args.iter().for_each(|arg| self.closures_in(arg, problems)),
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Template(_) => {}
        }
    }

    fn closure_is_clean(&mut self, body: &Body, problems: &mut Vec<Problem>) -> bool {
        if self.effort.is_used_up() {
            return false;
        }
        let depth = self.depth();
        let own = self.check_body(body);
        self.leave(depth);
        if own.is_empty() {
            return true;
        }
        *problems = own;
        false
    }

    fn check_expr(&mut self, expr: &Expr) -> Result<(), Problem> {
        for with in &expr.with {
            let (target, value) = (self.kind_of(&with.target), self.kind_of(&with.value));
            if let (Type::Function(wanted), Type::Function(given)) = (&target, &value)
                && !relate::agree(&self.effort, &target, &value)
            {
                let name = parts_of(&with.target);
                let what = "arity mismatch";
                return Err(Problem::arguments(self.names, with.at, name, what, &given.args, wanted));
            }
        }
        match &expr.kind {
            ExprKind::Call(call) => self.check_call(expr, call),
            ExprKind::Term(_) | ExprKind::Some(_) | ExprKind::Every(_) => Ok(()),
        }
    }

    fn check_call(&mut self, expr: &Expr, call: &Call) -> Result<(), Problem> {
        let name = parts_of(&call.operator);
        if let ([Term { kind: TermKind::Var(operator), .. }], [a, b]) = (name, call.args.as_slice())
            && &**operator == "eq"
        {
            let (a_kind, b_kind) = (self.kind_of(a), self.kind_of(b));
            let unify = self.unify_known(a, &a_kind, b, &b_kind);
            return if unify { Ok(()) } else { Err(Problem::no_match(expr.at, &a_kind, &b_kind)) };
        }
        let known = self.reference(name);
        if matches!(known, Type::Any) {
            // A function that has errors itself.
            return Ok(());
        }
        let Type::Function(function) = known else {
            return Err(Problem::not_a_function(self.names, expr.at, name));
        };
        let mut wanted = function.args.clone();
        if function.result.is_known() {
            wanted.push(function.result.clone());
        }
        let have: Vec<Type> = call.args.iter().map(|arg| self.kind_of(arg)).collect();
        let names = self.names;
        let wrong =
            |what, have: &[Type]| Err(Problem::arguments(names, expr.at, name, what, have, &function));
        if call.args.len() > wanted.len() && function.variadic.is_none() {
            return wrong("too many arguments", &have);
        }
        if call.args.len() < function.args.len() {
            return wrong("too few arguments", &have);
        }
        let further = function.variadic.clone().unwrap_or_default();
        for (index, (arg, before)) in call.args.iter().zip(&have).enumerate() {
            let wanted = wanted.get(index).unwrap_or(&further);
            if !before.has_unknown() && !relate::agree(&self.effort, before, wanted) {
                return wrong("invalid argument(s)", &have);
            }
            if !self.fits(arg, wanted, false) {
                let after: Vec<Type> = call.args.iter().map(|arg| self.kind_of(arg)).collect();
                return wrong("invalid argument(s)", &after);
            }
        }
        Ok(())
    }

    /// Opens levels in which replaced documents, and the rules that depend on them, have the types they may have.
    fn replace(&mut self, with: &[With]) {
        let mut replaced = Node::default();
        let mut shared = Vec::new();
        for with in with {
            let target = parts_of(&with.target);
            if !matches!(&with.target.kind, TermKind::Ref(_) | TermKind::Var(_)) {
                continue;
            }
            let known = self.reference(target);
            let is_function = matches!(known, Type::Function(_));
            shared.extend(self.relaxed(target, is_function));
            if is_function {
                // Its type is needed to compare it with that of what replaces it.
                continue;
            }
            let mut kind = Type::Any;
            if is_ground(target) && known.is_known() {
                let value = self.kind_of(&with.value);
                if value.is_known() {
                    let either = relate::or(&self.effort, known, value);
                    kind = if either.is_known() { either } else { Type::Any };
                }
            }
            replaced.put(ground_prefix(target).iter().map(Key::of), kind);
        }
        for node in shared {
            self.enter_shared(node);
        }
        if !replaced.children.is_empty() {
            self.enter_with(replaced);
        }
    }

    /// The rules that are affected when the documents at a path are replaced; each may be anything.
    fn relaxed(&mut self, target: &[Term], is_function: bool) -> Option<Rc<Node>> {
        let cached = (target.iter().map(Key::of).collect::<Vec<_>>(), is_function);
        if let Some(node) = self.relaxed.get(&cached) {
            return node.clone();
        }
        let mut node: Option<Node> = None;
        for path in self.graph.affected_by(target) {
            self.effort.step();
            let path: Vec<Key> = ground_prefix(path).iter().map(Key::of).collect();
            if is_function && path == cached.0 {
                continue;
            }
            node.get_or_insert_default().put(path.into_iter(), Type::Any);
        }
        let node = node.map(Rc::new);
        self.relaxed.insert(cached, node.clone());
        node
    }
}

/// The parts of a reference; a variable is a reference of one.
pub(super) fn parts_of(term: &Term) -> &[Term] {
    if let TermKind::Ref(parts) = &term.kind { parts } else { std::slice::from_ref(term) }
}

/// Whether a path has no variables after its head.
pub(super) fn is_ground(path: &[Term]) -> bool {
    path.iter().skip(1).all(term_is_ground)
}

/// A path up to its first variable.
pub(super) fn ground_prefix(path: &[Term]) -> &[Term] {
    let dynamic = path.iter().skip(1).position(|part| !term_is_ground(part));
    dynamic.and_then(|index| path.get(..index.saturating_add(1))).unwrap_or(path)
}

fn term_is_ground(term: &Term) -> bool {
    match &term.kind {
        TermKind::Var(_) => false,
        TermKind::Ref(parts) => is_ground(parts),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().all(term_is_ground),
        TermKind::Object(entries) => {
            entries.iter().all(|(key, value)| term_is_ground(key) && term_is_ground(value))
        }
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => true,
        TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Call(_)
        | TermKind::Template(_) => false,
    }
}
