//! `not` over something that may be undefined.
//!
//! OPA evaluates the parts of a negated expression before the negation: `not f(input.x)` is `y := input.x; not f(y)`,
//! so an absent `input.x` makes the whole body undefined, and a policy that writes `not blocked[input.user]` denies a
//! request without a user. regorus' interpreter negates the undefined whole, and would allow it. The two agree where
//! no part below the outermost operation can be undefined; only such expressions pass.

use std::collections::BTreeSet;

use regorus::unstable::{AssignOp, BoolOp, Expr, Literal, LiteralStmt, Query, Ref};

use super::definedness::{Known, Terms};
use super::with;
use crate::old_rego::error::{RegoError, RegoErrorKind};
use crate::old_rego::program::{Path, Program, Reference, Step};
use crate::old_rego::visit::{Place, Visitor, children, walk};

/// Refuses every negation, and every `with`, in which an undefined part would be taken differently.
pub(super) fn check(program: &Program, errors: &mut Vec<RegoError>) {
    let replaced = with::replaced_data(program);
    walk(program, &mut Check { bodies: Vec::new(), replaced, elsewhere: false, outer: Vec::new(), errors });
}

struct Check<'e> {
    /// What the statements of the bodies around the walk require to be defined, outermost first.
    bodies: Vec<BTreeSet<Known>>,
    /// The parts of `data` that some `with` replaces.
    replaced: BTreeSet<Path>,
    /// Whether the statement at hand has a `with`: what is inside of it sees another input than its neighbours.
    elsewhere: bool,
    /// `bodies` and `elsewhere` of the bodies around, to go back to.
    outer: Vec<(Vec<BTreeSet<Known>>, bool)>,
    errors: &'e mut Vec<RegoError>,
}

impl Visitor for Check<'_> {
    fn enter_body(&mut self, place: &Place<'_>, body: &Query) {
        self.outer.push((self.bodies.clone(), self.elsewhere));
        if self.elsewhere {
            self.bodies.clear();
        }
        let mut known = BTreeSet::new();
        for statement in body.stmts.iter().filter(|statement| statement.with_mods.is_empty()) {
            match &statement.literal {
                Literal::Expr { expr, .. } => require(place, expr, &mut known),
                Literal::SomeIn { collection, .. } => require(place, collection, &mut known),
                Literal::SomeVars { .. } | Literal::NotExpr { .. } | Literal::Every { .. } => {}
            }
        }
        self.bodies.push(known);
    }

    fn leave_body(&mut self) {
        if let Some((bodies, elsewhere)) = self.outer.pop() {
            self.bodies = bodies;
            self.elsewhere = elsewhere;
        }
    }

    fn statement(&mut self, place: &Place<'_>, statement: &LiteralStmt) {
        self.elsewhere = !statement.with_mods.is_empty();
        let terms = Terms { place, bodies: &self.bodies, replaced: &self.replaced };
        for modifier in &statement.with_mods {
            if let Some(culprit) = terms.undefined(&modifier.r#as) {
                self.errors.push(RegoError::at(
                    culprit.span(),
                    RegoErrorKind::Refused,
                    format!("`{}` may be undefined where `with` puts it in place", short(culprit)),
                    format!("bind it before: `value := {}`, then `with ... as value`", short(culprit)),
                ));
            }
        }
        let Literal::NotExpr { expr, .. } = &statement.literal else { return };
        // Under `with` another input is in force than the one that the other statements look at.
        let nothing = [];
        let bodies = if statement.with_mods.is_empty() { self.bodies.as_slice() } else { &nothing };
        if let Some(culprit) = operand(&Terms { place, bodies, replaced: &self.replaced }, expr) {
            self.errors.push(RegoError::at(
                culprit.span(),
                RegoErrorKind::Refused,
                format!(
                    "`{}` may be undefined under `not`, which OPA and this engine take differently",
                    short(culprit)
                ),
                format!("bind it before: `value := {}`, then use `value` in the negation", short(culprit)),
            ));
        }
    }
}

/// The part of a negated expression that may be undefined and must not be.
fn operand<'a>(terms: &Terms<'_>, expr: &'a Ref<Expr>) -> Option<&'a Ref<Expr>> {
    match expr.as_ref() {
        // An equality looks at its own two sides itself: an undefined side makes it undefined in both engines.
        Expr::BoolExpr { op: BoolOp::Eq, lhs, rhs, .. }
        | Expr::AssignExpr { op: AssignOp::Eq, lhs, rhs, .. } => {
            reference(terms, lhs).or_else(|| reference(terms, rhs))
        }
        Expr::BoolExpr { .. }
        | Expr::Call { .. }
        | Expr::Membership { .. }
        | Expr::BinExpr { .. }
        | Expr::ArithExpr { .. }
        | Expr::UnaryExpr { .. } => children(expr).into_iter().find_map(|part| terms.undefined(part)),
        // Nothing can be assigned in a negation.
        Expr::AssignExpr { .. } => Some(expr),
        Expr::Var { .. }
        | Expr::RefDot { .. }
        | Expr::RefBrack { .. }
        | Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. }
        | Expr::Array { .. }
        | Expr::Set { .. }
        | Expr::Object { .. }
        | Expr::ArrayCompr { .. }
        | Expr::SetCompr { .. }
        | Expr::ObjectCompr { .. } => reference(terms, expr),
    }
}

/// As [`Terms::undefined`], for a place where the reference itself may be undefined, but not its indices.
fn reference<'a>(terms: &Terms<'_>, expr: &'a Ref<Expr>) -> Option<&'a Ref<Expr>> {
    match expr.as_ref() {
        Expr::RefDot { .. } | Expr::RefBrack { .. } => {
            let reference = Reference::of(expr);
            let base = match reference.base.as_ref() {
                Expr::Var { .. } => None,
                _ => terms.undefined(reference.base),
            };
            base.or_else(|| {
                reference.steps.iter().find_map(|step| match step {
                    Step::Index(index) => terms.undefined(index),
                    Step::Field(_) => None,
                })
            })
        }
        Expr::Var { .. } => None,
        _ => terms.undefined(expr),
    }
}

/// Adds the references that an expression needs to be defined for its statement to hold.
fn require(place: &Place<'_>, expr: &Ref<Expr>, known: &mut BTreeSet<Known>) {
    if let Expr::Call { fcn, .. } = expr.as_ref()
        && matches!(fcn.span().text(), "print" | "trace")
    {
        return;
    }
    known.extend(Known::of(place, expr));
    for part in children(expr) {
        require(place, part, known);
    }
}

/// The text of an expression, cut for a message.
fn short(expr: &Ref<Expr>) -> String {
    const CHARACTERS: usize = 60;
    let text: Vec<&str> = expr.span().text().split_whitespace().collect();
    let text = text.join(" ");
    if text.chars().count() <= CHARACTERS {
        return text;
    }
    text.chars().take(CHARACTERS).chain("...".chars()).collect()
}
