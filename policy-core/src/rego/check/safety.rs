//! Unsafe variables, and the order of expressions in which every variable is bound before it is needed.
//!
//! OPA appends, in passes over a body, each expression of which all variables are bound, or bound by it; closures may
//! only use what is bound before their expression. Its bookkeeping has corners in which an expression is placed too
//! early. The order must be OPA's, so the corners are reproduced here; a policy in which OPA's order leaves a variable
//! unbound is refused.

use std::collections::{BTreeMap, HashMap};

use super::arity::Arities;
use super::outputs::{Outputs, body_outputs};
use super::same::same_expr;
use super::vars::{Collector, Scope, VarSet, body_vars, expr_vars, is_generated, reserved, term_vars};
use super::walk::definitions;
use crate::rego::error::{Fault, RegoErrorKind};
use crate::rego::syntax::{Body, Expr, ExprKind, Loc, Module, Name, Rule, Term, TermKind, With};

/// Steps that ordering all bodies may take: an expression that is looked at is some of them. A body of n expressions in
/// the worst order takes n passes. Half a second or so.
const WORK: usize = 40_000_000;

/// Variables in heads that nothing in the body binds.
///
/// `original` gives the written names of generated variables.
pub(in crate::rego) fn safety_of_heads(modules: &[Module], original: &HashMap<Name, Name>) -> Vec<Fault> {
    modules.iter().flat_map(definitions).flat_map(|rule| unsafe_in_head(rule, original)).collect()
}

fn unsafe_in_head(rule: &Rule, original: &HashMap<Name, Name>) -> Vec<Fault> {
    let head = &rule.head;
    let mut wanted = VarSet::new();
    let mut collector = Collector { scope: Scope::All, vars: &mut wanted };
    head.key
        .iter()
        .chain(&head.value)
        .chain(head.reference.iter().skip(1))
        .for_each(|term| collector.term(term));
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut bound = body_vars(&rule.body, Scope::Safety);
    Collector { scope: Scope::All, vars: &mut bound }.terms(head.args.as_deref().unwrap_or_default());
    let written = |name: &Name| original.get(name).unwrap_or(name).clone();
    let missing: VarSet = wanted.difference(&bound).map(written).filter(|name| !is_generated(name)).collect();
    missing.iter().map(|name| unsafe_var(rule.at, name)).collect()
}

/// Variables in bodies that nothing binds. Leaves every body in the order in which it can be evaluated.
///
/// `original` gives the written names of generated variables.
pub(in crate::rego) fn safety_of_bodies(
    modules: &mut [Module],
    original: &HashMap<Name, Name>,
) -> Vec<Fault> {
    let arities = Arities::new(modules);
    let mut faults = Vec::new();
    let mut work = WORK;
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let mut branch = Some(rule);
        while let Some(rule) = branch {
            let mut bound = reserved();
            Collector { scope: Scope::All, vars: &mut bound }
                .terms(rule.head.args.as_deref().unwrap_or_default());
            let mut sorter =
                Sorter { arities: &arities, unsafe_at: Vec::new(), misplaced: Vec::new(), work: &mut work };
            rule.body = sorter.body(&bound, std::mem::take(&mut rule.body));
            if *sorter.work == 0 {
                let message = "the body is too long to find an order for its expressions";
                let fault = Fault::new(rule.at, RegoErrorKind::Limit, message);
                return vec![fault.hint("write what binds a variable before what needs it")];
            }
            faults.extend(sorter.faults(original));
            branch = rule.otherwise.as_deref_mut();
        }
    }
    faults
}

fn unsafe_var(at: Loc, name: &Name) -> Fault {
    let fault =
        Fault::new(at, RegoErrorKind::UnsafeVar, format!("var {} is unsafe", super::names::var_text(name)));
    if matches!(&**name, "in" | "every" | "contains" | "if") {
        fault.hint(format!("`import future.keywords.{name}` to import a future keyword"))
    } else {
        fault
    }
}

/// Sorts the expressions of a body, and of the bodies in it.
struct Sorter<'a> {
    arities: &'a Arities,
    /// Expressions and the variables that are unbound in them.
    unsafe_at: Vec<(Loc, VarSet)>,
    /// Expressions that OPA places before their variables are bound.
    misplaced: Vec<(Loc, Name)>,
    /// Steps that are left.
    work: &'a mut usize,
}

/// What is known of an expression while its body is sorted.
struct Entry {
    expr: Expr,
    /// All variables of the expression, without those in closures.
    vars: VarSet,
    /// The variables of the body that closures in the expression use.
    closed_over: VarSet,
    missing: VarSet,
    /// Where OPA believes that the expression stands; duplicates are recognised by it.
    index: usize,
    /// Whether asking again cannot give another answer: nothing that it mentions was bound since.
    is_settled: bool,
}

impl Entry {
    /// Whether the expression, once placed, binds nothing more when more is bound.
    fn is_plain_in(&self, bound: &VarSet) -> bool {
        !has_closure_in_key(&self.expr) && self.vars.is_subset(bound)
    }
}

/// What changes while the expressions of a body are placed.
struct Placing<'a> {
    outputs: Outputs<'a>,
    /// Whether no placed expression can bind more than it did.
    is_plain: bool,
}

impl Sorter<'_> {
    fn body(&mut self, globals: &VarSet, body: Body) -> Body {
        let body_vars = body_vars(&body, Scope::Safety);
        let mut bound: VarSet = body_vars.intersection(globals).cloned().collect();
        let mut entries: Vec<Entry> = body
            .into_iter()
            .enumerate()
            .map(|(index, expr)| {
                let vars = expr_vars(&expr, Scope::Safety);
                let missing = vars.difference(&bound).cloned().collect();
                let mut closed_over = closure_vars(&expr);
                closed_over.retain(|name| body_vars.contains(name) && !globals.contains(name));
                Entry { expr, vars, closed_over, missing, index, is_settled: false }
            })
            .collect();

        let order = self.order(&mut entries, &mut bound);
        for entry in entries.iter().filter(|entry| !entry.missing.is_empty()) {
            self.unsafe_at.push((entry.expr.at, entry.missing.clone()));
        }
        let mut slots: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
        let mut sorted: Vec<Entry> =
            order.iter().filter_map(|index| slots.get_mut(*index).and_then(Option::take)).collect();
        if self.unsafe_at.is_empty() {
            self.verify(&sorted, globals);
        }

        let mut visible = globals.clone();
        for entry in &mut sorted {
            Closures { sorter: self, visible: &mut visible, at: entry.expr.at }.expr(&mut entry.expr);
            visible.extend(entry.vars.iter().cloned());
        }
        // What could not be placed is unsafe, or the duplicate of something that was placed.
        sorted.into_iter().map(|entry| entry.expr).collect()
    }

    /// The order in which OPA places the expressions; those that are never bound are left out.
    fn order(&mut self, entries: &mut [Entry], bound: &mut VarSet) -> Vec<usize> {
        let mentions = mentions(entries);
        let mut placing = Placing { outputs: Outputs::new(self.arities), is_plain: true };
        let mut order: Vec<usize> = Vec::with_capacity(entries.len());
        let mut open: Vec<usize> = (0..entries.len()).collect();
        loop {
            let before = order.len();
            let mut still_open = Vec::new();
            for index in open {
                let Some(found) = self.placeable(entries, &order, index, &mut placing, bound) else {
                    still_open.push(index);
                    continue;
                };
                if let Some(entry) = entries.get_mut(index) {
                    entry.index = order.len();
                }
                order.push(index);
                for name in found {
                    for index in mentions.get(&name).map_or(&[][..], Vec::as_slice) {
                        if let Some(entry) = entries.get_mut(*index) {
                            entry.is_settled = false;
                        }
                    }
                    bound.insert(name);
                }
                placing.is_plain &= entries.get(index).is_some_and(|entry| entry.is_plain_in(bound));
            }
            open = still_open;
            if order.len() == before {
                return order;
            }
        }
    }

    /// What the expression binds, if it can be placed now.
    fn placeable(
        &mut self,
        entries: &mut [Entry],
        order: &[usize],
        index: usize,
        placing: &mut Placing<'_>,
        bound: &VarSet,
    ) -> Option<VarSet> {
        self.spend(1);
        if *self.work == 0 || is_placed(entries, order, index) {
            return None;
        }
        let entry = entries.get(index)?;
        let has_closures = !entry.closed_over.is_empty();
        let was_clean = placing.outputs.is_clean();
        if entry.is_settled && was_clean && (placing.is_plain || !has_closures) {
            return None;
        }
        self.spend(entry.vars.len().saturating_add(10));
        let found = placing.outputs.of(&entry.expr, bound);
        let mut missing = entry.missing.clone();
        let mut binds_itself = false;
        if has_closures {
            let mut open = entry.closed_over.clone();
            if !placing.is_plain {
                self.spend(bound.len().saturating_add(order.len().saturating_mul(10)));
                let placed = order.iter().filter_map(|index| entries.get(*index)).map(|entry| &entry.expr);
                let known = body_outputs(placed, self.arities, bound);
                open.retain(|name| !known.contains(name));
            }
            if !open.is_empty() {
                binds_itself = open == found;
                missing = open;
            }
        }
        let is_settled = was_clean && placing.outputs.is_clean();
        let entry = entries.get_mut(index)?;
        entry.is_settled = is_settled;
        if binds_itself {
            return None;
        }
        missing.retain(|name| !found.contains(name) && !bound.contains(name));
        entry.missing = missing;
        entry.missing.is_empty().then_some(found)
    }

    fn spend(&mut self, steps: usize) {
        *self.work = self.work.saturating_sub(steps);
    }

    /// Finds expressions that stand before their variables are bound. What is unbound where a closure stands is the
    /// closure's own, even if a later expression binds a variable of that name.
    fn verify(&mut self, sorted: &[Entry], globals: &VarSet) {
        let mut bound = globals.clone();
        for entry in sorted {
            let found = Outputs::new(self.arities).of(&entry.expr, &bound);
            let open = entry.vars.iter().find(|name| !bound.contains(*name) && !found.contains(*name));
            if let Some(name) = open {
                self.misplaced.push((entry.expr.at, name.clone()));
            }
            bound.extend(found);
        }
    }

    fn closure(&mut self, visible: &VarSet, head: &VarSet, body: &mut Body, at: Loc) {
        let known = body_vars(body, Scope::Safety);
        let missing: VarSet =
            head.iter().filter(|name| !known.contains(*name) && !visible.contains(*name)).cloned().collect();
        if !missing.is_empty() {
            self.unsafe_at.push((at, missing));
        }
        *body = self.body(visible, std::mem::take(body));
    }

    /// One fault for every variable, where it is first unsafe.
    fn faults(self, original: &HashMap<Name, Name>) -> Vec<Fault> {
        if self.unsafe_at.is_empty() {
            return self
                .misplaced
                .iter()
                .map(|(at, name)| misplaced(*at, original.get(name).unwrap_or(name)))
                .collect();
        }
        let mut first: BTreeMap<&Name, Loc> = BTreeMap::new();
        for (at, vars) in &self.unsafe_at {
            for name in vars {
                let known = first.entry(name).or_insert(*at);
                *known = (*known).min(*at);
            }
        }
        let written = |(name, at): (&Name, Loc)| (at, original.get(name).unwrap_or(name).clone());
        let mut found: Vec<(Loc, Name)> = first.into_iter().map(written).collect();
        found.retain(|(_, name)| !is_generated(name));
        found.sort();
        if !found.is_empty() {
            return found.iter().map(|(at, name)| unsafe_var(*at, name)).collect();
        }
        // Only generated variables: their names would say nothing.
        let mut places = self.unsafe_at;
        places.sort();
        let mut seen = VarSet::new();
        let mut faults = Vec::new();
        for (at, vars) in places {
            let before = seen.len();
            seen.extend(vars.into_iter().filter(|name| is_generated(name)));
            if seen.len() > before {
                faults.push(Fault::new(at, RegoErrorKind::UnsafeVar, "expression is unsafe"));
            }
        }
        faults
    }
}

fn misplaced(at: Loc, name: &Name) -> Fault {
    let name = super::names::var_text(name);
    let message = format!("this expression would be evaluated before {name} is bound");
    Fault::new(at, RegoErrorKind::Refused, message).hint(format!("write what binds {name} further up"))
}

/// The expressions in which each variable occurs, also in closures.
fn mentions(entries: &[Entry]) -> BTreeMap<Name, Vec<usize>> {
    let mut mentions: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        for name in expr_vars(&entry.expr, Scope::All) {
            mentions.entry(name).or_default().push(index);
        }
    }
    mentions
}

/// Whether an expression was placed, or one that says the same at the same place of the body.
fn is_placed(entries: &[Entry], order: &[usize], index: usize) -> bool {
    let Some(entry) = entries.get(index) else { return true };
    let Some(there) = order.get(entry.index) else { return false };
    *there == index || entries.get(*there).is_some_and(|other| same_expr(&entry.expr, &other.expr))
}

/// Whether a reference in the expression has a closure among its keys.
fn has_closure_in_key(expr: &Expr) -> bool {
    let in_modifier = |with: &With| closure_in_key(&with.target, false) || closure_in_key(&with.value, false);
    let in_terms = match &expr.kind {
        ExprKind::Term(term) => closure_in_key(term, false),
        ExprKind::Call(call) => call.args.iter().any(|arg| closure_in_key(arg, false)),
        ExprKind::Some(decl) => decl.symbols.iter().any(|symbol| closure_in_key(symbol, false)),
        ExprKind::Every(every) => closure_in_key(&every.domain, false),
    };
    in_terms || expr.with.iter().any(in_modifier)
}

fn closure_in_key(term: &Term, in_reference: bool) -> bool {
    match &term.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) | TermKind::Var(_) => {
            false
        }
        TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Template(_) => in_reference,
        TermKind::Ref(parts) => parts.iter().any(|part| closure_in_key(part, true)),
        TermKind::Array(items) | TermKind::Set(items) => {
            items.iter().any(|item| closure_in_key(item, in_reference))
        }
        TermKind::Object(entries) => entries
            .iter()
            .any(|(key, value)| closure_in_key(key, in_reference) || closure_in_key(value, in_reference)),
        TermKind::Call(call) => call.args.iter().any(|arg| closure_in_key(arg, in_reference)),
    }
}

/// The variables that occur in closures of an expression.
fn closure_vars(expr: &Expr) -> VarSet {
    let mut vars = VarSet::new();
    closures_in_expr(expr, &mut vars);
    vars
}

fn closures_in_expr(expr: &Expr, vars: &mut VarSet) {
    match &expr.kind {
        ExprKind::Term(term) => closures_in_term(term, vars),
        ExprKind::Call(call) => {
            closures_in_term(&call.operator, vars);
            call.args.iter().for_each(|arg| closures_in_term(arg, vars));
        }
        ExprKind::Some(decl) => decl.symbols.iter().for_each(|symbol| closures_in_term(symbol, vars)),
        ExprKind::Every(every) => Collector { scope: Scope::All, vars }.body(&every.body),
    }
    for with in &expr.with {
        closures_in_term(&with.target, vars);
        closures_in_term(&with.value, vars);
    }
}

fn closures_in_term(term: &Term, vars: &mut VarSet) {
    match &term.kind {
        TermKind::Null | TermKind::Bool(_) | TermKind::Number(_) | TermKind::String(_) | TermKind::Var(_) => {
        }
        TermKind::ArrayCompr(..)
        | TermKind::SetCompr(..)
        | TermKind::ObjectCompr(..)
        | TermKind::Template(_) => {
            Collector { scope: Scope::All, vars }.term(term);
        }
        TermKind::Ref(items) | TermKind::Array(items) | TermKind::Set(items) => {
            items.iter().for_each(|item| closures_in_term(item, vars));
        }
        TermKind::Object(entries) => {
            for (key, value) in entries {
                closures_in_term(key, vars);
                closures_in_term(value, vars);
            }
        }
        TermKind::Call(call) => call.args.iter().for_each(|arg| closures_in_term(arg, vars)),
    }
}

/// Sorts the closures of one expression.
struct Closures<'a, 's> {
    sorter: &'a mut Sorter<'s>,
    /// What a closure may use: what the expressions before bind.
    visible: &'a mut VarSet,
    at: Loc,
}

impl Closures<'_, '_> {
    fn expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Term(term) => self.term(term),
            ExprKind::Call(call) => call.args.iter_mut().for_each(|arg| self.term(arg)),
            ExprKind::Some(decl) => decl.symbols.iter_mut().for_each(|symbol| self.term(symbol)),
            ExprKind::Every(every) => {
                self.visible.extend(every.key.iter().flat_map(|key| term_vars(key, Scope::All)));
                self.visible.extend(term_vars(&every.value, Scope::All));
                self.sorter.closure(self.visible, &VarSet::new(), &mut every.body, self.at);
                return;
            }
        }
        for with in &mut expr.with {
            self.term(&mut with.target);
            self.term(&mut with.value);
        }
    }

    fn term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Null
            | TermKind::Bool(_)
            | TermKind::Number(_)
            | TermKind::String(_)
            | TermKind::Var(_)
            | TermKind::Template(_) => {}
            TermKind::Ref(items) | TermKind::Array(items) | TermKind::Set(items) => {
                items.iter_mut().for_each(|item| self.term(item));
            }
            TermKind::Object(entries) => {
                for (key, value) in entries {
                    self.term(key);
                    self.term(value);
                }
            }
            TermKind::Call(call) => call.args.iter_mut().for_each(|arg| self.term(arg)),
            TermKind::ArrayCompr(head, body) | TermKind::SetCompr(head, body) => {
                let head = term_vars(head, Scope::All);
                self.sorter.closure(self.visible, &head, body, self.at);
            }
            TermKind::ObjectCompr(key, value, body) => {
                let mut head = term_vars(key, Scope::All);
                head.extend(term_vars(value, Scope::All));
                self.sorter.closure(self.visible, &head, body, self.at);
            }
        }
    }
}
