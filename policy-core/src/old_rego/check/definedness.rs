//! Which expressions are defined whatever the request is.

use std::collections::BTreeSet;

use regorus::unstable::{Expr, Ref, Rule, RuleHead};

use crate::old_rego::program::{Global, Path, Reference, RuleKind, RuleView, constant_path, is_wildcard};
use crate::old_rego::visit::{Meaning, Place};

/// A reference with constant steps, by what it starts from: one that some statement requires to be defined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    Input(Path),
    Data(Path),
    Local(String, Path),
}

impl Known {
    /// The reference that an expression is, if it has constant steps.
    pub(super) fn of(place: &Place<'_>, expr: &Ref<Expr>) -> Option<Self> {
        let reference = Reference::of(expr);
        let root = reference.root()?;
        let (steps, all) = reference.constant_steps();
        if !all {
            return None;
        }
        Some(match place.meaning(root) {
            Meaning::Local => Self::Local(root.to_owned(), steps),
            Meaning::Global(Global::Input(path)) => Self::Input(join(path, steps)),
            Meaning::Global(Global::Data(path)) => Self::Data(join(path, steps)),
        })
    }

    /// Whether this being defined makes `other` defined: it is the same or lies below it.
    fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Input(mine), Self::Input(theirs)) | (Self::Data(mine), Self::Data(theirs)) => {
                mine.starts_with(theirs)
            }
            (Self::Local(mine, steps), Self::Local(theirs, fewer)) => {
                mine == theirs && steps.starts_with(fewer)
            }
            (Self::Input(_) | Self::Data(_) | Self::Local(..), _) => false,
        }
    }
}

/// Tells which terms are defined at a place.
pub(super) struct Terms<'a> {
    pub(super) place: &'a Place<'a>,
    /// What the bodies around the place require to be defined, outermost first.
    pub(super) bodies: &'a [BTreeSet<Known>],
    /// The parts of `data` that some `with` replaces.
    pub(super) replaced: &'a BTreeSet<Path>,
}

impl Terms<'_> {
    /// The innermost part of an expression that may be undefined; `None` if the expression is always defined.
    ///
    /// Local variables count as defined: the check of variables refuses those that nothing binds.
    pub(super) fn undefined<'e>(&self, expr: &'e Ref<Expr>) -> Option<&'e Ref<Expr>> {
        match expr.as_ref() {
            Expr::String { .. }
            | Expr::RawString { .. }
            | Expr::Number { .. }
            | Expr::Bool { .. }
            | Expr::Null { .. }
            | Expr::ArrayCompr { .. }
            | Expr::SetCompr { .. }
            | Expr::ObjectCompr { .. } => None,
            Expr::Array { items, .. } | Expr::Set { items, .. } => {
                items.iter().find_map(|item| self.undefined(item))
            }
            Expr::Object { fields, .. } => fields
                .iter()
                .find_map(|(_, key, value)| self.undefined(key).or_else(|| self.undefined(value))),
            Expr::UnaryExpr { expr: inner, .. } => self.undefined(inner),
            Expr::Call { fcn, params, .. } => {
                if is_total(self.place, fcn, params) {
                    params.iter().find_map(|param| self.undefined(param))
                } else {
                    Some(expr)
                }
            }
            Expr::Var { .. } | Expr::RefDot { .. } | Expr::RefBrack { .. } => {
                if self.is_defined(expr) {
                    None
                } else {
                    Some(expr)
                }
            }
            Expr::BinExpr { .. }
            | Expr::BoolExpr { .. }
            | Expr::ArithExpr { .. }
            | Expr::AssignExpr { .. }
            | Expr::Membership { .. } => Some(expr),
        }
    }

    fn is_defined(&self, expr: &Ref<Expr>) -> bool {
        let Some(known) = Known::of(self.place, expr) else { return false };
        let always = match &known {
            Known::Local(name, steps) => steps.is_empty() && !is_wildcard(name),
            Known::Input(steps) => steps.is_empty(),
            Known::Data(path) => {
                let program = self.place.program;
                let replaced =
                    self.replaced.iter().any(|above| above.len() < path.len() && path.starts_with(above));
                path.is_empty()
                    || !replaced
                        && (program.data_at(path).is_some() || program.rules.get(path).is_some_and(is_always))
            }
        };
        always || self.is_required(&known)
    }

    /// Whether a statement beside or around the place fails if the reference is undefined.
    fn is_required(&self, wanted: &Known) -> bool {
        let Some((innermost, outer)) = self.bodies.split_last() else { return false };
        if innermost.iter().any(|known| known.implies(wanted)) {
            return true;
        }
        // A variable of an outer body may be another one of the same name here.
        !matches!(wanted, Known::Local(..)) && outer.iter().flatten().any(|known| known.implies(wanted))
    }
}

fn join(mut path: Path, steps: Path) -> Path {
    path.extend(steps);
    path
}

/// Whether a rule has a value for every request: it has a default, collects into a set or an object, or is a constant.
fn is_always(rule: &RuleView) -> bool {
    match rule.kind {
        RuleKind::Set | RuleKind::Object => true,
        RuleKind::Complete => {
            rule.has_default || rule.definitions.iter().any(|definition| is_constant(&definition.rule))
        }
        RuleKind::Function { .. } => false,
    }
}

fn is_constant(rule: &Rule) -> bool {
    match rule {
        Rule::Spec { head: RuleHead::Compr { assign: Some(assign), .. }, bodies, .. } => {
            bodies.is_empty() && is_literal(&assign.value)
        }
        _ => false,
    }
}

fn is_literal(expr: &Ref<Expr>) -> bool {
    match expr.as_ref() {
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. } => true,
        Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().all(is_literal),
        Expr::Object { fields, .. } => {
            fields.iter().all(|(_, key, value)| is_literal(key) && is_literal(value))
        }
        _ => false,
    }
}

/// Built-ins that have a value for every argument that they can be given here.
fn is_total(place: &Place<'_>, fcn: &Ref<Expr>, params: &[Ref<Expr>]) -> bool {
    let Some(path) = constant_path(fcn) else { return false };
    if place.program.function(place.module, &path).is_some() {
        return false;
    }
    match path.join(".").as_str() {
        "count" => params.first().is_some_and(|param| {
            matches!(
                param.as_ref(),
                Expr::Array { .. }
                    | Expr::Set { .. }
                    | Expr::Object { .. }
                    | Expr::ArrayCompr { .. }
                    | Expr::SetCompr { .. }
                    | Expr::ObjectCompr { .. }
                    | Expr::String { .. }
            )
        }),
        "time.now_ns" | "type_name" => true,
        _ => false,
    }
}
