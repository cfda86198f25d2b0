//! Names become full references: what is imported, and the rules of the own package.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::build::{assignment, head_name, reference, root_document, take, var_name};
use super::order::{sort_object, sort_set};
use super::walk::{Below, Node, is_comprehension, walk, walk_body};
use crate::rego::check::{Scope, VarSet, term_vars};
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{
    Body, Call, Expr, ExprKind, Import, Loc, Module, Name, Package, Rule, TemplatePart, Term, TermKind,
};

/// Where the names of imports are used: for each place that of the last use of the same import. For OPA all uses stand
/// there, and the order in which it tries definitions goes by places.
pub(super) type LastUses = HashMap<Loc, Loc>;

/// Replaces in all modules the names of imports and rules by what they stand for, unless a variable hides them.
pub(super) fn resolve(modules: &mut [Module], uses: &mut LastUses) -> Vec<Fault> {
    let mut rules: HashMap<Vec<Name>, HashSet<Name>> = HashMap::new();
    for module in modules.iter() {
        let names = rules.entry(module.package.path.clone()).or_default();
        names.extend(module.rules.iter().filter_map(|rule| head_name(&rule.head.reference)).cloned());
    }
    let none = HashSet::new();
    let mut faults = Vec::new();
    for module in modules {
        let rules = rules.get(&module.package.path).unwrap_or(&none);
        let mut names = Names::new(&module.package, rules, &module.imports);
        for rule in &mut module.rules {
            resolve_rule(&mut names, rule, &mut faults);
        }
        for places in names.uses.into_inner().into_values() {
            let Some(last) = places.last().copied() else { continue };
            uses.extend(places.into_iter().map(|place| (place, last)));
        }
    }
    faults
}

/// The name by which an import is used.
pub(super) fn import_name(import: &Import) -> Option<&Name> {
    import.alias.as_ref().or_else(|| import.path.last())
}

/// What names mean in one module, and which of them variables hide.
struct Names<'a> {
    imports: HashMap<Name, Vec<Name>>,
    package: Vec<Name>,
    rules: &'a HashSet<Name>,
    hidden: Vec<VarSet>,
    /// Where the name of each import is used, in the order of the text.
    uses: RefCell<HashMap<Name, Vec<Loc>>>,
}

impl<'a> Names<'a> {
    fn new(package: &Package, rules: &'a HashSet<Name>, imports: &[Import]) -> Self {
        let is_document =
            |import: &&Import| !matches!(import.path.first().map(|name| &**name), Some("rego" | "future"));
        let imports = imports
            .iter()
            .filter(is_document)
            .filter_map(|import| Some((import_name(import)?.clone(), import.path.clone())))
            .collect();
        let package = std::iter::once(Name::from("data")).chain(package.path.iter().cloned()).collect();
        Self { imports, package, rules, hidden: Vec::new(), uses: RefCell::default() }
    }

    /// What a name stands for, at the place where it is used.
    fn meaning(&self, name: &Name, at: Loc) -> Option<Vec<Term>> {
        let is_rule = self.rules.contains(name);
        let import = self.imports.get(name);
        if !is_rule && import.is_none() || self.hidden.iter().any(|vars| vars.contains(name)) {
            return None;
        }
        if let Some(path) = import {
            self.uses.borrow_mut().entry(name.clone()).or_default().push(at);
            return Some(reference(at, path));
        }
        let mut parts = reference(at, &self.package);
        parts.push(Term { at, kind: TermKind::String(name.clone()) });
        Some(parts)
    }
}

fn resolve_rule(names: &mut Names<'_>, rule: &mut Rule, faults: &mut Vec<Fault>) {
    let mut next = Some(rule);
    while let Some(rule) = next {
        let args = match pattern_vars(rule) {
            Ok(args) => args,
            Err(fault) => return faults.push(fault),
        };
        names.hidden = vec![args, declared_vars(&rule.body)];
        rule.head.reference.iter_mut().skip(1).for_each(|part| resolve_term(names, part));
        rule.head.key.iter_mut().for_each(|key| resolve_term(names, key));
        rule.head.value.iter_mut().for_each(|value| resolve_term(names, value));
        resolve_body(names, &mut rule.body);
        next = rule.otherwise.as_deref_mut();
    }
}

/// The variables that a function's arguments bind.
fn pattern_vars(rule: &Rule) -> Result<VarSet, Fault> {
    let mut vars = VarSet::new();
    let mut root = None;
    for arg in rule.head.args.iter().flatten() {
        walk(Node::Term(arg), &mut |node| {
            let Node::Term(term) = node else { return Below::Enter };
            if matches!(term.kind, TermKind::Set(_) | TermKind::Call(_)) || is_comprehension(term) {
                return Below::Skip;
            }
            vars.extend(var_name(term).cloned());
            root = root.take().or_else(|| root_document(term).cloned());
            Below::Enter
        });
    }
    match root {
        None => Ok(vars),
        Some(name) => Err(Fault::new(
            rule.at,
            RegoErrorKind::Compile,
            format!("args must not shadow {name} (use a different variable name)"),
        )),
    }
}

/// The variables that a body declares: by `:=`, `some`, and `some .. in`. Comprehensions have their own.
pub(super) fn declared_vars(body: &Body) -> VarSet {
    let mut vars = VarSet::new();
    walk_body(body, &mut |node| declare(node, &mut vars));
    vars
}

/// The variables that one expression declares.
pub(super) fn declared_by(expr: &Expr) -> VarSet {
    let mut vars = VarSet::new();
    walk(Node::Expr(expr), &mut |node| declare(node, &mut vars));
    vars
}

fn declare(node: Node<'_>, vars: &mut VarSet) -> Below {
    match node {
        Node::Expr(expr) => {
            if let Some((left, _)) = assignment(expr) {
                vars.extend(term_vars(left, Scope::All));
            } else if let ExprKind::Some(some) = &expr.kind {
                some.symbols.iter().for_each(|symbol| declare_symbol(symbol, vars));
            }
            Below::Enter
        }
        Node::Term(term) if is_comprehension(term) => Below::Skip,
        Node::Rule(_) | Node::With(_) | Node::Term(_) => Below::Enter,
    }
}

fn declare_symbol(symbol: &Term, vars: &mut VarSet) {
    vars.extend(var_name(symbol).cloned());
    if let TermKind::Call(call) = &symbol.kind {
        // All but the last argument, which is the collection.
        call.args.iter().rev().skip(1).for_each(|arg| vars.extend(term_vars(arg, Scope::All)));
    }
}

fn resolve_body(names: &mut Names<'_>, body: &mut Body) {
    body.iter_mut().for_each(|expr| resolve_expr(names, expr));
}

fn resolve_expr(names: &mut Names<'_>, expr: &mut Expr) {
    match &mut expr.kind {
        ExprKind::Term(term) => resolve_term(names, term),
        ExprKind::Call(call) => resolve_call(names, call),
        ExprKind::Some(some) => {
            for symbol in &mut some.symbols {
                if let TermKind::Call(call) = &mut symbol.kind {
                    resolve_call(names, call);
                }
            }
        }
        ExprKind::Every(every) => {
            let mut vars = term_vars(&every.value, Scope::All);
            every.key.iter().for_each(|key| vars.extend(term_vars(key, Scope::All)));
            names.hidden.push(vars);
            resolve_term(names, &mut every.domain);
            resolve_body(names, &mut every.body);
            names.hidden.pop();
        }
    }
    for with in &mut expr.with {
        resolve_term(names, &mut with.target);
        resolve_term(names, &mut with.value);
    }
}

fn resolve_call(names: &mut Names<'_>, call: &mut Call) {
    resolve_term(names, &mut call.operator);
    call.args.iter_mut().for_each(|arg| resolve_term(names, arg));
}

fn resolve_term(names: &mut Names<'_>, term: &mut Term) {
    match &mut term.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) => {}
        TermKind::Var(name) => {
            if let Some(parts) = names.meaning(name, term.at) {
                term.kind = TermKind::Ref(parts);
            }
        }
        TermKind::Ref(parts) => resolve_ref(names, parts),
        TermKind::Array(items) => items.iter_mut().for_each(|item| resolve_term(names, item)),
        TermKind::Set(items) => {
            items.iter_mut().for_each(|item| resolve_term(names, item));
            sort_set(items);
        }
        TermKind::Object(pairs) => {
            for (key, value) in pairs.iter_mut() {
                resolve_term(names, key);
                resolve_term(names, value);
            }
            sort_object(pairs);
        }
        TermKind::ArrayCompr(element, body) | TermKind::SetCompr(element, body) => {
            names.hidden.push(declared_vars(body));
            resolve_term(names, element);
            resolve_body(names, body);
            names.hidden.pop();
        }
        TermKind::ObjectCompr(key, value, body) => {
            names.hidden.push(declared_vars(body));
            resolve_term(names, key);
            resolve_term(names, value);
            resolve_body(names, body);
            names.hidden.pop();
        }
        TermKind::Call(call) => resolve_call(names, call),
        TermKind::Template(parts) => {
            for part in parts {
                if let TemplatePart::Expr(expr) = part {
                    resolve_expr(names, expr);
                }
            }
        }
    }
}

/// A reference's first part grows into the path that it stands for; a later part becomes a reference of its own.
fn resolve_ref(names: &mut Names<'_>, parts: &mut Vec<Term>) {
    let mut head = None;
    for (position, part) in parts.iter_mut().enumerate() {
        if let Some(name) = var_name(part) {
            match (names.meaning(name, part.at), position) {
                (Some(path), 0) => head = Some(path),
                (Some(path), _) => part.kind = TermKind::Ref(path),
                (None, _) => {}
            }
        } else if !matches!(part.kind, TermKind::Template(_)) {
            // OPA leaves template strings in brackets as they are.
            resolve_term(names, part);
        }
    }
    if let Some(mut path) = head {
        path.extend(parts.iter_mut().skip(1).map(take));
        *parts = path;
    }
}
